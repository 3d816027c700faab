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
    /// No block at or behind this one exists: times have two digits of minutes.
    static let endLBA = RedBook.framesInMSF - RedBook.pauseSectors

    /// Where it is.
    let path: String
    /// What has been recorded, or in a test write what would have been.
    private(set) var disc: Disc
    /// What is on the disc while a test write goes on; nil at any other time.
    private var beforeTest: Disc?
    /// `main.bin`.
    let main: FileDescriptor
    private let sub: FileDescriptor
    /// Main channel and sub-channel of the first lead-in, from the begin of the groove on; made when a host writes one.
    private var leadIn: (main: FileDescriptor, sub: FileDescriptor)?
    private let journal: FileDescriptor
    private let secondsSince1970: @Sendable () -> Int
    /// Bytes of `main.bin` that the disk has been told to write.
    private var writtenBack = 0
    /// Sub-channel of a write, kept to save making it anew.
    private var subBuffer: UnsafeMutableRawBufferPointer
    /// The same for what a drive makes of the host's data blocks.
    private var sectorBuffer: UnsafeMutableRawBufferPointer
    /// Address of the block that was read last.
    var position = 0
    /// Stereo samples by which audio lands too late (above 0) or too early: a property of the recorder that it is in.
    var writeOffset = 0
    /// The track whose recording code was asked for last; nil before the first.
    var recordingCodeTrack: Int?

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
        sectorBuffer = .allocate(byteCount: 0, alignment: 16)
        do throws(SystemError) {
            if isNew { try commit(disc, "blank made: \(blank.kind.rawValue) up to \(blank.lastLeadOut)") }
            try markCutOff()
        } catch { throw .system(error) }
    }

    deinit {
        subBuffer.deallocate()
        sectorBuffer.deallocate()
    }

    /// What the folder of a blank may hold.
    private static let files = ["main.bin", "sub.bin", "journal", leadInMain, leadInSub]
    static let leadInMain = "lead-in-main.bin"
    static let leadInSub = "lead-in-sub.bin"

    /// No disc is there and nothing of anybody else's: the files of a disc that was never finished hold nothing.
    private static func isUnused(_ path: String) throws(DiscFolderError) -> Bool {
        if access("\(path)/disc.json", F_OK) == 0 { return false }
        guard let folder = opendir(path) else { throw .system(.last("opendir", path)) }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard [".", ".."].contains(name) || files.contains(name) || name.hasSuffix(".new") else {
                throw .notADisc(path: path)
            }
        }
        return true
    }

    /// Settles what a recorder that died left: a recording that was going on, or a blanking that had just been noted.
    private func markCutOff() throws(SystemError) {
        if disc.sessions.isEmpty { return try eraseFiles() }
        let recorded = try main.size() / RedBook.sectorBytes + Self.baseLBA
        let why = "the recorder ended while it was being written"
        var changed = disc
        if let track = disc.openTrack, track.state == .open {
            changed.changeTrack(track.number) { track in
                // How much of a reservation was filled is not known: something may have been recorded behind it.
                let end = track.reservation.map { track.start + $0 } ?? recorded
                track.blocks = max(0, min(end, Self.endLBA) - track.start)
                (track.state, track.isDamaged) = (.cutOff, true)
            }
            try commit(changed, "track \(track.number) cut off: \(why)")
        } else if let session = disc.openSession, session.stage == .recording {
            changed.spoilSession(recordedUpTo: recorded)
            try commit(changed, "session \(session.number) spoiled: \(why)")
        }
    }
}

extension DiscFolder {
    /// Makes a new state durable and tells the journal.
    ///
    /// In a test write nothing becomes durable, and the journal hears nothing.
    func commit(_ changed: Disc, _ event: String) throws(SystemError) {
        if isTesting {
            disc = changed
            return
        }
        // The journal may say more than is true after a power cut, never less.
        let line = "\(Timestamp.text(secondsSince1970: secondsSince1970())) \(event)\n"
        try journal.writeAll(Array(line.utf8))
        try DurableFile.replace("\(path)/disc.json", with: DiscDocument(changed).bytes)
        disc = changed
    }

    /// A test write goes on: everything is as in a recording, and the disc stays as it is.
    var isTesting: Bool { beforeTest != nil }

    /// Begins a test write, unless one goes on.
    func beginTest() { if beforeTest == nil { beforeTest = disc } }

    /// Ends a test write: the disc is what it was.
    func endTest() {
        if let beforeTest { disc = beforeTest }
        beforeTest = nil
    }

