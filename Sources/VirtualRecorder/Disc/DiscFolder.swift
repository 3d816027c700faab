import BinaryCoding
import DiscLayout
import Glibc
import POSIX

/// A disc on the shelf or in the tray: the folder with its files, open for recording and locked against other recorders.
///
/// Used by one thread at a time.
final class DiscFolder {
    /// The block that `main.bin` and `sub.bin` begin with: the first of the pause before track 1.
    static let baseLBA = -RedBook.pauseSectors
    /// No block at or behind this one exists: the last time before the lead-in's begin, 89:59:74, and a lead-out.
    static let endLBA = 404_850 + RedBook.firstLeadOutSectors

    /// Where it is.
    let path: String
    /// What has been recorded.
    private(set) var disc: Disc
    private let main: FileDescriptor
    private let sub: FileDescriptor
    private let journal: FileDescriptor
    private let secondsSince1970: @Sendable () -> Int
    /// Sub-channel of a write, kept to save making it anew.
    private var subBuffer: UnsafeMutableRawBufferPointer

    /// Opens a disc; a path that does not exist, or an empty folder, becomes a blank.
    ///
    /// A track that was being written when its recorder died is marked as cut off.
    init(
        opening path: String, orMaking blank: Medium, secondsSince1970: @escaping @Sendable () -> Int
    ) throws(DiscFolderError) {
        self.path = path
        self.secondsSince1970 = secondsSince1970
        do throws(SystemError) {
            try DurableFile.makeFolder(path)
        } catch { throw .system(error) }
        // Asked before the files below are made.
        let isNew = try Self.isUnused(path)
        do throws(SystemError) {
            main = try FileDescriptor(opening: "\(path)/main.bin", O_RDWR | O_CREAT, mode: 0o644)
            guard try main.lockExclusively() else { throw SystemError(call: "lock", number: EAGAIN, subject: path) }
            sub = try FileDescriptor(opening: "\(path)/sub.bin", O_RDWR | O_CREAT, mode: 0o644)
            journal = try FileDescriptor(opening: "\(path)/journal", O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
        } catch {
            throw error.number == EAGAIN && error.call == "lock" ? .inUse(path: path) : .system(error)
        }
        disc = isNew ? Disc(medium: blank) : try StoredDisc.load(path).disc
        subBuffer = .allocate(byteCount: 0, alignment: 16)
        do throws(SystemError) {
            if isNew { try commit(disc, "blank made: \(blank.kind.rawValue) up to \(blank.lastLeadOut)") }
            try markCutOff()
        } catch { throw .system(error) }
    }

    deinit { subBuffer.deallocate() }

    /// No disc is there and nothing of anybody else's: the files of a disc that was never finished hold nothing.
    private static func isUnused(_ path: String) throws(DiscFolderError) -> Bool {
        if access("\(path)/disc.json", F_OK) == 0 { return false }
        guard let folder = opendir(path) else { throw .system(.last("opendir", path)) }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard [".", "..", "main.bin", "sub.bin", "journal", "disc.json.new"].contains(name) else {
                throw .notADisc(path: path)
            }
        }
        return true
    }

    private func markCutOff() throws(SystemError) {
        guard let track = disc.openTrack, track.state == .open else { return }
        let recorded = try main.size() / RedBook.sectorBytes + Self.baseLBA - track.start
        var changed = disc
        changed.changeOpenTrack { track in
            track.blocks = max(0, min(recorded, Self.endLBA - track.start))
            track.state = .cutOff
            track.isDamaged = true
        }
        try commit(changed, "track \(track.number) cut off: the recorder ended while it was being written")
    }
}

extension DiscFolder {
    /// Makes a new state durable and tells the journal.
    func commit(_ changed: Disc, _ event: String) throws(SystemError) {
        // The journal may say more than is true after a power cut, never less.
        let line = "\(Timestamp.text(secondsSince1970: secondsSince1970())) \(event)\n"
        try journal.writeAll(Array(line.utf8))
        try DurableFile.replace("\(path)/disc.json", with: DiscDocument(changed).bytes)
        disc = changed
    }

