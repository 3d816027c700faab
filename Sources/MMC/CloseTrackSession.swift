public import SCSI

/// CLOSE TRACK/SESSION (5Bh).
public struct CloseTrackSession: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "CLOSE TRACK/SESSION"

    /// What is closed (MMC-6, table "Close Function Definitions").
    public enum Function: Equatable, Sendable {
        /// A track by its number.
        case track(UInt16)
        /// The last session: its lead-in and lead-out are written.
        case session
    }

    private let function: Function
    private let immediate: Bool
    /// - Parameter immediate: return at once; the drive is busy (2/04/08) until it is done.
    public init(_ function: Function, immediate: Bool) { (self.function, self.immediate) = (function, immediate) }
    /// The command descriptor block.
    public var cdb: CDB {
        let (code, track): (UInt8, UInt16) =
            switch function {
            case .track(let number): (1, number)
            case .session: (2, 0)
            }
        return CDB([0x5B, immediate ? 1 : 0, code, 0, UInt8(track >> 8), UInt8(track & 0xFF), 0, 0, 0, 0])
    }
    /// The standard's Immed is a wish; old drives do all of it before they answer.
    public var timeout: Int { immediate ? MMC.writeTimeout : MMC.closeTimeout }
}
