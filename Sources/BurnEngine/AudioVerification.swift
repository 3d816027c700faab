import BurnPlan
import DiscLayout
import MMC
import SCSI

/// Reads all audio back and compares it with what was sent, fill included.
final class AudioVerification {
    /// Sectors of one READ CD, as many as of one WRITE.
    private static let chunkSectors = ReadAheadBuffer.chunkSectors
    /// Places that are tried when the offset is searched.
    private static let places = 12
    /// Places that must agree on it.
    private static let witnesses = 2

    private let engine: BurnEngine
    private let sources: [TrackContent]
    private let found: UnsafeMutableRawBufferPointer
    private let expected: UnsafeMutableRawBufferPointer
    /// Stereo samples between where a sample is read and where it was written: read[i] = written[i + offset].
    private var offset = 0

    init(_ engine: BurnEngine, _ sources: [TrackContent]) {
        (self.engine, self.sources) = (engine, sources)
        found = .allocate(byteCount: Self.chunkSectors * RedBook.sectorBytes, alignment: 4096)
        expected = .allocate(byteCount: found.count, alignment: 4096)
    }

    deinit {
        found.deallocate()
        expected.deallocate()
    }

    /// Whether the drive reads the sector at all.
    func canRead(_ lba: Int) -> Bool {
        let one = UnsafeMutableRawBufferPointer(rebasing: found[..<RedBook.sectorBytes])
        return (try? read(lba, one)) != nil
    }

    /// Compares every track.
    ///
    /// - Throws: the burn's end, at the first difference that no constant offset explains.
    func verifyAll() throws(BurnStop) {
        var difference = try firstDifference()
        if let first = difference, let shift = try searchOffset(), shift != 0 {
            engine.log("the drive reads \(shift) samples off; LBA \(first.lba) differs without that")
            offset = shift
            engine.meter.begin(.verifying, at: engine.clock.now)
            difference = try firstDifference()
            engine.log("the outermost \(abs(shift)) samples of each track lie outside of what can be compared")
        }
        guard let difference else { return }
        throw engine.failure(
            BurnProblem(
                .verifyMismatch,
                "Track \(difference.track) differs from what was written at LBA \(difference.lba), byte "
                    + "\(difference.byte) of the sector; \(difference.count) bytes differ there. \(reread(difference))",
                lba: difference.lba))
    }

    private struct Difference {
        let track: Int
        let index: Int
        let lba: Int
        /// In the sector.
        let byte: Int
        /// Bytes that differ in the whole stretch that was read.
        let count: Int
        /// Sectors of the track in front of the stretch, and in it.
        let stretch: Range<Int>
    }

    private func firstDifference() throws(BurnStop) -> Difference? {
        for (index, written) in engine.tracks.enumerated() {
            engine.meter.begin(
                .reading, track: written.number, start: written.start, count: written.sectors, at: engine.clock.now)
            for sector in stride(from: 0, to: written.sectors, by: Self.chunkSectors) {
                try engine.stopIfCancelledWhileVerifying()
                let stretch = sector..<min(sector + Self.chunkSectors, written.sectors)
                let comparable = try readStretch(index, stretch)
                if let byte = SectorComparison.firstDifference(comparable.found, comparable.expected) {
                    let place = comparable.start + byte
                    return Difference(
                        track: written.number, index: index,
                        lba: written.start + stretch.lowerBound + place / RedBook.sectorBytes,
                        byte: place % RedBook.sectorBytes,
                        count: SectorComparison.differences(comparable.found, comparable.expected), stretch: stretch)
                }
                engine.meter.read(stretch.count, last: written.start + stretch.upperBound - 1)
                engine.reportProgress()
            }
        }
        return nil
    }

    private struct Comparable {
        let found, expected: UnsafeRawBufferPointer
        /// Offset of the compared bytes in the stretch.
        let start: Int
    }

    /// Reads a stretch of a track from the disc and from the file. Samples that the offset moves out of the track are left
    /// out.
    private func readStretch(_ index: Int, _ stretch: Range<Int>) throws(BurnStop) -> Comparable {
        let written = engine.tracks[index]
        let bytes = stretch.count * RedBook.sectorBytes
        try readOrStop(
            written.start + stretch.lowerBound, UnsafeMutableRawBufferPointer(rebasing: found[..<bytes]), written.number
        )
        let shift = offset * RedBook.sampleBytes
        let first = stretch.lowerBound * RedBook.sectorBytes + shift
        let valid = max(first, 0)..<max(min(first + bytes, written.sectors * RedBook.sectorBytes), max(first, 0))
        let start = valid.lowerBound - first
        let part = UnsafeMutableRawBufferPointer(rebasing: expected[start..<start + valid.count])
        try load(index, part, at: valid.lowerBound)
        return Comparable(
            found: UnsafeRawBufferPointer(rebasing: found[start..<start + valid.count]),
            expected: UnsafeRawBufferPointer(part), start: start)
    }

