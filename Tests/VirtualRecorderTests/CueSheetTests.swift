import BinaryCoding
import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

extension CueSheet.Context {
    /// A blank CD-R of 80 minutes.
    static let blank = CueSheet.Context(
        start: -150, firstTrack: nil, leadInStart: MSF(minutes: 97, seconds: 26, frames: 65), limit: Medium.cdR80.limit)

    /// Behind a session of tracks 1 and 2 whose lead-out began at 27000.
    static let second = CueSheet.Context(
        start: 27_000 + 11_250, firstTrack: 3, leadInStart: MSF(lba: 27_000 + 6_750), limit: Medium.cdR80.limit)

    /// A blank in a drive that is odd.
    static func odd(_ quirks: Set<Quirk>) -> CueSheet.Context {
        var context = blank
        context.quirks = quirks
        return context
    }
}

/// Cue sheets as values.
@Suite struct CueSheetTests {
    /// MCN, CD-TEXT, two tracks with ISRC, the second with copy permitted, a pause and an index 2.
    static let example = hex(
        """
        02 34 30 31 32 33 34 35    // MCN 4012345
        02 36 37 38 39 30 31 00    // MCN 678901
        01 00 00 41 00 00 00 00    // lead-in, CD-TEXT
        03 01 44 45 41 42 43 31    // ISRC of track 1: DEABC1
        03 01 32 33 34 35 36 37    // ISRC of track 1: 234567
        01 01 00 00 00 00 00 00    // track 1, index 0, 00:00:00
        01 01 01 00 00 00 02 00    // track 1, index 1, 00:02:00
        23 02 44 45 41 42 43 31    // ISRC of track 2: DEABC1
        23 02 32 33 34 35 36 38    // ISRC of track 2: 234568
        21 02 00 00 00 03 00 00    // track 2, index 0, 03:00:00
        21 02 01 00 00 03 02 00    // track 2, index 1, 03:02:00
        21 02 02 00 00 03 0C 00    // track 2, index 2, 03:12:00
        01 AA 01 01 00 06 02 00    // lead-out, 06:02:00
        """)

