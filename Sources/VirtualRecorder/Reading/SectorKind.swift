import DiscLayout
import SectorCoding

/// What a block turns out to be when it is read: the sector types of READ CD (MMC-6, table 351), and mode 0, which none of
/// them names.
enum SectorKind: Equatable, CaseIterable {
    case audio
    case mode0
    case mode1
    /// Mode 2 without forms.
    case mode2
    case form1
    case form2

    /// Nothing but user data with or without its protection: what READ (10) gives.
    var isReadAsBlock: Bool { self == .mode1 || self == .form1 }

    /// A data block by its header, or nil when it has none that makes sense.
    ///
    /// - Parameter form: what the track is. It settles what the block does not say: whether Mode 2 has forms.
    init?(_ sector: UnsafeRawBufferPointer, in form: SectorForm) {
        guard let identity = SectorIdentity(sector: sector) else { return nil }
        switch (identity.kind, form) {
        case (.mode0, _): self = .mode0
        case (.mode1, _): self = .mode1
        case (.mode2, .xa), (.form1, .xa), (.form2, .xa):
            self = sector[Self.submode] & SubHeader.formBit != 0 ? .form2 : .form1
        case (.mode2, _), (.form1, .mode2), (.form2, .mode2): self = .mode2
        case (.form1, _): self = .form1
        case (.form2, _): self = .form2
        case (.reserved, _): return nil
        }
    }

    /// Where the submode byte stands in an XA sector.
    private static let submode = 18

    /// The expected sector type of a READ CD allows this kind.
    ///
    /// - Parameter code: 0…5.
    func isExpected(by code: UInt8) -> Bool {
        switch code {
        case 0: true
        case 1: self == .audio
        case 2: self == .mode1
        case 3: self == .mode2
        case 4: self == .form1
        case 5: self == .form2
        default: false
        }
    }
}

/// Parts of the main channel that READ CD can be asked for, as the bits of its byte 9.
struct MainFields: OptionSet {
    let rawValue: UInt8

    static let sync = MainFields(rawValue: 0x80)
    static let subHeader = MainFields(rawValue: 0x40)
    static let header = MainFields(rawValue: 0x20)
    static let userData = MainFields(rawValue: 0x10)
    /// EDC and ECC.
    static let protection = MainFields(rawValue: 0x08)

    /// As they stand in a sector.
    fileprivate static let inOrder: [MainFields] = [.sync, .header, .subHeader, .userData, .protection]
    /// What of byte 9 belongs to it.
    static let all: MainFields = [.sync, .header, .subHeader, .userData, .protection]
}

extension SectorKind {
    /// Where the fields stand in the 2352 bytes of a sector: they always follow one another. Nil when the standard forbids
    /// the combination for this kind (MMC-6, table 354, "Main Channel Selection and Mapped Values").
    ///
    /// All that table says follows from four rules: audio is whole or nothing; what a kind does not have is left out; what is
    /// left must be without holes; and there is no EDC without user data, no sub-header behind the sync without a header.
    func range(of fields: MainFields) -> Range<Int>? {
        if fields.isEmpty { return 0..<0 }
        if self == .audio { return 0..<RedBook.sectorBytes }
        if fields.contains(.protection), !fields.contains(.userData) { return nil }
        if fields.contains([.sync, .subHeader]), !fields.contains(.header) { return nil }
        var whole: Range<Int>?
        for field in MainFields.inOrder where fields.contains(field) {
            let place = place(of: field)
            if place.isEmpty { continue }
            if let whole, whole.upperBound != place.lowerBound { return nil }
            whole = (whole?.lowerBound ?? place.lowerBound)..<place.upperBound
        }
        return whole ?? 0..<0
    }

    /// Where one field stands; empty when this kind has none (ECMA-130, clause 14; CD-ROM XA).
    private func place(of field: MainFields) -> Range<Int> {
        let userData = userData
        let hasSubHeader = self == .form1 || self == .form2
        return switch field {
        case .sync: 0..<12
        case .header: 12..<16
        case .subHeader: hasSubHeader ? 16..<24 : 16..<16
        case .userData: userData
        default: userData.upperBound..<RedBook.sectorBytes
        }
    }

    private var userData: Range<Int> {
        switch self {
        case .audio: 0..<2352
        case .mode0, .mode2: 16..<2352
        case .mode1: 16..<2064
        case .form1: 24..<2072
        case .form2: 24..<2348
        }
    }
}
