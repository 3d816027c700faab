import BurnPlan
import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

/// `burnd burn-worker` as the process that it is, on a recorder behind the proxy.
@Suite(.timeLimit(.minutes(5))) struct BurnWorkerTests {
    /// The folder of a burn, and its worker.
    private final class Burn: Sendable {
        let path: String
        var journalPath: String { path + "/journal" }

        init(_ bench: Bench, _ plan: BurnPlan) throws {
            path = bench.folder.path + "/burn"
            try DurableFile.makeFolder(path)
            try DurableFile.replace(path + "/plan.json", with: WireFormat.encode(plan))
        }

        /// The journal, locked, as the server makes it.
        func lockedJournal() throws -> FileDescriptor {
            let journal = try FileDescriptor(opening: journalPath, O_RDWR | O_CREAT | O_APPEND)
            #expect(try journal.lockExclusively())
            return journal
        }

        func start(journal: FileDescriptor? = nil) throws -> ChildProcess {
            var descriptors: [Int32: FileDescriptor] = [:]
            descriptors[3] = journal
            return try ChildProcess.start(
                Self.burnd, arguments: ["burn-worker", "--burn", path], descriptors: descriptors, newSession: true)
        }

        func history() throws -> BurnHistory {
            var reader = JournalReader()
            var history = BurnHistory()
            for line in try reader.read(DurableFile.contents(of: journalPath, limit: 1 << 20)) { history.apply(line) }
            return history
        }

        /// `burnd` lies beside the test executable: `swift test` builds both.
        private static let burnd: String = {
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = buffer.withUnsafeMutableBytes {
                $0.baseAddress.map { readlink("/proc/self/exe", $0, Int(PATH_MAX)) } ?? 0
            }
            let path = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
            return (path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".") + "/burnd"
        }()
    }

    /// Where the proxy stops at a command until the test lets it go on.
    private final class Gate: Sendable {
        private let reached: Pipe
        private let opened: Pipe
        init() throws { (reached, opened) = (try Pipe(), try Pipe()) }

        /// The proxy's side.
        func pass() {
            try? reached.writing.writeAll([1])
            var byte: [UInt8] = [0]
            _ = try? byte.withUnsafeMutableBytes { try opened.reading.read(into: $0) }
        }
        /// Returns when the proxy stands at the gate.
        func waitUntilReached() async throws {
            try await BlockingThread.run { [reached] in
                var byte: [UInt8] = [0]
                _ = try byte.withUnsafeMutableBytes { try reached.reading.read(into: $0) }
            }
        }
        func open() throws { try opened.writing.writeAll([1]) }
    }

    private func end(_ worker: ChildProcess) async -> ChildProcess.Ending { await BlockingThread.run { worker.wait() } }

    @Test(arguments: [true, false]) func `a burn is carried out, with the journal handed over or not`(
        _ handedOver: Bool
    ) async throws {
        let bench = try Bench()
        let burn = try Burn(bench, bench.plan())
        let worker = try burn.start(journal: handedOver ? burn.lockedJournal() : nil)
        #expect(await end(worker) == .exited(0))
        let history = try burn.history()
        #expect(history.pid == Int(worker.pid) && history.isClosed)
        #expect(
            history.outcome
                == BurnOutcome(.completed, disc: .good, proven: [.toc, .audio, .indexes], tracksOnDisc: [1, 2, 3]))
    }

    @Test func `a burn is made at most once`() async throws {
        let bench = try Bench()
        let burn = try Burn(bench, bench.plan([588 * 300], close: .none))
        #expect(await end(try burn.start()) == .exited(0))
        let journal = try DurableFile.contents(of: burn.journalPath, limit: 1 << 20)
        let commands = bench.drive.commands.count
        #expect(await end(try burn.start()) == .exited(1))
        #expect(try DurableFile.contents(of: burn.journalPath, limit: 1 << 20) == journal)
        #expect(bench.drive.commands.count == commands)
    }

    @Test func `a journal that another worker holds is left alone`() async throws {
        let bench = try Bench()
        let burn = try Burn(bench, bench.plan())
        let lock = try burn.lockedJournal()
        #expect(await end(try burn.start()) == .exited(1))
        #expect(try lock.size() == 0 && bench.drive.commands.isEmpty)
    }

    @Test func `the lock is held as long as the worker lives, and when it is killed the burn counts as interrupted`()
        async throws
    {
        let gate = try Gate()
        let bench = try Bench { cdb, number in
            if cdb[0] == 0x2A, number == 3 { gate.pass() }
            return nil
        }
        let burn = try Burn(bench, bench.plan())
        let worker = try burn.start(journal: burn.lockedJournal())
        try await gate.waitUntilReached()
        let other = try FileDescriptor(opening: burn.journalPath, O_RDWR)
        #expect(try other.isLockedElsewhere())
        kill(worker.pid, SIGKILL)
        #expect(await end(worker) == .signalled(SIGKILL))
        try gate.open()
        #expect(try other.isLockedElsewhere() == false)
        let history = try burn.history()
        #expect(history.laser == .on && history.outcome == nil)
        guard case .interrupted(let outcome) = history.settlement(.interruptedByRestart) else {
            Issue.record("\(history)")
            return
        }
        #expect(outcome.disc == .spoiled)
    }

    @Test func `SIGTERM, SIGHUP and SIGINT in mid-burn change nothing`() async throws {
        let gate = try Gate()
        let bench = try Bench { cdb, number in
            if cdb[0] == 0x2A, number == 3 { gate.pass() }
            return nil
        }
        let burn = try Burn(bench, bench.plan())
        let worker = try burn.start()
        try await gate.waitUntilReached()
        for signal in [SIGTERM, SIGHUP, SIGINT, SIGPIPE] { kill(worker.pid, signal) }
        try gate.open()
        #expect(await end(worker) == .exited(0))
        #expect(try burn.history().outcome?.result == .completed)
    }

    @Test func `SIGTERM before the laser cancels, and the disc stays blank`() async throws {
        let gate = try Gate()
        let bench = try Bench { cdb, number in
            if cdb[0] == 0, number == 0 { gate.pass() }
            return cdb[0] == 0 ? .sense(SenseData(2, 4, 1)) : nil
        }
        let burn = try Burn(bench, bench.plan())
        let worker = try burn.start()
        try await gate.waitUntilReached()
        kill(worker.pid, SIGTERM)
        try gate.open()
        #expect(await end(worker) == .exited(0))
        let outcome = try burn.history().outcome
        #expect(outcome?.result == .cancelled && outcome?.disc == .untouched)
    }

    /// The buffer is full for so many WRITEs that the worker looks for the file in between, at 40 ms each.
    @Test(arguments: [("untouched", BurnOutcome.Result.completed), ("spoil", .cancelled)])
    func `the text of the cancel file says at what price`(_ text: String, _ result: BurnOutcome.Result) async throws {
        let gate = try Gate()
        let bench = try Bench { cdb, number in
            guard cdb[0] == 0x2A, (3..<20).contains(number) else { return nil }
            if number == 3 { gate.pass() }
            return .sense(SenseData(2, 4, 8))
        }
        let burn = try Burn(bench, bench.plan())
        let worker = try burn.start()
        try await gate.waitUntilReached()
        try DurableFile.replace(burn.path + "/cancel", with: Array(text.utf8))
        try gate.open()
        #expect(await end(worker) == .exited(0))
        #expect(try burn.history().outcome?.result == result)
    }

    @Test func `plans and drives that are none end in an outcome`() async throws {
        let bench = try Bench()
        let burn = try Burn(bench, bench.plan())
        func outcome(after change: () throws -> Void) async throws -> BurnOutcome? {
            try change()
            unlink(burn.journalPath)
            #expect(await end(try burn.start()) == .exited(0))
            return try burn.history().outcome
        }
        func replacePlan(_ text: String) throws {
            try DurableFile.replace(burn.path + "/plan.json", with: Array(text.utf8))
        }
        for text in [#"{"version":2,"what":"else"}"#, "{", ""] {
            let failed = try await outcome { try replacePlan(text) }
            #expect(failed?.problem?.type == .planInvalid && failed?.disc == .untouched)
        }
        var plan = try bench.plan()
        plan.drive = "unix:\(bench.folder.path)/nobody"
        let absent = try await outcome {
            try DurableFile.replace(burn.path + "/plan.json", with: WireFormat.encode(plan))
        }
        #expect(absent?.problem?.type == .driveOffline && absent?.disc == .untouched)
    }
}
