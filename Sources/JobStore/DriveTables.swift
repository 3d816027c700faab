import BurnPlan
import FoundationEssentials
import GRDB
import JobQueue

/// What is remembered of drives: a row for every burn, so that one is never counted twice, and how each drive stands.
///
/// The tables are strict: SQLite itself sees that numbers are numbers. What a damaged database says all the same is taken
/// within its bounds, or left out.
enum DriveTables {
    static func addMigration(to migrator: inout DatabaseMigrator) {
        migrator.registerMigration("2: memory of drives") { database in
            try database.execute(
                sql: """
                    CREATE TABLE drive_burns (
                        burn INTEGER PRIMARY KEY, drive TEXT NOT NULL, at REAL NOT NULL, firmware TEXT NOT NULL,
                        kind TEXT NOT NULL, medium TEXT, times INTEGER, is_test INTEGER NOT NULL, failure TEXT,
                        lowest_buffer REAL, lowest_read_ahead REAL) STRICT;
                    CREATE INDEX drive_burns_by_drive ON drive_burns (drive);
                    CREATE TABLE drive_standings (drive TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
                    """)
        }
    }

    /// Keeps a burn, unless it is kept already.
    static func insert(_ burn: RememberedBurn, into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO drive_burns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (burn) DO NOTHING
                """,
            arguments: [
                burn.burn, burn.drive, burn.at.timeIntervalSince1970, burn.setting.firmware, burn.setting.kind,
                burn.setting.medium, burn.setting.times, burn.isTest, burn.failure?.rawValue,
                burn.lowestBufferPercent, burn.lowestReadAheadPercent,
            ])
    }

    static func update(_ standing: DriveStanding, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO drive_standings (drive, body) VALUES (?, ?)
                ON CONFLICT (drive) DO UPDATE SET body = excluded.body
                """, arguments: [standing.drive, Data(WireFormat.encode(standing))])
    }

    static func standings(in database: Database) throws -> [DriveStanding] {
        try Data.fetchAll(database, sql: "SELECT body FROM drive_standings ORDER BY drive")
            .compactMap { try? WireFormat.decode(DriveStanding.self, from: Array($0)) }
    }

    /// Settings that are told of a drive: more than a drive has kinds of discs and speeds.
    private static let settingsTold = 400

    static func memory(of drive: String, in database: Database) throws -> [DriveMemory] {
        var memories = try Row.fetchAll(
            database,
            sql: """
                SELECT firmware, kind, medium, times, SUM(is_test = 0) AS burns, SUM(is_test <> 0) AS tests,
                    SUM(is_test <> 0 AND failure IS NOT NULL) AS failed_tests, MIN(lowest_buffer) AS lowest_buffer,
                    MIN(lowest_read_ahead) AS lowest_read_ahead,
                    MAX(CASE WHEN is_test = 0 AND failure IS NULL THEN at END) AS last_good,
                    MAX(CASE WHEN is_test = 0 AND failure IS NOT NULL THEN at END) AS last_failure
                FROM drive_burns WHERE drive = ? GROUP BY firmware, kind, medium, times
                ORDER BY MAX(at) DESC, MAX(burn) DESC LIMIT ?
                """, arguments: [drive, settingsTold]
        ).map(memory)
        let places = Dictionary(memories.indices.map { (memories[$0].setting, $0) }) { first, _ in first }
        for row in try Row.fetchAll(
            database,
            sql: """
                SELECT firmware, kind, medium, times, failure, COUNT(*) AS count FROM drive_burns
                WHERE drive = ? AND is_test = 0 AND failure IS NOT NULL GROUP BY firmware, kind, medium, times, failure
                """, arguments: [drive])
        {
            guard let place = places[setting(row)], let failure = String.fromDatabaseValue(row["failure"]) else {
                continue
            }
            memories[place].failures[failure] = count(row["count"])
        }
        return memories
    }

    private static func memory(_ row: Row) -> DriveMemory {
        DriveMemory(
            setting: setting(row), burns: count(row["burns"]), tests: count(row["tests"]),
            failedTests: count(row["failed_tests"]), lowestBufferPercent: percent(row["lowest_buffer"]),
            lowestReadAheadPercent: percent(row["lowest_read_ahead"]), lastGoodAt: date(row["last_good"]),
            lastFailureAt: date(row["last_failure"]))
    }

    private static func setting(_ row: Row) -> BurnSetting {
        BurnSetting(
            firmware: String.fromDatabaseValue(row["firmware"]) ?? "",
            kind: String.fromDatabaseValue(row["kind"]) ?? "",
            medium: String.fromDatabaseValue(row["medium"]), times: Int.fromDatabaseValue(row["times"]))
    }

    private static func count(_ value: DatabaseValue) -> Int { max(Int.fromDatabaseValue(value) ?? 0, 0) }

    private static func percent(_ value: DatabaseValue) -> Double? {
        Double.fromDatabaseValue(value).map { min(max($0, 0), 100) }
    }

    /// Between 1970 and 2100; a time outside is damage.
    private static func date(_ value: DatabaseValue) -> Date? {
        Double.fromDatabaseValue(value).flatMap {
            (0..<4_102_444_800).contains($0) ? Date(timeIntervalSince1970: $0) : nil
        }
    }
}
