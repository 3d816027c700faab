/// The Reed-Solomon product code of Mode 1 and Form 1 sectors: P over columns, Q over diagonals of the bytes from the header
/// on (ECMA-130, 14.5 and annex A). In Form 1 the header counts as zero (CD-ROM XA, 4.3).
enum ErrorCorrection {
    /// Writes P and Q parity of a sector whose other bytes stand.
    static func write(into sector: UnsafeMutableRawBufferPointer, isForm1: Bool) {
        VectorCoding.best.writeParity(into: sector, isForm1: isForm1)
    }

    /// Which parity does not fit the rest of the sector.
    static func defects(of sector: UnsafeRawBufferPointer, isForm1: Bool) -> SectorDefects {
        VectorCoding.best.parityDefects(of: sector, isForm1: isForm1)
    }
}
