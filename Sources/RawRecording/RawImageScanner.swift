import DiscLayout
import SectorCoding

/// Looks at the blocks of a raw image one after the other, also while they arrive.
///
/// It takes as much memory as a disc has tracks, indexes and text packs, whatever the image holds.
public struct RawImageScanner: Sendable {
    /// What is looked at.
    public let image: RawImage
    /// Address of the next block.
    public private(set) var position: Int

    /// What an entry of the lead-in says.
    struct Statement: Equatable {
        let entry: LeadInEntry
        let control: TrackControl
    }
    /// Q frames of one part of the image.
    struct Readability {
        var frames = 0
        var broken = 0
        var firstBroken: Int?

        mutating func note(isBroken: Bool, at lba: Int) {
            frames += 1
            guard isBroken else { return }
            broken += 1
            firstBroken = firstBroken ?? lba
        }
    }

    private(set) var statements: [UInt8: Votes<Statement>] = [:]
    private(set) var text: [Int: TextPack] = [:]
    /// Of the lead-in, and of all behind it.
    private(set) var leadIn = Readability()
    private(set) var program = Readability()
    /// By how much addresses in Q are greater than the image's.
    private(set) var displacement = Votes<Int>()
    private(set) var catalogNumber = Votes<[UInt8]>()
    /// By number; place 0 is the lead-out.
    private(set) var tracks = [RawImageTrack](repeating: RawImageTrack(), count: RedBook.maximumTracks + 1)
    private(set) var changes = 0
    private(set) var lastChange = 0
    private var place: (track: Int, index: Int)?

    /// A disc has 99 tracks of 100 indexes at most.
    static let mostChanges = RedBook.maximumTracks * 100 + 1

    /// Begins at the image's first block.
    public init(_ image: RawImage) {
        self.image = image
        position = image.sectors.lowerBound
    }

    /// Looks at the next blocks.
    ///
    /// - Parameter blocks: whole blocks, no more than are left.
    public mutating func take(_ blocks: UnsafeRawBufferPointer) {
        let blockBytes = image.type.blockBytes
        precondition(blocks.count % blockBytes == 0, "whole blocks")
        precondition(blocks.count / blockBytes <= image.sectors.upperBound - position, "no more than the image has")
        for start in stride(from: 0, to: blocks.count, by: blockBytes) {
            look(at: blocks.part(at: start, count: blockBytes))
            position += 1
        }
    }

    private mutating func look(at block: UnsafeRawBufferPointer) {
        let channels = block.part(at: RedBook.sectorBytes, count: block.count - RedBook.sectorBytes)
        let frame: QFrame
        if image.type == .pq {
            frame = QFrame(channels.part(at: 0, count: QFrame.byteCount)).acceptingPlainCRC
        } else {
            frame = SubChannel.q(of: channels)
        }
        let isLeadIn = position < -RedBook.pauseSectors
        // Twelve bytes of zero, which a plain CRC would fit, are no frame.
        let content = frame.isIntact && frame.mode != 0 ? frame.content : nil
        if isLeadIn {
            leadIn.note(isBroken: content == nil, at: position)
        } else {
            program.note(isBroken: content == nil, at: position)
        }
        take(content, frame.control)
        if image.type != .pq { takeSubCode(channels, isLeadIn: isLeadIn) }
        guard let place, !isLeadIn, frame.control.contains(.data), frame.mode == 1, place.index > 0 else { return }
        tracks[place.track].noteData(block.part(at: 0, count: RedBook.sectorBytes), at: position)
    }

    private mutating func take(_ content: QFrame.Content?, _ control: TrackControl) {
        switch content {
        case .tableOfContents(let entry, _):
            statements[entry.point, default: Votes()].add(Statement(entry: entry, control: control))
        case .position(let track, let index, let relative, let absolute):
            displacement.add(absolute.frameCount - RedBook.pauseSectors - position)
            move(to: (track ?? 0, index))
            tracks[track ?? 0].note(index: index, relative: relative.frameCount, control, at: position)
        case .catalogNumber(let digits, _):
            // Zeros stand for no number on discs that have such frames all the same; so they do in recording codes.
            if digits.contains(where: { $0 != 0 }) { catalogNumber.add(digits) }
        case .recordingCode(let code, _):
            guard let place, place.track > 0, code.contains(where: { $0 != UInt8(ascii: "0") }) else { return }
            tracks[place.track].recordingCode.add(code)
        case .multiSession, .other, nil: break
        }
    }

    private mutating func move(to next: (track: Int, index: Int)) {
        if let place, place == next { return }
        (place, lastChange) = (next, position)
        changes += 1
    }

    private mutating func takeSubCode(_ channels: UnsafeRawBufferPointer, isLeadIn: Bool) {
        guard SubChannel.hasRW(channels) else { return }
        if !isLeadIn {
            if let place { tracks[place.track].subCodeSectors += 1 }
            return
        }
        for pack in TextPack.packs(in: channels) where pack.type >= 0x80 && pack.type <= 0x8F && pack.isIntact {
            let key = Int(pack.block) << 8 | Int(pack.sequence)
            if text[key] == nil { text[key] = pack }
        }
    }
}
