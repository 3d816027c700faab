import DiscLayout
import Glibc
import POSIX

extension BenchCase {
    private static let recorders = 16
    private static let speed = 52
    /// How long is looked: a sixteenth of a disc at that speed.
    private static let seconds = 30
    private static let quickSeconds = 1
    /// Buffers fill before the recorders settle at their speed: 2 MiB each.
    private static let settling = 3

    /// A station full of fast drives.
    static let sixteenRecorders = BenchCase(
        name: "sixteen",
        title:
            "CPU time of 16 recorders that take an audio disc each at 52×, together, in cores; the senders' not counted"
    ) { site in
        let drives = try (1...recorders).map { try RecorderProcess(site, name: "sixteen-\($0)", speed: "\(speed)") }
        let feeders = Lock(Feeders(running: recorders))
        for drive in drives {
            let socket = drive.socket
            BlockingThread.start { feed(socket, feeders) }
        }
        sleep(UInt32(site.isQuick ? quickSeconds : settling))
        let (began, before) = (ContinuousClock.now, try snapshot(drives))
        sleep(UInt32(site.isQuick ? quickSeconds : seconds))
        let (elapsed, after) = ((ContinuousClock.now - began) / .seconds(1), try snapshot(drives))
        feeders.withLock { $0.mustStop = true }
        while feeders.withLock({ $0.running > 0 }) { usleep(10_000) }
        for drive in drives { drive.end() }
        if let failure = feeders.withLock({ $0.failure }) { throw BenchFailure(description: failure) }
        let run = Run(seconds: elapsed, bytes: after.bytes - before.bytes, cpuSeconds: after.cpu - before.cpu)
        if !site.isQuick { try requireSpeed(run) }
        return Report(
            name: "sixteen", runs: ["recorders": [run]], ratio: run.cpuSeconds / run.seconds,
            meaning: "cores that they take together", bar: 1, isMoreBetter: false)
    }

    /// What the threads that write to the recorders share.
    private struct Feeders {
        var mustStop = false
        var running: Int
        var failure: String?
    }

    /// Writes one long track until it is told to stop.
    private static func feed(_ socket: String, _ feeders: Lock<Feeders>) {
        do {
            let client = try Client(socket)
            try Recording.tao.prepare(client, 0)
            var lba = 0
            while !feeders.withLock({ $0.mustStop }) {
                try Recording.tao.write(from: lba, to: lba + RedBook.framesPerSecond, 0, on: client)
                lba += RedBook.framesPerSecond
            }
        } catch {
            feeders.withLock { $0.failure = "\(error)" }
        }
        feeders.withLock { $0.running -= 1 }
    }

    private static func snapshot(_ drives: [RecorderProcess]) throws -> (cpu: Double, bytes: Int) {
        var (cpu, bytes) = (0.0, 0)
        for drive in drives {
            cpu += try drive.cpuSeconds
            bytes += try FileDescriptor(opening: "\(drive.disc)/main.bin", O_RDONLY).size()
        }
        return (cpu, bytes)
    }

    /// Slow recorders need little: a figure counts only if they all ran at their speed. A twentieth is the buffers' play.
    private static func requireSpeed(_ run: Run) throws {
        let rate = Double(recorders * speed * RedBook.framesPerSecond * RedBook.sectorBytes) / 1e6
        guard run.rate > rate * 0.95 else {
            throw BenchFailure(
                description:
                    "the recorders ran at \(Int(run.rate)) MB/s together, not \(Int(rate)): the machine is busy")
        }
    }
}
