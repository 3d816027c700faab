public import DiscLayout

/// What has been recorded on a medium: sessions and tracks. The blocks themselves are files beside it.
public struct Disc: Equatable, Sendable {
    /// A track: consecutive blocks with a number.
    public struct Track: Equatable, Sendable {
        /// How far its recording has come.
        public enum State: String, Equatable, Sendable {
            /// Room is kept for it, with nothing in it yet.
            case reserved
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
        /// What its blocks are, those of its pause included unless they are audio before data.
        public let form: SectorForm
        /// Address of the first block of index 0; that of index 1 when it has no index 0.
        public let pauseStart: Int
        /// Addresses of index 1, 2, 3 …, rising; at least the first.
        public var indexes: [Int]
        /// Blocks from index 1 on, without the run-out.
        public var blocks: Int
        /// Link blocks that the drive added behind the track.
        public var runOut: Int
        /// How far its recording has come.
        public var state: State
        /// Something in it is not what the host sent, or is missing.
        public var isDamaged: Bool
        /// International Standard Recording Code, twelve characters.
        public var isrc: String?
        /// The copy bit alternates: a copy of the first generation (SCMS).
        public var isFirstCopy: Bool
        /// Blocks that RESERVE TRACK keeps for it; nil for any other track.
        public var reservation: Int?

        /// A track; all that is seldom needed left out.
        init(
            number: Int, control: TrackControl, form: SectorForm = .audio, pauseStart: Int, indexes: [Int],
            blocks: Int = 0, runOut: Int = 0, state: State = .open, isDamaged: Bool = false, isrc: String? = nil,
            isFirstCopy: Bool = false, reservation: Int? = nil
        ) {
            precondition(!indexes.isEmpty, "a track has an index 1")
            (self.number, self.control, self.form, self.pauseStart) = (number, control, form, pauseStart)
            (self.indexes, self.blocks, self.runOut, self.state) = (indexes, blocks, runOut, state)
            (self.isDamaged, self.isrc, self.isFirstCopy) = (isDamaged, isrc, isFirstCopy)
            self.reservation = reservation
        }

        /// Address of index 1.
        public var start: Int { indexes[0] }
        /// Address behind the last recorded block, run-out not counted.
        public var end: Int { start + blocks }
        /// Address behind everything that belongs to it, what is kept for it included.
        public var extent: Int { start + max(blocks, reservation ?? 0) + runOut }
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

    /// How a session is written.
    public enum WriteType: String, Equatable, Sendable {
        /// Track by track, lead-in and lead-out at the end.
        case trackAtOnce = "tao"
        /// From the lead-in to the lead-out by a cue sheet.
        case sessionAtOnce = "sao"
        /// From the lead-in to the lead-out with all of the sub-channel from the host.
        case raw
    }

    /// How far a session has come.
    public enum Stage: Equatable, Sendable {
        /// Tracks may be added; there is no lead-in and no lead-out yet.
        case open
        /// It is being written in one go.
        case recording
        /// It was being written in one go and never ended: nothing can be added and nothing closed.
        case spoiled
        /// It has its lead-in and lead-out.
        case closed(Closing)
    }

    /// A session: tracks with, once it is closed, a lead-in and a lead-out around them.
    public struct Session: Equatable, Sendable {
        /// 1 or more, rising by one.
        public let number: Int
        /// How it is written.
        public let writeType: WriteType
        /// Address of the first block of its program area, which is that of the pause of its first track.
        public let start: Int
        /// In order. None only while it is written, or when it was spoiled before any was known.
        public var tracks: [Track]
        /// How far it has come.
        public var stage: Stage
        /// 00h CD-DA or CD-ROM, 10h CD-i, 20h CD-ROM XA.
        public var discType: UInt8
        /// Media catalogue number, thirteen digits.
        public var catalogNumber: String?
        /// Packs of CD-TEXT in its lead-in; they are in a file of their own.
        public var textPacks: Int

        /// A session; by default one that is written track by track and has nothing in it.
        init(
            number: Int, writeType: WriteType = .trackAtOnce, start: Int, tracks: [Track] = [], stage: Stage = .open,
            discType: UInt8 = 0, catalogNumber: String? = nil, textPacks: Int = 0
        ) {
            (self.number, self.writeType, self.start, self.tracks) = (number, writeType, start, tracks)
            (self.stage, self.discType, self.catalogNumber) = (stage, discType, catalogNumber)
            self.textPacks = textPacks
        }

        /// How it was closed; nil when it was not.
        public var closing: Closing? { if case .closed(let closing) = stage { closing } else { nil } }
    }

    /// What it is recorded on.
    public let medium: Medium
    /// Nothing when it is blank. Only the last may be anything but closed.
    public var sessions: [Session] = []

    /// A blank.
    public init(medium: Medium) { self.medium = medium }
}

extension Disc {
    /// The disc status of READ DISC INFORMATION.
    public enum Status: UInt8, Equatable, Sendable {
        /// Nothing is recorded.
        case blank = 0
        /// More can be recorded, or could if the last session were whole.
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
    /// The session that has no lead-in yet, whether or not it can ever have one.
    public var openSession: Session? { sessions.last.flatMap { $0.closing == nil ? $0 : nil } }
    /// The session that is being written in one go, or was when the recording ended early.
    public var unfinishedSession: Session? { openSession.flatMap { $0.writeType == .trackAtOnce ? nil : $0 } }
    /// The track that is being written track by track, or was cut off.
    public var openTrack: Track? {
        guard let session = openSession, session.writeType == .trackAtOnce else { return nil }
        return session.tracks.last { $0.state == .open || $0.state == .cutOff }
    }
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
        return last.tracks.last?.extent ?? last.start
    }

    /// Address that the next block written in track-at-once must have; nil when none can be. A track that is being written
    /// comes first, then one behind everything; reserved tracks have their own (`Track.end`).
    public var nextWritableAddress: Int? {
        guard status != .finalized, unfinishedSession == nil else { return nil }
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
        // Of a session that is being written in one go the tracks are known before they are there.
        if last.stage == .recording { return last.start }
        return last.closing?.leadOut ?? last.tracks.last.map { $0.end + $0.runOut } ?? last.start
    }
}
