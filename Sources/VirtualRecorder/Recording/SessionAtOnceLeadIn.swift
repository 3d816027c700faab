import DiscLayout
import SectorCoding

/// The lead-in of a session at once whose CD-TEXT comes from the host: P and Q are the drive's, and say what the tracks are
/// (IEC 60908, 17.5.1; MMC-6, "Mode-5 Q").
struct SessionAtOnceLeadIn {
    /// Its blocks.
    let blocks: Range<Int>
    /// What Q says, one after the other and then from the first again.
    private let entries: [Entry]

    private enum Entry {
        case tableOfContents(LeadInEntry, TrackControl)
        case multiSession(MultiSessionEntry, TrackControl)

        func frame(running: MSF) -> QFrame {
            switch self {
            case .tableOfContents(let entry, let control):
                .tableOfContents(entry, control: control, running: running)
            case .multiSession(let entry, let control): .multiSession(entry, control: control)
            }
        }
    }

    /// Each entry stands in three sectors.
    private static let repetitions = 3

    /// - Parameters:
    ///   - session: its number.
    ///   - start: address of the first block of the lead-in.
    init(
        _ layout: SessionLayout, session: Int, start: Int, discType: UInt8, following: Disc.Following, medium: Medium
    ) {
        blocks = start..<layout.start
        let (first, last) = (layout.tracks[0], layout.tracks[layout.tracks.count - 1])
        var entries: [Entry] = [
            .tableOfContents(.firstTrack(first.number, discType: discType), first.control),
            .tableOfContents(.lastTrack(last.number), last.control),
            .tableOfContents(.leadOut(Self.time(layout.leadOut)), last.control),
        ]
        entries += layout.tracks.map {
            .tableOfContents(.track($0.number, start: Self.time($0.indexes[0])), $0.control)
        }
        if following != .none {
            let next = layout.leadOut + Disc.gap(afterSession: session) + RedBook.pauseSectors
            entries.append(
                .multiSession(
                    .nextProgram(
                        start: following == .another ? Self.time(next) : nil, pointers: session == 1 ? 2 : 1,
                        lastLeadOut: medium.lastLeadOut), first.control))
            if session == 1 {
                entries.append(
                    .multiSession(.firstLeadIn(power: 0, start: medium.leadInStart), first.control))
            }
        }
        self.entries = entries
    }

    private static func time(_ lba: Int) -> MSF { MSF(frameCount: lba + RedBook.pauseSectors) }

    /// Writes P and Q of consecutive blocks beside the R to W that stand there.
    ///
    /// - Precondition: `target` has 96 bytes for each.
    func replacePQ(from first: Int, count: Int, in target: UnsafeMutableRawBufferPointer) {
        for index in 0..<count {
            let lba = first + index
            let entry = entries[(lba - blocks.lowerBound) / Self.repetitions % entries.count]
            let start = index * RedBook.subChannelBytes
            SubChannel.replacePQ(
                p: false, q: entry.frame(running: MSF(lba: lba)),
                in: UnsafeMutableRawBufferPointer(rebasing: target[start..<start + RedBook.subChannelBytes]))
        }
    }
}

/// CD-TEXT as it comes from the host: packs that repeat over the whole lead-in, collected once.
struct LeadInText {
    /// Packs with a right CRC, each once, in the order in which they came.
    private(set) var packs: [TextPack] = []
    /// Packs whose CRC was wrong, repetitions counted.
    private(set) var damaged = 0
    /// The symbols of `packs`, one after the other.
    private var symbols: [UInt8] = []
    private var places: [TextPack: Int] = [:]
    /// Place of the pack that comes next if they repeat.
    private var expected = 0

    /// As many as eight languages can have (MMC-6, annex "CD-TEXT": eight blocks of 256 packs).
    private static let maximum = 2_048
    private static let types: ClosedRange<UInt8> = 0x80...0x8F

    /// Takes blocks of the lead-in, 96 bytes with four packs each; bits 7 and 6 of a byte do not count.
    mutating func take(_ blocks: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: blocks.count, by: TextPack.symbolCount) {
            takePack(UnsafeRawBufferPointer(rebasing: blocks[start..<start + TextPack.symbolCount]))
        }
    }

    private mutating func takePack(_ bytes: UnsafeRawBufferPointer) {
        if isExpected(bytes) {
            expected = (expected + 1) % packs.count
            return
        }
        let pack = TextPack(symbols: bytes)
        if let place = places[pack] {
            expected = (place + 1) % packs.count
            return
        }
        // Nothing but zeros is room that no pack was put in.
        guard bytes.contains(where: { $0 & 0x3F != 0 }) else { return }
        guard pack.isIntact, Self.types.contains(pack.type), packs.count < Self.maximum else {
            damaged += 1
            return
        }
        places[pack] = packs.count
        packs.append(pack)
        symbols += bytes.map { $0 & 0x3F }
    }

    /// The packs repeat, so nearly all are the one that is expected, and need no looking into.
    private func isExpected(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !packs.isEmpty else { return false }
        let start = expected * TextPack.symbolCount
        for index in 0..<TextPack.symbolCount where bytes[index] & 0x3F != symbols[start + index] { return false }
        return true
    }
}
