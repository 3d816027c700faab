import BinaryCoding
import DiscLayout
import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

@testable import VirtualRecorder

/// The compiled recorder killed in the middle of its work, again and again on the same disc.
@Suite struct KillTests {
    @Test(arguments: PropertyTests.seeds)
    func `whatever moment a recorder is killed at, the next one opens the disc and has all that was closed`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let folder = TemporaryFolder(inMemory: true)
        var closed: [ClosedTrack] = []
        for _ in 1...6 {
            closed += try Victim(in: folder, using: &random).burn(using: &random)
            // Killed in a session at once, the disc has all that was closed, and nothing more can be written to it.
            guard try Self.check(folder, closed, "seed \(seed)") else { break }
        }
        #expect(!closed.isEmpty, "seed \(seed): a track was closed before a recorder was killed")
    }

    @Test(arguments: PropertyTests.seeds)
    func `a recorder killed in RAW leaves a disc that is spoiled, and blank once it was blanked`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = TemporaryFolder(inMemory: true)
        try Victim(in: folder, using: &random, options: ["--medium", "cd-rw"]).burnRaw()
        let bench = try Bench(in: folder)
        let session = try StoredDisc.load(bench.disc).disc.sessions.first
        #expect(session == nil || session?.stage == .spoiled, "seed \(seed)")
        #expect(session == nil || bench.nextWritableAddress == nil, "seed \(seed)")
        #expect(bench.send("A1 01 00 00 00 00 00 00 00 00 00 00").isGood)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        let isEqual = bench.read(from: 0, blocks: 300).data == (0..<300).flatMap(Bench.block)
        #expect(isEqual, "seed \(seed)")
    }

    /// A new recorder opens the disc, ends what was cut off, and reads every closed track.
    ///
    /// - Returns: whether the disc can be written to.
    private static func check(_ folder: TemporaryFolder, _ closed: [ClosedTrack], _ context: String) throws -> Bool {
        let bench = try Bench(in: folder)
        // Whether the last command was carried out cannot be known: there may be one track more than were acknowledged.
        let isSpoiled = try StoredDisc.load(bench.disc).disc.unfinishedSession != nil
        if !isSpoiled { #expect(bench.send("5B 00 01 00 00 FF 00 00 00 00").isGood, "\(context)") }
        let disc = try StoredDisc.load(bench.disc).disc
        let isClosed = disc.tracks.allSatisfy { $0.state == .complete }
        #expect(isClosed || isSpoiled, "\(context)")
        for track in closed {
            let found = disc.tracks.first { $0.start == track.start && $0.blocks >= track.blocks }
            try #require(found?.isDamaged == false, "\(context): the track at \(track.start) is whole")
            for lba in stride(from: track.start, to: track.start + track.blocks, by: 50) {
                let count = min(50, track.start + track.blocks - lba)
                let isEqual = bench.read(from: lba, blocks: count).data == (lba..<lba + count).flatMap(Bench.block)
                // Not the bytes themselves: a failure would print all of them.
                try #require(isEqual, "\(context): blocks from \(lba)")
            }
        }
        return !isSpoiled
    }
}

/// A track that the drive has said is closed.
struct ClosedTrack: Equatable {
    let start: Int
    /// Blocks that were sent.
    let blocks: Int
}

/// A `burnd virtual-recorder` that does not live long.
private final class Victim {
    private let child: ChildProcess
    private let transport: UnixSocketTransport
    private var answers = 0
    /// Soon after this one it dies.
    private let lastAnswer: Int
    /// How soon, in turns that others get.
    private let delay: Int

    /// Starts one on the folder's disc; its attention is taken and its write parameters are set, two answers.
    init(in folder: TemporaryFolder, using random: inout SeededGenerator, options: [String] = []) throws {
        lastAnswer = Int.random(in: 3...60, using: &random)
        delay = Int.random(in: 0...200, using: &random)
        let socket = "\(folder.path)/drive.sock"
        let output = try Pipe()
        child = try ChildProcess.start(
            TestProgram.compiled("burnd"),
            arguments: ["virtual-recorder", "--socket", socket, "--disc", "\(folder.path)/disc", "--speed", "max"]
                + options,
            descriptors: [1: output.writing])
        var byte: UInt8 = 0
        // Its first line says that it listens.
        let count = try withUnsafeMutableBytes(of: &byte) { try output.reading.read(into: $0) }
        try #require(count == 1)
        transport = try UnixSocketTransport(connectingTo: UnixSocketAddress(socket))
        try #require(send([0, 0, 0, 0, 0, 0]) == .refused)
        try #require(select(Bench.tao(multiSession: 3)) == .good([]))
    }

    private var hasEnded = false

    /// A test that failed leaves none behind.
    deinit {
        guard !hasEnded else { return }
        Glibc.kill(child.pid, SIGKILL)
        _ = child.wait()
    }

    private enum Answer: Equatable {
        case good([UInt8])
        case refused
        case dead
    }

    /// A limit for what takes no time: a recorder that hangs must not hang the tests.
    private static let patience = 60_000

