import DiscLayout
import SectorCoding
import TestSupport
import Testing

@Suite struct QFrameTests {
    private static func time(_ minutes: UInt8, _ seconds: UInt8, _ frames: UInt8) -> MSF {
        MSF(minutes: minutes, seconds: seconds, frames: frames)
    }

    /// Frames of a disc with tracks at 00:02:00 and 03:02:00 and its lead-out at 06:02:00.
    @Test(arguments: [
        // First sector of the pause before track 1: the time left is 149 frames.
        (0 as UInt8, 1 as Int?, 0, time(0, 1, 74), time(0, 0, 0), "01 01 00 00 01 74 00 00 00 00 AA B9"),
        (0, 1, 0, time(0, 0, 0), time(0, 1, 74), "01 01 00 00 00 00 00 00 01 74 76 BB"),
        (0, 1, 1, time(0, 0, 0), time(0, 2, 0), "01 01 01 00 00 00 00 00 02 00 5A 28"),
        (0, 1, 1, time(0, 13, 25), time(0, 15, 25), "01 01 01 00 13 25 00 00 15 25 4B 8C"),
        (0, 2, 0, time(0, 1, 74), time(3, 0, 0), "01 02 00 00 01 74 00 03 00 00 DE AD"),
        (0, 2, 2, time(0, 10, 0), time(3, 12, 0), "01 02 02 00 10 00 00 03 12 00 FF BE"),
        // Lead-out.
        (0, nil, 1, time(0, 0, 74), time(6, 2, 74), "01 AA 01 00 00 74 00 06 02 74 5E EE"),
        // A data track, and audio with pre-emphasis that may be copied.
        (4, 1, 1, time(0, 0, 16), time(0, 2, 16), "41 01 01 00 00 16 00 00 02 16 93 1A"),
        (3, 1, 1, time(0, 0, 0), time(0, 2, 0), "31 01 01 00 00 00 00 00 02 00 F7 B3"),
    ])
    func `a position frame`(control: UInt8, track: Int?, index: Int, relative: MSF, absolute: MSF, golden: String) {
        let frame = QFrame.position(
            control: TrackControl(rawValue: control), track: track, index: index, relative: relative, absolute: absolute
        )
        #expect(frame.bytes == hex(golden))
        #expect(frame.isIntact)
    }

    @Test func `a catalogue number frame`() {
        let frame = QFrame.catalogNumber(
            [4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], control: [], absolute: Self.time(0, 0, 23))
        #expect(frame.bytes == hex("02 40 12 34 56 78 90 10 00 23 27 D6"))
    }

    @Test(arguments: [
        ("DEABC1234567", 50 as UInt8, "03 51 54 52 4C 12 34 56 70 50 9E B9"),
        ("USRC17607839", 0, "03 96 38 93 04 76 07 83 90 00 19 9C"),
    ])
    func `a recording code frame`(code: String, frames: UInt8, golden: String) {
        let frame = QFrame.recordingCode(Array(code.utf8), control: [], absolute: Self.time(0, 0, frames))
        #expect(frame.bytes == hex(golden))
    }

    /// Read from pressed discs.
    @Test(arguments: [
        "01 00 A0 98 06 12 00 01 00 00 E3 74", "01 00 A1 98 06 14 00 13 00 00 44 21",
        "01 00 A2 98 06 17 00 70 40 73 E3 85",
        "01 00 01 98 06 20 00 00 02 00 3B 71", "01 00 02 98 06 23 00 03 48 45 BE E0",
        "41 37 00 00 00 00 00 31 46 73 BC 02",
        "42 00 00 00 00 00 00 00 00 74 6D 7C", "41 37 01 00 00 01 00 31 47 00 2C 45",
    ])
    func `frames of pressed discs are intact, and not with a bit flipped`(golden: String) {
        #expect(QFrame(hex(golden)).isIntact)
        for bit in 0..<96 {
            var bytes = hex(golden)
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(!QFrame(bytes).isIntact)
        }
    }
}

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
