public import BurnPlan
public import FoundationEssentials
import GRDB
public import JobQueue

/// Jobs, events, file names and drives in one SQLite database, through GRDB.
///
/// Rows hold the values as JSON, beside the few columns that are searched by: the values are `Codable` anyway, and a field
/// more needs no migration. WAL with `synchronous=FULL`: a commit that has returned survives a power cut. One writer; GRDB
/// keeps its blocking calls on queues of its own, off the cooperative pool.
public final class SQLiteJobStore: JobStoring {
    /// The database is there and cannot be used.
    public struct Unusable: Error, Sendable, CustomStringConvertible {
        /// Path and reason.
        public let description: String
    }

    /// State events kept for clients that reconnect. A thousand cover hours of a busy bureau.
    static let eventsKept = 4096

    /// How long a statement waits for a lock that another process holds, such as a backup.
    private static let busySeconds = 10.0

    private let pool: DatabasePool

    /// Opens the database, making or migrating it as needed. Blocks.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try Self.migrator.migrate(pool)
        } catch {
            throw Unusable(description: "\(path): \(error)")
        }
    }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: jobs, events, files, drives") { database in
            try database.execute(
                sql: """
                    CREATE TABLE station (epoch TEXT NOT NULL, next_burn INTEGER NOT NULL);
                    CREATE TABLE jobs (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, body BLOB NOT NULL);
                    CREATE INDEX jobs_by_state ON jobs (state, id);
                    CREATE TABLE events (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, data BLOB NOT NULL);
                    CREATE TABLE files (digest TEXT PRIMARY KEY, created_at REAL NOT NULL, body BLOB NOT NULL);
                    CREATE TABLE drives (id TEXT PRIMARY KEY, body BLOB NOT NULL);
                    """)
            // Sixty random bits: two databases that a client might meet will not share an epoch.
            let epoch = String(UInt64.random(in: 0..<(1 << 60)), radix: 36)
            try database.execute(sql: "INSERT INTO station (epoch, next_burn) VALUES (?, 1)", arguments: [epoch])
        }
        DriveTables.addMigration(to: &migrator)
        return migrator
    }

    // MARK: Jobs

    /// One transaction: the number, the job, its events.
    public func insert(
        _ order: BurnOrder, files: [String: FileFacts], demand: ContentDemand, uid: String, at: Date,
        announcing: @escaping @Sendable (Job) throws -> [StoredEvent.Draft]
    ) async throws -> (job: Job, events: [StoredEvent]) {
        try await pool.write { database in
            try database.execute(sql: "INSERT INTO jobs (state, body) VALUES ('', x'')")
            let id = Int(database.lastInsertedRowID)
            let job = Job(id: id, uid: uid, order: order, files: files, demand: demand, createdAt: at)
            try Self.update(job, in: database)
            return (job, try Self.append(announcing(job), to: database))
        }
    }

    /// One transaction.
    public func save(
        _ jobs: [Job], announcing: [StoredEvent.Draft], remembering: [RememberedBurn], standings: [DriveStanding]
    ) async throws -> [StoredEvent] {
        try await pool.write { database in
            for job in jobs { try Self.update(job, in: database) }
            for burn in remembering { try DriveTables.insert(burn, into: database) }
            for standing in standings { try DriveTables.update(standing, in: database) }
            return try Self.append(announcing, to: database)
        }
    }

    private static func update(_ job: Job, in database: Database) throws {
        try database.execute(
            sql: "UPDATE jobs SET state = ?, body = ? WHERE id = ?",
            arguments: [job.state.rawValue, Data(WireFormat.encode(job)), job.id])
    }

    /// One atomic `UPDATE … RETURNING`.
    public func nextBurn() async throws -> Int {
        try await pool.write { database in
            let burn = try Int.fetchOne(
                database, sql: "UPDATE station SET next_burn = next_burn + 1 RETURNING next_burn")
            return (burn ?? 2) - 1
        }
    }

    /// By the index on states.
    public func unfinishedJobs() async throws -> [Job] {
        let terminal = JobState.allCases.filter(\.isTerminal).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try await pool.read { database in
            try Self.jobs(database, sql: "SELECT body FROM jobs WHERE state NOT IN (\(terminal)) ORDER BY id", [])
        }
    }

    /// By primary key.
    public func job(_ id: Int) async throws -> Job? {
        try await pool.read { database in
            try Self.jobs(database, sql: "SELECT body FROM jobs WHERE id = ?", [id]).first
        }
    }

    /// Through all rows: burns are asked for by people, now and then.
    public func job(ofBurn burn: Int) async throws -> Job? {
        try await pool.read { database in
            try Self.jobs(
                database,
                sql: """
                    SELECT body FROM jobs, json_each(CAST(body AS TEXT), '$.burns') AS burn
                    WHERE json_extract(burn.value, '$.id') = ?
                    """, [burn]
            ).first
        }
    }

    /// Keyset paging: no page shifts when a job is added.
    public func jobs(_ filter: JobFilter) async throws -> [Job] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if let states = filter.states {
            conditions.append("state IN (\(states.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(states.map(\.rawValue))
        }
        if let before = filter.before {
            conditions.append("id < ?")
            arguments += [before]
        }
        let place = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        arguments += [filter.limit]
        let sql = "SELECT body FROM jobs \(place) ORDER BY id DESC LIMIT ?"
        return try await pool.read { [arguments] database in try Self.jobs(database, sql: sql, arguments) }
    }

    /// One grouped query.
    public func jobCounts() async throws -> [JobState: Int] {
        try await pool.read { database in
            var counts: [JobState: Int] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT state, COUNT(*) AS count FROM jobs GROUP BY state") {
                if let state = JobState(rawValue: row["state"]) { counts[state] = row["count"] }
            }
            return counts
        }
    }

    private static func jobs(_ database: Database, sql: String, _ arguments: StatementArguments) throws -> [Job] {
        try Data.fetchAll(database, sql: sql, arguments: arguments)
            .map { try WireFormat.decode(Job.self, from: Array($0)) }
    }

    // MARK: Events

    private static func append(_ drafts: [StoredEvent.Draft], to database: Database) throws -> [StoredEvent] {
        let events = try drafts.map { draft in
            try database.execute(
                sql: "INSERT INTO events (name, data) VALUES (?, ?)", arguments: [draft.name, Data(draft.data)])
            return StoredEvent(sequence: Int(database.lastInsertedRowID), name: draft.name, data: draft.data)
        }
        if let last = events.last {
            try database.execute(
                sql: "DELETE FROM events WHERE sequence <= ?", arguments: [last.sequence - Self.eventsKept])
        }
        return events
    }

    /// Nil when the table no longer reaches back that far.
    public func events(after sequence: Int) async throws -> [StoredEvent]? {
        try await pool.read { database in
            let latest = try Self.latestEvent(database)
            let oldest = try Int.fetchOne(database, sql: "SELECT MIN(sequence) FROM events") ?? latest + 1
            guard sequence <= latest, sequence >= oldest - 1 else { return nil }
            return try Row.fetchAll(
                database, sql: "SELECT * FROM events WHERE sequence > ? ORDER BY sequence", arguments: [sequence]
            ).map { row in
                StoredEvent(sequence: row["sequence"], name: row["name"], data: Array(row["data"] as Data))
            }
        }
    }

    /// From the sequence that SQLite keeps, so that it never falls.
    public func latestEvent() async throws -> Int { try await pool.read { try Self.latestEvent($0) } }

    private static func latestEvent(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0
    }

    /// Made with the database.
    public func epoch() async throws -> String {
        try await pool.read { try String.fetchOne($0, sql: "SELECT epoch FROM station") ?? "" }
    }

    // MARK: Files and drives

    /// One transaction.
    public func save(_ file: UploadedFile) async throws {
        try await pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO files (digest, created_at, body) VALUES (?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET body = excluded.body
                    """,
                arguments: [file.digest, file.createdAt.timeIntervalSince1970, Data(WireFormat.encode(file))])
        }
    }

    /// By plain prefix: nothing in it is a wildcard.
    public func files(prefix: String, limit: Int) async throws -> [UploadedFile] {
        try await pool.read { database in
            try Data.fetchAll(
                database,
                sql: """
                    SELECT body FROM files WHERE substr(digest, 1, length(?1)) = ?1
                    ORDER BY created_at DESC, digest LIMIT ?2
                    """, arguments: [prefix, limit]
            ).map { try WireFormat.decode(UploadedFile.self, from: Array($0)) }
        }
    }

    /// One transaction.
    public func save(_ drive: KnownDrive) async throws {
        try await pool.write { database in
            try database.execute(
                sql: "INSERT INTO drives (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                arguments: [drive.id, Data(WireFormat.encode(drive))])
        }
    }

    /// Grouped in the database.
    public func memory(of drive: String) async throws -> [DriveMemory] {
        try await pool.read { try DriveTables.memory(of: drive, in: $0) }
    }

    /// All rows that can be read.
    public func standings() async throws -> [DriveStanding] {
        try await pool.read { try DriveTables.standings(in: $0) }
    }

    /// All rows.
    public func knownDrives() async throws -> [KnownDrive] {
        try await pool.read { database in
            try Data.fetchAll(database, sql: "SELECT body FROM drives ORDER BY id")
                .map { try WireFormat.decode(KnownDrive.self, from: Array($0)) }
        }
    }
}