    private func send(_ cdb: [UInt8], out: [UInt8] = [], room: Int = 0) -> Answer {
        let reply = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer { reply.deallocate() }
        let outcome = out.withUnsafeBytes { sent in
            let data: DataTransfer = room > 0 ? .fromDevice(reply) : out.isEmpty ? .none : .toDevice(sent)
            return try? transport.execute(CDB(cdb), data, timeout: Self.patience)
        }
        guard let outcome, outcome.hostStatus == 0 else { return .dead }
        answers += 1
        if answers == lastAnswer { kill() }
        return outcome.status == 0 ? .good(Array(reply.prefix(room - outcome.residual))) : .refused
    }

    /// Writes track after track, and some sessions, until the recorder is dead.
    ///
    /// - Returns: the tracks that it has said are closed.
    func burn(using random: inout SeededGenerator) throws -> [ClosedTrack] {
        var closed: [ClosedTrack] = []
        while let track = try track(using: &random) {
            closed.append(track)
            guard track.start < Self.lastSessionBegin, Int.random(in: 0..<4, using: &random) == 0 else { continue }
            if send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0]) == .dead { break }
            guard Bool.random(using: &random) else { continue }
            guard let track = try sessionAtOnce() else { break }
            closed.append(track)
        }
        #expect(child.wait() == .signalled(SIGKILL))
        hasEnded = true
        return closed
    }

    /// Writes blocks of RAW from the begin of the groove on until the recorder is dead. What they say is of no importance.
    func burnRaw() throws {
        // RAW, blocks with raw P to W.
        let list = Bench.tao(changes: [10: 0x43, 12: 3])
        var isAlive = select(list) != .dead
        var lba = -11_635
        let blocks = [UInt8](repeating: 0x40, count: 26 * 2448)
        while isAlive {
            let answer = send([0x2A, 0] + Int32(lba).bigEndianBytes + [0, 0, 26, 0], out: blocks)
            try #require(answer != .refused)
            (isAlive, lba) = (answer != .dead, lba + 26)
        }
        #expect(child.wait() == .signalled(SIGKILL))
        hasEnded = true
    }

    /// Behind this address sessions would soon take more of the disc than there is.
    private static let lastSessionBegin = 150_000
    /// Behind this one nothing is written any more: the death may be long in coming on a machine that is busy.
    private static let lastTrackBegin = 300_000
    private static let lastTrack = 98

    /// Kills it from another thread, so that it dies in whatever it is doing then.
    private func kill() {
        let (pid, delay) = (child.pid, delay)
        BlockingThread.start {
            for _ in 0..<delay { sched_yield() }
            Glibc.kill(pid, SIGKILL)
        }
    }

    private func select(_ list: [UInt8]) -> Answer {
        send([0x55, 0x10, 0, 0, 0, 0, 0, 0, UInt8(list.count), 0], out: list)
    }

    private enum Death: Error { case now }

    /// The data of an answer that has to be good, unless there is none any more.
    @discardableResult
    private func good(_ answer: Answer) throws -> [UInt8] {
        if answer == .dead { throw Death.now }
        guard case .good(let data) = answer else { throw BrokenProperty(description: "a legal command was refused") }
        return data
    }

    /// A session of one track, at once; nil when the recorder has died before it said that it is closed.
    private func sessionAtOnce() throws -> ClosedTrack? {
        do {
            try good(select(Bench.sao(multiSession: 3)))
            let reply = try good(send([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 48, 0], room: 48))
            let begin = Int(reply[12..<16].reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
            // Times that count from where the session begins: a pause of two seconds, a track of four.
            let sheet = hex(
                """
                01 00 00 01 00 00 00 00  01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00  01 AA 01 01 00 00 06 00
                """)
            try good(send([0x5D, 0, 0, 0, 0, 0, 0, 0, UInt8(sheet.count), 0], out: sheet))
            for lba in stride(from: begin, to: begin + 450, by: 25) {
                let cdb = [0x2A, 0] + Int32(lba).bigEndianBytes + [0, 0, 25, 0]
                try good(send(cdb, out: (lba..<lba + 25).flatMap(Bench.block)))
            }
            try good(send([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
            let track = ClosedTrack(start: begin + RedBook.pauseSectors, blocks: RedBook.minimumTrackSectors)
            // What is closed is closed, whether or not it lives on.
            _ = select(Bench.tao(multiSession: 3))
            return track
        } catch is Death {
            return nil
        }
    }

    /// One track; nil when the recorder has died before it said that the track is closed.
    private func track(using random: inout SeededGenerator) throws -> ClosedTrack? {
        guard case .good(let reply) = send([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 48, 0], room: 48) else { return nil }
        try #require(reply.count == 48 && reply[7] & 1 == 1)
        let start = Int(reply[12..<16].reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
        if start > Self.lastTrackBegin || reply[2] > Self.lastTrack {
            while send([0, 0, 0, 0, 0, 0]) != .dead {}
            return nil
        }
        var end = start
        for _ in 1...Int.random(in: 1...12, using: &random) {
            let count = Int.random(in: 1...27, using: &random)
            let cdb = [0x2A, 0] + Int32(end).bigEndianBytes + [0] + UInt16(count).bigEndianBytes + [0]
            let answer = send(cdb, out: (end..<end + count).flatMap { Bench.block($0) })
            if answer == .dead { return nil }
            try #require(answer == .good([]))
            end += count
        }
        let answer = send([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        if answer == .dead { return nil }
        try #require(answer == .good([]))
        return ClosedTrack(start: start, blocks: end - start)
    }
}
