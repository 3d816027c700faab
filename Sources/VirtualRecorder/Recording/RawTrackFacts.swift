import DiscLayout
import SectorCoding

/// What the blocks of a raw session tell of one track.
struct RawTrackFacts {
    /// First blocks of index 0, 1, 2 … by what Q says; nil for an index that never came.
    private(set) var indexes = [Int?]()
    /// Blocks of index 1 and up whose Q permits copying, and whose does not.
    private var copies = (permitted: 0, forbidden: 0)
    /// Twelve characters.
    private(set) var isrc: [UInt8]?
    /// Data blocks of index 1 and up by their headers.
    private var forms = (mode0: 0, mode1: 0, formless: 0, xa: 0)
    /// Blocks of Mode 2 whose sub-headers are zero: they may have a form or none.
    private var ambiguous = 0
    var isDamaged = false

    /// Notes that an index goes on at an address.
    mutating func note(index: Int, at lba: Int) {
        if index >= indexes.count { indexes += Array(repeating: nil, count: index + 1 - indexes.count) }
        if indexes[index] == nil { indexes[index] = lba }
    }

    /// Notes control bits in index 1 or up.
    mutating func note(_ control: TrackControl) {
        if control.contains(.copyPermitted) { copies.permitted += 1 } else { copies.forbidden += 1 }
    }

    /// Notes a recording code; false when another came before.
    mutating func note(isrc code: [UInt8]) -> Bool {
        if isrc == nil { isrc = code }
        return isrc == code
    }

    /// Notes a data block in index 1 or up.
    mutating func note(_ identity: SectorIdentity) {
        switch identity.kind {
        case .mode0: forms.mode0 += 1
        case .mode1: forms.mode1 += 1
        case .mode2: forms.formless += 1
        case .form1, .form2:
            if identity.subHeader == SubHeader(submode: 0) { ambiguous += 1 } else { forms.xa += 1 }
        case .reserved: break
        }
    }

    /// What most of the data blocks are. A Mode 2 that says nothing of forms has them if the disc is an XA disc.
    func form(isXADisc: Bool) -> SectorForm {
        let mode2 = forms.formless + forms.xa + ambiguous
        if forms.mode1 >= max(mode2, forms.mode0, 1) { return .mode1 }
        if mode2 >= max(forms.mode0, 1) {
            if forms.xa != forms.formless { return forms.xa > forms.formless ? .xa : .mode2 }
            return isXADisc ? .xa : .mode2
        }
        return forms.mode0 > 0 ? .mode0 : .mode1
    }

    /// Part of a track's blocks that need the other copy bit for it to be one that alternates: half of them have it.
    private static let alternatingPart = 4

    /// The copy bit alternates, four blocks off and four on (IEC 60908, SCMS).
    var isFirstCopy: Bool {
        min(copies.permitted, copies.forbidden) * Self.alternatingPart >= max(copies.permitted + copies.forbidden, 1)
    }

    /// The copy bit, alternating or not, is not what the table of contents says.
    func contradicts(_ control: TrackControl) -> Bool {
        if isFirstCopy { return false }
        return (control.contains(.copyPermitted) ? copies.forbidden : copies.permitted) > 0
    }
}
