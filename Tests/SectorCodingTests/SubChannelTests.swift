import SectorCoding
import TestSupport
import Testing

@Suite struct SubChannelTests {
    /// Q of LBA 0: its bits stand in bit 6, P in bit 7, most significant bit of the channel's first byte first.
    @Test func `P and Q are interleaved as drives send them`() {
        let frame = QFrame(hex("01 01 01 00 00 00 00 00 02 00 5A 28"))
        var bytes = [UInt8](repeating: 0xFF, count: 96)
        bytes.withUnsafeMutableBytes { SubChannel.pack(p: true, q: frame, into: $0) }
        #expect(Array(bytes[0..<8]) == hex("80 80 80 80 80 80 80 C0"))  // 01h, P set
        #expect(Array(bytes[80..<88]) == hex("80 C0 80 C0 C0 80 C0 80"))  // 5Ah
        bytes.withUnsafeMutableBytes { SubChannel.pack(p: false, q: frame, into: $0) }
        #expect(Array(bytes[88..<96]) == hex("00 00 40 00 40 00 00 00"))  // 28h
    }

    @Test(arguments: [false, true]) func `what is packed is read back`(p: Bool) {
        let frame = QFrame(hex("41 37 01 00 00 01 00 31 47 00 2C 45"))
        var bytes = [UInt8](repeating: 0, count: 96)
        bytes.withUnsafeMutableBytes { SubChannel.pack(p: p, q: frame, into: $0) }
        bytes.withUnsafeBytes { buffer in
            #expect(SubChannel.q(of: buffer) == frame)
            #expect(SubChannel.p(of: buffer) == p)
        }
    }
}

@Suite struct SubChannelFormTests {
    private static let block16 = hex("01 01 01 00 00 00 00 00 02 00 5A 28 00 00 00 80")
    /// Address 0 with P set and nothing in R to W.
    private static let block96 = hex(
        """
        80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0 80 80 80 80 80 80 80 C0
        80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80
        80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 C0 80
        80 80 80 80 80 80 80 80 80 C0 80 C0 C0 80 C0 80 80 80 C0 80 C0 80 80 80
        """)

    private static func expanded(_ bytes: [UInt8]) -> [UInt8] {
        filled(bytes.count * 6) { target in
            bytes.withUnsafeBytes { SubChannel.expandPQ($0.count / 16, from: $0, into: target) }
        }
    }

    @Test func `16 bytes of P and Q and 96 of all channels`() {
        #expect(Self.expanded(Self.block16 + Self.block16) == Self.block96 + Self.block96)
        let back = filled(32) { target in
            (Self.block96 + Self.block96).withUnsafeBytes { SubChannel.compactPQ(2, from: $0, into: target) }
        }
        #expect(back == Self.block16 + Self.block16)
    }

    @Test func `a plain CRC and stray bits beside P are taken`() {
        let plain = hex("01 01 01 00 00 00 00 00 02 00 A5 D7 00 00 00 FF")
        #expect(Self.expanded(plain) == Self.block96)
    }

    @Test func `a wrong CRC stays wrong`() {
        let wrong = hex("01 01 01 00 00 00 00 00 02 00 00 00 00 00 00 7F")
        Self.expanded(wrong).withUnsafeBytes {
            #expect(SubChannel.q(of: $0).bytes == Array(wrong.prefix(12)))
            #expect(!SubChannel.p(of: $0))
        }
    }

    @Test func `P and Q are replaced and R to W stay`() {
        let old = random(96)
        var bytes = old
        bytes.withUnsafeMutableBytes { SubChannel.replacePQ(p: true, q: QFrame(Self.block16[..<12]), in: $0) }
        #expect(bytes.map { $0 & 0xC0 } == Self.block96)
        #expect(bytes.map { $0 & 0x3F } == old.map { $0 & 0x3F })
    }

    /// The definition, bit by bit.
    @Test func `the linear form holds channel after channel`() {
        let block = random(192)
        let linear = filled(192) { target in
            block.withUnsafeBytes { SubChannel.linear(2, from: $0, into: target) }
        }
        for (sector, channel, bit) in [(0, 0, 0), (0, 1, 7), (1, 1, 95), (1, 7, 8), (0, 5, 50)] {
            let expected = block[sector * 96 + bit] >> UInt8(7 - channel) & 1
            #expect(linear[sector * 96 + channel * 12 + bit / 8] >> UInt8(7 - bit % 8) & 1 == expected)
        }
        let back = filled(192) { target in
            linear.withUnsafeBytes { SubChannel.interleaved(2, fromLinear: $0, into: target) }
        }
        #expect(back == block)
        block.prefix(96).withUnsafeBytes { #expect(SubChannel.q(of: $0).bytes == Array(linear[12..<24])) }
    }

    @Test func `Q of many sectors`() {
        let block = random(5 * 96)
        let frames = filled(60) { target in
            block.withUnsafeBytes { SubChannel.extractQ(5, from: $0, into: target) }
        }
        for sector in 0..<5 {
            block[sector * 96..<sector * 96 + 96].withUnsafeBytes {
                #expect(SubChannel.q(of: $0).bytes == Array(frames[sector * 12..<sector * 12 + 12]))
            }
        }
    }
}
