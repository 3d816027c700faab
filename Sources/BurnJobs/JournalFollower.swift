public import BurnPlan
import Glibc
import POSIX

/// Reads a burn's journal while it grows, until its worker is gone.
public enum JournalFollower {
    /// What a journal gives.
    public enum Item: Sendable {
        /// The next line.
        case line(JournalLine)
        /// The worker is gone and everything it wrote has been read.
        case workerGone
        /// The journal cannot be read; why. Nothing follows.
        case unreadable(String)
    }

    /// Between two looks at the file. A person sees no delay, and a look costs microseconds.
    private static let pause: UInt32 = 100_000
    /// Bytes read at once.
    private static let chunk = 64 << 10

    /// The lines of a burn from the first on. A thread reads them; it ends with the worker, or when nobody listens.
    public static func items(of folder: BurnFolder) -> AsyncStream<Item> {
        let (stream, continuation) = AsyncStream.makeStream(of: Item.self)
        let isWanted = Lock(true)
        continuation.onTermination = { _ in isWanted.withLock { $0 = false } }
        BlockingThread.start {
            do {
                try follow(folder, while: { isWanted.withLock { $0 } }) { continuation.yield(.line($0)) }
                continuation.yield(.workerGone)
            } catch {
                continuation.yield(.unreadable("\(error)"))
            }
            continuation.finish()
        }
        return stream
    }

    private static func follow(
        _ folder: BurnFolder, while isWanted: () -> Bool, _ deliver: (JournalLine) -> Void
    ) throws {
        let journal = try FileDescriptor(opening: folder.journalPath, O_RDWR)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 1)
        defer { buffer.deallocate() }
        var reader = JournalReader()
        var offset = 0
        while isWanted() {
            // The lock is asked before reading: what a worker wrote before it ended is then read below.
            let isAlive = try journal.isLockedElsewhere()
            while case let count = try journal.read(into: buffer, at: offset), count > 0 {
                for line in try reader.read(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { deliver(line) }
                offset += count
            }
            if !isAlive { return }
            usleep(pause)
        }
    }
}
