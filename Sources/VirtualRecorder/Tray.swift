import Glibc
import POSIX

/// What is in the drive, and what goes in next.
///
/// The disc named at the start is the first of a stack of blanks: `NAME`, then `NAME-2`, `NAME-3` … beside it, made when they
/// are needed. A burned disc that is ejected stays as a folder and the next `load` takes the next blank; a disc that is still
/// blank when it is ejected comes back. `NAME.tray` beside them remembers which one is in: a line for each change,
/// `TIME open|closed NAME`, the last whole line counts; a disc from elsewhere has its absolute path for a name. It is locked
/// as long as the recorder lives.
final class Tray {
    /// The disc that is in; nil when the tray is open.
    private(set) var folder: DiscFolder?
    var isOpen: Bool { folder == nil }

    private let parent: String
    private let base: String
    private var current: String
    private let record: FileDescriptor
    private let blank: Medium
    private let secondsSince1970: @Sendable () -> Int
    /// Most that is read of `NAME.tray`: its end is what counts, and two lines with the longest of paths take less than this.
    private static let recordTail = 4 * Int(PATH_MAX)

    /// Puts the disc in that was in last, or the one at `path` when this is its first use.
    init(
        disc path: String, blank: Medium, secondsSince1970: @escaping @Sendable () -> Int
    ) throws(DiscFolderError) {
        let trimmed = path.count > 1 && path.last == "/" ? String(path.dropLast()) : path
        let slash = trimmed.lastIndex(of: "/")
        parent = slash.map { $0 == trimmed.startIndex ? "/" : String(trimmed[..<$0]) } ?? "."
        base = slash.map { String(trimmed[trimmed.index(after: $0)...]) } ?? trimmed
        (self.blank, self.secondsSince1970) = (blank, secondsSince1970)
        do throws(SystemError) {
            try DurableFile.makeFolder(parent)
            record = try FileDescriptor(opening: "\(parent)/\(base).tray", O_RDWR | O_CREAT | O_APPEND, mode: 0o644)
            guard try record.lockExclusively() else {
                throw SystemError(call: "lock", number: EAGAIN, subject: trimmed)
            }
        } catch {
            throw error.number == EAGAIN && error.call == "lock" ? .inUse(path: trimmed) : .system(error)
        }
        let last: (isOpen: Bool, name: String)?
        do throws(SystemError) { last = try Self.lastEntry(of: record) } catch { throw .system(error) }
        current = last?.name ?? base
        if let last, last.isOpen { return }
        folder = try open(current)
        if last == nil { try remember(isOpen: false) }
    }

    /// Takes the disc out. Nothing happens when the tray is open.
    func eject() throws(DiscFolderError) {
        guard let folder else { return }
        self.folder = nil
        do throws(DiscFolderError) {
            try remember(isOpen: true)
        } catch {
            self.folder = folder
            throw error
        }
    }

    /// Closes the tray with a disc in it: the one at `path`, which becomes a blank if it does not exist; by default the one
    /// that came out if it is still blank, else a fresh one.
    func load(_ path: String? = nil) throws(DiscFolderError) {
        guard isOpen else { return }
        let name: String
        do throws(SystemError) { name = try path.map(Self.absolute) ?? following() } catch { throw .system(error) }
        let (next, before) = (try open(name), current)
        current = name
        do throws(DiscFolderError) {
            try remember(isOpen: false)
        } catch {
            current = before
            throw error
        }
        folder = next
    }

    /// The name of the disc that comes when none is chosen.
    private func following() -> String {
        let back = try? StoredDisc.load(path(of: current))
        return back.map { $0.disc.status == .blank } ?? false ? current : nextName()
    }

    /// The path from the root on, so that a recorder started elsewhere finds the disc.
    private static func absolute(_ path: String) throws(SystemError) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { throw .last("getcwd") }
        defer { free(here) }
        return String(cString: here) + "/" + path
    }

    private func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(parent)/\(name)" }

    private func open(_ name: String) throws(DiscFolderError) -> DiscFolder {
        try DiscFolder(opening: path(of: name), orMaking: blank, secondsSince1970: secondsSince1970)
    }

    /// The name behind the current one that nothing has yet.
    private func nextName() -> String {
        let suffix = current.hasPrefix("\(base)-") ? current.dropFirst(base.count + 1) : ""
        var number = (Int(suffix).map { min($0, Int(Int32.max)) } ?? 1) + 1
        while access(path(of: "\(base)-\(number)"), F_OK) == 0 { number += 1 }
        return "\(base)-\(number)"
    }

    private func remember(isOpen: Bool) throws(DiscFolderError) {
        let line = "\(Timestamp.text(secondsSince1970: secondsSince1970())) \(isOpen ? "open" : "closed") \(current)\n"
        do throws(SystemError) {
            try record.writeAll(Array(line.utf8))
            try record.synchronizeData()
        } catch { throw .system(error) }
    }

    /// The last line that is whole and makes sense. A line cut off by a crash is ended, so that the next begins afresh.
    private static func lastEntry(of record: FileDescriptor) throws(SystemError) -> (isOpen: Bool, name: String)? {
        let size = try record.size()
        let start = max(0, size - recordTail)
        var bytes = [UInt8](repeating: 0, count: size - start)
        try bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SystemError) in _ = try record.readAll(into: buffer, at: start) }
        }.get()
        if let last = bytes.last, last != 0x0A { try record.writeAll([0x0A]) }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        for line in lines.reversed() {
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[2].hasPrefix("/") || !fields[2].contains("/"), fields[2] != ".",
                fields[2] != ".."
            else { continue }
            if fields[1] == "open" { return (true, String(fields[2])) }
            if fields[1] == "closed" { return (false, String(fields[2])) }
        }
        return nil
    }
}
