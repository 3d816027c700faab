import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

/// Frames and blocks that were computed elsewhere, for the disc of two tracks.
@Suite struct SubChannelVectors {
    @Test func `sixteen bytes of address 0`() throws {
        let expected = hex("01 01 01 00 00 00 00 00 02 00 5A 28 00 00 00 80")
        #expect(subChannel(try session(twoTracks, .pq), at: 0) == expected)
    }

    @Test(arguments: [RawBlockType.cooked, .raw])
    func `96 bytes of address 0`(type: RawBlockType) throws {
        let expected = hex(
            """
            80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0 \
            80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 \
            80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 C0 80 \
            80 80 80 80 80 80 80 80 80 C0 80 C0 C0 80 C0 80 80 80 C0 80 C0 80 80 80
            """)
        let made = block(try session(twoTracks, type), at: 0)
        #expect(made.count == 2448)
        #expect(Array(made[2352...]) == expected)
        #expect(made[..<2352].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [RawBlockType.cooked, .raw])
    func `the lead-in's first sector with text`(type: RawBlockType) throws {
        let packs = [
            "80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF",
            "80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE",
            "80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C",
            "81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9",
            "81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F",
        ].map { TextPack(hex($0)) }
        let expected = hex(
            """
            20 00 00 00 00 04 11 65 1B 16 3C 20 10 16 31 22 5D 16 74 00 11 2F 2E 2F \
            60 00 04 41 00 56 65 72 1C 37 50 00 14 76 55 23 1B 76 79 24 08 4B 27 4E \
            20 00 08 02 01 35 11 32 18 16 0D 2B 00 00 00 40 00 00 00 00 00 0D 01 1C \
            20 10 00 03 00 05 11 28 19 12 41 02 18 56 79 24 40 40 24 00 11 7C 72 69
            """)
        let session = try session(twoTracks, text: packs, type)
        #expect(subChannel(session, at: leadInStart) == expected)
        // The packs go on where the sector ended: 4, 0, 1, 2 and so on.
        let lead = blocks(session, count: 12)
        let found = (0..<12).flatMap { index in
            lead[(index * 2448 + 2352)..<(index + 1) * 2448].withUnsafeBytes { TextPack.packs(in: $0) }
        }
        #expect(found == (0..<48).map { packs[$0 % 5] })
        #expect(found == blocks(session, from: leadInStart, count: 12, piece: 1).textPacks)
    }

    @Test func `the table of contents`() throws {
        let golden = """
            01 00 A0 97 26 65 00 01 00 00 26 C7
            01 00 A0 97 26 66 00 01 00 00 C8 15
            01 00 A0 97 26 67 00 01 00 00 62 44
            01 00 A1 97 26 68 00 02 00 00 19 3E
            01 00 A1 97 26 69 00 02 00 00 B3 6F
            01 00 A1 97 26 70 00 02 00 00 1F 49
            01 00 A2 97 26 71 00 06 02 00 C7 CF
            01 00 A2 97 26 72 00 06 02 00 29 1D
            01 00 A2 97 26 73 00 06 02 00 83 4C
            01 00 01 97 26 74 00 00 02 00 18 A4
            01 00 01 97 27 00 00 00 02 00 C9 84
            01 00 01 97 27 01 00 00 02 00 63 D5
            01 00 02 97 27 02 00 03 02 00 1C 22
            01 00 02 97 27 03 00 03 02 00 B6 73
            01 00 02 97 27 04 00 03 02 00 D1 A7
            """.split(separator: "\n").map { hex(String($0)) }
        for type in RawBlockType.allCases {
            let session = try session(twoTracks, type)
            let stream = blocks(session, count: 16)
            let frames = stream.channels(type).map { q($0) }
            #expect(Array(frames[..<15]) == golden)
            #expect(frames[15][2] == 0xA0)  // and again
            #expect(stream.channels(type).allSatisfy { !p($0) })
        }
        // The running time ends with 99:59:74.
        let last = frame(try session(twoTracks, .pq), at: -151)
        #expect(Array(last[3..<6]) == [0x99, 0x59, 0x74])
    }

    @Test(arguments: [
        (-150, "01 01 00 00 01 74 00 00 00 00 AA B9"),
        (-1, "01 01 00 00 00 00 00 00 01 74 76 BB"),
        (0, "01 01 01 00 00 00 00 00 02 00 5A 28"),
        (1000, "01 01 01 00 13 25 00 00 15 25 4B 8C"),
        (13_350, "01 02 00 00 01 74 00 03 00 00 DE AD"),
        (13_500, "01 02 01 00 00 00 00 03 02 00 2E 3C"),
        (14_250, "01 02 02 00 10 00 00 03 12 00 FF BE"),
        (27_000, "01 AA 01 00 00 00 00 06 02 00 F4 7D"),
        (27_074, "01 AA 01 00 00 74 00 06 02 74 5E EE"),
    ])
    func `frames of the program area`(lba: Int, golden: String) throws {
        var layout = twoTracks
        layout.tracks[1].indexes = [750]
        for type in RawBlockType.allCases { #expect(frame(try session(layout, type), at: lba) == hex(golden)) }
    }

    @Test func `control bits`() throws {
        let data = SessionLayout(tracks: [.init(number: 1, form: .mode1, pregap: 150, sectors: 300)])
        #expect(frame(try session(data, .pq), at: 16) == hex("41 01 01 00 00 16 00 00 02 16 93 1A"))
        let audio = SessionLayout(
            tracks: [.init(number: 1, copy: .permitted, hasPreEmphasis: true, pregap: 150, sectors: 300)])
        #expect(frame(try session(audio, .pq), at: 0) == hex("31 01 01 00 00 00 00 00 02 00 F7 B3"))
    }

    @Test func `codes of the disc and of a recording`() throws {
        var layout = twoTracks
        layout.catalogNumber = try CatalogNumber("4012345678901")
        layout.tracks[0].recordingCode = RecordingCode("DEABC1234567")
        let session = try session(layout, .pq)
        // Absolute times of remainder 98, 4 × 75 + 23 = 323 not among them: the frame differs in AFRAME and CRC.
        let catalog = frame(session, at: 98 - 150 + 100)
        #expect(Array(catalog[..<9]) == hex("02 40 12 34 56 78 90 10 00"))
        // 48 + 1100 = 1148 = 15 × 75 + 23.
        #expect(frame(session, at: 1148 - 150) == hex("03 51 54 52 4C 12 34 56 70 23") + frame(session, at: 998)[10...])
        // 98 + 300 × k = 75 × n + 23: 98 = 75 + 23.
        #expect(frame(session, at: 98 - 150) == hex("02 40 12 34 56 78 90 10 00 23 27 D6"))
    }
}

extension [UInt8] {
    /// The sub-channels of blocks.
    func channels(_ type: RawBlockType) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: count, by: type.blockBytes).map { self[$0 + 2352..<$0 + type.blockBytes] }
    }

    /// The text packs in blocks with 96 bytes of sub-channel.
    var textPacks: [TextPack] {
        channels(.raw).flatMap { channel in channel.withUnsafeBytes { TextPack.packs(in: $0) } }
    }
}