    private func load(_ index: Int, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(BurnStop) {
        do throws(ReadAheadBuffer.Failure) {
            try sources[index].read(into: buffer, at: offset, index)
        } catch {
            throw engine.failure(
                BurnProblem(
                    .readBackFailed, "The audio of track \(index + 1) could not be read again to compare it: \(error)."),
                disc: .unsure)
        }
    }

    // MARK: Reading

    private func read(_ lba: Int, _ buffer: UnsafeMutableRawBufferPointer) throws(SCSIError) {
        let sectors = buffer.count / RedBook.sectorBytes
        let command = ReadCD(lba: Int32(truncatingIfNeeded: lba), blocks: UInt32(sectors))
        try engine.repeating { () throws(SCSIError) in try engine.transport.receive(command, into: buffer) }
    }

    /// Reads, again when the drive could not, and at last sector by sector.
    private func readOrStop(
        _ lba: Int, _ buffer: UnsafeMutableRawBufferPointer, _ track: Int
    ) throws(BurnStop) {
        var last: SCSIError?
        for _ in 0..<engine.limits.readAttempts {
            do throws(SCSIError) {
                return try read(lba, buffer)
            } catch {
                engine.log("reading at LBA \(lba): \(error.explanation)")
                last = error
                if error.transportKind != nil { break }
                if ReadinessReaction(error, writing: false) == .wait {
                    _ = try? engine.waitUntilReady(engine.limits.becomingReady, .forReload)
                }
            }
        }
        guard let last else { return }
        if last.transportKind == nil, buffer.count > RedBook.sectorBytes {
            for sector in 0..<buffer.count / RedBook.sectorBytes {
                let start = sector * RedBook.sectorBytes
                let one = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + RedBook.sectorBytes])
                try readOrStop(lba + sector, one, track)
            }
            return
        }
        throw engine.failure(
            BurnProblem(.readBackFailed, "LBA \(lba) of track \(track) could not be read back", last, lba: lba),
            disc: .unsure)
    }

    /// What further readings of a stretch say. It changes nothing: a place that reads differently each time, without an
    /// error, is no proof of anything.
    private func reread(_ difference: Difference) -> String {
        var agreed = 0
        for _ in 1..<max(engine.limits.readAttempts, 2) {
            guard let again = try? readStretch(difference.index, difference.stretch) else { break }
            if SectorComparison.firstDifference(again.found, again.expected) == nil { agreed += 1 }
        }
        let times = max(engine.limits.readAttempts, 2) - 1
        return agreed > 0
            ? "Read again \(times) times, it was right \(agreed) times: the drive reads this place unreliably and says nothing."
            : "Read again \(times) times, it stayed wrong."
    }

    // MARK: The offset

    /// The offset that several places of the disc agree on, or nil when there is none.
    private func searchOffset() throws(BurnStop) -> Int? {
        let margin = SampleOffset.reach * RedBook.sampleBytes
        let source = UnsafeMutableRawBufferPointer.allocate(
            byteCount: SampleOffset.windowBytes + 2 * margin, alignment: 16)
        defer { source.deallocate() }
        var votes: [Int: Int] = [:]
        for (index, sector) in candidates() {
            try load(index, source, at: sector * RedBook.sectorBytes - margin)
            guard SampleOffset.isDistinct(UnsafeRawBufferPointer(source)) else { continue }
            let window = UnsafeMutableRawBufferPointer(rebasing: found[..<SampleOffset.windowBytes])
            try readOrStop(engine.tracks[index].start + sector, window, engine.tracks[index].number)
            let matches = SampleOffset.matches(of: UnsafeRawBufferPointer(window), in: UnsafeRawBufferPointer(source))
            guard matches.count == 1, let offset = matches.first else { continue }
            votes[offset, default: 0] += 1
            if votes[offset, default: 0] >= Self.witnesses { return offset }
        }
        return nil
    }

    /// Places spread over all tracks, each far enough from the ends of its track.
    private func candidates() -> [(index: Int, sector: Int)] {
        let margin = (SampleOffset.reach + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        let window = SampleOffset.windowBytes / RedBook.sectorBytes
        let perTrack = max(Self.places / sources.count, Self.witnesses)
        return sources.enumerated().flatMap { index, source in
            // Only what the file holds: fill is silence.
            let room = source.filledBytes / RedBook.sectorBytes - 2 * margin - window
            return (1...perTrack).compactMap { part in
                room > 0 ? (index, margin + room * part / (perTrack + 1)) : nil
            }
        }
    }
}
