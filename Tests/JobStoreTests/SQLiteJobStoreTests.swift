import BurnPlan
import FoundationEssentials
import GRDB
import JobQueue
import JobStore
import Testing

@Suite struct SQLiteJobStoreTests {
    /// A database in a folder of its own that goes away with the test.
    final class Folder {
        let path: String
        init() throws {
            path =
                FileManager.default.temporaryDirectory.appendingPathComponent("burnd-store-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func open() throws -> SQLiteJobStore { try SQLiteJobStore(path: path + "/burnd.sqlite") }
        /// Changes the database behind the store's back.
        func execute(_ sql: String) throws {
            try DatabaseQueue(path: path + "/burnd.sqlite").write { try $0.execute(sql: sql) }
        }
    }

    static let time = Date(timeIntervalSince1970: 1_790_000_000)

    func insert(_ store: SQLiteJobStore, title: String = "") async throws -> Job {
        let order = BurnOrder(title: title, tracks: [.init(file: "sha256:00", name: "a.wav")])
        let files = ["sha256:00": FileFacts(bytes: 2048, sampleFrames: 588)]
        let demand = ContentDemand(sectors: 300, tracks: 1)
        return try await store.insert(order, files: files, demand: demand, uid: "U", at: Self.time) { job in
            [.init(name: "job-state-changed", data: Array("{\"job\":\(job.id)}".utf8))]
        }.job
    }

    @Test func `jobs survive reopening and their numbers are never used again`() async throws {
        let folder = try Folder()
        let first = try await insert(folder.open(), title: "one")
        let store = try folder.open()
        #expect(try await store.job(first.id) == first)
        #expect(try await insert(store).id == first.id + 1)
    }

    @Test func `an event is kept with the change that it tells of`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        var job = try await insert(store)
        job.state = .failed
        _ = try await store.save([job], announcing: [.init(name: "job-state-changed", data: Array("{}".utf8))])
        #expect(try await store.events(after: 1)?.map(\.sequence) == [2])
        #expect(try await store.latestEvent() == 2)
        #expect(try await store.unfinishedJobs().isEmpty)
        #expect(try await store.jobCounts() == [.failed: 1])
    }

    // MARK: Memory of drives

    func remembered(
        _ number: Int, times: Int? = 16, failure: BurnProblem.Kind? = nil, isTest: Bool = false, buffer: Double? = nil
    ) -> RememberedBurn {
        RememberedBurn(
            burn: number, drive: "left", at: Self.time.addingTimeInterval(Double(number)),
            setting: BurnSetting(firmware: "1.0", kind: "CD-R", medium: "97m26s66f", times: times), isTest: isTest,
            failure: failure, lowestBufferPercent: buffer, lowestReadAheadPercent: buffer)
    }

    func remember(_ store: SQLiteJobStore, _ burns: [RememberedBurn], _ standings: [DriveStanding] = []) async throws {
        _ = try await store.save([], announcing: [], remembering: burns, standings: standings)
    }

    @Test func `burns are added up by what they were made with`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        try await remember(
            store,
            [
                remembered(1, buffer: 90), remembered(2, failure: .writeError, buffer: 40),
                remembered(3, failure: .writeError), remembered(4, failure: .closeFailed), remembered(5),
                remembered(6, failure: .writeError, isTest: true), remembered(7, isTest: true),
                remembered(8, times: nil),
            ])
        let memory = try await folder.open().memory(of: "left")
        #expect(memory.map(\.setting.times) == [nil, 16])
        let sums = try #require(memory.last)
        #expect(sums.burns == 5 && sums.failures == ["write-error": 2, "close-failed": 1])
        #expect(sums.tests == 2 && sums.failedTests == 1)
        #expect(sums.lowestBufferPercent == 40 && sums.lowestReadAheadPercent == 40)
        #expect(sums.lastGoodAt == Self.time.addingTimeInterval(5))
        #expect(sums.lastFailureAt == Self.time.addingTimeInterval(4))
        #expect(memory.first?.burns == 1 && memory.first?.failures == [:] && memory.first?.lastFailureAt == nil)
        #expect(try await store.memory(of: "right").isEmpty)
    }

