package import BurnJobs
package import BurnPlan
import FoundationEssentials
import Glibc
package import POSIX

/// Writes a journal as a test wants it, in place of a worker process.
package final class ScriptedWorker: BurnWorkerStarting {
    /// What it may do.
    package struct Desk: Sendable {
        package let folder: BurnFolder
        package let journal: FileDescriptor
        package func write(_ event: JournalLine.Event) throws {
            try journal.writeAll(JournalLine(at: Date(), event).encoded())
        }
        /// What somebody asked for, once somebody did.
        package func cancellation() -> String? {
            (try? DurableFile.contents(of: folder.path + "/cancel", limit: 100)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        /// Waits until a cancellation is asked for.
        package func awaitCancellation() -> String {
            while true {
                if let text = cancellation() { return text }
                usleep(10_000)
            }
        }
    }

    private let script: @Sendable (Desk) throws -> Void
    package let started = Lock(0)

    package init(_ script: @escaping @Sendable (Desk) throws -> Void) { self.script = script }

    package func start(_ folder: BurnFolder, journal: FileDescriptor) throws {
        started.withLock { $0 += 1 }
        BlockingThread.start { [script] in try? script(Desk(folder: folder, journal: journal)) }
    }

    /// A burn without any trouble.
    package static let good = ScriptedWorker { desk in
        try desk.write(.started(pid: 1))
        for phase in [BurnPhase.preparing, .burning, .finalizing, .verifying] {
            try desk.write(.phase(phase))
            if phase == .burning {
                try desk.write(.laserPending)
                try desk.write(.laserOn)
            }
        }
        try desk.write(.outcome(BurnOutcome(.completed, disc: .good, proven: [.toc, .audio], tracksOnDisc: [1])))
    }
}
