import BinaryCoding
public import DiscLayout

extension QFrame {
    /// Mode 1 in the program area: where a sector is (ECMA-130, 22.3.3).
    ///
    /// - Parameters:
    ///   - control: the control bits of the track.
    ///   - track: 1…99, or nil for the lead-out.
    ///   - index: 0…99.
    ///   - relative: time in the track; in index 0 the time left until index 1.
    ///   - absolute: time on the disc.
    public static func position(
        control: TrackControl, track: Int?, index: Int, relative: MSF, absolute: MSF
    ) -> QFrame {
        let track = track.map { digits(UInt8(truncatingIfNeeded: $0)) } ?? Self.leadOutTrack
        let numbers = UInt64(control.rawValue << 4 | 1) << 56 | UInt64(track) << 48
        let index = UInt64(digits(UInt8(truncatingIfNeeded: index))) << 40
        let time = packed(relative) << 16 | packed(absolute) >> 16
        return QFrame(head: numbers | index | time, tail: UInt16(truncatingIfNeeded: packed(absolute)))
    }

    /// Mode 2: the media catalogue number (22.3.4).
    ///
    /// - Parameters:
    ///   - digits: thirteen values 0…9.
    ///   - control: the control bits of the track.
    ///   - absolute: the sector's time; its frames are in the frame.
    public static func catalogNumber(_ digits: [UInt8], control: TrackControl, absolute: MSF) -> QFrame {
        precondition(digits.count == 13, "a media catalogue number has thirteen digits")
        let number = digits.reduce(0 as UInt64) { $0 << 4 | UInt64($1 & 0x0F) }
        // Thirteen digits are 52 bits; they follow the first byte and are followed by zeros.
        let head = UInt64(control.rawValue << 4 | 2) << 56 | number << 4
        return QFrame(head: head, tail: UInt16(Self.digits(absolute.frames)))
    }

    /// Mode 3: the recording code of the track (22.3.5).
    ///
    /// - Parameters:
    ///   - code: five characters, A…Z or 0…9, and seven digits, as ASCII.
    ///   - control: the control bits of the track.
    ///   - absolute: the sector's time; its frames are in the frame.
    public static func recordingCode(_ code: [UInt8], control: TrackControl, absolute: MSF) -> QFrame {
        precondition(code.count == 12, "an ISRC has twelve characters")
        // '0' is 0 and 'A' is 11h: ASCII less 30h for both. Five of six bits and two of zero are 32.
        let letters = code.prefix(5).reduce(0 as UInt64) { $0 << 6 | UInt64(($1 &- 0x30) & 0x3F) } << 2
        let digits = code.suffix(7).reduce(0 as UInt64) { $0 << 4 | UInt64($1 & 0x0F) } << 4
        let body = letters << 32 | digits
        let head = UInt64(control.rawValue << 4 | 3) << 56 | body >> 8
        return QFrame(head: head, tail: UInt16(truncatingIfNeeded: body << 8) | UInt16(Self.digits(absolute.frames)))
    }

    /// Mode 1 in a lead-in: one entry of the table of contents (22.3.3; IEC 60908, 17.5.1).
    ///
    /// - Parameters:
    ///   - entry: what it tells.
    ///   - control: of the track that the entry is of; of the first track for A0, of the last for A1 and A2.
    ///   - running: the sector's own time.
    public static func tableOfContents(_ entry: LeadInEntry, control: TrackControl, running: MSF) -> QFrame {
        let time = packed(minutes: entry.minutes, seconds: entry.seconds, frames: entry.frames)
        return leadIn(control.rawValue << 4 | 1, entry.point, packed(running), zero: 0, time)
    }

    /// Mode 5 in the lead-in of a session that another may follow (MMC-6, "Mode-5 Q").
    public static func multiSession(_ entry: MultiSessionEntry, control: TrackControl) -> QFrame {
        let head = control.rawValue << 4 | 5
        return switch entry {
        case .nextProgram(let start, let pointers, let lastLeadOut):
            leadIn(head, 0xB0, packed(start), zero: pointers, packed(lastLeadOut))
        case .firstLeadIn(let power, let start):
            leadIn(head, 0xC0, UInt64(power) << 16, zero: 0, packed(start))
        case .other(let point, let bytes):
            leadIn(
                head, point, UInt64(bytes >> 32) & 0xFF_FFFF, zero: UInt8(truncatingIfNeeded: bytes >> 24),
                UInt64(bytes) & 0xFF_FFFF)
        }
    }

    /// Track number of the lead-out.
    static let leadOutTrack: UInt8 = 0xAA

    private static func leadIn(_ first: UInt8, _ point: UInt8, _ middle: UInt64, zero: UInt8, _ end: UInt64) -> QFrame {
        let head = UInt64(first) << 56 | UInt64(point) << 40 | middle << 16 | UInt64(zero) << 8 | end >> 16
        return QFrame(head: head, tail: UInt16(truncatingIfNeeded: end))
    }

    private static func packed(_ time: MSF) -> UInt64 {
        packed(minutes: digits(time.minutes), seconds: digits(time.seconds), frames: digits(time.frames))
    }

    /// Nil is said with FFh three times.
    private static func packed(_ time: MSF?) -> UInt64 { time.map(packed) ?? 0xFF_FFFF }

    private static func packed(minutes: UInt8, seconds: UInt8, frames: UInt8) -> UInt64 {
        UInt64(minutes) << 16 | UInt64(seconds) << 8 | UInt64(frames)
    }

    /// Two digits of a number that may come from outside: of more than 99 the last two.
    static func digits(_ value: UInt8) -> UInt8 { value < 100 ? value.bcd : (value % 100).bcd }
}
