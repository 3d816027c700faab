import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// A disc as a program sends it in RAW, block by block: all that recorders get to see of it.
struct RawDisc {
    /// In what programs differ.
    enum Style: CaseIterable {
        /// Entries of the lead-in begin with A0, times run through; a pause counts down to 0; frames of modes 2 and 3 have no
        /// control bits; the CRC of 16 bytes is inverted.
        case wodim
        /// Entries of tracks come first, times run from 0; a pause counts down to 1; the CRC of 16 bytes is plain.
        case cdrdao
    }

    /// One track.
    struct Track {
        var number: Int
        var control: TrackControl = []
        /// First block of index 0.
        var pauseStart: Int
        /// First blocks of index 1 and up.
        var indexes: [Int]
        /// Twelve characters.
        var isrc: String?
        /// What its sectors are, for data.
        var sectors: DataBlock = .mode1
    }

    var style = Style.wodim
    var leadInStart = -300
    var tracks: [Track] = []
    var leadOut = 0
    var leadOutBlocks = RedBook.firstLeadOutSectors
    /// Thirteen digits.
    var catalogNumber: String?
    var text: [TextPack] = []
    /// R to W of the program area as they go on the disc, 96 symbols a block; empty for zeros.
    var symbols: (Int) -> [UInt8] = { _ in [] }
    var discType: UInt8 = 0
    /// Entries of the lead-in instead of those that follow from the tracks.
    var entries: [QFrame]?
    /// Frames instead of those that follow from the tracks.
    var frames: [Int: QFrame] = [:]

    /// Two tracks of audio: a pause before the second, an index 2, a catalogue number, a recording code.
    static func audio(_ style: Style = .wodim) -> RawDisc {
        var disc = RawDisc()
        disc.style = style
        disc.tracks = [
            Track(number: 1, pauseStart: -150, indexes: [0], isrc: "DEABC1234567"),
            Track(number: 2, control: .copyPermitted, pauseStart: 400, indexes: [550, 700], isrc: "USRC17607839"),
        ]
        (disc.leadOut, disc.catalogNumber) = (900, "4012345678901")
        return disc
    }

    /// Address behind the last block.
    var end: Int { leadOut + leadOutBlocks }

    /// The track that a block is in; nil in the lead-out.
    private func track(at lba: Int) -> Track? {
        lba >= leadOut ? nil : tracks.last { $0.pauseStart <= lba } ?? tracks[0]
    }

    // MARK: Q

    private func entry(_ entry: LeadInEntry, _ control: TrackControl, at lba: Int) -> QFrame {
        let running = style == .wodim ? MSF(lba: lba) : MSF(frameCount: lba - leadInStart)
        return .tableOfContents(entry, control: control, running: running)
    }

    private func leadInFrame(at lba: Int) -> QFrame {
        let place = (lba - leadInStart) / 3
        if let entries { return entries[place % entries.count] }
        let (first, last) = (tracks[0], tracks[tracks.count - 1])
        let general: [(LeadInEntry, TrackControl)] = [
            (.firstTrack(first.number, discType: discType), first.control), (.lastTrack(last.number), last.control),
            (.leadOut(MSF(frameCount: leadOut + 150)), last.control.intersection(.data)),
        ]
        let starts = tracks.map { track -> (LeadInEntry, TrackControl) in
            (.track(track.number, start: MSF(frameCount: track.indexes[0] + 150)), track.control)
        }
        let list = style == .wodim ? general + starts : starts + general
        let said = list[place % list.count]
        return entry(said.0, said.1, at: lba)
    }

    /// The Q frame of a block, whose CRC fits.
    func frame(at lba: Int) -> QFrame {
        if let frame = frames[lba] { return frame }
        if lba < -150 { return leadInFrame(at: lba) }
        let absolute = MSF(frameCount: lba + 150)
        guard let track = track(at: lba) else {
            let control = (style == .wodim ? tracks[0] : tracks[tracks.count - 1]).control.intersection(.data)
            return .position(
                control: control, track: nil, index: 1, relative: MSF(frameCount: lba - leadOut), absolute: absolute)
        }
        let control: TrackControl = style == .wodim ? [] : track.control
        let isBoundary = ([track.pauseStart] + track.indexes).contains(lba)
        let (period, number, code) = style == .wodim ? (100, 99, 49) : (90, 0, 50)
        let phase = (lba % period + period) % period
        if phase == number, !isBoundary, let catalogNumber {
            return .catalogNumber(catalogNumber.utf8.map { $0 - 0x30 }, control: control, absolute: absolute)
        }
        if phase == code, !isBoundary, let isrc = track.isrc {
            return .recordingCode(Array(isrc.utf8), control: control, absolute: absolute)
        }
        let index = track.indexes.count { $0 <= lba }
        let left = track.indexes[0] - lba - (style == .wodim ? 1 : 0)
        return .position(
            control: track.control, track: track.number, index: index,
            relative: MSF(frameCount: index == 0 ? left : lba - track.indexes[0]), absolute: absolute)
    }

    /// P: set in pauses and in the first block of index 1.
    func p(at lba: Int) -> Bool {
        guard lba >= -150, let track = track(at: lba) else { return false }
        return lba <= track.indexes[0]
    }

    // MARK: Blocks

