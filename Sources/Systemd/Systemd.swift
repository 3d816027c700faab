// Systemd: what burnd says to systemd and asks of it, by libsystemd: the inhibitor of logind (`Logind`), what a service tells
// its manager (`ServiceNotification`), and the socket that the manager hands to a service (`HandedSocket`).
//
// The target knows nothing of burns. It imports POSIX for descriptors and errors, and `CSystemd` for the library, which no
// other target imports. Where there is no systemd every call says so, and nothing else happens.
