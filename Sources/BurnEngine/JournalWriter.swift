public import BurnPlan
import FoundationEssentials
import Glibc
public import POSIX

/// Where a burn tells what became true.
public protocol BurnJournaling {
    /// Adds a line; the events marked *synced* in `JournalLine` are on stable storage when it returns.
    func append(_ event: JournalLine.Event) throws(SystemError)
}

/// Appends to the journal of a burn, an open file whose lock is held by whoever made this.
public final class JournalWriter: BurnJournaling {
    private let file: FileDescriptor
    /// Where the next line goes. A line that could be written in part only is taken back, so that no half line ever stands
    /// in front of a whole one.
    private var length: Int

    /// Writes behind what the file holds.
    public init(_ file: FileDescriptor) throws(SystemError) {
        self.file = file
        length = try file.size()
    }

    /// Adds a line.
    public func append(_ event: JournalLine.Event) throws(SystemError) {
        let line: [UInt8]
        do {
            line = try JournalLine(at: Date(), event).encoded()
        } catch {
            // Only numbers that JSON cannot hold could do this, and none is ever made.
            throw SystemError(call: "encode", number: EINVAL, subject: "journal line")
        }
        do throws(SystemError) {
            try write(line)
            if event.isSynced { try file.synchronizeData() }
        } catch {
            ftruncate(file.number, off_t(length))
            throw error
        }
        length += line.count
    }

    private func write(_ line: [UInt8]) throws(SystemError) {
        var done = 0
        while done < line.count {
            let count = line.withUnsafeBytes { bytes in
                pwrite(
                    file.number, bytes.baseAddress.map { $0 + done }, line.count - done, off_t(length + done))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("pwrite")
            }
            done += count
        }
    }
}

extension JournalLine.Event {
    /// Whether the line is on stable storage before the burn goes on.
    var isSynced: Bool {
        switch self {
        case .laserPending, .laserOn, .written, .closed, .outcome: true
        case .started, .phase, .progress, .record, .trackWritten: false
        }
    }
}
