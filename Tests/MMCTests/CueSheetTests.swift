import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// Cue sheets by hand from the table of MMC-6 and what cdrdao sends for the same discs.
@Suite struct CueSheetTests {
    typealias Track = SessionLayout.Track
    static let leadIn = MSF(minutes: 97, seconds: 26, frames: 65)

    /// Two tracks of 3 and 3 minutes with everything that has rows of its own: 00:02:00, 03:02:00, lead-out 06:02:00.
    static func album() throws -> SessionLayout {
        SessionLayout(
            catalogNumber: try CatalogNumber("4012345678901"),
            tracks: [
                Track(number: 1, recordingCode: RecordingCode("DEABC1234567"), pregap: 150, sectors: 13_350),
                Track(
                    number: 2, copy: .permitted, recordingCode: RecordingCode("DEABC1234568"), pregap: 150,
                    sectors: 13_500, indexes: [750]),
            ])
    }

    static func bytes(_ tracks: [Track], start: Int = -150, _ variant: CueSheet.Variant = .init()) -> [UInt8] {
        CueSheet(SessionLayout(start: start, tracks: tracks), variant).bytes
    }

    @Test func `number, codes, text, gap and indexes have their rows`() throws {
        let sheet = CueSheet(try Self.album(), .init(hasText: true))
        let expected = hex(
            """
            02 34 30 31 32 33 34 35    // MCN "4012345"
            02 36 37 38 39 30 31 00    // MCN "678901"
            01 00 00 41 00 00 00 00    // lead-in, CD-TEXT
            03 01 44 45 41 42 43 31    // ISRC T1 "DEABC1"
            03 01 32 33 34 35 36 37    // ISRC T1 "234567"
            01 01 00 00 00 00 00 00    // T1 index 0 at 00:00:00
            01 01 01 00 00 00 02 00    // T1 index 1 at 00:02:00
            23 02 44 45 41 42 43 31    // ISRC T2 "DEABC1", copy permitted
            23 02 32 33 34 35 36 38    // ISRC T2 "234568"
            21 02 00 00 00 03 00 00    // T2 index 0 at 03:00:00
            21 02 01 00 00 03 02 00    // T2 index 1 at 03:02:00
            21 02 02 00 00 03 0C 00    // T2 index 2 at 03:12:00
            01 AA 01 01 00 06 02 00    // lead-out at 06:02:00
            """)
        #expect(sheet.bytes == expected)
        #expect(sheet.rows.count == 13)
        #expect(SendCueSheet(sheet).cdb.bytes == hex("5D 00 00 00 00 00 00 00 68 00"))
        #expect(SendCueSheet(sheet).data == .toDevice(expected))
    }

    @Test func `tracks without gap have no index 0, save for the first`() {
        let tracks = [
            Track(number: 1, pregap: 150, sectors: 13_350), Track(number: 2, hasPreEmphasis: true, sectors: 13_500),
        ]
        let expected = hex(
            """
            01 00 00 01 00 00 00 00    // lead-in
            01 01 00 00 00 00 00 00    // T1 index 0
            01 01 01 00 00 00 02 00    // T1 index 1
            11 02 01 00 00 03 00 00    // T2 index 1 at 03:00:00, pre-emphasis
            01 AA 01 01 00 06 00 00    // lead-out: data bit of the last track alone
            """)
        #expect(Self.bytes(tracks) == expected)
    }

    @Test func `a hidden track begins where the pause ends`() {
        let expected = hex(
            """
            01 00 00 01 00 00 00 00
            01 01 00 00 00 00 00 00    // T1 index 0 stays at 00:00:00
            01 01 01 00 00 02 02 00    // T1 index 1 at 02:02:00
            01 AA 01 01 00 05 02 00
            """)
        #expect(Self.bytes([Track(number: 1, pregap: 150 + 9000, sectors: 13_500)]) == expected)
    }