    @Test func `a sheet says block for block what a session is`() throws {
        let layout = try CueSheet.parse(Self.example, .blank)
        #expect(layout.catalogNumber == "4012345678901")
        #expect(layout.hasText)
        #expect(layout.start == -150 && layout.leadOut == 27_000)
        #expect(
            layout.segments.map(\.blocks) == [-150..<0, 0..<13_350, 13_350..<13_500, 13_500..<14_250, 14_250..<27_000])
        #expect(layout.segments.map(\.track) == [1, 1, 2, 2, 2])
        #expect(layout.segments.map(\.index) == [0, 1, 0, 1, 2])
        #expect(layout.segments.map(\.control) == [[], [], .copyPermitted, .copyPermitted, .copyPermitted])
        #expect(layout.segments.allSatisfy { $0.hostBytes == 2352 && !$0.isFirstCopy })
        #expect(layout.tracks.map(\.isrc) == ["DEABC1234567", "DEABC1234568"])
        #expect(layout.tracks.map(\.pauseStart) == [-150, 13_350])
        #expect(layout.tracks.map(\.indexes) == [[0], [13_500, 14_250]])
        #expect(layout.discTracks.map(\.blocks) == [13_350, 13_500])
    }

    /// Sheets of the same disc as programs send them, without codes and text.
    @Test(arguments: [
        // cdrdao: control bits of data alone in lead-in and lead-out.
        "01 00 00 01 00 00 00 00  21 01 00 00 00 00 00 00  21 01 01 00 00 00 02 00"
            + "21 02 01 00 00 03 02 00  01 AA 01 01 00 06 02 00",
        // wodim: index 0 of every track, and the lead-out with all of the last track's control bits.
        "01 00 00 01 00 00 00 00  21 01 00 00 00 00 00 00  21 01 01 00 00 00 02 00"
            + "21 02 00 00 00 03 02 00  21 02 01 00 00 03 02 00  21 AA 01 01 00 06 02 00",
        // cdrskin: the same without an index 0 of no length.
        "01 00 00 01 00 00 00 00  21 01 00 00 00 00 00 00  21 01 01 00 00 00 02 00"
            + "21 02 01 00 00 03 02 00  21 AA 01 01 00 06 02 00",
    ])
    func `a pause of no length and none at all are the same`(sheet: String) throws {
        let layout = try CueSheet.parse(hex(sheet), .blank)
        #expect(layout.segments.map(\.blocks) == [-150..<0, 0..<13_500, 13_500..<27_000])
        #expect(layout.tracks.map(\.pauseStart) == [-150, 13_500])
        #expect(layout.segments.allSatisfy { $0.control == .copyPermitted })
    }

    @Test(arguments: [
        ("01 00 00 41 00 61 1A 41", true),  // cdrdao: text, with the time of the lead-in
        ("41 00 00 41 00 00 00 00", true),  // cdrdao: text, the first track is data
        ("41 00 00 54 00 00 00 00", true),  // wodim, cdrskin: likewise
        ("01 00 00 C1 00 00 00 00", true),
        ("41 00 00 14 00 00 00 00", false),
        ("41 00 00 24 00 00 00 00", false),
        ("41 00 00 34 00 00 00 00", false),
    ])
    func `the lead-in row announces CD-TEXT`(row: String, hasText: Bool) throws {
        let rest = Self.example[(3 * 8)...]
        #expect(try CueSheet.parse(hex(row) + rest, .blank).hasText == hasText)
    }

    struct Form: Sendable {
        let code: UInt8
        let sector: SectorForm
        let bytes: Int

        init(_ code: UInt8, _ sector: SectorForm, _ bytes: Int) {
            (self.code, self.sector, self.bytes) = (code, sector, bytes)
        }
    }

    static let forms: [Form] = [
        Form(0x00, .audio, 2352), Form(0x01, .audio, 0),
        Form(0x10, .mode1, 2048), Form(0x11, .mode1, 2352), Form(0x12, .mode1, 2048), Form(0x13, .mode1, 2352),
        Form(0x14, .mode1, 0),
        Form(0x20, .xa, 2336), Form(0x21, .xa, 2352), Form(0x22, .xa, 2336), Form(0x23, .xa, 2352), Form(0x24, .xa, 0),
        Form(0x30, .mode2, 2336), Form(0x31, .mode2, 2352), Form(0x32, .mode2, 2336), Form(0x33, .mode2, 2352),
        Form(0x34, .mode2, 0),
    ]

    @Test(arguments: forms)
    func `a main data form says what blocks are and how much of them comes`(form: Form) throws {
        for sub: UInt8 in form.bytes == 0 ? [0] : [0, 0x40, 0xC0] {
            var sheet = Self.example
            for row in [5, 6, 9, 10, 11] {
                sheet[row * 8 + 3] = sub | form.code
                sheet[row * 8] = form.sector.isData ? 0x41 : 0x01
            }
            let layout = try CueSheet.parse(sheet, .blank)
            #expect(layout.segments.allSatisfy { $0.hostBytes == form.bytes + (sub == 0 ? 0 : 96) })
            #expect(layout.tracks.allSatisfy { $0.form == form.sector })
        }
    }

    @Test func `all other main data forms are refused`() throws {
        let known = Set(Self.forms.map(\.code))
        for code: UInt8 in 0..<64 { #expect((MainDataForm(code: code) != nil) == known.contains(code)) }
    }

    @Test func `SCMS and control bits are those of the rows`() throws {
        var sheet = Self.example
        for row in [9, 10, 11] { (sheet[row * 8], sheet[row * 8 + 4]) = (0x11, 0x80) }
        let layout = try CueSheet.parse(sheet, .blank)
        #expect(layout.segments.map(\.isFirstCopy) == [false, false, true, true, true])
        #expect(layout.tracks.map(\.isFirstCopy) == [false, true])
        #expect(layout.tracks[1].control == .preEmphasis)
    }

    @Test func `a pause may have two forms`() throws {
        let sheet = hex(
            """
            01 00 00 01 00 00 00 00
            01 01 00 00 00 00 00 00
            01 01 01 00 00 00 02 00
            01 02 00 00 00 01 00 00    // a second as audio
            41 02 00 14 00 01 01 00    // two as data
            41 02 01 10 00 01 03 00
            41 AA 01 14 00 02 00 00
            """)
        let layout = try CueSheet.parse(sheet, .blank)
        #expect(layout.segments.map(\.blocks) == [-150..<0, 0..<4350, 4350..<4425, 4425..<4575, 4575..<8850])
        #expect(layout.segments.map(\.hostBytes) == [2352, 2352, 2352, 0, 2048])
        #expect(layout.tracks[1].pauseStart == 4350 && layout.tracks[1].indexes == [4575])
        #expect(layout.tracks[1].form == .mode1)
    }

    @Test func `music may be hidden before track 1`() throws {
        var sheet = Self.example
        sheet.replaceSubrange(6 * 8 + 5..<6 * 8 + 8, with: [2, 2, 0])
        let layout = try CueSheet.parse(sheet, .blank)
        #expect(layout.segments[0].blocks == -150..<9_000 && layout.tracks[0].indexes == [9_000])
    }

    @Test func `the first track of a blank may have any number`() throws {
        var sheet = Self.example
        for row in [3, 4, 5, 6] { sheet[row * 8 + 1] = 41 }
        for row in [7, 8, 9, 10, 11] { sheet[row * 8 + 1] = 42 }
        #expect(try CueSheet.parse(sheet, .blank).tracks.map(\.number) == [41, 42])
    }

    @Test func `times go on behind 90 minutes`() throws {
        var context = CueSheet.Context.blank
        var sheet = Self.example
        sheet[12 * 8 + 5] = 95
        #expect(throws: CheckCondition.invalidFieldInParameterList(byte: 12 * 8 + 5)) {
            try CueSheet.parse(sheet, context)
        }
        context = CueSheet.Context(
            start: -150, firstTrack: nil, leadInStart: context.leadInStart, limit: Medium.cdR99.limit)
        #expect(try CueSheet.parse(sheet, context).leadOut == 95 * 4500)
    }

    /// Small numbers, the same in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11 | state << 53
        }
    }

    @Test func `whatever a sheet says, it is refused or makes a disc that can be kept`() throws {
        var dice = Dice()
        var kept = 0
        for _ in 0..<20_000 {
            var sheet = Self.example
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                let place = Int.random(in: 0..<sheet.count, using: &dice)
                sheet[place] = Bool.random(using: &dice) ? sheet[place] &+ 1 : UInt8.random(in: 0...255, using: &dice)
            }
            guard let layout = try? CueSheet.parse(sheet, .blank) else { continue }
            kept += 1
            let addresses = layout.segments.flatMap { [$0.blocks.lowerBound, $0.blocks.upperBound] }
            #expect(addresses.first == -150 && addresses.last == layout.leadOut)
            #expect(stride(from: 1, to: addresses.count - 1, by: 2).allSatisfy { addresses[$0] == addresses[$0 + 1] })
            var disc = Disc(medium: .cdR80)
            disc.sessions = [
                Disc.Session(
                    number: 1, writeType: .sessionAtOnce, start: layout.start, tracks: layout.discTracks,
                    stage: .recording, catalogNumber: layout.catalogNumber)
            ]
            #expect(try Disc.parse(DiscDocument(disc).bytes) == disc)
        }
        #expect(kept > 100)
    }

    @Test func `ninety-nine tracks of a second each are a session`() throws {
        var sheet = hex("01 00 00 01 00 00 00 00  01 01 00 00 00 00 00 00")
        for track in 1...99 as ClosedRange<UInt8> {
            sheet += [1, track, 1, 0, 0, (track + 1) / 60, (track + 1) % 60, 0]
        }
        sheet += hex("01 AA 01 01 00 01 29 00")  // 01:41:00
        let layout = try CueSheet.parse(sheet, .blank)
        #expect(layout.tracks.count == 99 && layout.discTracks.allSatisfy { $0.blocks == 75 })
    }
}

