import Glibc
public import POSIX

/// Starts burn workers.
public protocol BurnWorkerStarting: Sendable {
    /// Starts the worker of a prepared burn and hands it the journal. Blocks shortly.
    func start(_ folder: BurnFolder, journal: FileDescriptor) throws
}

/// A burn worker as a process: `burnd burn-worker`, in a session of its own, so that neither a terminal nor the end of the
/// server reaches it.
public struct BurnWorkerProcess: BurnWorkerStarting {
    private let executable: String
    /// Called on a blocking thread when a worker that was started here has ended.
    private let ended: @Sendable (BurnFolder, String) -> Void

    /// Workers made of the executable at a path.
    public init(executable: String, ended: @escaping @Sendable (BurnFolder, String) -> Void = { _, _ in }) {
        (self.executable, self.ended) = (executable, ended)
    }

    /// Starts the worker. Descriptor 3 is the locked journal: the lock belongs to everyone who has that open file, so it is
    /// never free between this process and the worker.
    public func start(_ folder: BurnFolder, journal: FileDescriptor) throws {
        let log = try FileDescriptor(opening: folder.path + "/log", O_WRONLY | O_CREAT | O_APPEND)
        let process = try ChildProcess.start(
            executable, arguments: ["burn-worker", "--burn", folder.path], descriptors: [1: log, 2: log, 3: journal],
            newSession: true)
        BlockingThread.start { [ended] in
            switch process.wait() {
            case .exited(let status): ended(folder, "exit status \(status)")
            case .signalled(let signal): ended(folder, "signal \(signal)")
            }
        }
    }
}