    @Test func `the forms of data and audio differ, and the borders go by the track beside them`() {
        let tracks = [
            Track(number: 1, form: .mode1, pregap: 150, sectors: 4350), Track(number: 2, pregap: 150, sectors: 4350),
        ]
        let expected = hex(
            """
            41 00 00 14 00 00 00 00    // lead-in: Mode 1 zeros
            41 01 00 10 00 00 00 00    // T1 Mode 1
            41 01 01 10 00 00 02 00
            01 02 00 00 00 01 00 00    // T2 audio, its gap in its own form
            01 02 01 00 00 01 02 00
            01 AA 01 01 00 02 00 00    // lead-out: silence
            """)
        #expect(Self.bytes(tracks) == expected)
        let backwards = Self.bytes([
            Track(number: 1, pregap: 150, sectors: 4350), Track(number: 2, form: .mode1, pregap: 150, sectors: 4350),
        ])
        #expect(Array(backwards.prefix(8)) == hex("01 00 00 01 00 00 00 00"))
        #expect(Array(backwards.suffix(8)) == hex("41 AA 01 14 00 02 00 00"))
    }

    @Test func `text makes a silent lead-in, whatever the first track, and the catalogue number has its control bits`()
        throws
    {
        let layout = SessionLayout(
            catalogNumber: try CatalogNumber("4012345678901"),
            tracks: [Track(number: 1, form: .mode1, pregap: 150, sectors: 4350)])
        let rows = CueSheet(layout, .init(leadIn: Self.leadIn, hasText: true)).rows
        #expect(rows[0].bytes == hex("42 34 30 31 32 33 34 35"))
        #expect(rows[2].bytes == hex("41 00 00 41 00 61 1A 41"))  // 97:26:65
    }

    @Test func `sub-code of the host is in the forms of its track alone`() {
        let tracks = [
            Track(number: 1, pregap: 150, sectors: 4350, subCode: .packs),
            Track(number: 2, pregap: 75, sectors: 4350, subCode: .raw),
            Track(number: 3, sectors: 4350),
        ]
        let expected = hex(
            """
            01 00 00 01 00 00 00 00    // lead-in
            01 01 00 C0 00 00 00 00    // T1: packs
            01 01 01 C0 00 00 02 00
            01 02 00 40 00 01 00 00    // T2: as on the disc
            01 02 01 40 00 01 01 00
            01 03 01 00 00 01 3B 00    // T3: none, at 01:59:00
            01 AA 01 01 00 02 39 00    // lead-out
            """)
        #expect(Self.bytes(tracks) == expected)
    }

    @Test func `the alternating copy bit is marked on every position of its track and on no other row`() {
        let code = RecordingCode("DEABC1234567")
        let tracks = [
            Track(number: 1, copy: .scms, recordingCode: code, pregap: 150, sectors: 4350, indexes: [75]),
            Track(number: 2, sectors: 4350),
        ]
        let expected = hex(
            """
            01 00 00 01 00 00 00 00
            03 01 44 45 41 42 43 31
            03 01 32 33 34 35 36 37
            01 01 00 00 80 00 00 00
            01 01 01 00 80 00 02 00
            01 01 02 00 80 00 03 00
            01 02 01 00 00 01 00 00
            01 AA 01 01 00 01 3A 00
            """)
        #expect(Self.bytes(tracks) == expected)
    }

    @Test func `a later session goes on with numbers and absolute times`() {
        // Lead-out of session 1 at 27000: the first pause of session 2 begins 11250 later, index 1 at 27000 + 11400.
        let expected = hex(
            """
            01 00 00 01 00 00 00 00
            01 03 00 00 00 08 20 00    // T3 index 0 at 08:32:00
            01 03 01 00 00 08 22 00    // T3 index 1 at 08:34:00
            01 AA 01 01 00 09 22 00
            """)
        #expect(Self.bytes([Track(number: 3, pregap: 150, sectors: 4500)], start: 38_250) == expected)
    }

    @Test func `the longest sheet has a length that fits`() {
        let tracks = (1...99).map {
            Track(number: $0, recordingCode: nil, pregap: 150, sectors: 4000, indexes: Array(1...98))
        }
        let sheet = CueSheet(SessionLayout(tracks: tracks))
        #expect(sheet.rows.count == 99 * 100 + 2)
        #expect(Array(SendCueSheet(sheet).cdb.bytes[6...8]) == [0x01, 0x35, 0x70])  // 79216
    }
}
