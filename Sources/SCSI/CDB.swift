/// A command descriptor block: what a command is and what it is about, in 6, 10, 12 or 16 bytes (SPC-4, 4.3).
public struct CDB: Equatable, Sendable, CustomStringConvertible {
    /// The bytes, operation code first.
    public let bytes: [UInt8]

    /// A block of the given bytes.
    ///
    /// - Precondition: 1…16 bytes, the range that a transport can carry.
    public init(_ bytes: [UInt8]) {
        precondition((1...16).contains(bytes.count), "a CDB has 1 to 16 bytes")
        self.bytes = bytes
    }

    /// The operation code.
    public var operationCode: UInt8 { bytes[0] }

    /// The bytes in hexadecimal.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
