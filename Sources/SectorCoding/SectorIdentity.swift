import BinaryCoding
public import DiscLayout

/// What a data sector says of itself: its header and, in Mode 2, its sub-header.
public struct SectorIdentity: Equatable, Hashable, Sendable {
    /// Mode and form.
    public enum Kind: Equatable, Hashable, Sendable {
        /// Mode 0: zeros.
        case mode0
        /// Mode 1: 2048 bytes of user data with EDC and ECC.
        case mode1
        /// Mode 2 without forms: 2336 bytes of user data.
        case mode2
        /// Mode 2, CD-ROM XA Form 1: 2048 bytes of user data with EDC and ECC.
        case form1
        /// Mode 2, CD-ROM XA Form 2: 2324 bytes of user data.
        case form2
        /// A mode byte that stands for nothing.
        case reserved(UInt8)
    }

    /// The header's time, or nil when it is none.
    public let address: MSF?
    /// Mode and form. Nothing but the two copies of a sub-header tells XA from Mode 2 without forms: they are equal in XA.
    public let kind: Kind
    /// In Form 1 and Form 2, else nil.
    public let subHeader: SubHeader?

    /// Reads header and sub-header, or nil when the bytes do not begin with a sync pattern.
    ///
    /// - Precondition: there are 2352 bytes.
    public init?(sector: UnsafeRawBufferPointer) {
        precondition(sector.count == RedBook.sectorBytes, "a sector has 2352 bytes")
        guard DataSector.hasSync(sector) else { return nil }
        address = MSF(bcdMinutes: sector[12], seconds: sector[13], frames: sector[14])
        let first = SubHeader(sector, at: DataSector.Layout.body.lowerBound)
        let isXA = first == SubHeader(sector, at: DataSector.Layout.secondSubHeader)
        // The upper three bits mark the link blocks of packets (MMC-6, "Header Format"); they are not of the mode.
        let mode = sector[DataSector.Layout.mode]
        kind =
            switch mode & 0x1F {
            case 0: .mode0
            case 1: .mode1
            case 2: isXA ? (first.isForm2 ? .form2 : .form1) : .mode2
            default: .reserved(mode)
            }
        subHeader = kind == .form1 || kind == .form2 ? first : nil
    }

    /// Where the user data stands in the sector: what READ CD calls user data (MMC-6, "READ CD").
    public var userData: Range<Int> {
        switch kind {
        case .mode0, .mode2, .reserved: 16..<2352
        case .mode1: 16..<2064
        case .form1: 24..<2072
        case .form2: 24..<2348
        }
    }
}
