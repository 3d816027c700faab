import Glibc
public import POSIX
public import SCSI

/// A logical unit made of software as a USB mass-storage device: USB/IP frames on a stream socket, on them the Bulk-Only
/// transport, and behind it any `SCSITarget`.
///
/// The other end of the socket is the kernel's virtual USB host controller (`VirtualHostController`), or whatever else
/// speaks USB/IP after its import; so the kernel takes the logical unit for a drive that is plugged in. This target has the
/// wire formats and the device's state as values (`USBIPFrame`, `USBDescriptors`, `BulkOnlyTransport`), a loop around them,
/// and the plug. It imports `BinaryCoding`, `SCSI` and `POSIX`: what the logical unit is, it does not know.
///
/// One server is one connection: from the plug to the unplug. Bytes that are no frame end it.
public final class USBMassStorageServer: Sendable {
    private let connection: FileDescriptor
    private let descriptors: USBDescriptors
    private let runner: CommandRunner

    /// Serves a logical unit on a connection; `run` begins to answer.
    public init(
        connection: FileDescriptor, target: any SCSITarget, descriptors: USBDescriptors
    ) throws(SystemError) {
        (self.connection, self.descriptors) = (connection, descriptors)
        runner = try CommandRunner(target)
    }

    /// Answers until the other side closes, `stop`, or the target says that it is gone. Blocks.
    public func run() {
        BlockingThread.start { [runner] in runner.run() }
        var loop = ServerLoop(connection: connection, descriptors: descriptors, runner: runner)
        // An error means that the other side is gone or no longer understood: both end the connection.
        try? loop.run()
        connection.shutDownConnection()
        runner.end()
    }

    /// Ends the connection; `run` returns. This is the unplug.
    public func stop() { connection.shutDownConnection() }
}

/// What happens on one connection, on one thread.
private struct ServerLoop {
    let connection: FileDescriptor
    let descriptors: USBDescriptors
    let runner: CommandRunner
    private var transport = BulkOnlyTransport()
    /// Where the data-out of the command at hand goes: from the socket at once to where the logical unit reads it.
    private var buffer: CommandRunner.Buffer?
    private var isConnected = true

    /// The largest transfer of the kernel's driver, 120 KiB, fits.
    private static let usualData = 128 << 10

    init(connection: FileDescriptor, descriptors: USBDescriptors, runner: CommandRunner) {
        (self.connection, self.descriptors, self.runner) = (connection, descriptors, runner)
    }

    mutating func run() throws {
        while isConnected {
            var entries = [
                pollfd(fd: connection.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: runner.news.reading.number, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            if entries[1].revents != 0 { try takeOutcomes() }
            if entries[0].revents != 0, isConnected { try takeRequest() }
        }
    }

    private mutating func takeOutcomes() throws {
        var bytes = [UInt8](repeating: 0, count: 16)
        _ = try bytes.withUnsafeMutableBytes { try runner.news.reading.read(into: $0) }
        for outcome in runner.takeOutcomes() {
            // The memory of a command that was abandoned may come back when there is other memory already.
            buffer = buffer ?? outcome.buffer
            try perform(transport.finished(outcome.number, outcome.outcome, outcome.dataIn))
        }
    }

    private mutating func takeRequest() throws {
        var header = [UInt8](repeating: 0, count: USBIPFrame.headerBytes)
        let count = try header.withUnsafeMutableBytes { try connection.receiveAll(into: $0) }
        guard count == header.count else {
            isConnected = false
            return
        }
        switch try USBIPFrame.request(parsing: header) {
        case .unlink(let sequence, let victim):
            let wasPending = transport.unlink(victim)
            try connection.sendAll(USBIPFrame.unlinkAnswer(sequence: sequence, wasPending: wasPending))
        case .submit(let transfer): try take(transfer)
        }
    }

    private mutating func take(_ transfer: USBIPFrame.Transfer) throws {
        switch (transfer.endpoint, transfer.isIn) {
        case (0, _): try takeControl(transfer)
        case (USBDescriptors.bulkIn, true): try perform(transport.room(transfer.sequence, length: transfer.length))
        case (USBDescriptors.bulkOut, false): try takeBulkOut(transfer)
        default:
            if !transfer.isIn { try discard(transfer.length) }
            try perform([.answer(sequence: transfer.sequence, .stall, count: 0)])
        }
    }

    private mutating func takeControl(_ transfer: USBIPFrame.Transfer) throws {
        // No request has data for the device.
        if !transfer.isIn { try discard(transfer.length) }
        let (reply, actions) = transport.control(transfer.setup, descriptors)
        switch reply {
        case .stall: try perform([.answer(sequence: transfer.sequence, .stall, count: 0)])
        case .data where !transfer.isIn:
            try perform([.answer(sequence: transfer.sequence, .good, count: transfer.length)])
        case .data(let bytes): try perform([.send(sequence: transfer.sequence, bytes.prefix(transfer.length))])
        }
        try perform(actions)
    }

    private mutating func takeBulkOut(_ transfer: USBIPFrame.Transfer) throws {
        switch transport.destination(ofLength: transfer.length) {
        case .nowhere:
            try discard(transfer.length)
            try perform(transport.refused(transfer.sequence))
        case .wrapper:
            var bytes = [UInt8](repeating: 0, count: transfer.length)
            try bytes.withUnsafeMutableBytes { try receive(into: $0) }
            try perform(transport.received(transfer.sequence, wrapper: bytes))
        case .dataOut(let offset):
            let memory = room(for: transport.dataOutLength)
            try receive(into: UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + transfer.length]))
            try perform(transport.received(transfer.sequence, dataOut: transfer.length))
        }
    }

    private mutating func room(for length: Int) -> UnsafeMutableRawBufferPointer {
        if let buffer, buffer.bytes.count >= length { return buffer.bytes }
        let made = CommandRunner.Buffer(byteCount: max(length, Self.usualData))
        buffer = made
        return made.bytes
    }

    private struct Closed: Error {}

    private func receive(into buffer: UnsafeMutableRawBufferPointer) throws {
        guard try connection.receiveAll(into: buffer) == buffer.count else { throw Closed() }
    }

    private func discard(_ length: Int) throws {
        var bytes = [UInt8](repeating: 0, count: length)
        try bytes.withUnsafeMutableBytes { try receive(into: $0) }
    }

    private mutating func perform(_ actions: [BulkOnlyTransport.Action]) throws {
        for action in actions {
            switch action {
            case .answer(let sequence, let status, let count):
                try connection.sendAll(USBIPFrame.answer(sequence: sequence, status, count: count))
            case .send(let sequence, let bytes):
                let header = USBIPFrame.answer(sequence: sequence, .good, count: bytes.count)
                try header.withUnsafeBytes { head in
                    try bytes.withUnsafeBytes { try connection.sendAll(head, $0) }
                }
            case .execute(let command):
                try runner.execute(command, command.dataOutLength > 0 ? buffer : nil)
                // It is the command's until its outcome comes.
                if command.dataOutLength > 0 { buffer = nil }
            case .abandon: try runner.abandon()
            case .disconnect: isConnected = false
            }
        }
    }
}
