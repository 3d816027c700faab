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
    static let pressed = [
        "01 00 A0 98 06 12 00 01 00 00 E3 74", "01 00 A1 98 06 14 00 13 00 00 44 21",
        "01 00 A2 98 06 17 00 70 40 73 E3 85",
        "01 00 01 98 06 20 00 00 02 00 3B 71", "01 00 02 98 06 23 00 03 48 45 BE E0",
        "41 37 00 00 00 00 00 31 46 73 BC 02",
        "42 00 00 00 00 00 00 00 00 74 6D 7C", "41 37 01 00 00 01 00 31 47 00 2C 45",
    ]

    @Test(arguments: pressed)
    func `frames of pressed discs are intact, and not with a bit flipped`(golden: String) {
        #expect(QFrame(hex(golden)).isIntact)
        for bit in 0..<96 {
            var bytes = hex(golden)
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(!QFrame(bytes).isIntact)
        }
    }
}

@Suite struct LeadInFrameTests {
    private static func time(_ minutes: UInt8, _ seconds: UInt8, _ frames: UInt8) -> MSF {
        MSF(minutes: minutes, seconds: seconds, frames: frames)
    }

    /// The lead-in of a disc with tracks at 00:02:00 and 03:02:00 and its lead-out at 06:02:00 begins at 97:26:65.
    @Test(arguments: [
        (-11635, LeadInEntry.firstTrack(1, discType: 0), "01 00 A0 97 26 65 00 01 00 00 26 C7"),
        (-11632, .lastTrack(2), "01 00 A1 97 26 68 00 02 00 00 19 3E"),
        (-11629, .leadOut(time(6, 2, 0)), "01 00 A2 97 26 71 00 06 02 00 C7 CF"),
        (-11626, .track(1, start: time(0, 2, 0)), "01 00 01 97 26 74 00 00 02 00 18 A4"),
        (-11621, .track(2, start: time(3, 2, 0)), "01 00 02 97 27 04 00 03 02 00 D1 A7"),
    ])
    func `an entry of a table of contents, made and read`(lba: Int, entry: LeadInEntry, golden: String) {
        let frame = QFrame.tableOfContents(entry, control: [], running: MSF(lba: lba))
        #expect(frame.bytes == hex(golden))
        #expect(QFrame(hex(golden)).content == .tableOfContents(entry, running: MSF(lba: lba)))
    }

    @Test func `the disc type is no decimal number`() {
        let frame = QFrame.tableOfContents(
            .firstTrack(1, discType: 0x20), control: .data, running: Self.time(99, 0, 0))
        #expect(frame.bytes.prefix(10) == hex("41 00 A0 99 00 00 00 01 20 00")[...])
        #expect(
            frame.content == .tableOfContents(.firstTrack(1, discType: 0x20), running: Self.time(99, 0, 0)))
    }

    /// Composed from the table of mode 5.
    @Test(arguments: [
        (
            MultiSessionEntry.nextProgram(start: time(8, 34, 0), pointers: 2, lastLeadOut: time(79, 59, 74)),
            "05 00 B0 08 34 00 02 79 59 74"
        ),
        (.nextProgram(start: nil, pointers: 1, lastLeadOut: nil), "05 00 B0 FF FF FF 01 FF FF FF"),
        (.firstLeadIn(power: 0x4C, start: time(97, 26, 65)), "05 00 C0 4C 00 00 00 97 26 65"),
        (.other(point: 0xC1, bytes: 0x01_0203_0405_0607), "05 00 C1 01 02 03 04 05 06 07"),
    ])
    func `mode 5, made and read`(entry: MultiSessionEntry, golden: String) {
        let frame = QFrame.multiSession(entry, control: [])
        #expect(frame.bytes.prefix(10) == hex(golden)[...])
        #expect(frame.isIntact)
        #expect(frame.content == .multiSession(entry))
    }
}

@Suite struct QFrameContentTests {
    private static func time(_ minutes: UInt8, _ seconds: UInt8, _ frames: UInt8) -> MSF {
        MSF(minutes: minutes, seconds: seconds, frames: frames)
    }

