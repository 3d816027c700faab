public import SCSI

/// SYNCHRONIZE CACHE(10) (35h): everything that was sent gets onto the disc. It ends a Track-At-Once track,
/// and a session that is written at once or raw.
public struct SynchronizeCache: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "SYNCHRONIZE CACHE(10)"
    private let immediate: Bool
    /// - Parameter immediate: return at once; the result then shows in what follows.
    public init(immediate: Bool = false) { self.immediate = immediate }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x35, immediate ? 2 : 0, 0, 0, 0, 0, 0, 0, 0, 0]) }
    /// Not immediate it may take a buffer and a whole lead-out, and a lead-in that the drive has put off.
    public var timeout: Int { immediate ? MMC.writeTimeout : MMC.closeTimeout }
}
