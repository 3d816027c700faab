import BurnPlan
import DiscLayout
import SCSI

/// Reads all audio back and compares it with what was sent, silence included: through all borders of tracks, and aligned
/// over the number of samples by which writing and reading shift it, which is one for the whole disc.
final class AudioVerification {
    /// Sectors of one READ CD, as many as of one WRITE.
    private static let chunkSectors = ReadAheadBuffer.chunkSectors
    /// Places that are tried when the offset is searched.
    private static let places = 12
    /// Places that must agree on it, where so many are fit to tell.
    private static let witnesses = 2

    private let engine: BurnEngine
    private let reader: DiscReader
    private let runs: [AudioRun]
    private let found: UnsafeMutableRawBufferPointer
    private let expected: UnsafeMutableRawBufferPointer
    /// Stereo samples between where a sample is read and where it was written: read[i] = written[i + offset].
    private var offset = 0
    /// Bytes that were compared and found right.
    private var compared = 0

    /// The offset, once all was compared; nil when nothing on the disc could tell it, as silence cannot.
    private(set) var measuredOffset: Int?

    init(_ reader: DiscReader, _ runs: [AudioRun]) {
        (engine, self.reader, self.runs) = (reader.engine, reader, runs)
        found = .allocate(byteCount: Self.chunkSectors * RedBook.sectorBytes, alignment: 4096)
        expected = .allocate(byteCount: found.count, alignment: 4096)
    }

    deinit {
        found.deallocate()
        expected.deallocate()
    }

    /// Compares everything.
    ///
    /// - Throws: the burn's end, at the first difference that no constant offset explains.
    func verifyAll() throws(BurnStop) {
        var difference = try firstDifference()
        var shift: Int?
        if difference != nil {
            shift = try searchOffset()
            if let first = difference, let shift, shift != 0 {
                engine.log("the drive reads \(shift) samples off; LBA \(first.lba) differs without that")
                offset = shift
                engine.meter.begin(.verifying, at: engine.clock.now)
                difference = try firstDifference()
            }
        }
        if let difference { throw stop(at: difference) }
        if let shift {
            measuredOffset = shift
        } else {
            measuredOffset = try hasDistinctPlace() ? 0 : nil
        }
        let missing = runs.reduce(0) { $0 + $1.bytes.count } - compared
        if missing > 0 {
            engine.log("\(missing / RedBook.sampleBytes) samples at the edges of the audio could not be compared")
        }
    }

    private func stop(at difference: Difference) -> BurnStop {
        engine.failure(
            BurnProblem(
                .verifyMismatch,
                "Track \(difference.track) differs from what was written at LBA \(difference.lba), byte "
                    + "\(difference.byte) of the sector; \(difference.count) bytes differ there. \(reread(difference))",
                lba: difference.lba))
    }

    // MARK: Comparing

    private struct Difference {
        let track: Int
        let lba: Int
        /// In the sector.
        let byte: Int
        /// Bytes that differ in the whole stretch that was read.
        let count: Int
        let run: AudioRun
        /// Sectors of the stretch.
        let stretch: Range<Int>
    }

    private func firstDifference() throws(BurnStop) -> Difference? {
        compared = 0
        for run in runs {
            try compareOutside(run)
            var track: Int?
            for span in run.spans {
                if span.isOptional {
                    try compareOptional(span, of: run)
                    continue
                }
                if track != span.number { beginTrack(span.number, of: run) }
                track = span.number
                if let difference = try firstDifference(in: span, of: run) { return difference }
            }
        }
        return nil
    }

    private func beginTrack(_ number: Int, of run: AudioRun) {
        let own = run.spans.filter { $0.number == number && !$0.isOptional }
        guard let first = own.first else { return }
        engine.meter.begin(
            .reading, track: number, start: first.addresses.lowerBound,
            count: own.reduce(0) { $0 + $1.addresses.count }, at: engine.clock.now)
    }

