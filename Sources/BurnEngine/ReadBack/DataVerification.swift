import BurnPlan
import DiscLayout
import MMC
import SCSI
import SectorCoding

/// Reads all data back: every byte, and where the drive gives whole sectors their address and protection too.
final class DataVerification {
    /// Sectors of one reading, as many as of one WRITE.
    private static let chunkSectors = ReadAheadBuffer.chunkSectors

    private let engine: BurnEngine
    private let reader: DiscReader
    private let spans: [Programme.Span]
    private let found: UnsafeMutableRawBufferPointer
    private let expected: UnsafeMutableRawBufferPointer
    /// How the drive gives data sectors.
    private var form = DiscReader.Form.wholeData(.any)

    init(_ reader: DiscReader, _ spans: [Programme.Span]) {
        (engine, self.reader, self.spans) = (reader.engine, reader, spans)
        found = .allocate(byteCount: Self.chunkSectors * RedBook.sectorBytes, alignment: 4096)
        expected = .allocate(byteCount: found.count, alignment: 4096)
    }

    deinit {
        found.deallocate()
        expected.deallocate()
    }

    /// Compares everything.
    ///
    /// - Returns: false when the drive does not give what would have to be compared.
    /// - Throws: the burn's end, at the first difference.
    func verifyAll() throws(BurnStop) -> Bool {
        guard try chooseForm() else { return false }
        var track: Int?
        for span in spans {
            if track != span.number, !span.isOptional {
                let own = spans.filter { $0.number == span.number && !$0.isOptional }
                engine.meter.begin(
                    .reading, track: span.number, start: span.addresses.lowerBound,
                    count: own.reduce(0) { $0 + $1.addresses.count }, at: engine.clock.now)
                track = span.number
            }
            for lower in stride(from: span.addresses.lowerBound, to: span.addresses.upperBound, by: Self.chunkSectors) {
                try engine.stopIfCancelledWhileVerifying()
                try verify(lower..<min(lower + Self.chunkSectors, span.addresses.upperBound), of: span)
            }
        }
        return true
    }

    /// Some drives refuse to give whole sectors; of an image that would not be enough.
    private func chooseForm() throws(BurnStop) -> Bool {
        guard let span = spans.first(where: { !$0.isOptional }) else { return false }
        let lba = span.addresses.lowerBound
        let one = UnsafeMutableRawBufferPointer(rebasing: found[..<RedBook.sectorBytes])
        guard let refusal = try reader.attempt(form, lba, into: one), refusal.isRefusal else { return true }
        if case .imageData = span.content {
            engine.log("the drive gives no whole data sectors; those of the image are not compared")
            return false
        }
        engine.log("the drive gives no whole data sectors; user data alone is compared")
        form = .userData
        return true
    }

    private func verify(_ stretch: Range<Int>, of span: Programme.Span) throws(BurnStop) {
        let size = form.sectorBytes
        let bytes = UnsafeMutableRawBufferPointer(rebasing: found[..<(stretch.count * size)])
        if span.isOptional {
            // A drive may stumble at a change between audio and data, and there is nothing there to lose.
            _ = try reader.attempt(form, stretch.lowerBound, into: bytes)
            return
        }
        try reader.read(form, stretch.lowerBound, into: bytes, track: span.number)
        let length = span.content.sectorBytes
        let own = UnsafeMutableRawBufferPointer(rebasing: expected[..<(stretch.count * length)])
        try engine.loadExpected(span.content, stretch.lowerBound * length, into: own, track: span.number)
        for index in 0..<stretch.count {
            let sector = UnsafeRawBufferPointer(rebasing: found[index * size..<(index + 1) * size])
            let wanted = UnsafeRawBufferPointer(rebasing: expected[index * length..<(index + 1) * length])
            let lba = stretch.lowerBound + index
            guard let fault = fault(of: sector, wanted, of: span, at: lba) else { continue }
            throw engine.failure(
                BurnProblem(
                    .verifyMismatch, "Track \(span.number) is not what was written at LBA \(lba): \(fault).", lba: lba))
        }
        engine.meter.read(stretch.count, last: stretch.upperBound - 1)
        engine.reportProgress()
    }

    /// What is wrong with a sector, in words, or nil.
    private func fault(
        of sector: UnsafeRawBufferPointer, _ wanted: UnsafeRawBufferPointer, of span: Programme.Span, at lba: Int
    ) -> String? {
        guard sector.count != wanted.count else {
            return SectorComparison.firstDifference(sector, wanted).map {
                "byte \($0) and \(SectorComparison.differences(sector, wanted) - 1) more differ"
            }
        }
        let start = DataSector.mode1UserData
        let user = UnsafeRawBufferPointer(rebasing: sector[start..<start + wanted.count])
        if let byte = SectorComparison.firstDifference(user, wanted) {
            return "byte \(byte) and \(SectorComparison.differences(user, wanted) - 1) more of its user data differ"
        }
        let identity = SectorIdentity(sector: sector)
        guard identity?.address == MSF(lba: lba), identity?.kind == .mode1 else {
            return "its header is not that of a Mode 1 sector at \(MSF(lba: lba))"
        }
        return DataSector.defects(of: sector).isEmpty ? nil : "EDC or ECC do not fit its bytes"
    }
}
