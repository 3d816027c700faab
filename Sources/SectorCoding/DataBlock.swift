/// What a host gives for each data sector; what it does not give is made. The cases are those of the data block types of
/// WRITE and of the data forms of a cue sheet (MMC-6, "Write Parameters Mode Page", "SEND CUE SHEET").
public enum DataBlock: Equatable, Hashable, Sendable {
    /// Nothing: a sector of mode 0, whose 2336 bytes are zero.
    case mode0
    /// Nothing: Mode 1 with user data of zero.
    case mode1Zero
    /// 2048 bytes of user data of Mode 1.
    case mode1
    /// 2352 bytes, of which the 2048 of user data count.
    case mode1Whole
    /// Nothing: Mode 2 without forms, of zeros.
    case mode2Zero
    /// 2336 bytes of Mode 2 without forms, which has no EDC and no ECC.
    case mode2
    /// 2352 bytes, of which 2336 count.
    case mode2Whole
    /// Nothing: XA in the form that the sub-header tells, with user data of zero.
    case xaZero(SubHeader)
    /// 2048 bytes of user data of XA Form 1; the sub-header's form bit is taken as clear.
    case form1(SubHeader)
    /// Two copies of the sub-header and 2048 bytes of user data of XA Form 1; form bits are cleared.
    case form1WithSubHeader
    /// 2324 bytes of user data of XA Form 2; the sub-header's form bit is taken as set.
    case form2(SubHeader)
    /// Two copies of the sub-header and 2324 bytes; in Form 1, which the first copy tells, the last 276 do not count.
    case xaWithSubHeader
    /// 2336 bytes from the sub-header to EDC or ECC, of which the sub-headers and the user data count.
    case xa
    /// 2352 bytes, of which the sub-headers and the user data count.
    case xaWhole

    /// Bytes that the host gives for one sector.
    public var byteCount: Int {
        switch self {
        case .mode0, .mode1Zero, .mode2Zero, .xaZero: 0
        case .mode1, .form1: 2048
        case .form1WithSubHeader: 2056
        case .form2: 2324
        case .xaWithSubHeader: 2332
        case .mode2, .xa: 2336
        case .mode1Whole, .mode2Whole, .xaWhole: 2352
        }
    }

    /// The sub-header to write, where the host's data has none.
    var subHeader: SubHeader? {
        switch self {
        case .xaZero(let subHeader): subHeader
        case .form1(let subHeader): subHeader.with(submode: subHeader.submode & ~SubHeader.formBit)
        case .form2(let subHeader): subHeader.with(submode: subHeader.submode | SubHeader.formBit)
        default: nil
        }
    }

    /// The mode byte of the header.
    var mode: UInt8 {
        switch self {
        case .mode0: 0
        case .mode1Zero, .mode1, .mode1Whole: 1
        default: 2
        }
    }

    /// What guards the sector's bytes.
    var protection: SectorProtection? {
        switch self {
        case .mode0, .mode2Zero, .mode2, .mode2Whole: nil
        case .mode1Zero, .mode1, .mode1Whole: .mode1
        default: .xa
        }
    }
}

/// Which EDC and ECC a sector has.
enum SectorProtection {
    case mode1
    /// That of the form which the first sub-header tells.
    case xa
}
