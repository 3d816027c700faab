import DiscLayout
import POSIX

/// The part of a session that image files hold: its complete tracks, pauses and run-outs too, without the two seconds before
/// the first track, which every session has.
struct ExportedSession {
    let session: Disc.Session
    /// At least one.
    let tracks: [Disc.Track]
    /// Addresses of its blocks.
    let blocks: Range<Int>
    /// How many blocks of earlier sessions stand before it in a file that holds several.
    let offset: Int

    /// Nil when the session has no complete track to begin with.
    init?(_ session: Disc.Session, offset: Int) {
        let tracks = session.stage == .recording ? [] : Array(session.tracks.prefix { $0.state == .complete })
        guard let first = tracks.first, let last = tracks.last else { return nil }
        (self.session, self.tracks, self.offset) = (session, tracks, offset)
        blocks = min(session.start + RedBook.pauseSectors, first.start)..<last.extent
    }

    /// Those of a disc.
    static func all(of disc: Disc) -> [ExportedSession] {
        var sessions: [ExportedSession] = []
        for session in disc.sessions {
            let offset = sessions.last.map { $0.offset + $0.blocks.count } ?? 0
            if let exported = ExportedSession(session, offset: offset) { sessions.append(exported) }
        }
        return sessions
    }

    /// Blocks of a track, its pause and run-out counted.
    func blocks(of track: Disc.Track) -> Range<Int> { max(track.pauseStart, blocks.lowerBound)..<track.extent }

    /// Indexes of a track with their addresses, from 0 on where there is a pause in the file.
    func indexes(of track: Disc.Track) -> [(number: Int, lba: Int)] {
        let start = blocks(of: track).lowerBound
        let pause = start < track.start ? [(number: 0, lba: start)] : []
        return pause
            + track.indexes.enumerated().filter { $0.offset == 0 || $0.element < track.end }
            .map { (number: $0.offset + 1, lba: $0.element) }
    }
}

extension DiscExport {
    /// The sessions to write; an error when there are none.
    static func sessions(of stored: StoredDisc) throws(Failure) -> [ExportedSession] {
        let sessions = ExportedSession.all(of: stored.disc)
        guard !sessions.isEmpty else { throw .nothing(path: stored.path) }
        return sessions
    }

    /// A file name beside another: the extension changed if it is the usual one, else added.
    static func path(beside path: String, _ usual: String, _ suffix: String) -> String {
        let stem = path.lowercased().hasSuffix(usual) ? String(path.dropLast(usual.count)) : path
        return stem + suffix
    }

    /// The name of a file as a sheet in the same folder gives it.
    static func sheetName(of path: String) throws(Failure) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard !name.unicodeScalars.contains(where: { $0 == "\"" || $0 == "\\" || $0.value < 0x20 }) else {
            throw .name(name)
        }
        return name
    }

    /// Copies the blocks of a track as image files hold them.
    ///
    /// - Parameter change: may change main channel and sub-channel, and says what is written of them.
    static func copy(
        _ track: Disc.Track, of session: ExportedSession, _ stored: StoredDisc, needsSub: Bool,
        _ body: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) throws(SystemError) -> Void
    ) throws(Failure) {
        let isWhole = try system { () throws(SystemError) in
            try SectorReader(stored.path).read(session.blocks(of: track), needsSub: needsSub) {
                (_, main, sub) throws(SystemError) in try body(main, sub)
            }
        }
        guard isWhole else { throw .truncated(track: track.number, path: stored.path) }
    }
}