    /// The main channel of a block as a reader gets it.
    func main(at lba: Int) -> [UInt8] {
        guard lba >= 0, lba < leadOut, let track = track(at: lba) else {
            return isData(lba) ? sector(at: lba, .mode1Zero, []) : [UInt8](repeating: 0, count: RedBook.sectorBytes)
        }
        guard track.control.contains(.data) else { return Bench.block(lba) }
        let count = track.sectors.byteCount
        return sector(at: lba, track.sectors, Array(Bench.block(lba).prefix(count)))
    }

    private func isData(_ lba: Int) -> Bool { frame(at: lba).control.contains(.data) && lba >= -150 }

    private func sector(at lba: Int, _ block: DataBlock, _ user: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RedBook.sectorBytes)
        user.withUnsafeBytes { source in
            bytes.withUnsafeMutableBytes { DataSector.encode(block, from: lba, count: 1, source: source, into: $0) }
        }
        return bytes
    }

    /// The sub-channel of a block as it goes on the disc.
    func sub(at lba: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: RedBook.subChannelBytes)
        let symbols = lba < -150 ? textSymbols(at: lba) : self.symbols(lba)
        if !symbols.isEmpty { bytes = symbols }
        bytes.withUnsafeMutableBytes { SubChannel.replacePQ(p: p(at: lba), q: frame(at: lba), in: $0) }
        return bytes
    }

    private func textSymbols(at lba: Int) -> [UInt8] {
        guard !text.isEmpty else { return [] }
        return (0..<4).flatMap { text[((lba - leadInStart) * 4 + $0) % text.count].symbols }
    }

    /// The main channel of a block as it is sent.
    func sentMain(at lba: Int) -> [UInt8] {
        var bytes = main(at: lba)
        let isSector = bytes.withUnsafeBytes { DataSector.hasSync($0) }
        if isSector { bytes.withUnsafeMutableBytes { Scrambler.apply(1, to: $0) } }
        return bytes
    }

    /// A block as it is sent; `packs` are R to W in time order for type 2.
    func block(at lba: Int, _ type: RawBlockType, packs: [UInt8] = []) -> [UInt8] {
        let main = sentMain(at: lba)
        switch type {
        case .raw: return main + sub(at: lba)
        case .packed:
            var bytes = lba < -150 || packs.isEmpty ? sub(at: lba) : packs
            bytes.withUnsafeMutableBytes { SubChannel.replacePQ(p: p(at: lba), q: frame(at: lba), in: $0) }
            return main + bytes
        case .pq:
            var q = frame(at: lba).bytes
            if style == .cdrdao { (q[10], q[11]) = (~q[10], ~q[11]) }
            return main + q + [0, 0, 0, p(at: lba) ? 0x80 : 0]
        }
    }
}

extension Bench {
    /// A bench with a blank whose lead-in has 150 blocks, so that it is soon written; −300 is where it begins.
    static func raw(
        profile: RecorderProfile = .modern, kind: Medium.Kind = .cdR,
        leadIn: MSF = MSF(minutes: 99, seconds: 58, frames: 0), lastLeadOut: MSF = Medium.cdR80.lastLeadOut,
        speed: Int? = nil
    ) throws -> Bench {
        let folder = TemporaryFolder(inMemory: true)
        let medium = Medium(kind: kind, leadInStart: leadIn, lastLeadOut: lastLeadOut)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(Disc(medium: medium)).bytes)
        return try Bench(in: folder, profile: profile, speed: speed)
    }

    /// MODE SELECT for RAW.
    @discardableResult
    func selectRaw(_ type: UInt8, isTest: Bool = false, isProtected: Bool = true) -> Answer {
        var list = hex("00 00 00 00 00 00 00 00  05 32 43 00 00 00 00 00 00 00 00 00 00 00 00 96")
        if isTest { list[10] |= 0x10 }
        if !isProtected { list[10] &= ~0x40 }
        list[12] = type
        return select(list + [UInt8](repeating: 0, count: 60 - list.count))
    }

    /// WRITE (10) of one piece.
    @discardableResult
    func writeRaw(at lba: Int, _ blocks: [UInt8], count: Int) -> Answer {
        send([0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(count).bigEndianBytes + [0], out: blocks)
    }

    /// Writes blocks of a disc in pieces of 26, as programs do. Returns the first answer that is not good.
    @discardableResult
    func write(_ disc: RawDisc, _ type: RawBlockType, _ range: Range<Int>) -> Answer {
        var lba = range.lowerBound
        while lba < range.upperBound {
            let end = min(lba + 26, range.upperBound)
            let answer = writeRaw(at: lba, (lba..<end).flatMap { disc.block(at: $0, type) }, count: end - lba)
            if !answer.isGood { return answer }
            lba = end
        }
        return .good([])
    }

    /// A whole disc, closed.
    func burn(_ disc: RawDisc, _ type: RawBlockType = .raw) {
        #expect(selectRaw(type.rawValue) == .good([]))
        #expect(write(disc, type, disc.leadInStart..<disc.end) == .good([]))
        #expect(synchronize() == .good([]))
    }

    /// What `disc.json` says.
    func stored() throws -> Disc { try StoredDisc.load(disc).disc }

    /// The last line of the journal, without its time.
    func lastEvent() throws -> String {
        let bytes = try DurableFile.contents(of: "\(disc)/journal", limit: 1 << 20)
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").last ?? ""
        return line.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
    }
}
