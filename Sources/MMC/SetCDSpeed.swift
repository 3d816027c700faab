import BinaryCoding
public import SCSI

/// SET CD SPEED (BBh).
public struct SetCDSpeed: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "SET CD SPEED"
    /// As fast as drive and disc can.
    public static let maximum: UInt16 = 0xFFFF
    /// What to ask for each multiple of playing speed, in kB/s: drives round down, and 1x is 176.4.
    public static let requestPerTimes = 177

    private let read: UInt16
    private let write: UInt16
    /// Speeds in kB/s, or `maximum`.
    public init(read: UInt16, write: UInt16) { (self.read, self.write) = (read, write) }
    /// The command descriptor block, rotational control 0.
    public var cdb: CDB { CDB([0xBB, 0] + read.bigEndianBytes + write.bigEndianBytes + [0, 0, 0, 0, 0, 0]) }
}
