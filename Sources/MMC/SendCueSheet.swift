import BinaryCoding
public import SCSI

/// SEND CUE SHEET (5Dh). The write type of page 05h must be session at once.
public struct SendCueSheet: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "SEND CUE SHEET"
    private let sheet: [UInt8]
    /// Sends a sheet.
    public init(_ sheet: CueSheet) { self.sheet = sheet.bytes }
    /// The command descriptor block; the length has 24 bits, and the longest sheet, of 99 tracks with 99 indexes each,
    /// some 80 kB.
    public var cdb: CDB { CDB([0x5D, 0, 0, 0, 0, 0] + UInt32(sheet.count).bigEndianBytes[1...] + [0]) }
    /// The sheet.
    public var data: DataPhase { .toDevice(sheet) }
    /// A drive may look at the disc first.
    public var timeout: Int { MMC.writeTimeout }
}
