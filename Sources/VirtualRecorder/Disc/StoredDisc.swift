import DiscLayout
import Glibc
public import POSIX
import SectorCoding

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

    /// Makes a blank in a folder that does not exist or is empty, without a recorder.
    ///
    /// - Throws: `isADisc` when there is one already, `notADisc` when something else is there.
    public static func makeBlank(at path: String, _ medium: Medium) throws(DiscFolderError) -> StoredDisc {
        if access("\(path)/disc.json", F_OK) == 0 { throw .isADisc(path: path) }
        let folder = try DiscFolder(
            opening: path, orMaking: medium, secondsSince1970: RecorderClock.system.secondsSince1970)
        // Another process may have been faster.
        guard folder.disc == Disc(medium: medium) else { throw .isADisc(path: path) }
        return StoredDisc(path: path, disc: folder.disc)
    }

    /// The file of a session's CD-TEXT.
    static func textPath(_ path: String, session number: Int) -> String { "\(path)/cd-text-\(number).cdt" }

    /// The packs of CD-TEXT in a session's lead-in, 18 bytes each; empty when it has none.
    public func text(of session: Disc.Session) throws(SystemError) -> [UInt8] {
        try Self.text(of: session, at: path)
    }

    static func text(of session: Disc.Session, at path: String) throws(SystemError) -> [UInt8] {
        guard session.textPacks > 0 else { return [] }
        let bytes = try DurableFile.contents(
            of: textPath(path, session: session.number), limit: session.textPacks * TextPack.byteCount)
        return Array(bytes.prefix(session.textPacks * TextPack.byteCount))
    }
}
