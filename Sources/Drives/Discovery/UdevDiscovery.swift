import Glibc
public import POSIX

/// Finds drives by udev (libudev), and hears of them, of their discs and of their buttons as udev does.
public final class UdevDiscovery: DriveDiscovering {
    /// Time after which everything is looked at anew although nothing was heard, in milliseconds: whatever was missed is made
    /// up for, and reading some files of sysfs every half minute costs nothing.
    private static let longestSilence: Int32 = 30_000

    private let stopping: Pipe

    /// It does not listen yet.
    public init() throws(SystemError) { stopping = try Pipe() }

    /// By udev.
    public var means: DiscoveryMeans { .udev }

    /// Whether a udev runs that this process could hear: its control socket is there. In most containers it is not.
    public static var isAvailable: Bool { access("/run/udev/control", F_OK) == 0 }

    /// Listens on a thread of its own, on which everything of libudev stays.
    public func events() -> AsyncStream<DiscoveryEvent> {
        let (events, yield) = AsyncStream.makeStream(of: DiscoveryEvent.self)
        BlockingThread.start { [stop = stopping.reading] in
            do throws(UdevError) {
                try Self.listen(until: stop) { yield.yield($0) }
            } catch {
                yield.yield(.ended("\(error)"))
            }
            yield.finish()
        }
        return events
    }

    /// Ends the listening.
    public func stop() { try? stopping.writing.writeAll([0]) }

    deinit { stop() }

    /// Listens first and looks then, so that there is no gap between the two. What happens in both is told twice.
    private static func listen(
        until stop: FileDescriptor, _ tell: (DiscoveryEvent) -> Void
    ) throws(UdevError) {
        let monitor = try UdevMonitor()
        tell(.all(try monitor.drives()))
        while true {
            var waiting = [
                pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.number, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&waiting, nfds_t(waiting.count), longestSilence)
            if count < 0, errno != EINTR { throw UdevError(call: "poll", number: errno) }
            if waiting[1].revents != 0 { return }
            var isWhole = count != 0
            while let received = monitor.receive() {
                switch received {
                case .event(let event): tell(event)
                case .nothing: break
                case .lost: isWhole = false
                }
            }
            if !isWhole { tell(.all(try monitor.drives())) }
        }
    }
}
