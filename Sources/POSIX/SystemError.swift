import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call, such as `rename`.
    public let call: String
    /// Its `errno`.
    public let number: Int32
    /// What it was called on, when that helps: a path, a name.
    public let subject: String

    /// A failure with a known `errno`.
    public init(call: String, number: Int32, subject: String = "") {
        (self.call, self.number, self.subject) = (call, number, subject)
    }

    /// The failure that `errno` holds now; to be made at once after the call.
    public static func last(_ call: String, _ subject: String = "") -> SystemError {
        SystemError(call: call, number: errno, subject: subject)
    }

    /// What the number means, such as `No space left on device`.
    public var meaning: String { String(cString: strerror(number)) }

    /// Call, subject and meaning.
    public var description: String { subject.isEmpty ? "\(call): \(meaning)" : "\(call) \(subject): \(meaning)" }

    /// True when the disk, or the quota on it, is full.
    public var isOutOfSpace: Bool { number == ENOSPC || number == EDQUOT }
}
