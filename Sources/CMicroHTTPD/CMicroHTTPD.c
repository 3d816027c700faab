#define _GNU_SOURCE
#include "CMicroHTTPD.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct cmhd_daemon {
    struct MHD_Daemon *daemon;
    struct cmhd_configuration configuration;
};

static void *on_begin(void *context, const char *uri, struct MHD_Connection *connection) {
    const struct cmhd_configuration *c = context;
    return c->begin(c->context, uri, connection);
}

static enum MHD_Result on_request(
    void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *data, size_t *size, void **request) {
    const struct cmhd_configuration *c = context;
    return c->handle(c->context, connection, url, method, version, data, size, request);
}

static void on_complete(
    void *context, struct MHD_Connection *connection, void **request, enum MHD_RequestTerminationCode cause) {
    const struct cmhd_configuration *c = context;
    c->complete(c->context, connection, request, (unsigned int)cause);
}

static void on_connection(
    void *context, struct MHD_Connection *connection, void **socket_context,
    enum MHD_ConnectionNotificationCode code) {
    const struct cmhd_configuration *c = context;
    c->connect(c->context, connection, socket_context, code == MHD_CONNECTION_NOTIFY_CLOSED);
}

static void on_message(void *context, const char *format, va_list arguments) {
    const struct cmhd_configuration *c = context;
    char text[512];
    vsnprintf(text, sizeof text, format, arguments);
    c->say(c->context, text);
}

static enum MHD_Result on_accept(void *context, const struct sockaddr *address, socklen_t length) {
    (void)address, (void)length;
    const struct cmhd_configuration *c = context;
    return c->accept(c->context) ? MHD_YES : MHD_NO;
}

struct cmhd_daemon *cmhd_start(const struct cmhd_configuration *configuration) {
    struct cmhd_daemon *result = malloc(sizeof *result);
    if (result == NULL) return NULL;
    result->configuration = *configuration;
    struct cmhd_configuration *c = &result->configuration;
    struct MHD_OptionItem pool[] = {
        {c->workers > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)c->workers, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    // The logger comes first, so that it also hears what is wrong with the other options.
    result->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, on_accept, c,
        on_request, c, MHD_OPTION_EXTERNAL_LOGGER, on_message, c, MHD_OPTION_LISTEN_SOCKET, c->listen_socket,
        MHD_OPTION_CONNECTION_LIMIT, c->connection_limit * c->workers, MHD_OPTION_CONNECTION_TIMEOUT, c->idle_timeout,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->connection_memory, MHD_OPTION_URI_LOG_CALLBACK, on_begin, c,
        MHD_OPTION_NOTIFY_COMPLETED, on_complete, c, MHD_OPTION_NOTIFY_CONNECTION, on_connection, c, MHD_OPTION_ARRAY,
        pool, MHD_OPTION_END);
    if (result->daemon == NULL) {
        free(result);
        return NULL;
    }
    return result;
}

void cmhd_stop_listening(struct cmhd_daemon *daemon) {
    int socket = MHD_quiesce_daemon(daemon->daemon);
    if (socket != MHD_INVALID_SOCKET) close(socket);
}

void cmhd_stop(struct cmhd_daemon *daemon) {
    MHD_stop_daemon(daemon->daemon);
    free(daemon);
}

int cmhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

void *cmhd_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

void cmhd_peer(struct MHD_Connection *connection, char text[64]) {
    text[0] = 0;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) return;
    if (info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, text, 64);
    else if (info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, text, 64);
}

struct visit {
    void *context;
    void (*visit)(void *, const char *, size_t, const char *, size_t);
};

static enum MHD_Result visit_header(
    void *context, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *value,
    size_t value_length) {
    (void)kind;
    const struct visit *v = context;
    v->visit(v->context, name, name_length, value == NULL ? "" : value, value_length);
    return MHD_YES;
}

void cmhd_headers(
    struct MHD_Connection *connection, void *context,
    void (*visit)(void *, const char *, size_t, const char *, size_t)) {
    struct visit v = {context, visit};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, visit_header, &v);
}

struct MHD_Response *cmhd_response_bytes(const void *bytes, size_t length) {
    // The library only reads what it copies; its parameter lacks the const.
    return MHD_create_response_from_buffer(length, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
}

/// Several events fit; it is part of the connection's memory while it is sent.
static const size_t stream_block = 16 << 10;

struct MHD_Response *cmhd_response_stream(
    void *context, ssize_t (*read)(void *, uint64_t, char *, size_t), void (*release)(void *)) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, stream_block, read, context, release);
}

const ssize_t cmhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;

int cmhd_watch_closing(int epoll, int socket, uint64_t id) {
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.u64 = id};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

int cmhd_watch_event(int epoll, int event_fd, uint64_t id) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = id};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, event_fd, &event);
}

int cmhd_new_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cmhd_new_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

ssize_t cmhd_send(int socket, const void *bytes, size_t length) {
    return send(socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}
