import SectorCoding
import TestSupport
import Testing

@Suite struct TextPackTests {
    static let packs = [
        // Album "Demo Album" by "The Band", "First", "Second Track" by "Guest".
        "80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF",
        "80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE",
        "80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C",
        "81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9",
        "81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F",
        "8F 00 05 00 00 01 02 00 03 02 00 00 00 00 00 00 A6 05",
        "8F 01 06 00 00 00 00 00 00 00 00 03 07 00 00 00 94 F0",
        "8F 02 07 00 00 00 00 00 09 00 00 00 00 00 00 00 EA 42",
        // A published example.
        "80 00 00 00 4A 6F 79 66 75 6C 20 4E 69 67 68 74 F0 F7",
        "80 00 01 0C 73 00 53 6F 6E 67 20 6F 66 20 4A 6F 43 1C",
        "80 01 02 0A 79 00 48 75 6D 70 74 79 20 44 75 6D 43 F9",
        "80 02 03 0A 70 74 79 00 4D 65 65 20 4F 77 77 77 24 72",
        "80 03 04 08 77 00 00 00 00 00 00 00 00 00 00 00 6E AF",
        // Sent by a burning program with texts in two languages.
        "80 00 00 10 41 6C 62 75 6D 20 44 45 00 45 69 6E 4A C0",
        "8F 02 05 10 00 00 00 00 09 08 00 00 00 00 00 00 99 99",
        // Of pressed discs.
        "8F 00 2A 00 01 01 03 00 06 05 04 05 07 06 01 02 48 65",
        "88 00 23 00 01 0E 00 3F 02 12 00 00 00 00 00 00 12 00",
        "8F 01 2B 00 00 00 00 00 00 00 06 03 2C 00 00 00 C0 20",
        "8F 02 2C 00 00 00 00 00 09 00 00 00 00 00 00 00 11 45",
    ]

    @Test(arguments: packs) func `packs are intact, and not with a bit flipped`(golden: String) {
        let pack = TextPack(hex(golden))
        #expect(pack.isIntact)
        #expect(pack.bytes == hex(golden))
        #expect(TextPack(withoutCRC: hex(golden).prefix(16)) == pack)
        for bit in 0..<144 {
            var bytes = hex(golden)
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(!TextPack(bytes).isIntact)
        }
    }

    @Test func `the fields of a pack`() {
        let pack = TextPack(
            type: 0x80, track: 1, sequence: 2, block: 1, characterPosition: 10, payload: "y\0Hump".utf8)
        #expect(pack.bytes.prefix(16) == hex("80 01 02 1A 79 00 48 75 6D 70 00 00 00 00 00 00")[...])
        #expect(pack.isIntact && !pack.hasNoCRC)
        #expect(pack.type == 0x80 && pack.track == 1 && pack.sequence == 2 && pack.block == 1)
        #expect(pack.characterPosition == 10 && !pack.isDoubleByte && !pack.isExtension)
        #expect(pack.payload == Array("y\0Hump\0\0\0\0\0\0".utf8))
        let wide = TextPack(hex("81 83 FF F7 00 00 00 00 00 00 00 00 00 00 00 00 00 00"))
        #expect(wide.track == 3 && wide.isExtension && wide.isDoubleByte)
        #expect(wide.block == 7 && wide.characterPosition == 7 && wide.hasNoCRC && !wide.isIntact)
        let late = TextPack(type: 0x80, track: 1, sequence: 0, characterPosition: 200, payload: [])
        #expect(late.characterPosition == 15)
    }

    @Test(arguments: [
        (packs[0], "20 00 00 00 00 04 11 25 1B 16 3C 20 10 16 31 22 1D 16 34 00 11 2F 2E 2F"),
        (packs[15], "23 30 00 2A 00 00 04 01 00 30 00 06 01 10 10 05 01 30 18 01 00 24 21 25"),
    ])
    func `a pack in symbols of six bits`(pack: String, golden: String) {
        #expect(TextPack(hex(pack)).symbols == hex(golden))
        #expect(TextPack(symbols: hex(golden).map { $0 | 0xC0 }) == TextPack(hex(pack)))
    }

    /// The first sector of a lead-in that begins at 97:26:65, POINT A0, with the first four packs.
    @Test func `four packs beside P and Q`() {
        let golden = hex(
            """
            20 00 00 00 00 04 11 65 1B 16 3C 20 10 16 31 22 5D 16 74 00 11 2F 2E 2F
            60 00 04 41 00 56 65 72 1C 37 50 00 14 76 55 23 1B 76 79 24 08 4B 27 4E
            20 00 08 02 01 35 11 32 18 16 0D 2B 00 00 00 40 00 00 00 00 00 0D 01 1C
            20 10 00 03 00 05 11 28 19 12 41 02 18 56 79 24 40 40 24 00 11 7C 72 69
            """)
        let four = Self.packs.prefix(4).map { TextPack(hex($0)) }
        let block = filled(96) {
            SubChannel.pack(p: false, q: QFrame(hex("01 00 A0 97 26 65 00 01 00 00 26 C7")), into: $0)
            TextPack.write(four, into: $0)
        }
        #expect(block == golden)
        #expect(golden.withUnsafeBytes { TextPack.packs(in: $0) } == four)
    }
}
