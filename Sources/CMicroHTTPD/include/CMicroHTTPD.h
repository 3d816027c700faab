/// libmicrohttpd, and what Swift cannot call of it: variadic functions, closed enums, and calls on sockets that the Glibc
/// module lacks.
#ifndef CMICROHTTPD_H
#define CMICROHTTPD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/// What a daemon is started with. The callbacks run on its threads.
struct cmhd_configuration {
    /// Bound and listening; the daemon owns it from then on.
    int listen_socket;
    unsigned int workers;
    /// Connections of one worker; above it new ones wait, so `accept` should refuse them before.
    unsigned int connection_limit;
    /// Seconds without a byte after which a connection that is not suspended is closed.
    unsigned int idle_timeout;
    /// Bytes of memory a connection has for its request and for reading.
    size_t connection_memory;
    /// Passed to all callbacks.
    void *context;
    MHD_AccessHandlerCallback handle;
    /// Whether a new connection may come in; it is closed at once when not.
    bool (*accept)(void *context);
    /// A request line has come; what this returns is the request's context. The text is raw.
    void *(*begin)(void *context, const char *uri, struct MHD_Connection *connection);
    /// A request is over, whether it was answered or not; `cause` is a MHD_RequestTerminationCode.
    void (*complete)(void *context, struct MHD_Connection *connection, void **request, unsigned int cause);
    /// A connection has come, or (`closed`) goes; its socket is still open then.
    void (*connect)(void *context, struct MHD_Connection *connection, void **socket_context, bool closed);
    /// The library has something to say.
    void (*say)(void *context, const char *message);
};

/// MHD_start_daemon with epoll, internal threads and suspension. NULL when it fails.
///
/// What it is given must live until cmhd_stop has returned.
struct cmhd_daemon *cmhd_start(const struct cmhd_configuration *configuration);

/// MHD_quiesce_daemon: no new connections; the listening socket is closed.
void cmhd_stop_listening(struct cmhd_daemon *daemon);

/// MHD_stop_daemon. No connection may be suspended, nor be suspended from here on.
void cmhd_stop(struct cmhd_daemon *daemon);

/// The socket of a connection, or -1.
int cmhd_socket(struct MHD_Connection *connection);

/// What `connect` stored for this connection.
void *cmhd_socket_context(struct MHD_Connection *connection);

/// The address of the other end as text, "" when unknown. `text` has room for 64 bytes.
void cmhd_peer(struct MHD_Connection *connection, char text[64]);

/// Calls `visit` with each header field, in order.
void cmhd_headers(
    struct MHD_Connection *connection, void *context,
    void (*visit)(void *context, const char *name, size_t name_length, const char *value, size_t value_length));

/// A response with a copy of these bytes.
struct MHD_Response *cmhd_response_bytes(const void *bytes, size_t length);

/// A response whose bytes `read` gives, of a length that is not known; `release` is called with `context` at its end.
struct MHD_Response *cmhd_response_stream(
    void *context, ssize_t (*read)(void *context, uint64_t position, char *buffer, size_t size),
    void (*release)(void *context));

/// MHD_CONTENT_READER_END_OF_STREAM.
extern const ssize_t cmhd_end_of_stream;

/// Adds to an epoll set, edge-triggered, that the other end has closed or the connection failed. 0, or -1 with errno.
int cmhd_watch_closing(int epoll, int socket, uint64_t id);

/// Adds an eventfd(2) to an epoll set. 0, or -1 with errno.
int cmhd_watch_event(int epoll, int event, uint64_t id);

/// A new epoll set, and a new non-blocking eventfd, both closed on exec. -1 with errno.
int cmhd_new_epoll(void);
int cmhd_new_event(void);

/// Bytes that are sent at once, without waiting and without a signal. As send(2).
ssize_t cmhd_send(int socket, const void *bytes, size_t length);

#endif
