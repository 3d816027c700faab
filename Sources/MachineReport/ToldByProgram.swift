import Glibc
import POSIX

/// Runs a program that only tells something.
enum ToldByProgram {
    /// Longest wait for it, in milliseconds: it is here to find trouble, and a program that hangs is one.
    private static let patience: Int32 = 10_000
    /// Most that is taken of what it says.
    private static let longestOutput = 64 << 10

    /// What it said to either of its outputs; nil when it cannot be started, or does not end in time.
    static func run(_ path: String, _ arguments: [String]) -> Machine.Run? {
        guard access(path, X_OK) == 0, let (child, output) = try? start(path, arguments) else { return nil }
        return finish(child, output)
    }

    /// The program and what it writes. Its own end of the pipe is open nowhere else when this returns, so that its end is the
    /// end of what is read.
    private static func start(
        _ path: String, _ arguments: [String]
    ) throws(SystemError) -> (ChildProcess, FileDescriptor) {
        let pipe = try Pipe()
        let child = try ChildProcess.start(
            path, arguments: arguments, descriptors: [1: pipe.writing, 2: pipe.writing])
        return (child, pipe.reading)
    }

    private static func finish(_ child: ChildProcess, _ reading: FileDescriptor) -> Machine.Run? {
        var output: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4 << 10)
        while output.count < longestOutput {
            var waiting = pollfd(fd: reading.number, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, patience) > 0 else {
                kill(child.pid, SIGKILL)
                _ = child.wait()
                return nil
            }
            let count = part.withUnsafeMutableBytes { (try? reading.read(into: $0)) ?? 0 }
            if count == 0 { break }
            output += part[..<count]
        }
        guard case .exited(let status) = child.wait() else { return nil }
        let text = String(decoding: output.filter { $0 >= 0x20 || $0 == 0x0A }, as: UTF8.self)
        return Machine.Run(status: status, output: text.trimmingNewlines)
    }
}

extension String {
    var trimmingNewlines: String {
        var text = Substring(self)
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
