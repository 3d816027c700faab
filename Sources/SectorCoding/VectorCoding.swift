import CSectorCoding
import DiscLayout

/// EDC, ECC and scrambling in C, with the vector instructions that the processor has.
///
/// Sendable because nobody writes to the tables once they are prepared; they last as long as the process.
struct VectorCoding: @unchecked Sendable {
    /// With the best that this processor has.
    static let best = VectorCoding(limit: CSECTORCODING_WIDE_CARRYLESS)

    private let tables: UnsafePointer<csectorcoding_tables>

    /// With nothing above `limit`. The tables are never freed.
    init(limit: csectorcoding_level) {
        let tables = UnsafeMutablePointer<csectorcoding_tables>.allocate(capacity: 1)
        csectorcoding_prepare(tables, limit)
        self.tables = UnsafePointer(tables)
    }

    /// What is used.
    var level: csectorcoding_level { tables.pointee.level }

    /// The EDC of some bytes.
    func edc(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        csectorcoding_edc(tables, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// Writes P, then Q, into a sector whose other bytes stand.
    func writeParity(into sector: UnsafeMutableRawBufferPointer, isForm1: Bool) {
        precondition(sector.count == RedBook.sectorBytes, "a sector has 2352 bytes")
        guard let bytes = sector.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        csectorcoding_p_parity(tables, bytes, isForm1, bytes + DataSector.Layout.pParity.lowerBound)
        csectorcoding_q_parity(tables, bytes, isForm1, bytes + DataSector.Layout.qParity.lowerBound)
    }

    /// Which parity does not fit the rest of the sector.
    func parityDefects(of sector: UnsafeRawBufferPointer, isForm1: Bool) -> SectorDefects {
        precondition(sector.count == RedBook.sectorBytes, "a sector has 2352 bytes")
        let found = csectorcoding_parity_defects(
            tables, sector.baseAddress?.assumingMemoryBound(to: UInt8.self), isForm1)
        var defects: SectorDefects = []
        if found & 1 != 0 { defects.insert(.pParity) }
        if found & 2 != 0 { defects.insert(.qParity) }
        return defects
    }

    /// The CRC of a Q frame's bytes 0…9, not inverted.
    func crc(_ head: UInt64, _ tail: UInt16) -> UInt16 { csectorcoding_crc(tables, head, tail) }

    /// Writes P and Q into one sector's sub-channel; of R to W the bits that `kept` has stay.
    func pack(p: Bool, q: QFrame, keeping kept: UInt8, into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        var bytes = (q.head.bigEndian, (UInt32(q.tail) << 16 | UInt32(q.storedCRC)).bigEndian)
        withUnsafeBytes(of: &bytes) { bytes in
            csectorcoding_pack(
                tables, p, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), kept,
                target.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Scrambles whole sectors, or undoes it.
    func scramble(_ sectors: UnsafeMutableRawBufferPointer) {
        precondition(sectors.count % RedBook.sectorBytes == 0, "a sector has 2352 bytes")
        csectorcoding_scramble(
            tables, sectors.baseAddress?.assumingMemoryBound(to: UInt8.self), sectors.count / RedBook.sectorBytes)
    }
}
