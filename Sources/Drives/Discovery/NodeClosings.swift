import Glibc
import POSIX

/// Hears when programs close device nodes (inotify(7)): a disc may be another one after somebody has written on it, and a drive
/// that somebody held is free then.
final class NodeClosings: Sendable {
    /// How a node had been open.
    enum Closing: Sendable {
        /// For writing: what is on the disc may have changed.
        case writing
        /// For reading alone.
        case reading
    }

    private struct Entry {
        let owner: Int
        /// What comes yet was in the queue before nobody listened any more.
        var isListening = true
        let heard: @Sendable (Closing) -> Void
    }

    /// Two file descriptors and what is to be called, shared with the thread that listens.
    private final class Inner: Sendable {
        let descriptor: FileDescriptor
        let stopping: Pipe
        let entries = Lock<[Int32: Entry]>([:])

        init() throws(SystemError) {
            let number = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
            guard number >= 0 else { throw .last("inotify_init1") }
            descriptor = FileDescriptor(owning: number)
            stopping = try Pipe()
        }
    }

    private let inner: Inner
    private let owners = Lock(0)

    /// Listens on a thread of its own until nobody has this object any more.
    init() throws(SystemError) {
        inner = try Inner()
        BlockingThread.start { [inner] in Self.listen(inner) }
    }

    deinit { try? inner.stopping.writing.writeAll([0]) }

    /// The nodes of one drive. Silent until `resume`.
    final class Watch: Sendable {
        private let closings: NodeClosings
        private let owner: Int
        private let paths: [String]
        private let heard: @Sendable (Closing) -> Void

        fileprivate init(
            _ closings: NodeClosings, owner: Int, paths: [String], heard: @escaping @Sendable (Closing) -> Void
        ) {
            (self.closings, self.owner, self.paths, self.heard) = (closings, owner, paths, heard)
        }

        /// Listens; a node that is not there, or may not be read, is left out.
        func resume() { closings.add(owner, paths, heard) }

        /// Does not listen: for as long as this process has the node open itself, since its own closing is nothing new.
        func pause() { closings.remove(owner) }

        deinit { pause() }
    }

    /// Watches nodes.
    ///
    /// - Parameter heard: called on the listening thread; must not block.
    func watch(_ paths: [String], _ heard: @escaping @Sendable (Closing) -> Void) -> Watch {
        let owner = owners.withLock { number in
            number += 1
            return number
        }
        return Watch(self, owner: owner, paths: paths, heard: heard)
    }

    private func add(_ owner: Int, _ paths: [String], _ heard: @escaping @Sendable (Closing) -> Void) {
        inner.entries.withLock { entries in
            // In the lock, so that an event is never heard before its entry is there.
            guard !entries.values.contains(where: { $0.owner == owner && $0.isListening }) else { return }
            for path in paths {
                // One watch a node: a second one for the same node would replace what the first one listens for.
                let number = inotify_add_watch(
                    inner.descriptor.number, path, UInt32(IN_CLOSE_WRITE) | UInt32(IN_CLOSE_NOWRITE))
                if number >= 0 { entries[number] = Entry(owner: owner, heard: heard) }
            }
        }
    }

    private func remove(_ owner: Int) {
        inner.entries.withLock { entries in
            for (number, entry) in entries where entry.owner == owner && entry.isListening {
                // What is in the queue already is told yet; IN_IGNORED is the last that comes of it.
                entries[number]?.isListening = false
                inotify_rm_watch(inner.descriptor.number, number)
            }
        }
    }

    /// Room for some hundred events without names; more stay in the queue.
    private static let bufferBytes = 4096

    private static func listen(_ inner: Inner) {
        var buffer = [UInt8](repeating: 0, count: bufferBytes)
        while true {
            var waiting = [
                pollfd(fd: inner.descriptor.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: inner.stopping.reading.number, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 || errno == EINTR else { return }
            if waiting[1].revents != 0 { return }
            let count = read(inner.descriptor.number, &buffer, buffer.count)
            if count > 0 { tell(buffer[..<count], inner) }
        }
    }

    /// Events as the kernel writes them: watch, mask, cookie, and the length of a name that follows.
    private static func tell(_ bytes: ArraySlice<UInt8>, _ inner: Inner) {
        var rest = bytes
        while rest.count >= MemoryLayout<inotify_event>.size {
            let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            rest = rest.dropFirst(MemoryLayout<inotify_event>.size + Int(event.len))
            let closing: Closing = event.mask & UInt32(IN_CLOSE_WRITE) != 0 ? .writing : .reading
            let isClosing = event.mask & (UInt32(IN_CLOSE_WRITE) | UInt32(IN_CLOSE_NOWRITE)) != 0
            let heard = inner.entries.withLock { entries in
                if event.mask & UInt32(IN_IGNORED) != 0 { entries[event.wd] = nil }
                return isClosing ? entries[event.wd]?.heard : nil
            }
            heard?(closing)
        }
    }
}