/// Sheets for a session behind another.
@Suite struct CueSheetLaterSessionTests {
    /// cdrdao: numbers go on, times are those of the disc. The program area begins at 38250, 08:32:00.
    static let continued = hex(
        """
        01 00 00 01 00 00 00 00
        01 03 00 00 00 08 20 00
        01 03 01 00 00 08 22 00
        01 04 01 00 00 09 00 00
        01 AA 01 01 00 0A 00 00
        """)
    /// wodim: as if the disc were blank.
    static let restarted = hex(
        """
        01 00 00 01 00 00 00 00
        01 01 00 00 00 00 00 00
        01 01 01 00 00 00 02 00
        01 02 00 00 00 00 1C 00
        01 02 01 00 00 00 1C 00
        01 AA 01 01 00 01 1C 00
        """)

    @Test func `numbers and times of the disc and such as begin afresh mean the same`() throws {
        let layout = try CueSheet.parse(Self.continued, .second)
        #expect(layout.start == 38_250)
        #expect(layout.segments.map(\.blocks) == [38_250..<38_400, 38_400..<40_350, 40_350..<44_850])
        #expect(layout.tracks.map(\.number) == [3, 4])
        #expect(try CueSheet.parse(Self.restarted, .second) == layout)
    }

    @Test func `the time of the lead-in is that of the next one`() throws {
        let time = CueSheet.Context.second.leadInStart
        var sheet = Self.continued
        sheet[5...7] = [time.minutes, time.seconds, time.frames]
        #expect(try CueSheet.parse(sheet, .second).tracks.count == 2)
        sheet[7] += 1
        #expect(throws: CheckCondition.invalidFieldInParameterList(byte: 5)) { try CueSheet.parse(sheet, .second) }
    }