    private func firstDifference(in span: Programme.Span, of run: AudioRun) throws(BurnStop) -> Difference? {
        for stretch in chunks(of: span.addresses) {
            try engine.stopIfCancelledWhileVerifying()
            let comparable = try readStretch(stretch, of: run, track: span.number)
            if let byte = SectorComparison.firstDifference(comparable.found, comparable.expected) {
                let place = comparable.start + byte
                return Difference(
                    track: span.number, lba: stretch.lowerBound + place / RedBook.sectorBytes,
                    byte: place % RedBook.sectorBytes,
                    count: SectorComparison.differences(comparable.found, comparable.expected), run: run,
                    stretch: stretch)
            }
            compared += comparable.found.count
            engine.meter.read(stretch.count, last: stretch.upperBound - 1)
            engine.reportProgress()
        }
        return nil
    }

    private func chunks(of addresses: Range<Int>) -> [Range<Int>] {
        stride(from: addresses.lowerBound, to: addresses.upperBound, by: Self.chunkSectors).map {
            $0..<min($0 + Self.chunkSectors, addresses.upperBound)
        }
    }

    private struct Comparable {
        let found, expected: UnsafeRawBufferPointer
        /// Offset of the compared bytes in the stretch.
        let start: Int
    }

    private func part(_ buffer: UnsafeMutableRawBufferPointer, _ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: buffer[range])
    }

    /// Reads a stretch from the disc and from the files. Samples that the offset moves out of the audio are left out.
    private func readStretch(
        _ stretch: Range<Int>, of run: AudioRun, track: Int
    ) throws(BurnStop) -> Comparable {
        let bytes = part(found, 0..<stretch.count * RedBook.sectorBytes)
        try reader.read(.audio, stretch.lowerBound, into: bytes, track: track)
        return try comparable(stretch, of: run)
    }

    /// What of a stretch that lies in `found` can be compared.
    private func comparable(_ stretch: Range<Int>, of run: AudioRun) throws(BurnStop) -> Comparable {
        let first = stretch.lowerBound * RedBook.sectorBytes + offset * RedBook.sampleBytes
        let wanted = first..<first + stretch.count * RedBook.sectorBytes
        let valid = wanted.clamped(to: run.bytes)
        let start = valid.isEmpty ? 0 : valid.lowerBound - first
        try load(valid, of: run, into: part(expected, start..<start + valid.count))
        return Comparable(
            found: UnsafeRawBufferPointer(part(found, start..<start + valid.count)),
            expected: UnsafeRawBufferPointer(part(expected, start..<start + valid.count)), start: start)
    }

    private func load(
        _ bytes: Range<Int>, of run: AudioRun, into target: UnsafeMutableRawBufferPointer
    ) throws(BurnStop) {
        for (span, own) in run.parts(of: bytes) {
            let place = own.lowerBound - bytes.lowerBound
            try engine.loadExpected(
                span.content, own.lowerBound, into: part(target, place..<place + own.count), track: span.number)
        }
    }

    /// Compares silence that a drive may read or not; what differs there is not held against the disc.
    private func compareOptional(_ span: Programme.Span, of run: AudioRun) throws(BurnStop) {
        for stretch in chunks(of: span.addresses) {
            try engine.stopIfCancelledWhileVerifying()
            try compareLeniently(stretch, of: run)
        }
    }

    /// Compares the samples that the offset moves out of the audio, where the drive reads beyond its edges.
    private func compareOutside(_ run: AudioRun) throws(BurnStop) {
        let reach = (abs(offset) + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        let (lower, upper) = (run.addresses.lowerBound, run.addresses.upperBound)
        // Outwards, as far as the drive goes.
        let sectors = offset > 0 ? Array((lower - reach..<lower).reversed()) : Array(upper..<upper + reach)
        for lba in sectors {
            guard try compareLeniently(lba..<lba + 1, of: run) else { return }
        }
    }

    /// - Returns: whether it could be read.
    @discardableResult
    private func compareLeniently(_ stretch: Range<Int>, of run: AudioRun) throws(BurnStop) -> Bool {
        let bytes = part(found, 0..<stretch.count * RedBook.sectorBytes)
        guard try reader.attempt(.audio, stretch.lowerBound, into: bytes) == nil else { return false }
        let comparable = try comparable(stretch, of: run)
        if SectorComparison.firstDifference(comparable.found, comparable.expected) == nil {
            compared += comparable.found.count
        }
        return true
    }

    /// What further readings of a stretch say. It changes nothing: a place that reads differently each time, without an
    /// error, is no proof of anything.
    private func reread(_ difference: Difference) -> String {
        let times = max(engine.limits.readAttempts, 2) - 1
        var agreed = 0
        for _ in 0..<times {
            guard let again = try? readStretch(difference.stretch, of: difference.run, track: difference.track) else {
                break
            }
            if SectorComparison.firstDifference(again.found, again.expected) == nil { agreed += 1 }
        }
        return agreed > 0
            ? "Read again \(times) times, it was right \(agreed) times: the drive reads this place unreliably and says nothing."
            : "Read again \(times) times, it stayed wrong."
    }

    // MARK: The offset

    /// Room for a window and for all places where it may be found.
    private func withSource<Value>(
        _ body: (UnsafeMutableRawBufferPointer) throws(BurnStop) -> Value
    ) throws(BurnStop) -> Value {
        let margin = SampleOffset.reach * RedBook.sampleBytes
        let source = UnsafeMutableRawBufferPointer.allocate(
            byteCount: SampleOffset.windowBytes + 2 * margin, alignment: 16)
        defer { source.deallocate() }
        return try body(source)
    }

    /// Loads the surroundings of a place; false when it looks like other places near it.
    private func isDistinct(
        _ place: (run: AudioRun, sector: Int), _ source: UnsafeMutableRawBufferPointer
    ) throws(BurnStop) -> Bool {
        let first = place.sector * RedBook.sectorBytes - SampleOffset.reach * RedBook.sampleBytes
        try load(first..<first + source.count, of: place.run, into: source)
        return SampleOffset.isDistinct(UnsafeRawBufferPointer(source))
    }

    private func hasDistinctPlace() throws(BurnStop) -> Bool {
        try withSource { (source) throws(BurnStop) in
            for place in candidates() where try isDistinct(place, source) { return true }
            return false
        }
    }

    /// The offset that several places of the disc agree on, or the only one that any place names; nil when there is none.
    private func searchOffset() throws(BurnStop) -> Int? {
        try withSource { (source) throws(BurnStop) in
            var votes: [Int: Int] = [:]
            for place in candidates() {
                try engine.stopIfCancelledWhileVerifying()
                guard try isDistinct(place, source) else { continue }
                let window = part(found, 0..<SampleOffset.windowBytes)
                let number = place.run.span(at: place.sector)?.number ?? 0
                try reader.read(.audio, place.sector, into: window, track: number)
                let matches = SampleOffset.matches(
                    of: UnsafeRawBufferPointer(window), in: UnsafeRawBufferPointer(source))
                guard matches.count == 1, let offset = matches.first else { continue }
                votes[offset, default: 0] += 1
                if votes[offset, default: 0] >= Self.witnesses { return offset }
            }
            return votes.count == 1 ? votes.keys.first : nil
        }
    }

    /// Places spread over all that files hold, each far enough from the edges of the audio.
    private func candidates() -> [(run: AudioRun, sector: Int)] {
        let margin = (SampleOffset.reach + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        let window = SampleOffset.windowBytes / RedBook.sectorBytes
        var rooms: [(run: AudioRun, sectors: Range<Int>)] = []
        for run in runs {
            for span in run.spans {
                let filled = span.addresses.lowerBound..<span.addresses.lowerBound + span.filledSectors
                let (lower, upper) = (run.addresses.lowerBound + margin, run.addresses.upperBound - margin)
                let room =
                    max(filled.lowerBound, lower)..<max(min(filled.upperBound, upper), max(filled.lowerBound, lower))
                if room.count > window { rooms.append((run, room.lowerBound..<room.upperBound - window)) }
            }
        }
        let perRoom = max(Self.places / max(rooms.count, 1), Self.witnesses)
        return rooms.flatMap { room in
            (1...perRoom).map { (room.run, room.sectors.lowerBound + room.sectors.count * $0 / (perRoom + 1)) }
        }
    }
}

extension Programme.Span {
    /// Sectors from its first on that a file has something for: what follows is fill.
    fileprivate var filledSectors: Int {
        switch content {
        case .zeros: 0
        case .image, .imageData: addresses.count
        case .track(let content, let first):
            min(max(content.filledBytes / content.sectorBytes - (addresses.lowerBound - first), 0), addresses.count)
        }
    }
}
