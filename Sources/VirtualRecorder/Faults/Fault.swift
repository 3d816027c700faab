/// One way in which a drive misbehaves: when, and what. Made of one line of text, which `FaultListing` explains.
public struct Fault: Equatable, Sendable, CustomStringConvertible {
    /// The line.
    public let description: String
    let condition: FaultCondition
    let action: FaultAction

    /// Longest line that is read, in bytes: more than any use needs, and a bound on what a stranger can send.
    public static let maximumBytes = 1024
    /// Number of the last block that any address can mean.
    static let lastBlock = Int(Int32.max)
}

/// When a fault acts. Everything must hold.
struct FaultCondition: Equatable, Sendable {
    /// Commands that are looked at and counted.
    var commands = CommandNames.Selection.any
    /// Which of them: the first that comes after the fault was set is 1.
    var calls = 1...Int.max
    /// How often it acts at most.
    var times = Int.max
    /// Only commands that touch one of these blocks.
    var blocks: ClosedRange<Int>?
    /// Only after the laser has been on: from the first WRITE that was taken until the disc leaves.
    var needsLaser = false
    /// Bytes that the CDB must have.
    var cdb: [MaskedByte] = []
    /// Bytes that the data-out must have.
    var data: [MaskedByte] = []
}

/// Some bits of a byte at an offset: a thing to look for, or to put there.
struct MaskedByte: Equatable, Sendable {
    let offset: Int
    let value: UInt8
    /// Bits that matter.
    var mask: UInt8 = 0xFF

    func matches(_ byte: UInt8) -> Bool { byte & mask == value & mask }

    /// Puts it into bytes that reach so far.
    func put(into bytes: inout [UInt8], from start: Int = 0) {
        guard bytes.indices.contains(start + offset) else { return }
        bytes[start + offset] = bytes[start + offset] & ~mask | value & mask
    }
}

/// What a fault does.
enum FaultAction: Equatable, Sendable {
    /// Answers, before or instead of the command or after it has been carried out.
    case answer(Answer, isCarriedOut: Bool)
    /// Carries the command out that much later.
    case slow(Duration)
    /// Carries it out when the fault is cleared; never, when the initiator goes before.
    case stuck
    /// The disc is taken out by force before the command is looked at.
    case removeDisc
    /// WRITE answers GOOD, and zeros are recorded.
    case loseData
    /// So many bytes less move.
    case short(Int)
    /// The reply is not what it should be.
    case edit(ReplyEdit)

    enum Answer: Equatable, Sendable {
        /// CHECK CONDITION; `isDeferred` when it tells of an earlier command.
        case sense(CheckCondition, isDeferred: Bool)
        /// CHECK CONDITION 3/11/05 that names the first block at fault.
        case unreadable
        /// Another status byte.
        case status(UInt8)
        /// The transport failed.
        case host(Int)
        /// The drive is gone.
        case disconnect
    }
}
