import DiscLayout
import Glibc
import POSIX

/// A disc folder that is only looked at: no lock, nothing changed, also while a recorder writes on it.
public struct StoredDisc: Sendable {
    /// Where it is.
    public let path: String
    /// What has been recorded.
    public let disc: Disc

    /// Reads `disc.json`.
    public static func load(_ path: String) throws(DiscFolderError) -> StoredDisc {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try DurableFile.contents(of: "\(path)/disc.json", limit: DiscDocument.maximumBytes)
        } catch {
            throw error.number == ENOENT ? .notADisc(path: path) : .system(error)
        }
        do throws(DiscDocumentError) {
            return StoredDisc(path: path, disc: try Disc.parse(bytes))
        } catch {
            throw .malformed(path: path, field: error.field, reason: error.reason)
        }
    }
}
