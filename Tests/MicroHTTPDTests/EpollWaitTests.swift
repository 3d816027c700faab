import Glibc
import POSIX
import Testing

/// The mended epoll_wait works only if libmicrohttpd is bound to it, in the program that we ship.
@Suite struct EpollWaitTests {
    @Test func `in the built program libmicrohttpd calls our epoll_wait`() async throws {
        let burnd = try Self.builtProgram("burnd")
        let bindings = try await BlockingThread.run { try Self.bindings(of: burnd) }
        let line = bindings.split(separator: "\n").first { $0.contains("libmicrohttpd") && $0.contains("`epoll_wait'") }
        #expect(line?.contains(" to \(burnd) ") == true, "\(line ?? "libmicrohttpd does not ask for epoll_wait")")
    }

    /// Beside the running test program.
    private static func builtProgram(_ name: String) throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        try #require(length > 0)
        let own = String(decoding: path[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/" + name
    }

    /// What the dynamic linker says when it binds all of a program's symbols at its start.
    private static func bindings(of program: String) throws -> String {
        let (reading, child) = try start(program)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(reading.number, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        _ = child.wait()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The writing end is the child's alone when this returns, so that its end is the end of what is read.
    private static func start(_ program: String) throws -> (FileDescriptor, ChildProcess) {
        let output = try Pipe()
        let child = try ChildProcess.start(
            program, arguments: ["--help"],
            environment: ["LD_DEBUG=bindings", "LD_BIND_NOW=1", "SWIFT_BACKTRACE=enable=no"],
            descriptors: [2: output.writing])
        return (output.reading, child)
    }
}
