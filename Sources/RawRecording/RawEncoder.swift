import DiscLayout
import SectorCoding

/// Makes the blocks of a raw session one after the other.
///
/// User data may be copied in (`encode`) or stand in its place in the blocks already (`complete`), which saves copying it:
/// at `RawArea.userOffset` of each block, `blockBytes` apart. Nothing is allocated for a block.
public struct RawEncoder: Sendable {
    /// What is made.
    public let session: RawSession
    /// Address of the next block.
    public private(set) var position: Int
    /// Place in `session.areas` of the area that `position` lies in.
    private var place: Int
    private var codes: CodeSectors
    private var text: TextSymbols
    private var packs = PackInterleaving()

    /// Begins at an address of the session, its first if none is given. Packs before it count as zero.
    public init(_ session: RawSession, from lba: Int? = nil) {
        self.session = session
        position = lba ?? session.sectors.lowerBound
        place = session.area(at: position)
        codes = CodeSectors(session, from: position)
        text = TextSymbols(session.textPacks, sector: position - session.sectors.lowerBound)
    }

    /// Blocks that are still to come.
    public var remaining: Int { session.sectors.upperBound - position }

    /// Makes the next `count` blocks.
    ///
    /// - Parameters:
    ///   - count: how many, `remaining` at most.
    ///   - main: `session.userBytes(in:)` bytes for them: those of the sectors that have user data, in order.
    ///   - subCode: `session.subCodeBytes(in:)` bytes for them, a symbol in bits 5…0 of each; bits 7 and 6 do not count.
    ///   - blocks: `session.type.blockBytes` bytes for each. Overlaps neither of the others.
    public mutating func encode(
        _ count: Int, main: UnsafeRawBufferPointer,
        subCode: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        into blocks: UnsafeMutableRawBufferPointer
    ) {
        let range = position..<position + count
        precondition(main.count == session.userBytes(in: range), "every sector takes the bytes of its form")
        precondition(blocks.count == count * session.type.blockBytes, "a block has 2368 or 2448 bytes")
        var (target, source) = (0, 0)
        for area in session.areas(in: range) {
            for _ in area.sectors.clamped(to: range) {
                blocks.copy(main.part(at: source, count: area.userBytes), to: target + area.userOffset)
                source += area.userBytes
                target += session.type.blockBytes
            }
        }
        complete(count, subCode: subCode, in: blocks)
    }

    /// Makes the next `count` blocks of what stands in them: the user data of the sectors that have some.
    ///
    /// - Parameters:
    ///   - count: how many, `remaining` at most.
    ///   - subCode: as of `encode`.
    ///   - blocks: `session.type.blockBytes` bytes for each. Bytes that are no user data may be anything.
    public mutating func complete(
        _ count: Int, subCode: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        in blocks: UnsafeMutableRawBufferPointer
    ) {
        let first = position
        completeSubChannel(count, subCode: subCode, in: blocks)
        session.completeMain(from: first, count, in: blocks)
    }

    /// Makes nothing but the sub-channel of the next `count` blocks. The main channel is left as it stands, for callers that
    /// make it elsewhere with `RawSession.completeMain`.
    public mutating func completeSubChannel(
        _ count: Int, subCode: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        in blocks: UnsafeMutableRawBufferPointer
    ) {
        precondition(count >= 0 && count <= remaining, "no more blocks than there are")
        precondition(blocks.count == count * session.type.blockBytes, "a block has 2368 or 2448 bytes")
        let needed = session.subCodeBytes(in: position..<position + count)
        precondition(subCode.count == needed, "sectors with sub-code take 96 symbols each")
        var (target, source, left) = (0, 0, count)
        while left > 0 {
            let area = session.areas[place]
            let run = min(left, area.sectors.upperBound - position)
            let part = blocks.part(at: target, count: run * session.type.blockBytes)
            let given = session.subCodeBytes(in: position..<position + run)
            makeSubChannel(of: area, run, subCode.part(at: source, count: given), in: part)
            (target, source, left) = (target + part.count, source + given, left - run)
            position += run
            if position == area.sectors.upperBound { place += 1 }
        }
    }

