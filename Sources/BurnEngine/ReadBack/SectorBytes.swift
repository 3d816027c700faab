import BurnPlan
import DiscLayout
import POSIX
import RawRecording
import SectorCoding

/// Where the bytes come from that sectors of the disc are to hold.
enum SectorBytes {
    /// Zeros, so many bytes a sector.
    case zeros(sectorBytes: Int)
    /// A track's files; `first` is the address that their first sector has on the disc.
    case track(TrackContent, first: Int)
    /// The main channel of an image, as it is.
    case image(WrittenDisc.Image)
    /// The data sectors of an image, descrambled: as drives read them.
    case imageData(WrittenDisc.Image)

    /// Bytes of a sector.
    var sectorBytes: Int {
        switch self {
        case .image, .imageData: RedBook.sectorBytes
        case .zeros(let count): count
        case .track(let content, _): content.sectorBytes
        }
    }

    /// Fills in consecutive bytes.
    ///
    /// - Parameters:
    ///   - offset: of the first byte, counted from address 0 in sectors of `sectorBytes`; negative ahead of that.
    ///   - track: number for the error.
    func load(
        _ offset: Int, into target: UnsafeMutableRawBufferPointer, track: Int
    ) throws(ReadAheadBuffer.Failure) {
        switch self {
        case .zeros: target.initializeMemory(as: UInt8.self, repeating: 0)
        case .track(let content, let first):
            try content.read(into: target, at: offset - first * content.sectorBytes, track - 1)
        case .image(let image): try Self.load(image, offset, into: target)
        case .imageData(let image):
            try Self.load(image, offset, into: target)
            Scrambler.apply(target.count / RedBook.sectorBytes, to: target)
        }
    }

    private static func load(
        _ image: WrittenDisc.Image, _ offset: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(ReadAheadBuffer.Failure) {
        var done = 0
        while done < target.count {
            let lba = Int((Double(offset + done) / Double(RedBook.sectorBytes)).rounded(.down))
            let inSector = offset + done - lba * RedBook.sectorBytes
            let count = min(RedBook.sectorBytes - inSector, target.count - done)
            let part = UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count])
            try read(image, image.image.offset(of: lba) + inSector, into: part)
            done += count
        }
    }

    /// Bytes of an image's file.
    static func read(
        _ image: WrittenDisc.Image, _ offset: Int, into target: UnsafeMutableRawBufferPointer
    ) throws(ReadAheadBuffer.Failure) {
        var done = 0
        while done < target.count {
            let count: Int
            do throws(SystemError) {
                count = try image.file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: target[done...]), at: offset + done)
            } catch {
                throw .reading(track: 0, error)
            }
            guard count > 0 else { throw .truncated(track: 0) }
            done += count
        }
    }

    /// The sub-channel bytes of a sector of an image.
    static func subChannel(_ image: WrittenDisc.Image, _ lba: Int) throws(ReadAheadBuffer.Failure) -> [UInt8] {
        try bytes(image.image.type.subChannelBytes) { (target) throws(ReadAheadBuffer.Failure) in
            try read(image, image.image.offset(of: lba) + RedBook.sectorBytes, into: target)
        }
    }

    /// A sector of an image begins with a sync pattern.
    static func hasSync(_ image: WrittenDisc.Image, _ lba: Int) throws(ReadAheadBuffer.Failure) -> Bool {
        let head = try bytes(syncBytes) { (target) throws(ReadAheadBuffer.Failure) in
            try read(image, image.image.offset(of: lba), into: target)
        }
        return head.withUnsafeBytes { DataSector.hasSync($0) }
    }

    /// Bytes of a sync pattern (ECMA-130, 14.1).
    private static let syncBytes = 12

    /// An array's own closures forget the type of what they throw.
    private static func bytes(
        _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure) -> Void
    ) throws(ReadAheadBuffer.Failure) -> [UInt8] {
        var result = Result<Void, ReadAheadBuffer.Failure>.success(())
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { target in
            result = Result { () throws(ReadAheadBuffer.Failure) in try fill(target) }
        }
        try result.get()
        return bytes
    }
}

extension BurnEngine {
    /// Loads what a place is to hold.
    ///
    /// - Throws: the burn's end when the files cannot be read any more.
    func loadExpected(
        _ content: SectorBytes, _ offset: Int, into target: UnsafeMutableRawBufferPointer, track: Int
    ) throws(BurnStop) {
        do throws(ReadAheadBuffer.Failure) {
            try content.load(offset, into: target, track: track)
        } catch {
            throw sourceLost(error, track: track)
        }
    }

    /// The end of a burn whose files went away before they could be compared.
    func sourceLost(_ error: ReadAheadBuffer.Failure, track: Int) -> BurnStop {
        failure(
            BurnProblem(
                .readBackFailed, "What track \(track) is to hold could not be read again to compare it: \(error)."),
            disc: .unsure)
    }
}
