import BinaryCoding
import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// What drives say of discs: sessions, codes, texts, room.
@Suite struct DiscReplyTests {
    static let position = hex("00 15 000C  01 12 02 01  000034BC 00000000")  // T2 index 1 at 13500, copy permitted
    static let catalogNumber = hex(
        "00 15 0014  02 00 00 00  80 34 30 31 32 33 34 35 36 37 38 39 30 31 00 00")  // valid, "4012345678901", AFRAME
    static let recordingCode = hex(
        "00 15 0014  03 32 02 00  80 44 45 41 42 43 31 32 33 34 35 36 38 00 00 00")  // valid, "DEABC1234568"
    static let sessions = hex("000A 01 01  00 10 01 00 00000000")
    static let programMemory = hex(
        """
        0018 01 01
        00 10 00 01 02 00 00 00 00 02 00    // track 1 ends 02:00:00, begins 00:02:00
        00 12 00 02 05 00 00 00 02 02 00    // track 2 ends 05:00:00, begins 02:02:00
        """)
    static let text = hex("0014 00 00  80 00 00 00 41 42 43 00 44 45 46 47 48 49 4A 4B 12 34")
    static let capacity = hex("00057DA8 00000800")
    /// Two sessions: the lead-in of the first names the second's place.
    static let multiSession =
        hex(
            """
            002E 01 02
            01 10 00 A0 00 00 00 00 01 20 00    // first track 1, XA
            01 10 00 A2 00 00 00 00 06 02 00    // lead-out 06:02:00
            01 50 00 B0 08 20 00 02 4F 3B 4A    // next program area 08:32:00, latest lead-out 79:59:74
            02 50 00 B0 FF FF FF 01 FF FF FF    // none after the second
            """) + [0]

    @Test func `a position has its control bits in the low half of the byte`() throws {
        let position = try CurrentPosition(parsing: ByteView(Self.position))
        #expect(position.mode == 1 && position.control == .copyPermitted)
        #expect(position.track == 2 && position.index == 1)
        #expect(position.address == 13_500 && position.trackAddress == 0)
    }

    @Test func `a position in a gap lies before its track`() throws {
        var reply = Self.position
        reply.replaceSubrange(7..<16, with: hex("00 FFFFFF6A FFFFFF6A"))
        let position = try CurrentPosition(parsing: ByteView(reply))
        #expect(position.index == 0 && position.address == -150 && position.trackAddress == -150)
    }

