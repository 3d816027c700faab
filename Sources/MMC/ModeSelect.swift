import BinaryCoding
public import SCSI

/// MODE SELECT(10) (55h) of one page.
public struct ModeSelect10: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "MODE SELECT(10)"
    private let page: [UInt8]

    /// Sends a page, PS bit cleared as the standard demands.
    ///
    /// - Precondition: the page has at least its two bytes of head and at most 257.
    public init(_ page: ModePage) {
        precondition((2...257).contains(page.bytes.count), "a page has two bytes of head and at most 255 behind them")
        self.page = [page.bytes[0] & 0x7F] + page.bytes.dropFirst()
    }
    /// The parameter list: a header of eight zeros (no length, no block descriptor) and the page (SPC-4, 7.5.5).
    public var parameterList: [UInt8] { [UInt8](repeating: 0, count: 8) + page }
    /// The command descriptor block, PF set.
    public var cdb: CDB { CDB([0x55, 0x10, 0, 0, 0, 0, 0] + UInt16(parameterList.count).bigEndianBytes + [0]) }
    /// The parameter list.
    public var data: DataPhase { .toDevice(parameterList) }
}
