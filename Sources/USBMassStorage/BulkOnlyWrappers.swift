import BinaryCoding
import SCSI

/// Command Block Wrapper: a command on its way to the device (Bulk-Only Transport, 5.1).
public struct CommandBlockWrapper: Equatable, Sendable {
    /// Bytes of a wrapper.
    public static let byteCount = 31

    /// What the status wrapper has to repeat.
    public let tag: UInt32
    /// Bytes that the host offers or has room for.
    public let transferLength: Int
    /// Data goes to the host. Without meaning when there is none.
    public let isIn: Bool
    /// The command.
    public let commandBlock: [UInt8]

    /// Reads a wrapper; nil when it is not valid (6.2.1) or not meaningful (6.2.2) to a device with one logical unit.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Array("USBC".utf8)) else { return nil }
        let length = Int(bytes[14])
        // Reserved bits are zero, there is no unit but 0, and commands have 1 to 16 bytes.
        guard bytes[12] & 0x7F == 0, bytes[13] == 0, (1...16).contains(length) else { return nil }
        tag = littleEndian(bytes[4..<8])
        transferLength = Int(littleEndian(bytes[8..<12]))
        isIn = bytes[12].bit(7)
        commandBlock = Array(bytes[15..<15 + length])
    }
}

/// Command Status Wrapper: how a command went (Bulk-Only Transport, 5.2).
public struct CommandStatusWrapper: Equatable, Sendable {
    /// What the host reads of it.
    public enum Status: UInt8, Equatable, Sendable {
        /// Good.
        case passed = 0
        /// The host may ask for sense data.
        case failed = 1
        /// Host and device do not agree: the host has to reset the device.
        case phaseError = 2
    }

    /// The command wrapper's.
    public let tag: UInt32
    /// Bytes that the host offered or had room for, and that were of no use.
    public let residue: Int
    /// How it went.
    public let status: Status

    /// A wrapper.
    public init(tag: UInt32, residue: Int, status: Status) {
        (self.tag, self.residue, self.status) = (tag, residue, status)
    }

    /// Thirteen bytes.
    public var bytes: [UInt8] {
        Array("USBS".utf8) + tag.littleEndianBytes + UInt32(clamping: residue).littleEndianBytes + [status.rawValue]
    }
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
}
