import Glibc
public import POSIX

/// Finds drives where no udev can be heard, as in most containers: looks through the kernel's list again and again.
///
/// Discs and buttons it cannot tell of: the drives are looked at instead (`Drive`).
public final class SysfsDiscovery: DriveDiscovering {
    /// A drive that was plugged in is there within a second or so. A look is a folder of links and, for each drive, some small
    /// files.
    private static let interval: Int32 = 1000

    private let stopping: Pipe

    /// It does not look yet.
    public init() throws(SystemError) { stopping = try Pipe() }

    /// By looking.
    public var means: DiscoveryMeans { .scan }

    /// Looks on a thread of its own; tells of everything whenever something is different.
    public func events() -> AsyncStream<DiscoveryEvent> {
        let (events, yield) = AsyncStream.makeStream(of: DiscoveryEvent.self)
        BlockingThread.start { [stop = stopping.reading] in
            var last: [FoundDrive]?
            repeat {
                let drives = Self.drives()
                if drives != last { yield.yield(.all(drives)) }
                last = drives
            } while !Self.isStopped(stop)
            yield.finish()
        }
        return events
    }

    /// Ends the looking.
    public func stop() { try? stopping.writing.writeAll([0]) }

    deinit { stop() }

    /// All drives whose nodes are in this process's `/dev`.
    private static func drives() -> [FoundDrive] {
        SysfsDrive.all().compactMap { SysfsDrive.describe($0) }.filter(SysfsDrive.isAccessible)
    }

    private static func isStopped(_ stop: FileDescriptor) -> Bool {
        var descriptor = pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, interval) > 0
    }
}
