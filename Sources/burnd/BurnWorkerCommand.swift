import ArgumentParser
import BurnEngine
import BurnPlan
import Drives
import FoundationEssentials
import Glibc
import POSIX
import SCSI
import SCSITransports
import Systemd

/// `burnd burn-worker`: one burn on one drive, as a process of its own.
struct BurnWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "burn-worker",
        abstract: "Carries out one burn. The server starts it; nobody else needs to.",
        discussion: """
            The folder holds plan.json, what the disc is to be, and journal, to which every step is appended as a line of \
            JSON. Descriptor 3, when it is open, is the journal with the lock on it; otherwise the worker opens and locks it \
            itself. A file called cancel in the folder asks it to stop: with the text "spoil" at any time, with any other \
            only as long as nothing has been written.

            SIGTERM cancels only as long as nothing has been written; afterwards, and with SIGHUP and SIGINT, the burn goes \
            on to its end. A folder whose journal tells of a burn already is refused: a disc is burned at most once.

            Ends with 0 when the outcome is in the journal, whatever it is. Words for people go to standard error.
            """,
        shouldDisplay: false)

    @Option(help: ArgumentHelp("The folder of the burn.", valueName: "dir"))
    var burn: String

    func run() async throws {
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let termination = try TerminationSignal()
        signal(SIGINT, SIG_IGN)
        let stop = Lock(false)
        BlockingThread.start {
            // For ever: the signals write to a descriptor that must stay open.
            while (try? termination.wait()) != nil { stop.withLock { $0 = true } }
        }
        let folder = burn
        do {
            try await BlockingThread.run {
                try BurnWorker(folder: folder, isTerminated: { stop.withLock { $0 } }).run()
            }
        } catch let refusal as BurnWorker.Refusal {
            BurnWorker.log(refusal.reason)
            throw ExitCode.failure
        }
    }
}

/// The worker's way from a folder to an outcome. All of it blocks.
struct BurnWorker {
    /// The burn is not begun, and the journal is left as it is.
    struct Refusal: Error {
        let reason: String
    }

    let folder: String
    let isTerminated: () -> Bool

    /// Descriptor that the server hands the journal over as.
    private static let inheritedJournal: Int32 = 3
    /// Most that a plan may be, in bytes: 99 tracks of long paths are 500 KiB.
    private static let planLimit = 1 << 20
    /// Most that a journal of a burn that has not begun may be.
    private static let freshJournalLimit = 64 << 10

    func run() throws {
        let file = try journalFile()
        try refuseUnlessFresh(file)
        let journal = try JournalWriter(file)
        try journal.append(.started(pid: Int(getpid())))
        for refused in Priority.raise() { Self.log("priority: \(refused)") }
        do throws(BurnProblem) {
            let plan = try plan()
            // The drive first: its descriptor is the lower one, so that at the end, however that comes, the kernel closes it
            // before the inhibitor.
            let drive = try openDrive(plan.drive)
            let (inhibitor, answer) = keepAwake(plan)
            let cancel = CancelFile(path: folder + "/cancel")
            let engine = BurnEngine(
                plan: plan, transport: drive, journal: journal, inhibitor: answer, log: Self.log,
                isCancelled: { laserIsOn in
                    (!laserIsOn && isTerminated()) || cancel.isRequested(laserIsOn: laserIsOn)
                })
            _ = withExtendedLifetime(inhibitor) { engine.run() }
        } catch {
            Self.log("\(error.type.rawValue): \(error.detail)")
            try journal.append(.outcome(BurnOutcome(.failed, disc: .untouched, problem: error)))
        }
    }

    /// The journal, with the lock on it held by this process.
    private func journalFile() throws -> FileDescriptor {
        let path = folder + "/journal"
        let inherited = Self.status { fstat(Self.inheritedJournal, &$0) }
        let file: FileDescriptor
        if let inherited, let named = Self.status({ stat(path, &$0) }),
            inherited.st_ino == named.st_ino, inherited.st_dev == named.st_dev
        {
            file = FileDescriptor(owning: Self.inheritedJournal)
        } else {
            file = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        }
        // Taking a lock that came with the descriptor changes nothing; one that somebody else holds is refused.
        guard try file.lockExclusively() else {
            throw Refusal(reason: "\(path) is locked: a worker is at this burn already.")
        }
        return file
    }