    @Test(
        arguments: [
            (9, 1, 9),  // track 1, but times of the disc
            (9, 4, 9),  // not the next number
            (15, 1, 13),  // not where the session begins
        ] as [(Int, UInt8, Int)])
    func `a mixture is refused`(change: Int, value: UInt8, byte: Int) throws {
        var sheet = Self.continued
        sheet[change] = value
        let refusal = #expect(throws: CheckCondition.self) { try CueSheet.parse(sheet, .second) }
        #expect(refusal == .invalidFieldInParameterList(byte: byte))
    }
}

/// Every way in which a sheet can be wrong.
@Suite struct CueSheetRefusalTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Bytes of the example that are different.
        let changes: [Int: UInt8]
        /// The byte that is pointed at.
        let byte: Int

        init(_ what: String, _ changes: [Int: UInt8], at byte: Int) {
            (testDescription, self.changes, self.byte) = (what, changes, byte)
        }
    }

    static let faults: [Fault] = [
        Fault("the MCN has a letter", [3: 0x41], at: 1),
        Fault("the second MCN row is missing", [8: 0x01], at: 8),
        Fault("the MCN goes on behind its thirteenth digit", [15: 0x30], at: 15),
        Fault("no lead-in", [17: 1], at: 17),
        Fault("a lead-in of mode 2", [16: 2], at: 16),
        Fault("a lead-in of index 1", [18: 1], at: 18),
        Fault("a lead-in from the host", [19: 0x00], at: 19),
        Fault("a lead-in of the reserved sub-channel form", [19: 0x81], at: 19),
        Fault("a lead-in with SCMS", [20: 0x80], at: 20),
        Fault("a lead-in with another time", [21: 97, 22: 26, 23: 64], at: 21),
        Fault("BCD seconds in the lead-in", [22: 0x60], at: 22),
        Fault("the second ISRC row is missing", [32: 0x01], at: 32),
        Fault("two ISRC rows of different tracks", [33: 2], at: 33),
        Fault("an ISRC of a small letter", [26: 0x64], at: 26),
        Fault("an ISRC of another track than follows", [25: 2, 33: 2], at: 25),
        Fault("track 1 without index 0", [42: 1], at: 42),
        Fault("track 1 begins too late", [46: 1], at: 45),
        Fault("a reserved main data form", [43: 0x02], at: 43),
        Fault("a reserved sub-channel form", [43: 0x80], at: 43),
        Fault("sub-channel from the host beside nothing of the main channel", [43: 0x41], at: 43),
        Fault("data bit and audio", [40: 0x41], at: 43),
        Fault("audio bits and data", [43: 0x10], at: 43),
        Fault("SCMS is neither 00h nor 80h", [44: 0x01], at: 44),
        Fault("a position of an unknown mode", [40: 0x05], at: 40),
        Fault("the pause of track 1 is shorter than two seconds", [54: 1, 55: 74], at: 53),
        Fault("100 minutes", [53: 100], at: 53),
        Fault("60 seconds", [54: 60], at: 54),
        Fault("75 frames", [55: 75], at: 55),
        Fault("index 2 without index 1", [50: 2], at: 50),
        Fault("track 3 behind track 1", [57: 3, 65: 3, 73: 3], at: 73),
        Fault("track 1 twice", [57: 1, 65: 1, 73: 1, 81: 1, 89: 1], at: 73),
        Fault("track 2 begins before track 1 does", [77: 0], at: 77),
        Fault("index 1 before index 0", [85: 2], at: 85),
        Fault("index 3 behind index 1", [90: 3], at: 90),
        Fault("index 1 twice", [90: 1], at: 90),
        Fault("index 2 no later than index 1", [94: 2], at: 93),
        Fault("index 2 with other control bits", [88: 0x01], at: 88),
        Fault("index 2 of another kind", [91: 0x10, 88: 0x61], at: 88),
        Fault("no lead-out", [97: 3], at: 104),
        Fault("a lead-out of index 0", [98: 0], at: 98),
        Fault("a lead-out from the host", [99: 0x00], at: 99),
        Fault("a lead-out with sub-channel", [99: 0x41], at: 99),
        Fault("a lead-out before the end", [101: 3, 102: 12], at: 101),
        Fault("a lead-out behind the end of the medium", [101: 81], at: 101),
        Fault("a lead-out of mode 3", [96: 0x03], at: 96),
    ]

    @Test(arguments: faults)
    func `a wrong sheet is refused at the byte that is wrong`(fault: Fault) throws {
        var sheet = CueSheetTests.example
        for (place, value) in fault.changes { sheet[place] = value }
        let refusal = #expect(throws: CheckCondition.self) { try CueSheet.parse(sheet, .blank) }
        #expect(refusal == .invalidFieldInParameterList(byte: fault.byte))
    }

    @Test(arguments: 1..<13)
    func `a sheet that ends too early is refused at its end`(rows: Int) throws {
        let refusal = #expect(throws: CheckCondition.self) {
            try CueSheet.parse(Array(CueSheetTests.example.prefix(rows * 8)), .blank)
        }
        #expect(refusal == .invalidFieldInParameterList(byte: rows * 8))
    }

    @Test func `rows behind the lead-out are refused`() throws {
        let refusal = #expect(throws: CheckCondition.self) {
            try CueSheet.parse(CueSheetTests.example + hex("01 AA 01 01 00 07 00 00"), .blank)
        }
        #expect(refusal == .invalidFieldInParameterList(byte: 13 * 8))
    }

    @Test func `tracks behind the ninety-ninth are refused`() throws {
        var sheet = CueSheetTests.example
        for row in [3, 4, 5, 6] { sheet[row * 8 + 1] = 99 }
        for row in [7, 8, 9, 10, 11] { sheet[row * 8 + 1] = 100 }
        let refusal = #expect(throws: CheckCondition.self) { try CueSheet.parse(sheet, .blank) }
        #expect(refusal == .invalidFieldInParameterList(byte: 9 * 8 + 1))
    }

    @Test func `a drive that takes no sub-channel points at the form that brings it`() throws {
        var context = CueSheet.Context.blank
        context.takesSubChannel = false
        let refusal = #expect(throws: CheckCondition.self) { try CueSheet.parse(CueSheetTests.example, context) }
        #expect(refusal == .invalidFieldInParameterList(byte: 19))
    }

    struct Oddity: Sendable {
        let quirk: Quirk
        let changes: [Int: UInt8]
        let byte: Int
    }

    @Test(arguments: [
        Oddity(quirk: .cueSheetISRCControlRefused, changes: [:], byte: 56),
        Oddity(quirk: .cueSheetLeadInTimeRefused, changes: [21: 97, 22: 26, 23: 65], byte: 21),
        // No index 0, and one of no length.
        Oddity(quirk: .cueSheetPregapRequired, changes: [74: 1, 78: 1, 82: 2, 90: 3], byte: 74),
        Oddity(quirk: .cueSheetPregapRequired, changes: [78: 2], byte: 85),
    ])
    func `odd drives refuse what others take`(oddity: Oddity) throws {
        var sheet = CueSheetTests.example
        for (place, value) in oddity.changes { sheet[place] = value }
        #expect(throws: Never.self) { try CueSheet.parse(sheet, .blank) }
        let refusal = #expect(throws: CheckCondition.self) { try CueSheet.parse(sheet, .odd([oddity.quirk])) }
        #expect(refusal == .invalidFieldInParameterList(byte: oddity.byte))
    }
}