    @Test func `a burn that is told twice is remembered once, as it was told first`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        defer { withExtendedLifetime(folder) {} }
        try await remember(store, [remembered(1, failure: .writeError)])
        try await remember(store, [remembered(1), remembered(1)])
        let memory = try await store.memory(of: "left")
        #expect(memory.map(\.burns) == [1] && memory.first?.failed == 1)
    }

    @Test func `how a drive stands is kept with the job that changed it, or neither is`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        var standing = DriveStanding(drive: "left")
        _ = standing.add(remembered(1, failure: .writeError))
        var job = try await insert(store)
        job.state = .failed
        _ = try await store.save(
            [job], announcing: [], remembering: [remembered(1, failure: .writeError)], standings: [standing])
        let reopened = try folder.open()
        #expect(try await reopened.standings() == [standing])
        #expect(try await reopened.job(job.id)?.state == .failed)
    }

    @Test func `a database from before there was a memory keeps its jobs`() async throws {
        let folder = try Folder()
        let first = try await insert(folder.open(), title: "old")
        // As the first migration left it.
        try folder.execute("DROP TABLE drive_burns; DROP TABLE drive_standings")
        try folder.execute("DELETE FROM grdb_migrations WHERE identifier LIKE '2:%'")
        let store = try folder.open()
        #expect(try await store.job(first.id) == first)
        #expect(try await store.standings().isEmpty)
        #expect(try await store.memory(of: "left").isEmpty)
        try await remember(store, [remembered(1)])
        #expect(try await store.memory(of: "left").count == 1)
    }

    @Test func `damaged rows are left out or taken within bounds`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        try await remember(store, [remembered(1)])
        try folder.execute(
            """
            INSERT INTO drive_burns VALUES (2, 'left', 1e300, '', '', NULL, -9223372036854775808, 7, 'no such thing', -1e9, 1e9);
            INSERT INTO drive_burns VALUES (3, 'left', -1e300, '', '', NULL, 9223372036854775807, 0, 'no such thing', 9e999, NULL);
            INSERT INTO drive_standings VALUES ('a', x'00'), ('b', CAST('{"drive":"b","burns":"x"}' AS BLOB));
            INSERT INTO drive_standings VALUES ('c', CAST('{"drive":"c","burns":-1}' AS BLOB));
            """)
        let memory = try await store.memory(of: "left")
        #expect(memory.count == 3 && memory.map(\.burns).reduce(0, +) == 2)
        #expect(memory.allSatisfy { ($0.lowestBufferPercent ?? 0) >= 0 && ($0.lowestReadAheadPercent ?? 0) <= 100 })
        #expect(memory.first { $0.setting.times == .max }?.failures == ["no such thing": 1])
        #expect(memory.first { $0.setting.times == .max }?.lastFailureAt == nil)
        #expect(try await store.standings() == [DriveStanding(drive: "c")])
    }

    @Test func `events that are gone or never were are not made up`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        let drafts = (0..<5000).map { _ in StoredEvent.Draft(name: "x", data: []) }
        _ = try await store.save([], announcing: drafts)
        #expect(try await store.events(after: 10) == nil)
        #expect(try await store.events(after: 5001) == nil)
        #expect(try await store.events(after: 4990)?.count == 10)
        #expect(try await store.events(after: 5000)?.isEmpty == true)
    }

    @Test func `an event that fails to be made takes its job with it`() async throws {
        struct Refused: Error {}
        let folder = try Folder()
        let store = try folder.open()
        defer { withExtendedLifetime(folder) {} }
        await #expect(throws: Refused.self) {
            try await store.insert(
                BurnOrder(tracks: []), files: [:], demand: ContentDemand(), uid: "U", at: Self.time
            ) { _ in throw Refused() }
        }
        #expect(try await store.jobs(JobFilter(limit: 10)).isEmpty)
    }

    @Test func `jobs are listed newest first, by state and page`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        defer { withExtendedLifetime(folder) {} }
        for _ in 0..<5 { _ = try await insert(store) }
        #expect(try await store.jobs(JobFilter(limit: 2)).map(\.id) == [5, 4])
        #expect(try await store.jobs(JobFilter(before: 4, limit: 2)).map(\.id) == [3, 2])
        #expect(try await store.jobs(JobFilter(states: [.completed], limit: 2)).isEmpty)
    }

    @Test func `burn numbers rise and survive reopening`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        #expect(try await store.nextBurn() == 1)
        #expect(try await store.nextBurn() == 2)
        #expect(try await folder.open().nextBurn() == 3)
    }

    @Test func `a file is found by the beginning of its digest and keeps its latest name`() async throws {
        let folder = try Folder()
        let store = try folder.open()
        defer { withExtendedLifetime(folder) {} }
        try await store.save(UploadedFile(digest: "sha256:abcd", name: "a", bytes: 1, createdAt: Self.time))
        try await store.save(UploadedFile(digest: "sha256:abcd", name: "b", bytes: 1, createdAt: Self.time))
        #expect(try await store.files(prefix: "sha256:ab", limit: 9).map(\.name) == ["b"])
        #expect(try await store.files(prefix: "sha256:a%", limit: 9).isEmpty)
    }

    @Test func `what is no database is refused with its path`() throws {
        let folder = try Folder()
        try Array("not a database, only text that is long enough to be read as a header".utf8)
            .withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: folder.path + "/burnd.sqlite"))
        #expect(throws: SQLiteJobStore.Unusable.self) { try folder.open() }
    }

    @Test func `a database is looked into beside a server and after it, and nothing is written`() async throws {
        let folder = try Folder()
        let path = folder.path + "/burnd.sqlite"
        #expect(DatabaseExamination(path: path) == .none)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        do {
            let store = try folder.open()
            _ = try await insert(store)
            guard case .sound(let version) = DatabaseExamination(path: path) else {
                Issue.record("a database in use is sound")
                return
            }
            #expect(version > 0)
        }
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        if case .sound = DatabaseExamination(path: path) {} else { Issue.record("a database at rest is sound") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }

    @Test func `a damaged database, another file and a later one are told apart`() async throws {
        let folder = try Folder()
        let path = folder.path + "/odd name?#%.sqlite"
        _ = try await insert(SQLiteJobStore(path: path))
        // Its log is complete in the file as soon as nobody has it open.
        try? FileManager.default.removeItem(atPath: path + "-wal")
        try? FileManager.default.removeItem(atPath: path + "-shm")
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        for index in 4096..<bytes.count { bytes[index] = 0x5A }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if case .damaged = DatabaseExamination(path: path) {} else { Issue.record("it is damaged") }
        try Data("no database, but some text".utf8).write(to: URL(fileURLWithPath: path))
        if case .damaged = DatabaseExamination(path: path) {} else { Issue.record("it is no database") }
    }
}