    /// Changes what is known of a track without a word to the disk: `markCutOff` finds it out by itself.
    func extendTrack(_ number: Int, by blocks: Int) { disc.changeTrack(number) { $0.blocks += blocks } }

    /// Changes what is known of the session that is being written in one go, without a word to the disk.
    func changeUnfinishedSession(_ change: (inout Disc.Session) -> Void) {
        if disc.unfinishedSession != nil { change(&disc.sessions[disc.sessions.count - 1]) }
    }

    /// Nothing more can be written to what is being recorded: a write to it failed, or it was broken off.
    ///
    /// - Parameter end: address behind the last block that was recorded.
    func abandonRecording(at end: Int, _ reason: String) {
        var changed = disc
        if let track = disc.openTrack {
            changed.changeTrack(track.number) { ($0.state, $0.isDamaged) = (.cutOff, true) }
        } else if disc.unfinishedSession?.stage == .recording {
            changed.spoilSession(recordedUpTo: end)
        } else {
            return
        }
        // The disk may be full, so that nothing can be kept of it; the recorder itself knows, and a later one will find a
        // recording that never ended.
        do throws(SystemError) { try commit(changed, "recording cut off: \(reason)") } catch { disc = changed }
    }

    /// Blocks that were written are on the disk when this returns.
    func synchronize() throws(SystemError) {
        if isTesting { return }
        try main.synchronizeData()
        try sub.synchronizeData()
        try leadIn?.main.synchronizeData()
        try leadIn?.sub.synchronizeData()
    }

    /// Records blocks of the main channel, from the begin of the first lead-in on.
    ///
    /// - Precondition: whole blocks of 2352 bytes.
    func recordMain(_ bytes: UnsafeRawBufferPointer, at lba: Int) throws(SystemError) {
        try record(bytes, at: lba, blockBytes: RedBook.sectorBytes, program: main) { $0.main }
        beginWriteback(behind: lba * RedBook.sectorBytes + bytes.count)
    }

    /// Bytes of the main channel that are given to the disk at a time: enough for a disk to be at its best.
    private static let writebackBytes = 8 << 20

    /// Lets the disk begin with what has been recorded, as a drive does: else SYNCHRONIZE CACHE finds a whole disc to be
    /// waited for.
    ///
    /// - Parameter end: where the last block ends, in bytes from address 0.
    private func beginWriteback(behind end: Int) {
        let end = end - Self.baseLBA * RedBook.sectorBytes
        if end < writtenBack { writtenBack = 0 }
        guard !isTesting, end - writtenBack >= Self.writebackBytes else { return }
        main.beginWriteback(at: writtenBack, end - writtenBack)
        writtenBack = end
    }

    /// Records blocks of the sub-channel, from the begin of the first lead-in on.
    ///
    /// - Precondition: whole blocks of 96 bytes.
    func recordSub(_ bytes: UnsafeRawBufferPointer, at lba: Int) throws(SystemError) {
        try record(bytes, at: lba, blockBytes: RedBook.subChannelBytes, program: sub) { $0.sub }
    }

    /// Records blocks of the main channel and P and Q of their areas.
    func record(
        _ bytes: UnsafeRawBufferPointer, at lba: Int, _ subChannel: ProgramSubChannel
    ) throws(SystemError) {
        try recordMain(bytes, at: lba)
        try recordSub(of: bytes.count / RedBook.sectorBytes, at: lba, subChannel)
    }

    /// Records silence: a hole in the file, which reads as zeros.
    func recordSilence(_ count: Int, at lba: Int, _ subChannel: ProgramSubChannel) throws(SystemError) {
        if !isTesting {
            let end = (lba + count - Self.baseLBA) * RedBook.sectorBytes
            if try main.size() < end, ftruncate(main.number, off_t(end)) != 0 { throw .last("ftruncate", path) }
        }
        try recordSub(of: count, at: lba, subChannel)
    }

    /// Records P and Q of blocks.
    func recordSub(of count: Int, at lba: Int, _ subChannel: ProgramSubChannel) throws(SystemError) {
        if isTesting { return }
        let target = Self.room(count * RedBook.subChannelBytes, in: &subBuffer)
        subChannel.write(from: lba, count: count, into: target)
        try recordSub(UnsafeRawBufferPointer(target), at: lba)
    }

    /// Room for the main channel of blocks that are about to be recorded, to be filled at once: the next call takes it back.
    func sectors(_ count: Int) -> UnsafeMutableRawBufferPointer {
        Self.room(count * RedBook.sectorBytes, in: &sectorBuffer)
    }

