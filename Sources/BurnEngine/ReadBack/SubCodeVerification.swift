import BurnPlan
import DiscLayout
import MMC
import RawRecording
import SCSI
import SectorCoding

/// Tracks one behind the other whose R to W channels hold something of one kind.
struct SubCodeRun {
    /// The symbols of one track, from index 0 on.
    struct Part {
        /// The track's number on the disc.
        let number: Int
        /// Its sectors.
        let addresses: Range<Int>
        /// Where the symbols come from.
        let source: Source
    }

    /// Where symbols come from.
    enum Source {
        /// 96 a sector in files; `first` is the address that their first sector has on the disc.
        case files(TrackContent, first: Int)
        /// Bits 5…0 of an image's sub-channel.
        case image(WrittenDisc.Image)
    }

    /// By rising address without gaps.
    var parts: [Part]
    /// They are packs in time order, to which parity and interleaving came; else symbols as they go onto the disc.
    let arePacks: Bool

    /// From the first sector to behind the last.
    var addresses: Range<Int> { parts[0].addresses.lowerBound..<parts[parts.count - 1].addresses.upperBound }

    /// All of a disc that can be read: its lead-in and lead-out are not.
    static func all(of disc: WrittenDisc, readable: Range<Int>) -> [SubCodeRun] {
        guard let layout = disc.layout else { return [] }
        var runs: [SubCodeRun] = []
        for (place, track) in layout.tracks.enumerated()
        where track.subCode != .none || disc.wholeDiscSymbols != nil {
            guard let source = source(of: disc, place, layout) else { continue }
            let addresses = (layout.pregapStart(place)..<layout.pregapStart(place + 1)).clamped(to: readable)
            guard !addresses.isEmpty else { continue }
            let part = Part(number: track.number, addresses: addresses, source: source)
            let arePacks =
                disc.image == nil && disc.wholeDiscSymbols == nil ? track.subCode == .packs : disc.rawType == .cooked
            if let last = runs.last, last.arePacks == arePacks, last.addresses.upperBound == addresses.lowerBound {
                runs[runs.count - 1].parts.append(part)
            } else {
                runs.append(SubCodeRun(parts: [part], arePacks: arePacks))
            }
        }
        return runs
    }

    private static func source(of disc: WrittenDisc, _ place: Int, _ layout: SessionLayout) -> Source? {
        if let image = disc.image { return .image(image) }
        if let symbols = disc.wholeDiscSymbols { return .files(symbols, first: RawSession.imageStart) }
        guard let segment = disc.segments.first(where: { $0.place == place && $0.symbols != nil }),
            let symbols = segment.symbols
        else { return nil }
        return .files(symbols, first: segment.addresses.lowerBound - segment.firstSymbolSector)
    }
}

/// Compares what the R to W channels hold with the symbols that were sent.
///
/// Nothing on a disc corrects single readings of sub-channel, so a symbol is right when one of several readings gives it, and
/// a pack when its parity corrects the rest.
final class SubCodeVerification {
    /// Sectors of one reading, those among them that only complete the packs of others.
    private static let chunkSectors = QReader.chunkSectors - RWDeinterleaver.delay
    /// Symbols of a pack that its four symbols of P parity correct wherever they are.
    private static let correctable = 2
    /// By how many sectors drives give packs too late or too early.
    private static let shifts = [0, 1, -1, 2, -2, 3, -3]

    private let engine: BurnEngine
    private let reader: QReader
    private let discReader: DiscReader
    private let readable: Range<Int>
    /// How late a drive gives packs; nil while it is not known.
    private var packShift: Int?
    /// Something else than zeros was read.
    private var hasReadSymbols = false
    private var corrected = 0

    init(_ discReader: DiscReader, _ reader: QReader, readable: Range<Int>) {
        (engine, self.discReader, self.reader, self.readable) = (reader.engine, discReader, reader, readable)
    }

    /// A place that is wrong.
    private struct Fault {
        let number: Int
        let lba: Int
        let text: String
    }

    /// Compares everything.
    ///
    /// - Returns: false when the drive does not give R to W.
    /// - Throws: the burn's end, at the first place that is wrong.
    func verifyAll(_ runs: [SubCodeRun]) throws(BurnStop) -> Bool {
        var firstFault: Fault?
        for run in runs {
            // Packs of the last sectors end in what follows, which need not be readable.
            let end = run.addresses.upperBound - (run.arePacks ? RWDeinterleaver.delay : 0)
            for part in run.parts {
                let own =
                    part.addresses.lowerBound..<max(min(part.addresses.upperBound, end), part.addresses.lowerBound)
                engine.meter.begin(
                    .reading, track: part.number, start: own.lowerBound, count: own.count, at: engine.clock.now)
                for lower in stride(from: own.lowerBound, to: own.upperBound, by: Self.chunkSectors) {
                    try engine.stopIfCancelledWhileVerifying()
                    let sectors = lower..<min(lower + Self.chunkSectors, own.upperBound)
                    guard let fault = try fault(in: sectors, of: part, run) else { return false }
                    if firstFault == nil { firstFault = fault.first }
                    if let firstFault, hasReadSymbols { throw stop(at: firstFault) }
                    engine.meter.read(sectors.count, last: sectors.upperBound - 1)
                    engine.reportProgress()
                }
            }
        }
        if corrected > 0 { engine.log("the parity of \(corrected) R to W packs corrects what was read") }
        guard let firstFault else { return true }
        guard claimsRToW else {
            engine.log("the drive gives nothing but zeros for R to W")
            return false
        }
        throw stop(at: firstFault)
    }

