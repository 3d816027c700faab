import CPOSIX

/// SIGTERM and SIGINT as something to wait for, instead of the end of the process.
public final class TerminationSignal: Sendable {
    private let pipe: Pipe

    /// From now on the two signals do nothing but end `wait`. One for a process, and it must live as long.
    public init() throws(SystemError) {
        pipe = try Pipe()
        guard cposix_catch_termination(pipe.writing.number) == 0 else { throw .last("sigaction") }
    }

    /// Blocks until one of the signals comes, or one has come since the last call.
    ///
    /// - Returns: its number.
    public func wait() throws(SystemError) -> Int32 {
        var byte: UInt8 = 0
        try withUnsafeMutableBytes(of: &byte) { buffer in
            Result { () throws(SystemError) in _ = try pipe.reading.read(into: buffer) }
        }.get()
        return Int32(byte)
    }
}