    @Test func `a catalogue number is read where it is valid`() throws {
        let reply = try MediaCatalogNumber(parsing: ByteView(Self.catalogNumber))
        #expect(reply.text == "4012345678901")
        #expect(try reply.number == CatalogNumber("4012345678901"))
        var none = Self.catalogNumber
        none[8] = 0
        #expect(
            try MediaCatalogNumber(parsing: ByteView(none)) == MediaCatalogNumber(parsing: ByteView(hex("") + none)))
        #expect(try MediaCatalogNumber(parsing: ByteView(none)).text == nil)
    }

    @Test func `a catalogue number that is none is text alone`() throws {
        var wrongCheckDigit = Self.catalogNumber
        wrongCheckDigit[21] = 0x32
        let reply = try MediaCatalogNumber(parsing: ByteView(wrongCheckDigit))
        #expect(reply.text == "4012345678902" && reply.number == nil)
        var short = Self.catalogNumber
        short[21] = 0
        #expect(try MediaCatalogNumber(parsing: ByteView(short)).number == nil)
    }

    @Test func `a recording code comes with its track`() throws {
        let reply = try TrackRecordingCode(parsing: ByteView(Self.recordingCode))
        #expect(reply.mode == 3 && reply.control == .copyPermitted && reply.track == 2)
        #expect(reply.code == RecordingCode("DEABC1234568"))
        var none = Self.recordingCode
        none[8] = 0x7F
        #expect(try TrackRecordingCode(parsing: ByteView(none)).code == nil)
        var junk = Self.recordingCode
        junk[12] = 0xFF
        #expect(try TrackRecordingCode(parsing: ByteView(junk)).code == nil)
    }

    @Test func `the sessions name the first track of the last one`() throws {
        let sessions = try SessionInformation(parsing: ByteView(Self.sessions))
        #expect(sessions.firstSession == 1 && sessions.lastSession == 1)
        #expect(sessions.firstTrack == .init(number: 1, control: [], start: 0))
    }

    @Test func `the program memory names where tracks begin and end`() throws {
        let tracks = try ProgramMemoryArea(parsing: ByteView(Self.programMemory)).pointers
        #expect(tracks.map(\.point) == [1, 2] && tracks.map(\.position.lba) == [0, 9000])
        #expect(tracks.map(\.time.lba) == [8850, 22_350] && tracks[1].control == .copyPermitted)
    }

    @Test func `text comes in packs of eighteen bytes, and half a pack is none`() throws {
        let packs = try TextPacks(parsing: ByteView(Self.text))
        #expect(packs.count == 1 && packs.bytes == Array(Self.text.dropFirst(4)))
        let more = hex("0018") + Self.text.dropFirst(2) + [1, 2, 3, 4]
        #expect(try TextPacks(parsing: ByteView(more)).count == 1)
        #expect(try TextPacks(parsing: ByteView(hex("0002 00 00"))).bytes.isEmpty)
    }

    @Test func `a lead-in names the next session's place, or that there is none`() throws {
        let full = try FullTOC(parsing: ByteView(Self.multiSession))
        let next = try #require(full.nextSession(after: 1))
        #expect(next.start == 38_250 && next.latestLeadOut == 359_849)
        #expect(full.nextSession(after: 2) == nil && full.nextSession(after: 3) == nil)
        #expect(full.discType(session: 1) == 0x20 && full.discType(session: 2) == nil)
    }

    @Test func `a capacity is the last block`() throws {
        let capacity = try Capacity(parsing: ByteView(Self.capacity))
        #expect(capacity.lastAddress == 359_848 && capacity.blockBytes == 2048)
    }

    @Test func `an open track of 48 bytes reads as its first 28`() throws {
        let reply =
            hex("00 2E 01 01 00 04 4F 01 00000000 00000000 00057DA9 00000000 00057DA9 00000000")
            + [UInt8](repeating: 0, count: 16)
        let track = try TrackInformation(parsing: ByteView(reply))
        #expect(track.number == 1 && track.session == 1 && track.isBlank && track.control == .data)
        #expect(track.nextWritableAddress == 0 && track.freeBlocks == 359_849 && track.size == 359_849)
    }

    @Test func `the times of a table of contents are the addresses of the other`() throws {
        let times = hex(
            """
            001A 01 02
            00 10 01 00 00 00 02 00    // track 1 at 00:02:00
            00 12 02 00 00 03 02 00    // track 2 at 03:02:00
            00 10 AA 00 00 06 02 00    // lead-out at 06:02:00
            """)
        let table = try FormattedTOC(parsing: ByteView(ReplyTests.formattedTOC))
        let addresses = stride(from: 4, to: times.count, by: 8).map {
            MSF(minutes: times[$0 + 5], seconds: times[$0 + 6], frames: times[$0 + 7]).lba
        }
        #expect(table.tracks.map(\.start) + [try #require(table.leadOut)] == addresses)
    }

    @Test func `the text is asked for its length first, then whole`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("43 00 05 00 00 00 00 0004 00"), reply: Self.text),
            .init(cdb: hex("43 00 05 00 00 00 00 0016 00"), reply: Self.text),
        ])
        #expect(try drive.textPacks().count == 1)
        #expect(drive.isExhausted)
    }

    @Test func `a disc without text has none, even when the drive forgets to count its header`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("43 00 05 00 00 00 00 0004 00"), reply: hex("0000 00 00")),
            .init(cdb: hex("43 00 05 00 00 00 00 0004 00"), reply: hex("0000 00 00")),
        ])
        #expect(try drive.textPacks().count == 0)
        #expect(drive.isExhausted)
    }

    @Test func `the program memory is asked for its length first, then whole`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("43 00 03 00 00 00 00 0004 00"), reply: Self.programMemory),
            .init(cdb: hex("43 00 03 00 00 00 00 001A 00"), reply: Self.programMemory),
        ])
        #expect(try drive.programMemoryArea().pointers.count == 2)
        #expect(drive.isExhausted)
    }
}

/// READ DISC INFORMATION: where lead-ins are and how long, and how much there is room for.
@Suite struct DiscRoomTests {
    /// A blank disc of 80 minutes: 97:26:65, 79:59:74.
    static let blank = hex(
        "00 20 00 01 01 01 01 20 00 00 00 00 00 00 00 00 00 61 1A 41 00 4F 3B 4A 00 00 00 00 00 00 00 00 00 00")

    func disc(_ changes: [Int: UInt8]) throws -> DiscInformation {
        var reply = Self.blank
        for (offset, byte) in changes { reply[offset] = byte }
        return try DiscInformation(parsing: ByteView(reply))
    }

    @Test func `a blank disc has its lead-in in the groove`() throws {
        let disc = try disc([:])
        #expect(disc.status == .empty && disc.leadInStart == -11_635 && disc.leadInSectors == 11_485)
        #expect(disc.leadOutSectors == 6750 && disc.capacity == 359_849)
    }

    @Test func `a second session's lead-in is a minute and its lead-out half a minute`() throws {
        // Appendable, last session empty, two sessions; its lead-in at 07:32:00.
        let disc = try disc([2: 0x01, 4: 2, 17: 7, 18: 32, 19: 0])
        #expect(disc.leadInStart == 33_750 && disc.leadInSectors == 4500 && disc.leadOutSectors == 2250)
    }

    @Test func `an open first session still has the first lead-in`() throws {
        let disc = try disc([2: 0x05])
        #expect(disc.lastSessionState == .incomplete && disc.leadInStart == -11_635)
    }

    @Test(arguments: [[0, 0, 0], [30, 0, 0], [99, 59, 0], [97, 60, 0], [97, 0, 75]] as [[UInt8]])
    func `a lead-in where none can be is none`(_ time: [UInt8]) throws {
        let disc = try disc([17: time[0], 18: time[1], 19: time[2]])
        #expect(disc.leadInStart == nil && disc.leadInSectors == nil)
    }

    @Test func `a finished disc has no room`() throws {
        let disc = try disc([2: 0x0E, 17: 0xFF, 18: 0xFF, 19: 0xFF, 21: 0xFF, 22: 0xFF, 23: 0xFF])
        #expect(disc.status == .finalized && disc.capacity == nil && disc.leadInStart == nil)
    }
}
