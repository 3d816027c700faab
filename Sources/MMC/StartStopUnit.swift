public import SCSI

/// START STOP UNIT (1Bh): spins, opens and closes. Never immediate: at least one drive misbehaves then.
public struct StartStopUnit: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "START STOP UNIT"
    /// What is done, as LoEj and Start bits.
    public enum Action: UInt8, Sendable {
        /// Stops the disc.
        case stop = 0
        /// Spins it up and reads its lead-in.
        case start = 1
        /// Opens the tray.
        case eject = 2
        /// Closes it.
        case load = 3
    }
    private let action: Action
    /// Does one of the four.
    public init(_ action: Action) { self.action = action }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x1B, 0, 0, 0, action.rawValue, 0]) }
    /// It moves things.
    public var timeout: Int { MMC.mechanicalTimeout }
}