    /// Changes what is known of the open track without a word to the disk: `markCutOff` finds it out by itself.
    func extendOpenTrack(by blocks: Int) { disc.changeOpenTrack { $0.blocks += blocks } }

    /// Nothing more can be written to the open track: a write to it failed.
    func abandonOpenTrack(_ reason: String) {
        var changed = disc
        changed.changeOpenTrack { ($0.state, $0.isDamaged) = (.cutOff, true) }
        // The disk may be full, so that nothing can be kept of it; the recorder itself knows, and a later one will find a
        // track that is open.
        do throws(SystemError) { try commit(changed, "track cut off: \(reason)") } catch { disc = changed }
    }

    /// Blocks that were written are on the disk when this returns.
    func synchronize() throws(SystemError) {
        try main.synchronizeData()
        try sub.synchronizeData()
    }

    /// Records blocks of the main channel and their P and Q.
    ///
    /// - Precondition: whole blocks, at least one, of 2352 bytes.
    func record(_ bytes: UnsafeRawBufferPointer, at lba: Int, _ subChannel: ProgramSubChannel) throws(SystemError) {
        try main.writeAll(bytes, at: (lba - Self.baseLBA) * RedBook.sectorBytes)
        try recordSubChannel(of: bytes.count / RedBook.sectorBytes, at: lba, subChannel)
    }

    /// Records silence: a hole in the file, which reads as zeros.
    func recordSilence(_ count: Int, at lba: Int, _ subChannel: ProgramSubChannel) throws(SystemError) {
        let end = (lba + count - Self.baseLBA) * RedBook.sectorBytes
        if try main.size() < end, ftruncate(main.number, off_t(end)) != 0 { throw .last("ftruncate", path) }
        try recordSubChannel(of: count, at: lba, subChannel)
    }

    private func recordSubChannel(of count: Int, at lba: Int, _ subChannel: ProgramSubChannel) throws(SystemError) {
        let bytes = count * RedBook.subChannelBytes
        if subBuffer.count < bytes {
            subBuffer.deallocate()
            subBuffer = .allocate(byteCount: bytes, alignment: 16)
        }
        let target = UnsafeMutableRawBufferPointer(rebasing: subBuffer[..<bytes])
        subChannel.write(from: lba, count: count, into: target)
        try sub.writeAll(UnsafeRawBufferPointer(target), at: (lba - Self.baseLBA) * RedBook.subChannelBytes)
    }

    /// Blocks whose sub-channel is made at a time when a whole track's is.
    private static let restoreChunk = 4096

    /// Makes P and Q of a track anew: it was cut off, maybe between main channel and sub-channel of a write.
    func restoreSubChannel(of track: Disc.Track) throws(SystemError) {
        let subChannel = ProgramSubChannel(track: track, catalogNumber: disc.openSession?.catalogNumber)
        var lba = track.pauseStart
        while lba < track.end {
            let count = min(Self.restoreChunk, track.end - lba)
            try recordSubChannel(of: count, at: lba, subChannel)
            lba += count
        }
    }

    /// Reads blocks of the main channel. False when the file is shorter than that.
    func readMain(at lba: Int, into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        try main.readAll(into: target, at: (lba - Self.baseLBA) * RedBook.sectorBytes)
    }

    /// Reads blocks of the sub-channel. False when the file is shorter than that.
    func readSub(at lba: Int, into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        try sub.readAll(into: target, at: (lba - Self.baseLBA) * RedBook.subChannelBytes)
    }
}

extension FileDescriptor {
    /// Fills the buffer from `offset` on; false when the file ends before.
    func readAll(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Bool {
        var done = 0
        while done < target.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: target[done...]), at: offset + done)
            if count == 0 { return false }
            done += count
        }
        return true
    }
}

/// Moments in journals: UTC, RFC 3339.
enum Timestamp {
    static func text(secondsSince1970 seconds: Int) -> String {
        var (moment, fields) = (time_t(seconds), tm())
        gmtime_r(&moment, &fields)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday))T"
            + "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))Z"
    }
}
