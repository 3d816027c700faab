import DecodeContract
import FoundationEssentials
import Glibc
import POSIX

/// One run of `burnd-decode`, which can be killed from another thread.
final class DecoderProcess: Sendable {
    private enum State {
        case notStarted
        case running(pid_t)
        case ended
    }

    /// How it ended, and the last that it said.
    struct Result {
        let ending: ChildProcess.Ending
        let report: [UInt8]
        let timedOut: Bool
    }

    private let state = Lock(State.notStarted)
    private let wasKilled = Lock(false)

    /// Kills it, or keeps it from being started.
    func kill() {
        wasKilled.withLock { $0 = true }
        // Inside the lock: its process id is not given back to the system before `ended` is written.
        state.withLock { if case .running(let pid) = $0 { _ = Glibc.kill(pid, SIGKILL) } }
    }

    /// True once `kill` was called.
    var isKilled: Bool { wasKilled.withLock { $0 } }

    /// Runs it to its end. Blocks.
    ///
    /// - Parameters:
    ///   - speaking: descriptor that its report comes from: 2, or 1 where it was asked for its recipe.
    ///   - seconds: wall-clock time after which it is killed.
    func run(
        _ program: String, arguments: [String], descriptors: [Int32: FileDescriptor], speaking: Int32, seconds: Int
    ) throws(SystemError) -> Result {
        let (child, listening) = try start(program, arguments, descriptors, speaking)
        if isKilled { kill() }
        return finish(child, listening, seconds)
    }

    /// Starts it, and returns with the writing end of its pipe closed on this side: the end of the pipe comes only when the
    /// child's end is the last one.
    private func start(
        _ program: String, _ arguments: [String], _ descriptors: [Int32: FileDescriptor], _ speaking: Int32
    ) throws(SystemError) -> (ChildProcess, FileDescriptor) {
        let pipe = try Pipe()
        var given = descriptors
        given[speaking] = pipe.writing
        // With an empty environment: nothing of ours is the business of a program that reads untrusted bytes.
        let child = try ChildProcess.start(program, arguments: arguments, environment: [], descriptors: given)
        state.withLock { $0 = .running(child.pid) }
        return (child, pipe.reading)
    }

    private func finish(_ child: ChildProcess, _ listening: FileDescriptor, _ seconds: Int) -> Result {
        let (report, timedOut) = Self.listen(listening, seconds)
        if timedOut { kill() }
        // Waits without taking the child's id away, so that no kill can meet a stranger of the same id.
        var info = siginfo_t()
        while waitid(P_PID, id_t(child.pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let ending = state.withLock { state in
            state = .ended
            return child.wait()
        }
        return Result(ending: ending, report: report, timedOut: timedOut)
    }

    /// Reads to the end of the pipe, keeping the last of it; true when time was up before.
    private static func listen(_ pipe: FileDescriptor, _ seconds: Int) -> ([UInt8], Bool) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var said: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { block.deallocate() }
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return (said, true) }
            var wanted = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            guard poll(&wanted, 1, Int32(clamping: milliseconds)) > 0 else { continue }
            guard let count = try? pipe.read(into: block), count > 0 else { return (said, false) }
            said.append(contentsOf: block[..<count])
            if said.count > DecodeContract.maximumReportBytes {
                said.removeFirst(said.count - DecodeContract.maximumReportBytes)
            }
        }
    }
}

extension DecoderProcess.Result {
    /// The report of a decoder that ended well, with what a bad end means.
    func decodeReport(limits: Spool.Limits) throws(DecodeError) -> DecodeReport {
        if timedOut { throw .resources("more than \(limits.decodeSeconds) s of time") }
        let line = report.split(separator: UInt8(ascii: "\n")).last.map { Data($0) } ?? Data()
        switch ending {
        case .exited(0):
            guard let report = try? JSONDecoder().decode(DecodeReport.self, from: line) else {
                throw .internal("the decoder ended well without a report")
            }
            return report
        case .exited(let status):
            guard let failure = try? JSONDecoder().decode(DecodeFailure.self, from: line),
                failure.kind.exitStatus == status
            else {
                throw .internal("the decoder ended with status \(status): \(String(decoding: line, as: UTF8.self))")
            }
            throw DecodeError(failure)
        case .signalled(SIGXCPU):
            throw .resources("more than \(limits.decodeCPUSeconds) s of processor time")
        case .signalled(let signal):
            throw .internal("the decoder was ended by signal \(signal)")
        }
    }
}
