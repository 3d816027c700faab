import DiscLayout

/// Makes the bytes of data sectors look random, as they are recorded: all but the sync pattern is added to the output of a
/// shift register (ECMA-130, clause 16 and annex B). Doing it twice undoes it.
public enum Scrambler {
    /// Scrambles sectors that are not, and the other way round.
    ///
    /// - Precondition: there are 2352 bytes a sector.
    public static func apply(_ count: Int, to sectors: UnsafeMutableRawBufferPointer) {
        precondition(sectors.count == count * RedBook.sectorBytes, "a sector has 2352 bytes")
        VectorCoding.best.scramble(sectors)
    }
}
