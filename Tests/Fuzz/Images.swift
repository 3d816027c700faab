import DiscLayout
import RawRecording
import SectorCoding

extension FuzzTarget {
    /// A raw image as somebody uploads it. The first byte of the input chooses a sound image; what follows are changes to
    /// blocks, see `ChangedImage`.
    static let image = FuzzTarget(name: "image", test: testImage) {
        (0..<UInt8(soundImages.count)).flatMap { choice -> [[UInt8]] in
            [
                [choice],
                [choice, 0, 10, 40, 0, 0x01, 0, 0xA0, 0x97, 0x30, 0, 0, 3, 0x20, 0],
                [choice, 0, 200, 1, 0, 0x41, 2, 1, 0, 0, 1, 0, 0, 2, 1], [choice, 1, 200, 200, 2, 7, 0x40],
                [choice, 2, 100, 250, 1, 144, 20], [choice, 3, 1, 0, 5],
            ]
        }
    }
}

/// An image that stands in memory.
private struct SoundImage {
    let type: RawBlockType
    let bytes: [UInt8]

    /// Sectors ahead of address 0.
    static let leadInSectors = 300
    /// Sectors of the lead-out that are there.
    private static let leadOutSectors = 60

    /// Two audio tracks with all that Q can say of them, or audio behind data.
    init?(_ type: RawBlockType, hasData: Bool) {
        var first = SessionLayout.Track(number: 1, form: hasData ? .mode1 : .audio, pregap: 150, sectors: 300)
        if !hasData { (first.recordingCode, first.indexes) = (RecordingCode("DEA010012345"), [75, 150]) }
        let second = SessionLayout.Track(number: 2, copy: .scms, pregap: 150, sectors: 300)
        let layout = SessionLayout(catalogNumber: try? CatalogNumber("4012345678901"), tracks: [first, second])
        let text = [TextPack(type: 0x80, track: 0, sequence: 0, characterPosition: 0, payload: [0x41, 0])]
        guard
            let session = try? RawSession(
                layout, textPacks: type == .pq ? [] : text, leadInStart: -Self.leadInSectors, type: type)
        else { return nil }
        var encoder = RawEncoder(session)
        let count = layout.leadOut + Self.leadOutSectors + Self.leadInSectors
        var blocks = [UInt8](repeating: 0, count: count * type.blockBytes)
        blocks.withUnsafeMutableBytes { encoder.complete(count, in: $0) }
        (self.type, bytes) = (type, blocks)
    }
}

private let soundImages: [SoundImage] = {
    let images = RawBlockType.allCases.flatMap { [SoundImage($0, hasData: false), SoundImage($0, hasData: true)] }
    promise(!images.contains { $0 == nil }, "the images that the search begins with can be made")
    return images.compactMap { $0 }
}()

/// A copy of a sound image that is being changed.
private struct ChangedImage {
    let type: RawBlockType
    private(set) var bytes: [UInt8]

    init(_ image: SoundImage) { (type, bytes) = (image.type, image.bytes) }

    private var blocks: Int { bytes.count / type.blockBytes }

    /// Changes something as the input says: two bytes choose the block, one the kind of change, further ones say the rest.
    mutating func change(_ input: inout Input) {
        let block = input.number() % blocks
        switch input.byte() % 4 {
        case 0:
            // A run of blocks with one Q frame, with the CRC that belongs to it.
            let count = 1 + Int(input.byte())
            let said = input.bytes(QFrame.byteCount - 2)
            let frame = QFrame(said + [UInt8](repeating: 0, count: QFrame.byteCount - said.count)).repairingCRC
            for index in block..<min(block + count, blocks) { put(frame, into: index) }
        case 1:
            // A byte that is combined with one of the block.
            let offset = block * type.blockBytes + input.number() % type.blockBytes
            bytes[offset] ^= input.byte()
        case 2:
            // A run of blocks from elsewhere.
            let source = input.number() % blocks
            let count = min(1 + Int(input.byte()), blocks - block, blocks - source)
            bytes.replaceSubrange(place(block, count), with: Array(bytes[place(source, count)]))
        default:
            let run = place(block, min(1 + Int(input.byte()), blocks - block))
            bytes.replaceSubrange(run, with: repeatElement(0, count: run.count))
        }
    }

    private func place(_ block: Int, _ count: Int) -> Range<Int> {
        block * type.blockBytes..<(block + count) * type.blockBytes
    }

    private mutating func put(_ frame: QFrame, into block: Int) {
        let start = block * type.blockBytes + RedBook.sectorBytes
        if type == .pq { return bytes.replaceSubrange(start..<start + QFrame.byteCount, with: frame.bytes) }
        bytes.withUnsafeMutableBytes { bytes in
            let channels = bytes[start..<start + RedBook.subChannelBytes]
            SubChannel.replacePQ(p: false, q: frame, in: UnsafeMutableRawBufferPointer(rebasing: channels))
        }
    }
}

extension Input {
    /// The next two bytes as a number.
    fileprivate mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }
}

private let testImage: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    var changed = ChangedImage(soundImages[Int(input.byte()) % soundImages.count])
    let isChanged = !input.isEmpty
    while !input.isEmpty { changed.change(&input) }
    let bytes = changed.bytes
    guard
        let image = try? RawImage(
            type: changed.type, leadInSectors: SoundImage.leadInSectors, byteCount: bytes.count)
    else {
        promise(false, "the length is that of an image")
        return 0
    }
    let survey = bytes.withUnsafeBytes { bytes in
        image.survey { offset, target in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + target.count]))
        }
    }
    promise(isChanged || survey.faults.isEmpty, "a sound image is told to be one: \(survey.faults)")
    promise(survey.textPacks.allSatisfy(\.isIntact), "packs are whole")
    promise((survey.contents?.tracks.count ?? 0) <= RedBook.maximumTracks, "a disc has 99 tracks at most")
    promise(!survey.faults.isEmpty || survey.layout != nil, "an image without faults is a disc")
    if let layout = survey.layout {
        promise((try? RawSession(layout, type: .raw)) != nil, "a layout that is told is possible")
    }
    return 0
}
