import DiscLayout

/// Makes the bytes of data sectors look random, as they are recorded: all but the sync pattern is added to the output of a
/// shift register (ECMA-130, clause 16 and annex B). Doing it twice undoes it.
public enum Scrambler {
    /// Scrambles sectors that are not, and the other way round.
    ///
    /// - Precondition: there are 2352 bytes a sector.
    public static func apply(_ count: Int, to sectors: UnsafeMutableRawBufferPointer) {
        precondition(sectors.count == count * RedBook.sectorBytes, "a sector has 2352 bytes")
        TableCoding.scramble.withUnsafeBytes { table in
            for start in stride(from: 0, to: sectors.count, by: RedBook.sectorBytes) {
                // 2340 bytes are 585 words of four.
                for offset in stride(from: 0, to: table.count, by: 4) {
                    let place = start + syncBytes + offset
                    let word = sectors.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                    let mask = table.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    sectors.storeBytes(of: word ^ mask, toByteOffset: place, as: UInt32.self)
                }
            }
        }
    }

    /// Bytes that stay as they are.
    private static let syncBytes = 12
}
