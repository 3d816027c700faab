import DiscLayout

/// The Reed-Solomon product code of Mode 1 and Form 1 sectors: P over columns, Q over diagonals of the bytes from the header
/// on (ECMA-130, 14.5 and annex A). In Form 1 the header counts as zero (CD-ROM XA, 4.3).
enum ErrorCorrection {
    /// Writes P and Q parity of a sector whose other bytes stand.
    static func write(into sector: UnsafeMutableRawBufferPointer, isForm1: Bool) {
        TableCoding.writeP(into: sector, isForm1: isForm1)
        TableCoding.writeQ(into: sector, isForm1: isForm1)
    }

    /// Which parity does not fit the rest of the sector.
    static func defects(of sector: UnsafeRawBufferPointer, isForm1: Bool) -> SectorDefects {
        withUnsafeTemporaryAllocation(byteCount: RedBook.sectorBytes, alignment: 16) { copy in
            copy.copyMemory(from: sector)
            var defects: SectorDefects = []
            // Q covers P as it was found, so it is made anew before P is.
            TableCoding.writeQ(into: copy, isForm1: isForm1)
            if differs(copy, sector, DataSector.Layout.qParity) { defects.insert(.qParity) }
            TableCoding.writeP(into: copy, isForm1: isForm1)
            if differs(copy, sector, DataSector.Layout.pParity) { defects.insert(.pParity) }
            return defects
        }
    }

    private static func differs(
        _ made: UnsafeMutableRawBufferPointer, _ found: UnsafeRawBufferPointer, _ range: Range<Int>
    ) -> Bool {
        !made[range].elementsEqual(found[range])
    }
}