    @Test(arguments: [
        ("01 02 02 00 10 00 00 03 12 00 FF BE", 2 as Int?, 2, time(0, 10, 0), time(3, 12, 0)),
        ("01 AA 01 00 00 74 00 06 02 74 5E EE", nil, 1, time(0, 0, 74), time(6, 2, 74)),
        ("41 37 01 00 00 01 00 31 47 00 2C 45", 37, 1, time(0, 0, 1), time(31, 47, 0)),
    ])
    func `a position`(golden: String, track: Int?, index: Int, relative: MSF, absolute: MSF) {
        let frame = QFrame(hex(golden))
        #expect(
            frame.content == .position(track: track, index: index, relative: relative, absolute: absolute))
    }

    @Test func `control and mode are the first byte's halves`() {
        let frame = QFrame(hex("42 00 00 00 00 00 00 00 00 74 6D 7C"))
        #expect(frame.control == .data)
        #expect(frame.mode == 2)
        #expect(frame.content == .catalogNumber([UInt8](repeating: 0, count: 13), frames: 74))
    }

    @Test func `a catalogue number`() {
        let frame = QFrame(hex("02 40 12 34 56 78 90 10 00 23 27 D6"))
        #expect(frame.content == .catalogNumber([4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], frames: 23))
    }

    @Test func `every character of a recording code is made and read`() {
        let letters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for (index, letter) in letters.enumerated() {
            var code = Array("DEABC1234567".utf8)
            code[index % 5] = letter
            code[5 + index % 7] = 0x30 + UInt8(index % 10)
            let frame = QFrame.recordingCode(code, control: [], absolute: Self.time(0, 0, 50))
            #expect(frame.content == .recordingCode(code, frames: 50))
        }
    }

    @Test(arguments: [
        "01 0A 01 00 00 00 00 00 02 00",  // track
        "01 01 F1 00 00 00 00 00 02 00",  // index
        "01 01 01 00 60 00 00 00 02 00",  // sixty seconds
        "01 01 01 00 00 00 00 00 02 75",  // seventy-five frames
        "01 00 A3 97 26 65 00 01 00 00",  // point
        "01 00 00 97 26 65 00 01 00 00",  // point of no track
        "01 00 A0 97 26 65 00 0F 00 00",  // number of the first track
        "02 4A 12 34 56 78 90 10 00 23",  // digit
        "02 40 12 34 56 78 90 10 00 7F",  // frames of the time
        "03 2A 54 52 4C 12 34 56 70 50",  // 0Ah is no character
        "03 51 54 52 4C 12 34 56 F0 50",  // digit
        "05 00 B0 FF FF FE 01 FF FF FF",  // neither a time nor none
        "05 00 C0 4C 00 00 00 97 26 FF",  // time
    ])
    func `what is no number says nothing`(bytes: String) {
        #expect(QFrame(hex(bytes + "0000")).content == nil)
    }

    @Test func `no twelve bytes trap`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<12).map { _ in UInt8.random(in: 0...255, using: &random) }
            let frame = QFrame(bytes)
            _ = frame.content
            #expect(frame.bytes == bytes)
        }
    }

    @Test func `numbers and times that are none make a frame all the same`() {
        let odd = Self.time(255, 255, 255)
        let frame = QFrame.position(control: [], track: 1000, index: -3, relative: odd, absolute: odd)
        #expect(frame.isIntact)
    }

    @Test func `a plain CRC is taken, a wrong one is not`() {
        let good = QFrame(hex("01 01 01 00 00 00 00 00 02 00 5A 28"))
        let wrong = QFrame(hex("01 01 01 00 00 00 00 00 02 00 5A 29"))
        #expect(QFrame(hex("01 01 01 00 00 00 00 00 02 00 A5 D7")).acceptingPlainCRC == good)
        #expect(good.acceptingPlainCRC == good)
        #expect(wrong.acceptingPlainCRC == wrong)
        #expect(wrong.repairingCRC == good)
    }
}
