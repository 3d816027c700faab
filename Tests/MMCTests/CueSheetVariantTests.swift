import DiscLayout
import MMC
import TestSupport
import Testing

@Suite struct CueSheetVariantTests {
    typealias Track = SessionLayout.Track
    typealias Variant = CueSheet.Variant

    @Test func `drives are tried in cdrdao's order, then without codes, then with an index 0 everywhere`() throws {
        var layout = try CueSheetTests.album()
        layout.tracks[1].pregap = 0
        let leadIn = CueSheetTests.leadIn
        #expect(
            CueSheet.variants(for: layout, leadIn: leadIn, hasText: true) == [
                Variant(leadIn: leadIn, hasText: true), Variant(codesHaveControl: false, leadIn: leadIn, hasText: true),
                Variant(hasText: true), Variant(codesHaveControl: false, hasText: true),
                Variant(hasCodes: false, hasText: true), Variant(hasEveryIndex0: true, hasText: true),
                Variant(hasCodes: false, hasEveryIndex0: true, hasText: true),
            ])
    }

    @Test func `without text the lead-in's time is not tried`() throws {
        let variants = CueSheet.variants(for: try CueSheetTests.album(), leadIn: CueSheetTests.leadIn, hasText: false)
        #expect(variants == [Variant(), Variant(codesHaveControl: false), Variant(hasCodes: false)])
    }

    @Test func `what makes no difference is tried once`() {
        let plain = SessionLayout(tracks: [Track(number: 1, pregap: 150, sectors: 4350)])
        #expect(CueSheet.variants(for: plain, leadIn: nil, hasText: false) == [Variant()])
        #expect(CueSheet.variants(for: plain, leadIn: nil, hasText: true) == [Variant(hasText: true)])
    }

    @Test func `codes without control bits keep the control bits of positions`() throws {
        let rows = CueSheet(try CueSheetTests.album(), Variant(codesHaveControl: false)).rows
        #expect(rows[7].bytes == hex("03 02 44 45 41 42 43 31"))
        #expect(rows[9].bytes == hex("21 02 00 00 00 03 00 00"))
    }

    @Test func `without codes there are positions alone`() throws {
        let rows = CueSheet(try CueSheetTests.album(), Variant(hasCodes: false)).rows
        #expect(rows.count == 7 && rows.allSatisfy { $0.bytes[0] & 0x0F == 1 })
    }

    @Test func `an index 0 everywhere takes the last frame of the track before and moves nothing else`() {
        let layout = SessionLayout(tracks: [
            Track(number: 1, pregap: 150, sectors: 4350), Track(number: 2, sectors: 4350),
        ])
        let sheet = CueSheet(layout, Variant(hasEveryIndex0: true))
        #expect(
            sheet.bytes
                == hex(
                    """
                    01 00 00 01 00 00 00 00
                    01 01 00 00 00 00 00 00
                    01 01 01 00 00 00 02 00
                    01 02 00 00 00 00 3B 4A    // T2 index 0 at 00:59:74
                    01 02 01 00 00 01 00 00    // T2 index 1 where it was
                    01 AA 01 01 00 01 3A 00
                    """))
        #expect(sheet.layout.tableOfContents == layout.tableOfContents)
        #expect(sheet.layout.tracks[1].pregap == 1)
    }

    @Test func `a frame of another form is not taken, and both indexes have one time`() {
        let layout = SessionLayout(tracks: [
            Track(number: 1, form: .mode1, pregap: 150, sectors: 4350), Track(number: 2, sectors: 4350),
        ])
        let rows = CueSheet(layout, Variant(hasEveryIndex0: true)).rows
        #expect(rows[3].bytes == hex("01 02 00 00 00 01 00 00"))
        #expect(rows[4].bytes == hex("01 02 01 00 00 01 00 00"))
    }

    @Test func `an index at the end of a track is not overtaken`() {
        let layout = SessionLayout(tracks: [
            Track(number: 1, pregap: 150, sectors: 4350, indexes: [4349]), Track(number: 2, sectors: 4350),
        ])
        let sheet = CueSheet(layout, Variant(hasEveryIndex0: true))
        #expect(sheet.layout == layout)
        #expect(sheet.rows[4].bytes == hex("01 02 00 00 00 01 00 00"))
    }

    @Test func `a variant says what is particular about it`() {
        #expect(
            Variant(leadIn: CueSheetTests.leadIn, hasText: true).description
                == "cue sheet with ISRC rows with their tracks' control bits, index 0 where there is a gap, "
                + "lead-in at 97:26:65, CD-TEXT")
        #expect(
            Variant(hasCodes: false, hasEveryIndex0: true).description
                == "cue sheet with no MCN and ISRC rows, index 0 in every track, lead-in at 00:00:00")
    }
}