    private static func room(
        _ bytes: Int, in buffer: inout UnsafeMutableRawBufferPointer
    ) -> UnsafeMutableRawBufferPointer {
        if buffer.count < bytes {
            buffer.deallocate()
            buffer = .allocate(byteCount: bytes, alignment: 16)
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<bytes])
    }

    /// Blocks of the lead-in go to its files, all others to those of the program area.
    private func record(
        _ bytes: UnsafeRawBufferPointer, at lba: Int, blockBytes: Int, program: FileDescriptor,
        leadIn file: ((main: FileDescriptor, sub: FileDescriptor)) -> FileDescriptor
    ) throws(SystemError) {
        precondition(lba >= disc.medium.leadInStart.lba && bytes.count % blockBytes == 0, "whole blocks on the groove")
        if isTesting { return }
        let split = min(bytes.count, max(0, Self.baseLBA - lba) * blockBytes)
        if split > 0 {
            let offset = (lba - disc.medium.leadInStart.lba) * blockBytes
            try file(leadInFiles()).writeAll(UnsafeRawBufferPointer(rebasing: bytes[..<split]), at: offset)
        }
        if split < bytes.count {
            let (first, rest) = (max(lba, Self.baseLBA), UnsafeRawBufferPointer(rebasing: bytes[split...]))
            if writeOffset != 0, program === main { return try recordShifted(rest, at: first) }
            try program.writeAll(rest, at: (first - Self.baseLBA) * blockBytes)
        }
    }

    private func leadInFiles() throws(SystemError) -> (main: FileDescriptor, sub: FileDescriptor) {
        if let leadIn { return leadIn }
        let files = (
            main: try FileDescriptor(opening: "\(path)/\(Self.leadInMain)", O_RDWR | O_CREAT, mode: 0o644),
            sub: try FileDescriptor(opening: "\(path)/\(Self.leadInSub)", O_RDWR | O_CREAT, mode: 0o644)
        )
        leadIn = files
        return files
    }

    /// Makes the packs of CD-TEXT in a session's lead-in durable, 18 bytes each. `Session.textPacks` has to say how many.
    func recordText(_ packs: [UInt8], ofSession number: Int) throws(SystemError) {
        if isTesting { return }
        try DurableFile.replace(StoredDisc.textPath(path, session: number), with: packs)
    }

    /// Takes everything from the disc that lies at or behind an address, once `changed`, which has nothing there, is durable.
    func erase(from lba: Int, leaving changed: Disc, _ event: String) throws(SystemError) {
        precondition(!isTesting, "a test write erases nothing")
        try commit(changed, event)
        if changed.sessions.isEmpty { return try eraseFiles() }
        let blocks = max(0, lba - Self.baseLBA)
        for (file, bytes) in [(main, RedBook.sectorBytes), (sub, RedBook.subChannelBytes)]
        where try file.size() > blocks * bytes {
            guard ftruncate(file.number, off_t(blocks * bytes)) == 0 else { throw .last("ftruncate", path) }
        }
    }

    /// Empties the files of a disc that has become blank.
    private func eraseFiles() throws(SystemError) {
        for file in [main, sub] where ftruncate(file.number, 0) != 0 { throw .last("ftruncate", path) }
        leadIn = nil
        for name in [Self.leadInMain, Self.leadInSub] { unlink("\(path)/\(name)") }
        for number in 1...RedBook.maximumTracks { unlink(StoredDisc.textPath(path, session: number)) }
    }

    /// Blocks whose sub-channel is made at a time when a whole track's is.
    private static let restoreChunk = 4096

    /// Makes P and Q of a track anew: it was cut off, maybe between main channel and sub-channel of a write.
    func restoreSubChannel(of track: Disc.Track) throws(SystemError) {
        let subChannel = subChannel(of: track)
        var lba = track.pauseStart
        while lba < track.end {
            let count = min(Self.restoreChunk, track.end - lba)
            try recordSub(of: count, at: lba, subChannel)
            lba += count
        }
    }

    /// P and Q of a track's blocks.
    func subChannel(of track: Disc.Track) -> ProgramSubChannel {
        ProgramSubChannel(areas: track.areas(catalogNumber: disc.openSession?.catalogNumber))
    }

    /// Reads blocks of the main channel. False when the file is shorter than that.
    func readMain(at lba: Int, into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        try main.readAll(into: target, at: (lba - Self.baseLBA) * RedBook.sectorBytes)
    }

    /// Reads bytes of the main channel that need not begin with a block. False when the file is shorter than that.
    ///
    /// - Parameter byte: counts from the first of block 0.
    func readMain(fromByte byte: Int, into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool {
        try main.readAll(into: target, at: byte - Self.baseLBA * RedBook.sectorBytes)
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
