import Testing

/// What a program sent to make tracks at once, without questions and trials: of each track the page that was in force, where
/// it begins and what was written; and how the session was closed.
struct SentTracks: Equatable {
    struct Track: Equatable {
        /// Page 05h, from its page code on.
        var page: [UInt8]
        let lba: Int
        var blocks: [UInt8]
    }

    /// How a session was closed.
    struct Close: Equatable {
        /// CLOSE TRACK/SESSION without its Immed: with it the program asks until the drive is done, without it the command
        /// takes as long.
        let cdb: [UInt8]
        var page: [UInt8]
    }

    var tracks: [Track] = []
    /// Nil where there was none.
    var close: Close?

    private static let (write, modeSelect, flush, close): (UInt8, UInt8, UInt8, UInt8) = (0x2A, 0x55, 0x35, 0x5B)

    /// What a shim recorded. SYNCHRONIZE CACHE ends a track.
    init(_ capture: String) throws {
        var page: [UInt8] = []
        var isOpen = false
        for command in try CaptureFile(capture).accepted {
            switch command.operationCode {
            case Self.modeSelect: page = Array(command.dataOut.dropFirst(8))
            case Self.flush: isOpen = false
            case Self.close: close = Close(cdb: [command.cdb[1] & ~1] + command.cdb[2...], page: page)
            case Self.write where isOpen: tracks[tracks.count - 1].blocks += command.dataOut
            case Self.write:
                let lba = command.cdb[2...5].reduce(0) { $0 << 8 | Int($1) }
                tracks.append(Track(page: page, lba: lba, blocks: command.dataOut))
                isOpen = true
            default: break
            }
        }
    }

    /// wodim's page says nothing of digital copies: neither the track mode's bit that permits them nor the bit Copy, which
    /// makes the drive alternate it (MMC-6, "Write Parameters Mode Page").
    static let copyBits: UInt8 = 0x12
    /// Multi-session of a session that is not closed now: burnd has it say that others may follow, wodim that none may. What
    /// holds is what the page says when the session is closed.
    static let multiSession: UInt8 = 0xC0

    /// The same with bits of byte 3 of all pages clear.
    func without(_ bits: UInt8) -> SentTracks {
        var sent = self
        for place in tracks.indices { sent.tracks[place].page[3] &= ~bits }
        sent.close?.page[3] &= ~bits
        return sent
    }

    /// Where they are not those of another, in words; nil when they are.
    func difference(from other: SentTracks) -> String? {
        if tracks.map(\.lba) != other.tracks.map(\.lba) { return "\(tracks.map(\.lba)) and \(other.tracks.map(\.lba))" }
        for (mine, its) in zip(tracks, other.tracks) {
            if mine.page != its.page { return "track at \(mine.lba): \(mine.page) and \(its.page)" }
            if mine.blocks != its.blocks {
                return "track at \(mine.lba): \(mine.blocks.count), \(its.blocks.count) bytes"
            }
        }
        return close == other.close ? nil : "\(String(describing: close)) and \(String(describing: other.close))"
    }
}
