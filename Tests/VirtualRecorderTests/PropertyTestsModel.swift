import DiscLayout

/// What a disc must be after so many commands, worked out from the commands alone (Orange Book parts II and III; MMC-6,
/// 4.3.4).
struct DiscModel: Equatable {
    struct Track: Equatable {
        enum State: Equatable { case open, cutOff, complete }
        let number: Int
        /// Address of index 1.
        let start: Int
        /// Blocks from index 1 on, what the drive adds included once it is closed.
        var blocks: Int
        /// Those that the host has sent; they say their address.
        var sent: Int
        /// The drive fills the track up to here at least.
        var least = RedBook.minimumTrackSectors
        var state = State.open
        /// Link blocks behind it, if it is written by itself.
        var runOut = 2
        /// Mode 1 instead of audio.
        var isData = false
    }
    struct Session: Equatable {
        var tracks: [Track] = []
        /// Nil as long as it is open.
        var leadOut: Int?
    }

    let isErasable: Bool
    /// Every one but the last is closed, and none is empty but while it is made.
    var sessions: [Session] = []
    var isFinalized = false

    var tracks: [Track] { sessions.flatMap(\.tracks) }
    var openSession: Session? { sessions.last.flatMap { $0.leadOut == nil ? $0 : nil } }
    /// The track that is written or was cut off.
    var openTrack: Track? { openSession?.tracks.last.flatMap { $0.state == .complete ? nil : $0 } }
    var isRecording: Bool { openTrack?.state == .open }
    var nextTrack: Int { tracks.count + 1 }

    private static func leadOut(ofSession number: Int) -> Int { number == 1 ? 6750 : 2250 }
    private static let laterLeadIn = 4500

    /// Where the pause of a next track would begin.
    private var nextPause: Int {
        guard let last = sessions.last else { return -RedBook.pauseSectors }
        if let leadOut = last.leadOut { return leadOut + Self.leadOut(ofSession: sessions.count) + Self.laterLeadIn }
        return last.tracks.last.map { $0.start + $0.blocks + $0.runOut } ?? -RedBook.pauseSectors
    }

    var nextWritableAddress: Int? {
        if isFinalized { return nil }
        guard let track = openTrack else { return nextPause + RedBook.pauseSectors }
        return track.state == .open ? track.start + track.blocks : nil
    }
}

/// Something that a host may ask for.
enum DiscOperation: Equatable {
    case select(multiSession: UInt8, control: UInt8)
    case write(Int)
    case synchronize
    case closeTrack
    case closeSession
    case finalize
    /// A track of so many blocks of Mode 1, closed.
    case dataTrack(Int)
    /// A session at once of tracks with so many blocks each, with a pause before all but the first.
    case sessionAtOnce(multiSession: UInt8, pause: Int, blocks: [Int])
    /// A whole disc in RAW: that of `RawDisc.audio`.
    case raw
    /// A test write of so many blocks, ended.
    case testWrite(Int)
    /// RESERVE TRACK of `room` blocks of which `sent` are written, closed.
    case reserved(room: Int, sent: Int)
    /// BLANK of everything.
    case blank(UInt8)
    /// BLANK of a type that takes the end of the last session away.
    case unclose
    case eraseLastSession
    case ejectAndLoad
    case powerCycle
}

extension DiscModel {
    /// Far from the disc's end, so that whatever comes fits.
    private static let lastBegin = 300_000
    private static let mostBlocks = 40

    /// What may be asked for now, the usual more often than the rest.
    func legalOperations(using random: inout some RandomNumberGenerator) -> [DiscOperation] {
        let blocks = Int.random(in: 1...Self.mostBlocks, using: &random)
        var operations: [DiscOperation] = [.powerCycle]
        if isErasable, !isRecording { operations.append(.blank(UInt8.random(in: 0...1, using: &random))) }
        if isRecording {
            operations += [.write(blocks), .write(blocks), .write(blocks), .write(blocks), .synchronize, .closeTrack]
        } else if openTrack != nil {
            operations += [.closeTrack, .closeTrack]
        } else {
            operations += [.ejectAndLoad, .synchronize]
            operations += changesBetweenTracks(blocks, using: &random)
        }
        return operations
    }

