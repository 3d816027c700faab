import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

/// READ SUB-CHANNEL (MMC-3, 6.31): where the pickup is, and the codes of disc and tracks.
extension Drive {
    /// Data format codes of MMC-3, table 284.
    private enum SubChannelFormat: UInt8 {
        case position = 1
        case catalogNumber = 2
        case recordingCode = 3
    }

    /// No audio is being played, and there is no more to say of it.
    private static let noAudioStatus: UInt8 = 0x15

    func readSubChannel(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let isMSF = command.cdb[1].bit(1)
        var body: [UInt8] = []
        // Without the SubQ bit the header is all there is.
        if command.cdb[2].bit(6) {
            guard let format = SubChannelFormat(rawValue: command.cdb[3]) else { throw .invalidFieldInCDB(byte: 3) }
            body = [format.rawValue]
            switch format {
            case .position: body += try position(on: folder, isMSF: isMSF)
            case .catalogNumber: body += try catalogNumber(on: folder)
            case .recordingCode: body += try recordingCode(ofTrack: command.cdb[6], on: folder)
            }
        }
        let header = [0, Self.noAudioStatus] + UInt16(clamping: body.count).bigEndianBytes
        return Array((header + body).prefix(command.uint16(at: 7)))
    }

    /// Where the block is that was read last.
    private func position(on folder: DiscFolder, isMSF: Bool) throws(CheckCondition) -> [UInt8] {
        guard let first = folder.disc.tracks.first else { throw .invalidFieldInCDB(byte: 2) }
        let (lba, track) =
            folder.disc.place(of: folder.position).map { (folder.position, $0.track) } ?? (first.start, first)
        let relative = lba - track.start
        // In a pause an address is negative, and a time counts down to zero as it does in Q.
        let time = TableOfContentsReply.address(
            (relative < 0 ? -1 - relative : relative) - RedBook.pauseSectors, isMSF: true)
        return [0x10 | track.control.rawValue, UInt8(clamping: track.number), UInt8(clamping: track.index(of: lba))]
            + TableOfContentsReply.address(lba, isMSF: isMSF)
            + (isMSF ? time : Int32(clamping: relative).bigEndianBytes)
    }

    /// The number of the first session that has one.
    private func catalogNumber(on folder: DiscFolder) throws(CheckCondition) -> [UInt8] {
        let session = folder.disc.sessions.first { $0.catalogNumber != nil }
        let digits = session?.catalogNumber.map { Array($0.utf8) } ?? [UInt8](repeating: 0, count: 13)
        guard let session, let track = session.tracks.first else { return [0, 0, 0, 0] + digits + [0, 0] }
        let frames = try frames(ofMode: 2, in: track, on: folder)
        return [0, 0, 0, 0x80] + digits + [0, frames]
    }

    private func recordingCode(ofTrack number: UInt8, on folder: DiscFolder) throws(CheckCondition) -> [UInt8] {
        guard let asked = folder.disc.tracks.first(where: { $0.number == Int(number) }) else {
            throw .invalidFieldInCDB(byte: 6)
        }
        var track = asked
        if profile.quirks.contains(.recordingCodeStale) {
            track = folder.disc.tracks.first { $0.number == folder.recordingCodeTrack } ?? asked
            folder.recordingCodeTrack = asked.number
        }
        let head = [0x30 | asked.control.rawValue, UInt8(clamping: asked.number), 0]
        guard let code = track.isrc else { return head + [UInt8](repeating: 0, count: 16) }
        let frames = try frames(ofMode: 3, in: track, on: folder)
        return head + [0x80] + Array(code.utf8) + [0, frames, 0]
    }

    /// Blocks in which a code is looked for: it comes at least once in any hundred, and never in the first of an index.
    private static let codeSearch = 202

    /// The frame number (AFRAME, binary) of the block that has a code in its Q; 0 when none is found or none can be read.
    private func frames(
        ofMode mode: UInt8, in track: Disc.Track, on folder: DiscFolder
    ) throws(CheckCondition) -> UInt8 {
        let blocks = track.start..<min(track.end, track.start + Self.codeSearch)
        guard track.state == .complete, !blocks.isEmpty else { return 0 }
        let sub = try storing(.unrecoveredReadError) { () throws(SystemError) in try folder.subChannel(of: blocks) }
        guard let sub else { return 0 }
        for start in stride(from: 0, to: sub.count, by: RedBook.subChannelBytes) {
            let frame = sub.withUnsafeBytes { sub in
                SubChannel.q(of: UnsafeRawBufferPointer(rebasing: sub[start..<start + RedBook.subChannelBytes]))
            }
            if frame.isIntact, frame.mode == mode { return UInt8(bcd: frame[9]) ?? 0 }
        }
        return 0
    }
}