    private func stop(at fault: Fault) -> BurnStop {
        engine.subChannelMismatch(fault.text, lba: fault.lba, track: fault.number)
    }

    private var claimsRToW: Bool {
        let page = try? engine.repeating { () throws(SCSIError) in try engine.transport.modePage(CapabilitiesPage.code)
        }
        return page.flatMap { CapabilitiesPage($0) }?.abilities.contains(.readsRToW) ?? false
    }

    // MARK: Comparing

    /// - Returns: nil when the drive gives no R to W, else what is wrong, at most one.
    private func fault(
        in sectors: Range<Int>, of part: SubCodeRun.Part, _ run: SubCodeRun
    ) throws(BurnStop) -> [Fault]? {
        let wanted = try expected(sectors, of: part, arePacks: run.arePacks)
        // Of each symbol whether some reading was right.
        var isRight = [Bool](repeating: false, count: wanted.count)
        for _ in 0..<max(engine.limits.readAttempts, 1) {
            guard let found = try read(sectors, wanted, arePacks: run.arePacks) else { return nil }
            if !hasReadSymbols { hasReadSymbols = found.contains { $0 != 0 } }
            if found == wanted { return [] }
            for index in wanted.indices where found[index] == wanted[index] { isRight[index] = true }
        }
        guard let place = firstWrong(isRight, arePacks: run.arePacks) else { return [] }
        return [
            Fault(
                number: part.number, lba: sectors.lowerBound + place / RedBook.subChannelBytes,
                text: run.arePacks
                    ? "pack \(place % RedBook.subChannelBytes / RWParity.symbolCount) of R to W differs"
                    : "symbol \(place % RedBook.subChannelBytes) of R to W differs")
        ]
    }

    private func firstWrong(_ isRight: [Bool], arePacks: Bool) -> Int? {
        guard arePacks else { return isRight.firstIndex(of: false) }
        for start in stride(from: 0, to: isRight.count, by: RWParity.symbolCount) {
            let wrong = isRight[start..<start + RWParity.symbolCount].count { !$0 }
            if wrong > Self.correctable { return start }
            if wrong > 0 { corrected += 1 }
        }
        return nil
    }

    /// What sectors are to hold: packs with their parity, or symbols.
    private func expected(
        _ sectors: Range<Int>, of part: SubCodeRun.Part, arePacks: Bool
    ) throws(BurnStop) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: sectors.count * RedBook.subChannelBytes)
        do throws(ReadAheadBuffer.Failure) {
            switch part.source {
            case .image(let image):
                bytes = []
                for lba in sectors { bytes += try SectorBytes.subChannel(image, lba) }
            case .files(let content, let first):
                var result = Result<Void, ReadAheadBuffer.Failure>.success(())
                bytes.withUnsafeMutableBytes { target in
                    result = Result { () throws(ReadAheadBuffer.Failure) in
                        try content.read(
                            into: target, at: (sectors.lowerBound - first) * RedBook.subChannelBytes, part.number - 1)
                    }
                }
                try result.get()
            }
        } catch {
            throw engine.sourceLost(error, track: part.number)
        }
        for index in bytes.indices { bytes[index] &= 0x3F }
        if arePacks { bytes.withUnsafeMutableBytes { RWParity.write(into: $0) } }
        return bytes
    }

    // MARK: Reading

    private func read(_ sectors: Range<Int>, _ wanted: [UInt8], arePacks: Bool) throws(BurnStop) -> [UInt8]? {
        if reader.manner?.channel == .raw {
            guard arePacks else { return try reader.symbols(sectors) }
            guard let symbols = try reader.symbols(sectors.lowerBound..<sectors.upperBound + RWDeinterleaver.delay)
            else {
                return nil
            }
            return Self.packs(of: symbols)
        }
        return arePacks ? try readPacks(sectors, wanted) : nil
    }

    /// Packs in time order, of sectors the last two of which only complete them.
    private static func packs(of symbols: [UInt8]) -> [UInt8] {
        var packs = [UInt8](repeating: 0, count: symbols.count)
        var deinterleaver = RWDeinterleaver()
        packs.withUnsafeMutableBytes { target in
            symbols.withUnsafeBytes {
                deinterleaver.process($0.count / RedBook.subChannelBytes, from: $0, into: target)
            }
        }
        return Array(packs.dropFirst(RWDeinterleaver.delay * RedBook.subChannelBytes))
    }

    /// Packs as a drive puts them in order by itself.
    private func readPacks(_ sectors: Range<Int>, _ wanted: [UInt8]) throws(BurnStop) -> [UInt8]? {
        if let packShift { return try receivePacks(sectors, packShift) }
        var first: [UInt8]?
        for shift in Self.shifts {
            guard let packs = try receivePacks(sectors, shift) else { continue }
            if first == nil { first = packs }
            guard packs == wanted else { continue }
            if wanted.contains(where: { $0 != 0 }) { packShift = shift }
            return packs
        }
        return first
    }

    private func receivePacks(_ sectors: Range<Int>, _ shift: Int) throws(BurnStop) -> [UInt8]? {
        let shifted = sectors.lowerBound + shift..<sectors.upperBound + shift
        guard readable.lowerBound <= shifted.lowerBound, shifted.upperBound <= readable.upperBound else { return nil }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: sectors.count * RedBook.subChannelBytes, alignment: 16)
        defer { buffer.deallocate() }
        let form = DiscReader.Form.subChannel(.packs, .none)
        guard try discReader.attempt(form, shifted.lowerBound, into: buffer) == nil else { return nil }
        return buffer.map { $0 & 0x3F }
    }
}