    private func changesBetweenTracks(
        _ blocks: Int, using random: inout some RandomNumberGenerator
    ) -> [DiscOperation] {
        var operations: [DiscOperation] = []
        if isErasable, !sessions.isEmpty {
            operations.append(.eraseLastSession)
            if openSession == nil { operations.append(.unclose) }
        }
        if isFinalized { return operations }
        operations.append(
            .select(
                multiSession: [0, 3, 3, 3].randomElement(using: &random) ?? 0,
                control: UInt8.random(in: 0...3, using: &random)))
        if openSession != nil { operations += [.closeSession, .closeSession, .finalize] }
        guard nextPause < Self.lastBegin, nextTrack <= RedBook.maximumTracks else { return operations }
        let room = RedBook.minimumTrackSectors + blocks
        operations += [.write(blocks), .write(blocks), .write(blocks), .testWrite(blocks)]
        operations += [.reserved(room: room, sent: min(room, blocks * 9)), .dataTrack(blocks)]
        if sessions.isEmpty { operations.append(.raw) }
        if openSession == nil, nextTrack < RedBook.maximumTracks - 3 {
            let lengths = (1...Int.random(in: 1...3, using: &random)).map { _ in
                Int.random(in: RedBook.minimumTrackSectors...400, using: &random)
            }
            operations.append(
                .sessionAtOnce(
                    multiSession: [0, 3, 3].randomElement(using: &random) ?? 0,
                    pause: Int.random(in: 0...200, using: &random), blocks: lengths))
        }
        return operations
    }

    /// What comes of it. `multiSession` is that of the write parameters.
    mutating func apply(_ operation: DiscOperation, multiSession: UInt8) {
        switch operation {
        case .select, .testWrite: break
        case .write(let count): write(count)
        case .dataTrack(let count):
            write(count)
            changeLastTrack { $0.isData = true }
            closeTrack()
        case .sessionAtOnce(let multiSession, let pause, let blocks):
            let layout = sessionAtOnce(pause: pause, blocks)
            appendSession(layout.tracks, leadOut: layout.leadOut, canFollow: multiSession == 3)
        case .raw:
            let tracks = [
                Track(number: 1, start: 0, blocks: 400, sent: 400, state: .complete, runOut: 0),
                Track(number: 2, start: 550, blocks: 350, sent: 350, state: .complete, runOut: 0),
            ]
            appendSession(tracks, leadOut: 900, canFollow: false)
        case .synchronize: if isRecording { closeTrack() }
        case .closeTrack: if openTrack != nil { closeTrack() }
        case .closeSession: closeSession(canFollow: multiSession == 3)
        case .finalize: closeSession(canFollow: false)
        case .reserved(let room, let sent):
            write(sent, least: room)
            closeTrack()
        case .blank,
            .ejectAndLoad where !sessions.isEmpty:
            self = DiscModel(isErasable: isErasable)
        case .ejectAndLoad: break
        case .unclose:
            isFinalized = false
            sessions[sessions.count - 1].leadOut = nil
        case .eraseLastSession:
            isFinalized = false
            sessions.removeLast()
        case .powerCycle: if isRecording { changeLastTrack { $0.state = .cutOff } }
        }
    }

    /// Where a session at once begins, and what is in it.
    func sessionAtOnce(pause: Int, _ blocks: [Int]) -> (start: Int, tracks: [Track], leadOut: Int) {
        var tracks: [Track] = []
        var start = nextPause + RedBook.pauseSectors
        for (index, count) in blocks.enumerated() {
            let number = nextTrack + index
            tracks.append(Track(number: number, start: start, blocks: count, sent: count, state: .complete, runOut: 0))
            start += count + pause
        }
        return (nextPause, tracks, start - pause)
    }

    private mutating func appendSession(_ tracks: [Track], leadOut: Int, canFollow: Bool) {
        sessions.append(Session(tracks: tracks, leadOut: leadOut))
        isFinalized = !canFollow
    }

    private mutating func write(_ count: Int, least: Int = RedBook.minimumTrackSectors) {
        if openTrack == nil {
            let track = Track(
                number: nextTrack, start: nextPause + RedBook.pauseSectors, blocks: 0, sent: 0, least: least)
            if openSession == nil { sessions.append(Session()) }
            sessions[sessions.count - 1].tracks.append(track)
        }
        changeLastTrack { track in
            track.blocks += count
            track.sent += count
        }
    }

    private mutating func closeTrack() {
        changeLastTrack { track in
            track.blocks = max(track.blocks, track.least)
            track.state = .complete
        }
    }

    private mutating func closeSession(canFollow: Bool) {
        let leadOut = nextPause
        sessions[sessions.count - 1].leadOut = leadOut
        isFinalized = !canFollow
    }

    private mutating func changeLastTrack(_ change: (inout Track) -> Void) {
        let session = sessions.count - 1
        change(&sessions[session].tracks[sessions[session].tracks.count - 1])
    }
}
