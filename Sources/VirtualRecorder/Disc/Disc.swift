public import DiscLayout

/// What has been recorded on a medium: sessions and tracks. The blocks themselves are files beside it.
public struct Disc: Equatable, Sendable {
    /// A track: consecutive blocks with a number.
    public struct Track: Equatable, Sendable {
        /// How far its recording has come.
        public enum State: String, Equatable, Sendable {
            /// More blocks may follow.
            case open
            /// Closed; nothing more can follow.
            case complete
            /// The recording was cut off; nothing more can follow until it is closed.
            case cutOff = "cut-off"
        }
        /// 1…99, rising by one through all sessions.
        public let number: Int
        /// Control bits of all of its blocks.
        public let control: TrackControl
        /// Address of the first block of its pause, index 0.
        public let pauseStart: Int
        /// Address of index 1.
        public let start: Int
        /// Blocks from index 1 on, without the run-out.
        public var blocks: Int
        /// Link blocks that the drive added behind the track.
        public var runOut: Int
        /// How far its recording has come.
        public var state: State
        /// Something in it is not what the host sent, or is missing.
        public var isDamaged: Bool
        /// International Standard Recording Code, twelve characters.
        public let isrc: String?

        /// Address behind the last block, run-out not counted.
        public var end: Int { start + blocks }
    }

    /// What the lead-in of a closed session says about the next.
    public enum Following: String, Equatable, Sendable {
        /// No pointer: the disc is a single session.
        case none
        /// A pointer that says: this was the last session.
        case last
        /// Another session may follow.
        case another
    }

    /// How a session was closed.
    public struct Closing: Equatable, Sendable {
        /// Address where its lead-out begins.
        public let leadOut: Int
        /// What may follow.
        public let following: Following
    }

    /// A session: tracks with, once it is closed, a lead-in and a lead-out around them.
    public struct Session: Equatable, Sendable {
        /// 1 or more, rising by one.
        public let number: Int
        /// At least one.
        public var tracks: [Track]
        /// Nil as long as it is open.
        public var closing: Closing?
        /// 00h CD-DA or CD-ROM, 10h CD-i, 20h CD-ROM XA.
        public var discType: UInt8
        /// Media catalogue number, thirteen digits.
        public var catalogNumber: String?
    }

    /// What it is recorded on.
    public let medium: Medium
    /// Nothing when it is blank. Only the last may be open.
    public var sessions: [Session] = []

    /// A blank.
    public init(medium: Medium) { self.medium = medium }
}

extension Disc {
    /// The disc status of READ DISC INFORMATION.
    public enum Status: UInt8, Equatable, Sendable {
        /// Nothing is recorded.
        case blank = 0
        /// More can be recorded.
        case appendable = 1
        /// Nothing more can be recorded.
        case finalized = 2
    }

    /// Whether and how more can be recorded.
    public var status: Status {
        guard let last = sessions.last else { return .blank }
        guard let closing = last.closing else { return .appendable }
        return closing.following == .another ? .appendable : .finalized
    }

    /// All tracks in order.
    public var tracks: [Track] { sessions.flatMap(\.tracks) }
    /// Sessions with lead-in and lead-out.
    public var closedSessions: [Session] { sessions.filter { $0.closing != nil } }
    /// The session that has tracks and no lead-in yet.
    public var openSession: Session? { sessions.last.flatMap { $0.closing == nil ? $0 : nil } }
    /// The track that is not closed.
    public var openTrack: Track? { openSession?.tracks.last.flatMap { $0.state == .complete ? nil : $0 } }
    /// The number of the track that would come next.
    public var nextTrackNumber: Int { (tracks.last?.number ?? 0) + 1 }
    /// The number of the session that is open or would come next.
    public var currentSessionNumber: Int { openSession?.number ?? sessions.count + 1 }

    /// Blocks between one session's lead-out and the pause of the first track of the next.
    static func gap(afterSession number: Int) -> Int { leadOutBlocks(ofSession: number) + RedBook.laterLeadInSectors }
    /// Blocks of a session's lead-out.
    static func leadOutBlocks(ofSession number: Int) -> Int {
        number == 1 ? RedBook.firstLeadOutSectors : RedBook.laterLeadOutSectors
    }

    /// Address where the pause of the next track begins.
    public var nextPauseStart: Int {
        guard let last = sessions.last else { return -RedBook.pauseSectors }
        if let closing = last.closing { return closing.leadOut + Self.gap(afterSession: last.number) }
        return last.tracks.last.map { $0.end + $0.runOut } ?? -RedBook.pauseSectors
    }

    /// Address that the next block written in track-at-once must have; nil when none can be.
    public var nextWritableAddress: Int? {
        guard status != .finalized else { return nil }
        guard let track = openTrack else { return nextPauseStart + RedBook.pauseSectors }
        return track.state == .open ? track.end : nil
    }

    /// Start of the lead-in of the session that is open or would come next; nil when none can.
    public var nextLeadInStart: MSF? {
        guard status != .finalized else { return nil }
        guard let last = closedSessions.last, let closing = last.closing else { return medium.leadInStart }
        return MSF(lba: closing.leadOut + Self.leadOutBlocks(ofSession: last.number))
    }

    /// Address behind the last block that a reader may ask for: the lead-out, or the end of what an open session holds.
    public var readableEnd: Int {
        guard let last = sessions.last else { return -RedBook.pauseSectors }
        return last.closing?.leadOut ?? last.tracks.last.map { $0.end + $0.runOut } ?? -RedBook.pauseSectors
    }
}
