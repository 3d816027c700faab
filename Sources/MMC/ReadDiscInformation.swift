public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ DISC INFORMATION (51h), data type 000b: Standard Disc Information.
public struct ReadDiscInformation: SCSICommand {
    /// The disc's state.
    public typealias Reply = DiscInformation
    /// The standard's name.
    public static let name = "READ DISC INFORMATION"
    /// The fixed part of the reply. The OPC entries that may follow are not asked for.
    private static let replyLength: UInt8 = 34
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x51, 0, 0, 0, 0, 0, 0, 0, Self.replyLength, 0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Standard Disc Information (MMC-6, 6.21.3).
public struct DiscInformation: SCSIReply, Equatable {
    /// How much of the disc is written.
    public enum Status: UInt8, Equatable, Sendable {
        /// Blank.
        case empty
        /// More can be written.
        case incomplete
        /// Finalised.
        case finalized
        /// None of these: for media other than CD.
        case other
    }
    /// State of the last session.
    public enum SessionState: UInt8, Equatable, Sendable {
        /// Nothing in it.
        case empty
        /// Open, with tracks.
        case incomplete
        /// Reserved, or damaged.
        case reserved
        /// Closed.
        case complete
    }
    /// State of the disc.
    public let status: Status
    /// State of its last session.
    public let lastSessionState: SessionState
    /// True for a CD-RW.
    public let isErasable: Bool
    /// Sessions, the open or empty last one included.
    public let sessionCount: Int
    /// Number of the first track of the disc.
    public let firstTrack: Int
    /// Number of the first track of the last session.
    public let firstTrackInLastSession: Int
    /// Number of the last track of the last session, the invisible next one included.
    public let lastTrackInLastSession: Int
    /// 00h CD-DA or CD-ROM, 10h CD-i, 20h XA, FFh undefined.
    public let discType: UInt8
    /// Start of the last session's lead-in; nil when the drive reports none.
    public let lastSessionLeadIn: MSF?
    /// Last possible start of a lead-out; nil once the disc is finalised.
    public let lastPossibleLeadOut: MSF?

    /// Offsets and bits are those of the Standard Disc Information table.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let states = try reply.uint8(at: 2)
        status = Status(rawValue: states.bits(0...1)) ?? .other
        lastSessionState = SessionState(rawValue: states.bits(2...3)) ?? .reserved
        isErasable = states.bit(4)
        func count(_ low: Int, _ high: Int) throws(ByteView.OutOfBounds) -> Int {
            // Later MMC revisions widened the counts; their high bytes sit apart from the low ones.
            Int(try reply.uint8(at: high)) << 8 | Int(try reply.uint8(at: low))
        }
        firstTrack = Int(try reply.uint8(at: 3))
        sessionCount = try count(4, 9)
        firstTrackInLastSession = try count(5, 10)
        lastTrackInLastSession = try count(6, 11)
        discType = try reply.uint8(at: 8)
        lastSessionLeadIn = try MSF(parsing: reply, at: 17)
        lastPossibleLeadOut = try MSF(parsing: reply, at: 21)
    }

    /// Address of the last session's lead-in, negative in the first session: what stands in the groove of a blank disc. Nil
    /// when the drive reports none, and when what it reports is none: zeros, or a place where such a lead-in cannot be.
    public var leadInStart: Int? {
        guard let leadIn = lastSessionLeadIn, leadIn.seconds < 60, leadIn.frames < RedBook.framesPerSecond else {
            return nil
        }
        let possible = isFirstSession ? Self.firstLeadIns.contains(leadIn.lba) : leadIn.lba > 0
        return possible ? leadIn.lba : nil
    }

    /// Addresses that the lead-in of a first session can begin at, from 90:00:00 to 99:00:00.
    private static let firstLeadIns = -45_150 ... -4500
    private var isFirstSession: Bool { sessionCount <= 1 }

    /// Sectors of the last session's lead-in: up to the pause of a first session, fixed in later ones.
    public var leadInSectors: Int? {
        isFirstSession ? leadInStart.map { -RedBook.pauseSectors - $0 } : RedBook.laterLeadInSectors
    }

    /// Sectors of the last session's lead-out.
    public var leadOutSectors: Int {
        isFirstSession ? RedBook.firstLeadOutSectors : RedBook.laterLeadOutSectors
    }

    /// Address of the last possible lead-out, so the sectors that a whole disc has room for; nil once it is finalised, and
    /// when the drive says 0.
    public var capacity: Int? { lastPossibleLeadOut.flatMap { $0.frameCount > RedBook.pauseSectors ? $0.lba : nil } }
}

extension MSF {
    /// Three binary bytes; nil when they are FFh each, which stands for "none".
    init?(parsing reply: ByteView, at offset: Int) throws(ByteView.OutOfBounds) {
        let fields = Array(try reply.slice(at: offset, count: 3))
        if fields == [0xFF, 0xFF, 0xFF] { return nil }
        self.init(minutes: fields[0], seconds: fields[1], frames: fields[2])
    }
}
