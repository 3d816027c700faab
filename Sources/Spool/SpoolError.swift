public import POSIX

/// Why the spool did not do what it was asked to.
public enum SpoolError: Error, Equatable, Sendable {
    /// The disk is full, or would be down to what is kept back for the database and the journals.
    case full
    /// A file is longer than the limit, in bytes.
    case tooLarge(limit: Int)
    /// The bytes that came are not as many as were announced.
    case lengthMismatch(expected: Int, received: Int)
    /// No file is stored under it.
    case notFound
    /// More than one stored file begins so.
    case ambiguous
    /// Neither `sha256:` and 64 hexadecimal digits nor the first 8 to 63 of them.
    case malformedDigest
    /// The upload was finished or abandoned before.
    case closed
    /// The file system failed.
    case system(SystemError)

    init(_ error: SystemError) { self = error.isOutOfSpace ? .full : .system(error) }
}

/// Runs what touches the file system on a thread of its own, never on the cooperative pool.
func onFileThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws(SpoolError) -> Value
) async throws(SpoolError) -> Value {
    let result: Result<Value, SpoolError> = await BlockingThread.run {
        Result { () throws(SpoolError) in try body() }
    }
    return try result.get()
}

/// Runs system calls, whose errors become those of the spool.
func spooling<Value>(_ body: () throws(SystemError) -> Value) throws(SpoolError) -> Value {
    do throws(SystemError) { return try body() } catch { throw SpoolError(error) }
}
