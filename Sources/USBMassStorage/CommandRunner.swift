import POSIX
import SCSI

/// Carries out the commands of one connection, one at a time on a thread of its own, so that whoever gave them can listen to
/// the host meanwhile.
final class CommandRunner: Sendable {
    /// Memory for data-out that belongs to one side at a time.
    final class Buffer: @unchecked Sendable {
        // Unchecked is right: it is handed over with its command, and taken back with the outcome.
        let bytes: UnsafeMutableRawBufferPointer

        init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 16) }
        deinit { bytes.deallocate() }
    }

    /// What became of a command.
    struct Outcome: Sendable {
        let number: Int
        let outcome: SCSIOutcome
        let dataIn: [UInt8]
        let buffer: Buffer?
    }

    /// The host, for as long as it waits for its commands: when it gives up one of them, a drive that is slow or stuck may
    /// see that it has gone, and the host comes back as another initiator.
    private final class Nexus: Sendable {
        private let pair: SocketPair

        init() throws(SystemError) { pair = try SocketPair() }

        var initiator: SCSIInitiator { SCSIInitiator(connection: pair.first.number) }
        /// Hangs up, for whoever looks at the initiator's connection.
        func end() { pair.first.shutDownConnection() }
    }

    private enum Work: Sendable {
        case command(BulkOnlyTransport.Command, Buffer?, Nexus)
        case farewell(Nexus)
    }

    private struct State {
        var work: [Work] = []
        var nexus: Nexus?
        var outcomes: [Outcome] = []
        var isEnding = false
    }

    private let target: any SCSITarget
    private let state = Lock(State())
    private let orders: Pipe
    /// Readable when there are outcomes.
    let news: Pipe

    /// A runner; `run` has to be called on a thread of its own.
    init(_ target: any SCSITarget) throws(SystemError) {
        self.target = target
        orders = try Pipe()
        news = try Pipe()
    }

    // MARK: For the one who gives the commands

    /// Gives it a command.
    func execute(_ command: BulkOnlyTransport.Command, _ buffer: Buffer?) throws(SystemError) {
        let nexus: Nexus
        if let known = state.withLock({ $0.nexus }) { nexus = known } else { nexus = try Nexus() }
        state.withLock { state in
            state.nexus = nexus
            state.work.append(.command(command, buffer, nexus))
        }
        try orders.writing.writeAll([0])
    }

    /// Nobody waits for the command any more: it is not begun, or hears that the host has gone.
    func abandon() throws(SystemError) {
        let isOver = state.withLock { state in
            guard let nexus = state.nexus else { return false }
            nexus.end()
            state.nexus = nil
            state.work.removeAll { if case .command = $0 { true } else { false } }
            state.work.append(.farewell(nexus))
            return true
        }
        if isOver { try orders.writing.writeAll([0]) }
    }

    /// What has become of commands, after `news` had something to read.
    func takeOutcomes() -> [Outcome] {
        state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }

    /// The host is gone. `run` returns when the drive has.
    func end() {
        // A pipe that cannot take a byte is full of bytes that wake the thread.
        try? abandon()
        state.withLock { $0.isEnding = true }
        try? orders.writing.writeAll([0])
    }

    // MARK: Its thread

    /// Carries out commands until `end`. Blocks.
    func run() {
        var byte: UInt8 = 0
        while (try? withUnsafeMutableBytes(of: &byte) { try orders.reading.read(into: $0) }) == 1 {
            while let work = next() { perform(work) }
            if state.withLock({ $0.isEnding && $0.work.isEmpty }) { return }
        }
    }

    private func next() -> Work? {
        state.withLock { $0.work.isEmpty ? nil : $0.work.removeFirst() }
    }

    private func perform(_ work: Work) {
        switch work {
        case .farewell(let nexus): target.initiatorLeft(nexus.initiator)
        case .command(let command, let buffer, let nexus):
            let sent = buffer.map { UnsafeRawBufferPointer(rebasing: $0.bytes[..<command.dataOutLength]) }
            let (outcome, dataIn) = target.execute(
                command.cdb, dataOut: sent ?? UnsafeRawBufferPointer(start: nil, count: 0), transfer: command.room,
                from: nexus.initiator)
            state.withLock {
                $0.outcomes.append(
                    Outcome(number: command.number, outcome: outcome, dataIn: dataIn, buffer: buffer))
            }
            try? news.writing.writeAll([0])
        }
    }
}
