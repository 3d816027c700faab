import DiscLayout
import SectorCoding

/// Where the frames with the catalogue number and with recording codes go: one in every hundred sectors each (ECMA-130,
/// 22.3.4 and 22.3.5), half of that apart, so that nine of ten successive frames tell the time.
///
/// A sector that begins or ends an index keeps its position; the frame is put off to the next that does neither. wodim and
/// cdrdao do so too, at other remainders.
struct CodeSectors: Sendable {
    /// One frame in this many sectors.
    private static let period = 100
    /// Remainders of absolute times.
    private static let catalogRemainder = 98
    private static let recordingRemainder = 48

    /// Addresses of the next.
    private var catalog: Int
    private var recording: Int

    init(_ session: RawSession, from lba: Int) {
        catalog = Self.sector(Self.catalogRemainder, notBefore: lba, session)
        recording = Self.sector(Self.recordingRemainder, notBefore: lba, session)
    }

    /// The frame of mode 2 or 3 that stands at an address; nil when it is one of mode 1. Addresses come in order.
    mutating func frame(at lba: Int, of area: RawArea, _ session: RawSession) -> QFrame? {
        guard lba == catalog || lba == recording else { return nil }
        var frame: QFrame?
        if lba == recording {
            recording = Self.sector(Self.recordingRemainder, notBefore: lba + 1, session)
            if let code = area.recordingCode {
                frame = .recordingCode(code.characters, control: area.control(at: lba), absolute: MSF(lba: lba))
            }
        }
        if lba == catalog {
            catalog = Self.sector(Self.catalogRemainder, notBefore: lba + 1, session)
            if let number = session.layout.catalogNumber {
                frame = .catalogNumber(number.digits, control: area.control(at: lba), absolute: MSF(lba: lba))
            }
        }
        return frame
    }

    /// The first address from `lba` on for a frame whose turn is at a remainder.
    private static func sector(_ remainder: Int, notBefore lba: Int, _ session: RawSession) -> Int {
        let first = max(lba, session.program.lowerBound)
        // The last turn that is not behind it, unless that lies in the lead-in.
        var turn = first - (first + RedBook.pauseSectors - remainder + period) % period
        if turn < session.program.lowerBound { turn += period }
        while turn < session.sectors.upperBound {
            if let sector = firstInner(turn, session), sector >= first { return sector }
            turn += period
        }
        return Int.max
    }

    /// The first address from `turn` on where no index begins or ends.
    private static func firstInner(_ turn: Int, _ session: RawSession) -> Int? {
        let start = session.area(at: turn)
        for area in session.areas[start...] {
            let sector = max(turn, area.inner.lowerBound)
            if area.inner.contains(sector) { return sector }
        }
        return nil
    }
}
