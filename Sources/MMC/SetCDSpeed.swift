import BinaryCoding
public import DiscLayout
public import SCSI

/// SET CD SPEED (BBh).
public struct SetCDSpeed: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "SET CD SPEED"
    /// As fast as drive and disc can.
    public static let maximum: UInt16 = 0xFFFF
    /// What to ask for each multiple of playing speed, in kB/s.
    public static let requestPerTimes = RecordingSpeed.requestPerTimes

    private let read: UInt16
    private let write: UInt16
    private let isPureCAV: Bool
    /// Speeds in kB/s, or `maximum`.
    ///
    /// - Parameter isPureCAV: the disc shall turn at one speed; else the drive chooses (CLV, zones, partial CAV).
    public init(read: UInt16, write: UInt16, isPureCAV: Bool = false) {
        (self.read, self.write, self.isPureCAV) = (read, write, isPureCAV)
    }
    /// A speed of writing that the drive offers, with reading as fast as it can.
    public init(write: RecordingSpeed) {
        self.init(read: Self.maximum, write: write.request, isPureCAV: write.isPureCAV)
    }
    /// The command descriptor block, rotational control in byte 1.
    public var cdb: CDB {
        CDB([0xBB, isPureCAV ? 1 : 0] + read.bigEndianBytes + write.bigEndianBytes + [0, 0, 0, 0, 0, 0])
    }
}
