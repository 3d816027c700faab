import BinaryCoding
import DiscLayout

extension Drive {
    /// READ DISC INFORMATION, READ TRACK INFORMATION and READ CAPACITY (MMC-6, 6.21, 6.26, 6.20).
    static let discInformationCommands: [UInt8: Entry] = [
        0x25: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readCapacity(command) },
        0x51: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readDiscInformation(command) },
        0x52: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readTrackInformation(command) },
    ]

    /// The last readable block, run-out of the last track counted; 0 when there is no complete session.
    private func readCapacity(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let leadOut = try medium().disc.closedSessions.last?.closing?.leadOut ?? 1
        return UInt32(leadOut - 1).bigEndianBytes + UInt32(2048).bigEndianBytes
    }

    private func readDiscInformation(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // Other data types are those of Blu-ray.
        guard command.cdb[1].bits(0...2) == 0 else { throw .invalidFieldInCDB(byte: 1) }
        let disc = try medium().disc
        return Array(Self.discInformation(disc).prefix(command.uint16(at: 7)))
    }

    static func discInformation(_ disc: Disc) -> [UInt8] {
        let isFinalized = disc.status == .finalized
        // An appendable disc counts the session and the track that would come next.
        let sessions = isFinalized ? disc.sessions.count : disc.currentSessionNumber
        let next = disc.nextTrackNumber
        let lastTrack = isFinalized || disc.unfinishedSession != nil ? max(next - 1, 1) : next
        let lastSession = isFinalized ? disc.sessions.last : disc.openSession
        let firstInLast = lastSession?.tracks.first?.number ?? next
        let lastSessionState: UInt8 = isFinalized ? 3 : disc.openSession == nil ? 0 : 1
        func time(_ time: MSF?) -> [UInt8] {
            time.map { [0, $0.minutes, $0.seconds, $0.frames] } ?? [0xFF, 0xFF, 0xFF, 0xFF]
        }
        let erasable: UInt8 = disc.medium.isErasable ? 0x10 : 0
        var reply: [UInt8] = [0, 32, erasable | lastSessionState << 2 | disc.status.rawValue]
        reply.append(UInt8(clamping: disc.tracks.first?.number ?? 1))
        reply += [UInt8(clamping: sessions), UInt8(clamping: firstInLast), UInt8(clamping: lastTrack)]
        // Unrestricted use; no identification, bar code or application code.
        reply += [0x20, disc.sessions.last?.discType ?? 0, 0, 0, 0, 0, 0, 0, 0]
        reply += time(disc.nextLeadInStart) + time(isFinalized ? nil : disc.medium.lastLeadOut)
        return reply + [UInt8](repeating: 0, count: 10)
    }

    private func readTrackInformation(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let disc = try medium().disc
        hasToldTrackInformation = true
        let address = command.address(at: 2)
        let track: Disc.Track?
        switch command.cdb[1].bits(0...1) {
        case 0: track = try Self.track(of: disc, atAddress: address)
        case 1: track = try Self.track(of: disc, numbered: address)
        case 2: track = try Self.firstTrack(of: disc, inSession: address)
        default: throw .invalidFieldInCDB(byte: 1)
        }
        let reply = track.map { trackInformation(disc, $0) } ?? invisibleTrackInformation(disc)
        return Array(reply.prefix(command.uint16(at: 7)))
    }

    /// Nil stands for the invisible track, the one that would come next.
    private static func track(of disc: Disc, numbered number: Int) throws(CheckCondition) -> Disc.Track? {
        if let track = disc.tracks.first(where: { $0.number == number }) { return track }
        guard number == 0xFF || number == disc.nextTrackNumber, disc.status != .finalized else {
            throw .invalidFieldInCDB(byte: 2)
        }
        return number == 0xFF ? disc.openTrack : nil
    }

    private static func track(of disc: Disc, atAddress address: Int) throws(CheckCondition) -> Disc.Track? {
        if let track = disc.tracks.last(where: { $0.pauseStart <= address && address < $0.extent }) { return track }
        guard disc.status != .finalized, address >= disc.readableEnd, address < disc.medium.limit else {
            throw .addressOutOfRange
        }
        return disc.openTrack
    }

    private static func firstTrack(of disc: Disc, inSession number: Int) throws(CheckCondition) -> Disc.Track? {
        if let session = disc.sessions.first(where: { $0.number == number }) { return session.tracks.first }
        guard number == disc.currentSessionNumber, disc.status != .finalized else { throw .invalidFieldInCDB(byte: 2) }
        return nil
    }

    private func trackInformation(_ disc: Disc, _ track: Disc.Track) -> [UInt8] {
        let session = disc.sessions.first { $0.tracks.contains(track) }?.number ?? 1
        let isWritable = track.state == .open || track.state == .reserved && disc.openTrack == nil
        let next = isWritable && disc.unfinishedSession == nil ? track.end : nil
        let end = track.reservation.map { track.start + $0 } ?? disc.medium.capacity
        // Bit 7: reserved; bit 6: nothing in it yet.
        let kind: UInt8 = track.reservation == nil || track.state == .complete ? 0 : track.blocks == 0 ? 0xC0 : 0x80
        return Self.trackInformation(
            track: track.number, session: session, mode: (track.isDamaged ? 0x20 : 0) | track.control.rawValue,
            kind: kind | track.form.dataMode, start: track.start, next: next, free: next.map { max(0, end - $0) } ?? 0,
            size: max(track.blocks, track.reservation ?? 0))
    }

    private func invisibleTrackInformation(_ disc: Disc) -> [UInt8] {
        let next = isRecording ? nil : nextWritableAddress(of: disc)
        let start = parameters.writeType == .trackAtOnce ? disc.nextPauseStart + RedBook.pauseSectors : next ?? 0
        let free = max(0, disc.medium.capacity - max(0, start))
        // Blank, data mode unknown.
        return Self.trackInformation(
            track: disc.nextTrackNumber, session: disc.currentSessionNumber, mode: parameters.control.rawValue,
            kind: 0x4F, start: start, next: told(nextAddress: next, of: disc), free: free, size: free)
    }

    /// Where the next WRITE of the chosen write type has to go; nil when none can.
    private func nextWritableAddress(of disc: Disc) -> Int? {
        switch parameters.writeType {
        case .trackAtOnce: return disc.nextWritableAddress
        case .sessionAtOnce: return disc.openSession == nil && disc.status != .finalized ? disc.nextPauseStart : nil
        case .raw: return disc.status == .blank ? disc.medium.leadInStart.lba : nil
        }
    }

    private static func trackInformation(
        track: Int, session: Int, mode: UInt8, kind: UInt8, start: Int, next: Int?, free: Int, size: Int
    ) -> [UInt8] {
        func block(_ number: Int) -> [UInt8] { Int32(clamping: number).bigEndianBytes }
        var reply: [UInt8] = [
            0, 46, UInt8(clamping: track), UInt8(clamping: session), 0, mode, kind, next == nil ? 0 : 1,
        ]
        reply += block(start) + block(next ?? 0) + block(free) + block(0) + block(size) + block(0)
        return reply + [UInt8](repeating: 0, count: 48 - reply.count)
    }
}
