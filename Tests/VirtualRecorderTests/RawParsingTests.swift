import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Lead-ins and blocks as they are written down, without a recorder.
@Suite struct RawParsingTests {
    /// A lead-in from 97:26:65 on: T1 00:02:00, T2 03:02:00, lead-out 06:02:00.
    private static let goldenLeadIn = hex(
        """
        01 00 A0 97 26 65 00 01 00 00 26 C7  01 00 A0 97 26 66 00 01 00 00 C8 15  01 00 A0 97 26 67 00 01 00 00 62 44
        01 00 A1 97 26 68 00 02 00 00 19 3E  01 00 A1 97 26 69 00 02 00 00 B3 6F  01 00 A1 97 26 70 00 02 00 00 1F 49
        01 00 A2 97 26 71 00 06 02 00 C7 CF  01 00 A2 97 26 72 00 06 02 00 29 1D  01 00 A2 97 26 73 00 06 02 00 83 4C
        01 00 01 97 26 74 00 00 02 00 18 A4  01 00 01 97 27 00 00 00 02 00 C9 84  01 00 01 97 27 01 00 00 02 00 63 D5
        01 00 02 97 27 02 00 03 02 00 1C 22  01 00 02 97 27 03 00 03 02 00 B6 73  01 00 02 97 27 04 00 03 02 00 D1 A7
        """)

    private static func frames(_ bytes: [UInt8]) -> [QFrame] {
        stride(from: 0, to: bytes.count, by: 12).map { QFrame(bytes[$0..<$0 + 12]) }
    }

    private static func leadIn(_ frames: [QFrame]) -> RawLeadIn {
        var leadIn = RawLeadIn()
        let nothing = [UInt8](repeating: 0, count: 96)
        for frame in frames { nothing.withUnsafeBytes { leadIn.take(frame, $0) } }
        return leadIn
    }

    private static func entry(
        _ entry: LeadInEntry, _ control: TrackControl = [], count: Int = 3
    ) -> [QFrame] {
        let running = MSF(minutes: 99, seconds: 0, frames: 0)
        return Array(repeating: .tableOfContents(entry, control: control, running: running), count: count)
    }

    private static func start(_ track: Int, _ seconds: UInt8) -> LeadInEntry {
        .track(track, start: MSF(minutes: 0, seconds: seconds, frames: 0))
    }
    private static let end = LeadInEntry.leadOut(MSF(minutes: 0, seconds: 30, frames: 0))