    private static func status(_ call: (inout stat) -> Int32) -> stat? {
        var status = stat()
        return call(&status) == 0 ? status : nil
    }

    private func refuseUnlessFresh(_ file: FileDescriptor) throws {
        guard try file.size() <= Self.freshJournalLimit else {
            throw Refusal(reason: "The journal in \(folder) is long: this burn has been made.")
        }
        var reader = JournalReader()
        let lines = try reader.read(DurableFile.contents(of: folder + "/journal", limit: Self.freshJournalLimit))
        for line in lines {
            guard case .started = line.event else {
                throw Refusal(
                    reason: "The journal in \(folder) tells of a burn already: a disc is burned at most once.")
            }
        }
    }

    private struct PlanVersion: Decodable {
        let version: Int
    }

    private func plan() throws(BurnProblem) -> BurnPlan {
        let path = folder + "/plan.json"
        do {
            let bytes = try DurableFile.contents(of: path, limit: Self.planLimit)
            // The version is read first: the rest of another version may not read at all.
            let version = try WireFormat.decode(PlanVersion.self, from: bytes).version
            guard version == BurnPlan.formatVersion else {
                throw BurnProblem(
                    .planInvalid, "\(path) has version \(version); this burnd knows \(BurnPlan.formatVersion).",
                    hint: "Let the burnd that wrote it carry it out, or order the job again.")
            }
            return try WireFormat.decode(BurnPlan.self, from: bytes)
        } catch let problem as BurnProblem {
            throw problem
        } catch {
            throw BurnProblem(.planInvalid, "\(path) cannot be read: \(error)", hint: "Order the job again.")
        }
    }

    private func openDrive(_ text: String) throws(BurnProblem) -> any SCSITransport {
        do {
            return try DriveAddress(text).open(for: .burn)
        } catch DriveAddress.OpenError.inUse(let address) {
            let holder = DriveHolder.find(address).map { "\($0)" } ?? "another program"
            throw BurnProblem(
                .driveOffline, "The drive \(text) is in use by \(holder).",
                hint: "End what uses the drive, then order the job again.")
        } catch DriveAddress.OpenError.notPermitted(let error) {
            throw BurnProblem(
                .driveOffline, "burnd's user may not open the drive \(text): \(error).",
                hint:
                    "Put the user into the node's group, cdrom, and start burnd again; `burnd check` says what is missing."
            )
        } catch {
            throw BurnProblem(
                .driveOffline, "The drive \(text) could not be opened: \(error).",
                hint: "See that the drive is connected and no other program uses it; then order the job again.")
        }
    }

    /// Asks logind to leave the machine on. Without its consent the burn goes on all the same, and says so: a disc that was
    /// asked for is worth more than one that is not burned for fear of a shutdown that nobody wants.
    private func keepAwake(_ plan: BurnPlan) -> (Logind.Inhibitor?, PowerInhibitor) {
        do throws(Logind.Failure) {
            let inhibitor = try Logind.inhibit(why: plan.reasonToStayAwake)
            Self.log("inhibitor: \(Logind.operations) held off")
            return (inhibitor, PowerInhibitor(.granted))
        } catch {
            let answer = PowerInhibitor(error)
            Self.log("inhibitor: \(answer.result.rawValue) \(answer.words)")
            return (nil, answer)
        }
    }

    static func log(_ text: String) {
        let line = Array("\(WireFormat.timestamp(Date())) \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// The file that asks for a cancel, looked for before every WRITE: one system call beside the transfer of 64 KiB.
private final class CancelFile {
    /// The text that gives the disc up.
    private static let spoil = Array("spoil".utf8)

    private let path: String

    init(path: String) { self.path = path }

    func isRequested(laserIsOn: Bool) -> Bool {
        guard access(path, F_OK) == 0 else { return false }
        let text = (try? DurableFile.contents(of: path, limit: 64)) ?? []
        return !laserIsOn || text.starts(with: Self.spoil)
    }
}
