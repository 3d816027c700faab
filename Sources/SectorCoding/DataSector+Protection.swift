import DiscLayout

/// What of a sector does not fit the rest of it.
public struct SectorDefects: OptionSet, Hashable, Sendable {
    /// One bit for each kind.
    public let rawValue: UInt8

    /// A set of kinds.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is no sync pattern at its beginning; nothing else was looked at.
    public static let sync = SectorDefects(rawValue: 1)
    /// The EDC does not fit. A Form 2 sector whose EDC is zero has none.
    public static let edc = SectorDefects(rawValue: 2)
    /// P parity does not fit.
    public static let pParity = SectorDefects(rawValue: 4)
    /// Q parity does not fit.
    public static let qParity = SectorDefects(rawValue: 8)
    /// Bytes that must be zero are not: 2068…2075 of Mode 1, all user data of mode 0.
    public static let zeros = SectorDefects(rawValue: 16)
    /// The header holds no address or no mode that there is.
    public static let header = SectorDefects(rawValue: 32)
}

extension DataSector {
    /// What in a sector is damaged; empty when it is intact. Sectors of Mode 2 without forms have nothing to check but the
    /// header.
    ///
    /// - Precondition: there are 2352 bytes.
    public static func defects(of sector: UnsafeRawBufferPointer) -> SectorDefects {
        precondition(sector.count == RedBook.sectorBytes, "a sector has 2352 bytes")
        guard let identity = SectorIdentity(sector: sector) else { return .sync }
        var defects: SectorDefects = identity.address == nil ? .header : []
        switch identity.kind {
        case .mode0:
            if !isZero(sector, Layout.body) { defects.insert(.zeros) }
        case .mode1:
            if !isZero(sector, Layout.mode1Zeros) { defects.insert(.zeros) }
            checkEDC(of: sector, 0..<Layout.mode1EDC, &defects)
            defects.formUnion(ErrorCorrection.defects(of: sector, isForm1: false))
        case .form1:
            checkEDC(of: sector, Layout.body.lowerBound..<Layout.form1EDC, &defects)
            defects.formUnion(ErrorCorrection.defects(of: sector, isForm1: true))
        case .form2:
            if !isZero(sector, Layout.form2EDC..<RedBook.sectorBytes) {
                checkEDC(of: sector, Layout.body.lowerBound..<Layout.form2EDC, &defects)
            }
        case .mode2: break
        case .reserved: defects.insert(.header)
        }
        return defects
    }

    private static func checkEDC(of sector: UnsafeRawBufferPointer, _ range: Range<Int>, _ defects: inout SectorDefects)
    {
        let stored = sector.loadUnaligned(fromByteOffset: range.upperBound, as: UInt32.self)
        let code = ErrorDetection.code(of: sector.part(at: range.lowerBound, count: range.count))
        if UInt32(littleEndian: stored) != code { defects.insert(.edc) }
    }

    private static func isZero(_ sector: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        sector[range].allSatisfy { $0 == 0 }
    }

    /// Writes what guards a sector whose header, sub-headers and user data stand.
    static func protect(_ sector: UnsafeMutableRawBufferPointer, _ protection: SectorProtection) {
        switch protection {
        case .mode1:
            sector.clear(at: Layout.mode1Zeros.lowerBound, count: Layout.mode1Zeros.count)
            writeEDC(of: sector, 0..<Layout.mode1EDC)
            ErrorCorrection.write(into: sector, isForm1: false)
        case .xa:
            let isForm2 = sector[Layout.submode] & SubHeader.formBit != 0
            writeEDC(of: sector, Layout.body.lowerBound..<(isForm2 ? Layout.form2EDC : Layout.form1EDC))
            if !isForm2 { ErrorCorrection.write(into: sector, isForm1: true) }
        }
    }

    /// The EDC behind the range that it covers, least significant byte first.
    private static func writeEDC(of sector: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
        let covered = UnsafeRawBufferPointer(sector.part(at: range.lowerBound, count: range.count))
        let code = ErrorDetection.code(of: covered)
        sector.storeBytes(of: code.littleEndian, toByteOffset: range.upperBound, as: UInt32.self)
    }
}
