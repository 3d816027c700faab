import FoundationEssentials
import GRDB
import Glibc

/// What a database is found to be, without it being changed.
public enum DatabaseExamination: Equatable, Sendable {
    /// There is none.
    case none
    /// Every page of it is in order. The version is the number of migrations that made it what it is.
    case sound(version: Int)
    /// A later burnd has changed it in ways that this one does not know.
    case later(version: Int)
    /// What SQLite's quick check found first.
    case damaged(String)
    /// It cannot be read, or is no database of burnd's.
    case unreadable(String)

    /// Looks into the database at a path. Blocks, for as long as it takes to read all of it.
    ///
    /// Beside a server that works it sees what that has committed. Without one nothing is written either: a database whose log
    /// is empty is complete in itself, and is opened as what nobody changes (`immutable`, SQLite's URI filenames).
    public init(path: String) {
        guard access(path, F_OK) == 0 else {
            self = errno == ENOENT ? .none : .unreadable(String(cString: strerror(errno)))
            return
        }
        do {
            self = try Self.open(path).read(Self.examine)
        } catch let error as DatabaseError where Self.damages.contains(error.resultCode) {
            self = .damaged(error.message ?? "\(error.resultCode)")
        } catch let error as DatabaseError {
            self = .unreadable(error.message ?? "\(error.resultCode)")
        } catch {
            self = .unreadable("\(error)")
        }
    }

    private static let damages: [ResultCode] = [.SQLITE_CORRUPT, .SQLITE_NOTADB]

    /// How long is waited for a lock that the server holds.
    private static let busySeconds = 5.0

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busySeconds)
        var log = stat()
        let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
        guard !hasLog else { return try DatabaseQueue(path: path, configuration: configuration) }
        // Everything that means something in a URI is written as %XX.
        let escaped = path.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "/-_.~".contains(character))
            return isPlain ? String(character) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return try DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration)
    }

    private static func examine(_ database: Database) throws -> DatabaseExamination {
        let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? ""
        guard verdict == "ok" else { return .damaged(verdict) }
        guard try database.tableExists("grdb_migrations") else { return .unreadable("it is no database of burnd's") }
        let applied = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
        let isKnown = Set(applied).isSubset(of: SQLiteJobStore.migrator.migrations)
        return isKnown ? .sound(version: applied.count) : .later(version: applied.count)
    }
}
