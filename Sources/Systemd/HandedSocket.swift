import CSystemd
import Glibc
public import POSIX

/// A listening socket that the service manager opened and handed to this process (sd_listen_fds(3)). It stays open there
/// while the service is restarted, so that whoever connects then waits and is not refused.
public enum HandedSocket {
    /// What was handed over is not what a server can use.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// Several descriptors, by the names that the manager gave them.
        case several([String])
        /// One that is no listening TCP socket; its name.
        case notListeningTCP(String)
        /// The library could not say.
        case failed(SystemError)

        /// What is wrong, and what would be right.
        public var description: String {
            switch self {
            case .several(let names):
                "systemd hands over \(names.count) descriptors (\(names.joined(separator: ", "))); burnd takes one "
                    + "listening TCP socket. ListenStream=[::]:8080 takes IPv4 as well."
            case .notListeningTCP(let name):
                "the descriptor \"\(name)\" that systemd hands over is no listening TCP socket: give ListenStream= an "
                    + "address with a port, and Accept=no"
            case .failed(let error): "the descriptors that systemd hands over cannot be used: \(error)"
            }
        }
    }

    /// The socket, which does not reach children; nil when none was handed to this process. To be called once.
    public static func take() throws(Refusal) -> FileDescriptor? {
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &list)
        guard count >= 0 else { throw .failed(SystemError(call: "sd_listen_fds", number: -count)) }
        defer { free(list) }
        let names = (0..<Int(count)).map { index -> String in
            guard let name = list?[index] else { return "unknown" }
            defer { free(name) }
            return String(cString: name)
        }
        guard let name = names.first else { return nil }
        guard names.count == 1 else { throw .several(names) }
        let result = sd_is_socket_inet(SD_LISTEN_FDS_START, AF_UNSPEC, Int32(SOCK_STREAM.rawValue), 1, 0)
        guard result >= 0 else { throw .failed(SystemError(call: "sd_is_socket_inet", number: -result)) }
        guard result > 0 else { throw .notListeningTCP(name) }
        return FileDescriptor(owning: SD_LISTEN_FDS_START)
    }
}