    /// The sub-channel of blocks of one area.
    private mutating func makeSubChannel(
        of area: RawArea, _ count: Int, _ subCode: UnsafeRawBufferPointer, in blocks: UnsafeMutableRawBufferPointer
    ) {
        let bytes = session.type.subChannelBytes
        var target = RedBook.sectorBytes
        for lba in position..<position + count {
            let channels = blocks.part(at: target, count: bytes)
            let frame = codes.frame(at: lba, of: area, session) ?? session.frame(at: lba, of: area)
            let flag = area.flag(at: lba)
            if session.type == .pq {
                SubChannel.packPQ(p: flag, q: frame, into: channels)
            } else if placeSubCode(of: area, lba - position, subCode, in: channels) {
                SubChannel.replacePQ(p: flag, q: frame, in: channels)
            } else {
                SubChannel.pack(p: flag, q: frame, into: channels)
            }
            target += session.type.blockBytes
        }
    }

    /// Writes R to W of one sector; false when they hold nothing, and nothing is written.
    private mutating func placeSubCode(
        of area: RawArea, _ index: Int, _ subCode: UnsafeRawBufferPointer, in channels: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let given = subCode.isEmpty ? subCode : subCode.part(at: index * channels.count, count: channels.count)
        if session.subCodeSource == .everySector {
            channels.copyMemory(from: given)
            return true
        }
        if area.part == .leadIn { return text.place(in: channels) }
        if session.type == .raw { return packs.place(area.subCode, given, in: channels) }
        guard area.subCode != .none else { return false }
        channels.copyMemory(from: given)
        return true
    }
}

extension RawSession {
    /// Makes the main channel of blocks in which user data stands: sync, header, EDC and ECC of data sectors, which it
    /// scrambles, and zeros in lead-in and lead-out. Audio is left alone.
    ///
    /// - Parameters:
    ///   - lba: address of the first.
    ///   - count: how many.
    ///   - blocks: `type.blockBytes` bytes for each.
    public func completeMain(from lba: Int, _ count: Int, in blocks: UnsafeMutableRawBufferPointer) {
        precondition(count == 0 || sectors.contains(lba) && count <= sectors.upperBound - lba, "sectors of the session")
        precondition(blocks.count == count * type.blockBytes, "a block has 2368 or 2448 bytes")
        guard count > 0 else { return }
        for area in areas(in: lba..<lba + count) {
            if area.form == .audio && area.userBytes > 0 { continue }
            for address in area.sectors.clamped(to: lba..<lba + count) {
                let sector = blocks.part(at: (address - lba) * type.blockBytes, count: RedBook.sectorBytes)
                if area.userBytes == 0 { sector.initializeMemory(as: UInt8.self, repeating: 0) }
                guard area.form == .mode1 else { continue }
                DataSector.completeMode1(at: address, in: sector)
                Scrambler.apply(1, to: sector)
            }
        }
    }

    /// The Q frame of mode 1 of a sector.
    func frame(at lba: Int, of area: RawArea) -> QFrame {
        var track: Int?
        var index = 1
        switch area.part {
        case .leadIn: return leadInFrame(at: lba)
        case .track(let number, let inTrack): (track, index) = (number, inTrack)
        case .leadOut: break
        }
        // Index 0 counts down to 0 in its last sector, as on pressed discs.
        let relative = index == 0 ? area.origin - 1 - lba : lba - area.origin
        return .position(
            control: area.control(at: lba), track: track, index: index, relative: MSF(frameCount: relative),
            absolute: MSF(lba: lba))
    }
}

extension UnsafeRawBufferPointer {
    func part(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }
}

extension UnsafeMutableRawBufferPointer {
    func part(at offset: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + count])
    }

    func copy(_ source: UnsafeRawBufferPointer, to offset: Int) {
        part(at: offset, count: source.count).copyMemory(from: source)
    }
}
