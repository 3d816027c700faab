import BinaryCoding
public import DiscLayout

extension QFrame {
    /// What a frame says.
    public enum Content: Equatable, Hashable, Sendable {
        /// Mode 1 outside the lead-in. `track` is 1…99, or nil in the lead-out; in index 0 `relative` is the time left.
        case position(track: Int?, index: Int, relative: MSF, absolute: MSF)
        /// Mode 1 in the lead-in.
        case tableOfContents(LeadInEntry, running: MSF)
        /// Mode 2: thirteen values 0…9, and the frames of the sector's time.
        case catalogNumber([UInt8], frames: UInt8)
        /// Mode 3: twelve ASCII characters, and the frames of the sector's time.
        case recordingCode([UInt8], frames: UInt8)
        /// Mode 5.
        case multiSession(MultiSessionEntry)
        /// A mode that only vendors or other media use.
        case other(mode: UInt8)
    }

    /// The control bits, in a frame of any mode.
    public var control: TrackControl { TrackControl(rawValue: self[0] >> 4) }

    /// ADR, the number of the mode.
    public var mode: UInt8 { self[0] & 0x0F }

    /// What the frame says, or nil when digits, times or characters in it are none. The CRC is not looked at.
    public var content: Content? {
        switch mode {
        case 1: self[1] == 0 ? entry : position
        case 2: catalogNumber
        case 3: recordingCode
        case 5: multiSession
        default: .other(mode: mode)
        }
    }

    private var position: Content? {
        let isLeadOut = self[1] == Self.leadOutTrack
        guard let number = isLeadOut ? 0 : UInt8(bcd: self[1]), let index = UInt8(bcd: self[2]),
            let relative = time(at: 3), let absolute = time(at: 7)
        else { return nil }
        return .position(
            track: isLeadOut ? nil : Int(number), index: Int(index), relative: relative, absolute: absolute)
    }

    private var entry: Content? {
        guard let running = time(at: 3),
            let entry = LeadInEntry(point: self[2], minutes: self[7], seconds: self[8], frames: self[9])
        else { return nil }
        return .tableOfContents(entry, running: running)
    }

    private var catalogNumber: Content? {
        let digits = (0..<13).map { digit(at: 2 + $0) }
        guard digits.allSatisfy({ $0 <= 9 }), let frames = UInt8(bcd: self[9]) else { return nil }
        return .catalogNumber(digits, frames: frames)
    }

    private var recordingCode: Content? {
        let letters = (0..<5).map { UInt8(truncatingIfNeeded: head >> UInt64(50 - 6 * $0)) & 0x3F }
        let digits = (0..<7).map { digit(at: 10 + $0) }
        // 0…9 are digits and 11h…2Ah letters: 30h less than their ASCII codes.
        guard letters.allSatisfy({ $0 <= 9 || (0x11...0x2A).contains($0) }), digits.allSatisfy({ $0 <= 9 }),
            let frames = UInt8(bcd: self[9])
        else { return nil }
        return .recordingCode((letters + digits).map { $0 + 0x30 }, frames: frames)
    }

    private var multiSession: Content? {
        switch self[2] {
        case 0xB0:
            let (start, lastLeadOut) = (time(at: 3), time(at: 7))
            guard start != nil || isAbsent(at: 3), lastLeadOut != nil || isAbsent(at: 7) else { return nil }
            return .multiSession(.nextProgram(start: start, pointers: self[6], lastLeadOut: lastLeadOut))
        case 0xC0:
            return time(at: 7).map { .multiSession(.firstLeadIn(power: self[3], start: $0)) }
        default:
            let bytes = (3...9).reduce(0 as UInt64) { $0 << 8 | UInt64(self[$1]) }
            return .multiSession(.other(point: self[2], bytes: bytes))
        }
    }

    private func time(at index: Int) -> MSF? {
        MSF(bcdMinutes: self[index], seconds: self[index + 1], frames: self[index + 2])
    }

    private func isAbsent(at index: Int) -> Bool { self[index] & self[index + 1] & self[index + 2] == 0xFF }

    /// Half byte `index` of the frame.
    private func digit(at index: Int) -> UInt8 {
        let byte = self[index / 2]
        return index % 2 == 0 ? byte >> 4 : byte & 0x0F
    }
}
