import DiscLayout
import POSIX
import SectorCoding

/// What a block of a track written by itself is: how much of it the host sends, and what the drive makes of that (MMC-6,
/// table 587: data block types).
struct BlockFormat: Equatable {
    /// What the track is.
    let form: SectorForm
    /// What the host sends of a data block, nil for audio.
    let block: DataBlock?
    /// A block of zeros of the same kind, nil for audio.
    private let zero: DataBlock?

    /// Bytes that the host sends for each block.
    var hostBytes: Int { block?.byteCount ?? RedBook.sectorBytes }

    /// The format that the write parameters ask for: data block type and data bit of the control field have to agree, and a
    /// block brings no sub-channel of its own.
    init(_ parameters: WriteParameters) throws(CheckCondition) {
        let block: DataBlock?
        switch parameters.dataBlockType {
        case 0: block = nil
        case 8: block = .mode1
        case 9: block = .mode2
        case 10: block = .form1(parameters.subHeader)
        case 11: block = .form1WithSubHeader
        case 12: block = .form2(parameters.subHeader)
        case 13: block = .xaWithSubHeader
        default: throw .illegalModeForThisTrack
        }
        guard parameters.control.contains(.data) == (block != nil) else { throw .illegalModeForThisTrack }
        self.init(Self.form(of: block), block)
    }

    /// What a drive fills a track with.
    init(filling track: Disc.Track) { self.init(track.form, Self.zero(of: track.form)) }

    private init(_ form: SectorForm, _ block: DataBlock?) {
        (self.form, self.block, zero) = (form, block, Self.zero(of: form))
    }

    private static func form(of block: DataBlock?) -> SectorForm {
        switch block {
        case nil: .audio
        case .mode1: .mode1
        case .mode2: .mode2
        default: .xa
        }
    }

    private static func zero(of form: SectorForm) -> DataBlock? {
        switch form {
        case .audio: nil
        case .mode0: .mode0
        case .mode1: .mode1Zero
        case .mode2: .mode2Zero
        case .xa: .xaZero(.form2)
        }
    }

    /// Records blocks as the host sent them, with what the drive adds to each.
    func record(
        _ bytes: UnsafeRawBufferPointer, count: Int, at lba: Int, _ subChannel: ProgramSubChannel, on folder: DiscFolder
    ) throws(SystemError) {
        guard let block else { return try folder.record(bytes, at: lba, subChannel) }
        let sectors = folder.sectors(count)
        DataSector.encode(block, from: lba, count: count, source: bytes, into: sectors)
        try folder.record(UnsafeRawBufferPointer(sectors), at: lba, subChannel)
    }

    /// Sectors of zeros that are made at a time.
    private static let zeroChunk = 448

    /// Records blocks of zeros.
    func recordZeros(
        _ count: Int, at lba: Int, _ subChannel: ProgramSubChannel, on folder: DiscFolder
    ) throws(SystemError) {
        guard let zero else { return try folder.recordSilence(count, at: lba, subChannel) }
        let end = lba + count
        var next = lba
        while next < end {
            let count = min(Self.zeroChunk, end - next)
            let sectors = folder.sectors(count)
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            DataSector.encode(zero, from: next, count: count, source: nothing, into: sectors)
            try folder.record(UnsafeRawBufferPointer(sectors), at: next, subChannel)
            next += count
        }
    }

    /// Records the pause before a track.
    func recordPause(of track: Disc.Track, on folder: DiscFolder) throws(SystemError) {
        try recordZeros(track.start - track.pauseStart, at: track.pauseStart, folder.subChannel(of: track), on: folder)
    }
}