    @Test func `a lead-in with three of each entry is the table of contents`() throws {
        let contents = try RawTableOfContents(Self.leadIn(Self.frames(Self.goldenLeadIn)))
        #expect(
            contents.tracks == [
                .init(number: 1, control: [], start: 0), .init(number: 2, control: [], start: 13_500),
            ])
        #expect(contents.leadOut == 27_000 && contents.discType == 0 && contents.following == .none)
        #expect(contents.remarks == [])
    }

    @Test func `frames of a pressed disc are its table of contents`() throws {
        // 98:06:12 and on; 13 tracks by A1, of which two are here.
        let frames = Self.frames(
            hex(
                """
                01 00 A0 98 06 12 00 01 00 00 E3 74  01 00 A1 98 06 14 00 13 00 00 44 21
                01 00 A2 98 06 17 00 70 40 73 E3 85  01 00 01 98 06 20 00 00 02 00 3B 71
                01 00 02 98 06 23 00 03 48 45 BE E0
                """))
        #expect(throws: RawTableOfContents.Unusable(reason: "not every track from 1 to 13 has a POINT")) {
            try RawTableOfContents(Self.leadIn(frames))
        }
        let two = try RawTableOfContents(Self.leadIn([frames[0]] + frames[2...] + Self.entry(.lastTrack(2))))
        #expect(two.tracks.map(\.start) == [0, (3 * 60 + 48) * 75 + 45 - 150])
        #expect(two.leadOut == (70 * 60 + 40) * 75 + 73 - 150)
    }

    @Test func `order of the entries, running time and single unreadable frames do not matter`() throws {
        var frames = Self.frames(Self.goldenLeadIn)
        let contents = try RawTableOfContents(Self.leadIn(frames))
        #expect(try RawTableOfContents(Self.leadIn(frames.reversed())) == contents)
        // One of three says something else, one of three cannot be read.
        frames[9] = Self.entry(Self.start(1, 5))[0]
        frames[12] = QFrame(frames[12].bytes.dropLast() + [0])
        let damaged = try RawTableOfContents(Self.leadIn(frames))
        #expect(damaged.tracks == contents.tracks)
        #expect(
            damaged.remarks == [
                "POINT 01 says different things", "1 blocks of the lead-in have no entry of a table of contents",
            ])
    }

    private static let unusable: [([QFrame], String)] = [
        ([], "no POINT A2"),
        (entry(end), "no track"),
        (entry(end) + entry(start(1, 2)) + entry(start(3, 6)), "not every track from 1 to 3 has a POINT"),
        (entry(end) + entry(start(1, 2)) + entry(.lastTrack(2)), "not every track from 1 to 2 has a POINT"),
        (
            entry(end) + entry(start(1, 2)) + entry(.firstTrack(9, discType: 0)),
            "not every track from 9 to 1 has a POINT"
        ),
        (entry(end) + entry(start(1, 6)) + entry(start(2, 6)), "track 1 begins where or behind where it has to end"),
        (entry(end) + entry(start(1, 6)) + entry(start(2, 31)), "track 2 begins where or behind where it has to end"),
    ]

    @Test(arguments: unusable)
    func `what is no table of contents`(frames: [QFrame], reason: String) {
        #expect(throws: RawTableOfContents.Unusable(reason: reason)) {
            try RawTableOfContents(Self.leadIn(frames))
        }
    }

    @Test func `without A0 and A1 the tracks speak for themselves`() throws {
        let contents = try RawTableOfContents(
            Self.leadIn(Self.entry(Self.end) + Self.entry(Self.start(3, 2), .data) + Self.entry(Self.start(4, 9))))
        #expect(contents.tracks.map(\.number) == [3, 4] && contents.tracks[0].control == .data)
        #expect(contents.remarks == ["no POINT A0", "no POINT A1"])
        #expect(contents.entry(4)?.start == 525 && contents.entry(5) == nil && contents.entry(2) == nil)
    }

    @Test func `a last track that is not BCD is none, and one that is another is believed`() throws {
        let list = Self.entry(Self.end) + (1...12).flatMap { Self.entry(Self.start($0, UInt8(2 * $0))) }
        let running = hex("99 00 00")
        let binary = QFrame([0x01, 0, 0xA1] + running + hex("00 0C 00 00 00 00")).repairingCRC
        #expect(try RawTableOfContents(Self.leadIn(list + [binary])).tracks.count == 12)
        let contents = try RawTableOfContents(Self.leadIn(list + Self.entry(.lastTrack(10))))
        #expect(contents.tracks.count == 10)
        #expect(contents.remarks.contains("POINTs A0 and A1 say tracks 1 to 10, others 1 to 12"))
    }

    @Test func `mode 5 says what may follow`() throws {
        func following(_ start: MSF?) throws -> RawTableOfContents {
            let entry = MultiSessionEntry.nextProgram(start: start, pointers: 2, lastLeadOut: nil)
            return try RawTableOfContents(
                Self.leadIn(
                    Self.entry(Self.end) + Self.entry(Self.start(1, 2)) + [.multiSession(entry, control: [])]))
        }
        #expect(try following(nil).following == .last)
        // 11400 blocks of lead-out, lead-in and pause behind 00:30:00.
        let right = try following(MSF(frameCount: 30 * 75 + 11_400))
        #expect(right.following == .another && !right.remarks.contains { $0.hasPrefix("POINT B0") })
        #expect(try following(MSF(frameCount: 9_999)).remarks.contains { $0.hasPrefix("POINT B0") })
    }

    // MARK: Blocks

    /// LBA 0 with P: as 16 bytes with the CRC inverted, and as 96.
    private static let goldenPQ = hex("01 01 01 00 00 00 00 00 02 00 5A 28 00 00 00 80")
    private static let goldenSub = hex(
        """
        80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0
        80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80
        80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 C0 80
        80 80 80 80 80 80 80 80 80 C0 80 C0 C0 80 C0 80 80 80 C0 80 C0 80 80 80
        """)

    private static func split(_ type: RawBlockType, _ sub: [UInt8], at lba: Int) -> (sub: [UInt8], frame: QFrame) {
        let splitter = RawBlockSplitter(type)
        (Bench.block(lba) + sub).withUnsafeBytes { splitter.split($0, at: lba) }
        #expect(Array(splitter.main) == Bench.block(lba))
        return (Array(splitter.sub), splitter.frame(of: 0))
    }

    @Test func `blocks of every type have the same P and Q on the disc`() {
        #expect(Self.split(.pq, Self.goldenPQ, at: 0).sub == Self.goldenSub)
        #expect(Self.split(.packed, Self.goldenSub, at: 0).sub == Self.goldenSub)
        #expect(Self.split(.raw, Self.goldenSub, at: 0).sub == Self.goldenSub)
        #expect(Self.split(.raw, Self.goldenSub, at: 0).frame == QFrame(Self.goldenPQ[..<12]))
    }

    @Test func `16 bytes may have a plain CRC, and anything but P in the last byte`() {
        var plain = Self.goldenPQ
        (plain[10], plain[11], plain[15]) = (0xA5, 0xD7, 0xFF)
        #expect(Self.split(.pq, plain, at: 0).sub == Self.goldenSub)
        plain[15] = 0x7F
        #expect(Self.split(.pq, plain, at: 0).sub == Self.goldenSub.map { $0 & 0x7F })
    }

    @Test func `a CRC that is neither plain nor inverted stays as it is`() {
        var wrong = Self.goldenPQ
        wrong[10] = 0
        let frame = Self.split(.pq, wrong, at: 0).frame
        #expect(frame.bytes == Array(wrong[..<12]) && !frame.isIntact)
    }

    @Test func `packed R-W get parity and places in the program area alone`() {
        // Memory preset, colour 3, in time order; parity is left to the drive.
        var packs = [UInt8](repeating: 0, count: 96)
        packs.replaceSubrange(
            0..<24, with: hex("09 01 00 00 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"))
        #expect(Self.split(.packed, packs, at: -151).sub == packs)
        let splitter = RawBlockSplitter(.packed)
        let blocks = [packs, [UInt8](repeating: 0, count: 96)].flatMap { Bench.block(0) + $0 }
        blocks.withUnsafeBytes { splitter.split($0, at: -150) }
        // Where symbol i of the first pack goes.
        let places = [
            0, 66, 125, 191, 100, 50, 150, 175, 8, 33, 58, 83, 108, 133, 158, 183, 16, 41, 25, 91, 116, 141, 166, 75,
        ]
        let whole = hex("09 01 3C 34 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 11 15 23")
        var expected = [UInt8](repeating: 0, count: 192)
        for (symbol, place) in zip(whole, places) { expected[place] = symbol }
        #expect(Array(splitter.sub) == expected)
    }

    // MARK: CD-TEXT

    /// "Demo Album" by "The Band": eight packs.
    static let text = hex(
        """
        80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF  80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE
        80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C  81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9
        81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F  8F 00 05 00 00 01 02 00 03 02 00 00 00 00 00 00 A6 05
        8F 01 06 00 00 00 00 00 00 00 00 03 07 00 00 00 94 F0  8F 02 07 00 00 00 00 00 09 00 00 00 00 00 00 00 EA 42
        """)
    static let packs = stride(from: 0, to: text.count, by: 18).map { TextPack(text[$0..<$0 + 18]) }

    /// A block of the lead-in at 97:26:65 with the first four of them.
    private static let goldenText = hex(
        """
        20 00 00 00 00 04 11 65 1B 16 3C 20 10 16 31 22 5D 16 74 00 11 2F 2E 2F
        60 00 04 41 00 56 65 72 1C 37 50 00 14 76 55 23 1B 76 79 24 08 4B 27 4E
        20 00 08 02 01 35 11 32 18 16 0D 2B 00 00 00 40 00 00 00 00 00 0D 01 1C
        20 10 00 03 00 05 11 28 19 12 41 02 18 56 79 24 40 40 24 00 11 7C 72 69
        """)

    private static func text(_ packs: [TextPack]) -> RawText {
        var text = RawText()
        let filled =
            packs + Array(repeating: TextPack([UInt8](repeating: 0, count: 18)), count: (4 - packs.count % 4) % 4)
        for start in stride(from: 0, to: filled.count, by: 4) {
            var sub = [UInt8](repeating: 0xC0, count: 96)
            sub.withUnsafeMutableBytes { TextPack.write(filled[start..<start + 4], into: $0) }
            sub.withUnsafeBytes { text.take($0) }
        }
        return text
    }

    @Test func `packs of a lead-in are the CD-TEXT`() throws {
        var text = RawText()
        Self.goldenText.withUnsafeBytes { text.take($0) }
        // Four of eight, and no size information that would tell.
        #expect(try text.whole() == Array(Self.text[..<72]))
        #expect(try Self.text(Self.packs + Self.packs).whole() == Self.text)
        #expect(try Self.text(Self.packs.reversed()).whole() == Self.text)
        #expect(try Self.text([]).whole() == [])
    }

    private static func stray(_ sequence: UInt8) -> TextPack {
        TextPack(type: 0x80, track: 1, sequence: sequence, characterPosition: 0, payload: [0x41])
    }

    private static let incomplete: [([TextPack], String)] = [
        (Array(packs[1...]), "packs of block 0 are missing"),
        (Array(packs[..<3] + packs[4...]), "packs of block 0 are missing"),
        (Array(packs[..<7]), "the size information of block 0 is not whole"),
        (packs + [stray(4)], "packs of the same number differ"),
        (packs + [stray(8)], "the size information of block 0 tells of other packs"),
        ([TextPack(text[..<17] + [0])], "no pack of R-W in the lead-in has the right CRC"),
    ]

    @Test(arguments: incomplete)
    func `packs that make no CD-TEXT`(packs: [TextPack], reason: String) {
        #expect(throws: RawText.Incomplete(reason: reason)) { try Self.text(packs).whole() }
    }

    @Test func `packs with a wrong CRC do not count`() throws {
        let text = Self.text(Self.packs + [TextPack(Self.text[..<17] + [0])])
        #expect(try text.whole() == Self.text)
        #expect(text.remark == "1 packs of R-W in the lead-in have a wrong CRC")
    }

    // MARK: Data

    @Test func `what most data blocks are is what a track is`() {
        func form(_ sectors: [DataBlock], isXADisc: Bool = false) -> SectorForm {
            var facts = RawTrackFacts()
            for block in sectors {
                let user = [UInt8](repeating: 0x11, count: block.byteCount)
                var bytes = [UInt8](repeating: 0, count: 2352)
                user.withUnsafeBytes { source in
                    bytes.withUnsafeMutableBytes {
                        DataSector.encode(block, from: 0, count: 1, source: source, into: $0)
                    }
                }
                if let identity = bytes.withUnsafeBytes({ SectorIdentity(sector: $0) }) { facts.note(identity) }
            }
            return facts.form(isXADisc: isXADisc)
        }
        #expect(form([.mode1]) == .mode1 && form([.mode0]) == .mode0)
        #expect(form([.form1(.data)]) == .xa && form([.form2(.form2), .form2(.form2)]) == .xa)
        // Zeros have no sub-header to tell by.
        #expect(form([.mode2Zero]) == .mode2 && form([.mode2Zero], isXADisc: true) == .xa)
        #expect(form([.mode1, .mode1, .mode0]) == .mode1 && form([.mode0, .mode2, .mode2]) == .xa)
        #expect(form([]) == .mode1)
    }
}
