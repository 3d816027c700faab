import FoundationEssentials
import Glibc
import POSIX
import SCSI
import SCSITransports

/// Something did not go as it must for a figure to mean anything.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}

/// A `burnd virtual-recorder`, running.
final class RecorderProcess {
    let disc: String
    let socket: String
    private let child: ChildProcess
    private var isRunning = true

    /// Starts one on a new disc and waits until it is ready.
    init(_ site: Site, name: String, speed: String) throws {
        let folder = "\(site.folder)/\(name)"
        try? FileManager.default.removeItem(atPath: folder)
        try DurableFile.makeFolder(folder)
        (disc, socket) = ("\(folder)/disc", "\(folder)/drive.sock")
        let output = try Pipe()
        child = try ChildProcess.start(
            site.burnd, arguments: ["virtual-recorder", "--socket", socket, "--disc", disc, "--speed", speed],
            descriptors: [1: output.writing, 2: try FileDescriptor(opening: "/dev/stderr", O_WRONLY)])
        var byte: UInt8 = 0
        guard try withUnsafeMutableBytes(of: &byte, { try output.reading.read(into: $0) }) == 1 else {
            throw BenchFailure(description: "the recorder did not start")
        }
    }

    deinit { end() }

    /// User and system time so far, in seconds.
    var cpuSeconds: Double {
        get throws { try CPU.seconds(of: child.pid) }
    }

    func end() {
        guard isRunning else { return }
        isRunning = false
        kill(child.pid, SIGTERM)
        _ = child.wait()
        // The disc is what fills the disk.
        if let slash = disc.lastIndex(of: "/") { try? FileManager.default.removeItem(atPath: String(disc[..<slash])) }
    }
}

/// What processes cost.
enum CPU {
    /// User and system time of a process that lives, in seconds, by its clock (`clock_getcpuclockid(3)`): exact, where
    /// /proc counts ticks.
    static func seconds(of pid: Int32) throws -> Double {
        var clock = clockid_t()
        let result = clock_getcpuclockid(pid, &clock)
        var time = timespec()
        guard result == 0, clock_gettime(clock, &time) == 0 else {
            throw BenchFailure(description: "process \(pid) has no clock: it has ended")
        }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension CPU {
    /// The same of the calling thread.
    static var secondsOfThread: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A client of a drive: commands in order, each of which has to go well.
final class Client {
    private let transport: UnixSocketTransport
    /// Far more than a disk takes to sync what a disc holds.
    private static let patience = 300_000

    /// Connects, and takes the attention that tells of the power-on.
    init(_ socket: String) throws {
        transport = try UnixSocketTransport(connectingTo: UnixSocketAddress(socket))
        _ = try transport.execute(CDB([0, 0, 0, 0, 0, 0]), .none, timeout: Self.patience)
    }

    /// Sends a command; LONG WRITE IN PROGRESS is tried again, as programs do.
    func send(_ cdb: [UInt8], _ data: DataTransfer = .none) throws {
        while true {
            let outcome = try transport.execute(CDB(cdb), data, timeout: Self.patience)
            if outcome.status == 0, outcome.hostStatus == 0 { return }
            guard outcome.sense.count > 13, outcome.sense[2] & 0x0F == 2, outcome.sense[12] == 4, outcome.sense[13] == 8
            else {
                throw BenchFailure(description: "\(CDB(cdb)) was refused: \(CDB.text(outcome.sense))")
            }
            usleep(Self.retryMicroseconds)
        }
    }

    /// How long a program waits that was told that the drive is busy.
    private static let retryMicroseconds: UInt32 = 20_000

    /// Sends a command that has data-out.
    func send(_ cdb: [UInt8], out: [UInt8]) throws {
        try out.withUnsafeBytes { try send(cdb, .toDevice($0)) }
    }
}

extension CDB {
    fileprivate static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
