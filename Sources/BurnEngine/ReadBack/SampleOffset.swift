import DiscLayout

/// Where the samples that a drive reads lie, compared with where they were written: drives shift audio by a constant
/// number of samples when they write and when they read.
enum SampleOffset {
    /// Stereo samples to both sides that are searched: beyond the highest sum of offsets of any known drive.
    static let reach = 6000
    /// Bytes of a window that is looked for: four sectors.
    static let windowBytes = 4 * RedBook.sectorBytes
    /// Share of a window's samples that must not be silence: a quiet window is found everywhere.
    private static let leastSound = 0.95

    /// The offsets, in stereo samples, at which `window` stands in `source`.
    ///
    /// - Parameters:
    ///   - window: what the drive read.
    ///   - source: what was written from `reach` samples in front of the window's place to `reach` samples behind it.
    static func matches(of window: UnsafeRawBufferPointer, in source: UnsafeRawBufferPointer) -> [Int] {
        precondition(source.count == window.count + 2 * reach * RedBook.sampleBytes, "the source surrounds the window")
        return (-reach...reach).filter { offset in
            let start = (offset + reach) * RedBook.sampleBytes
            return SectorComparison.firstDifference(
                window, UnsafeRawBufferPointer(rebasing: source[start..<start + window.count])) == nil
        }
    }

    /// Whether the middle of `source`, surrounded as in `matches`, is a place to look for: loud, and unlike all around it.
    static func isDistinct(_ source: UnsafeRawBufferPointer) -> Bool {
        let start = reach * RedBook.sampleBytes
        let window = UnsafeRawBufferPointer(rebasing: source[start..<source.count - start])
        let samples = window.bindMemory(to: UInt32.self)
        let loud = samples.reduce(0) { $0 + ($1 != 0 ? 1 : 0) }
        return Double(loud) >= Double(samples.count) * leastSound && matches(of: window, in: source) == [0]
    }
}
