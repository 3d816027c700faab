public import BinaryCoding

/// What a command without data from the device answers.
public struct NoReply: SCSIReply, Equatable {
    /// Nothing is read.
    public init(parsing reply: ByteView) {}
}

/// What a device answers to a command, read out of the bytes that came.
public protocol SCSIReply: Sendable {
    /// Reads the reply's fields.
    init(parsing reply: ByteView) throws(ByteView.OutOfBounds)
}

/// The data phase of a command, as a value.
public enum DataPhase: Equatable, Sendable {
    /// Nothing moves.
    case none
    /// A parameter list for the device.
    case toDevice([UInt8])
    /// Room for so many bytes of reply; the device may send fewer.
    case fromDevice(byteCount: Int)
}

/// One command of SPC, SBC or MMC, with what it sends and how its reply reads.
public protocol SCSICommand: Sendable {
    /// How the reply reads.
    associatedtype Reply: SCSIReply
    /// The standard's name, in capitals.
    static var name: String { get }
    /// The command descriptor block.
    var cdb: CDB { get }
    /// What moves.
    var data: DataPhase { get }
    /// How long the device may take, in milliseconds.
    var timeout: Int { get }
}

extension SCSICommand {
    /// Thirty seconds: a drive may be spinning up inside any command.
    public var timeout: Int { 30_000 }
    /// No data.
    public var data: DataPhase { .none }
}

/// Why a command failed. It always names the command.
public enum SCSIError: Error, Equatable, Sendable {
    /// The command could not be carried to the device, or its answer could not be carried back.
    case transport(command: String, TransportFault)
    /// The host adapter or its driver failed (`host_status`, `driver_status`); what the device did is unknown.
    case host(command: String, hostStatus: Int, driverStatus: Int)
    /// The device said no, and why.
    case checkCondition(command: String, SenseData)
    /// The device said no in a way that cannot be read: the status byte, and sense data that is missing or unknown.
    case status(command: String, UInt8)
    /// Fewer bytes moved than the command needs.
    case shortTransfer(command: String, moved: Int, of: Int)
    /// The reply ended before a field that it must have.
    case truncatedReply(command: String, ByteView.OutOfBounds)

    /// The sense data, when there is some.
    public var sense: SenseData? {
        if case .checkCondition(_, let sense) = self { return sense }
        return nil
    }

    /// The command's name.
    public var command: String {
        switch self {
        case .transport(let name, _), .host(let name, _, _), .checkCondition(let name, _), .status(let name, _),
            .shortTransfer(let name, _, _), .truncatedReply(let name, _):
            name
        }
    }
}

extension SCSIOutcome {
    /// Judges host status, driver status, status and sense together, in this order: a status byte means nothing when the
    /// command never arrived.
    ///
    /// A recovered error (sense key 1), "no sense" and "completed" (SPC-4, 4.5.6: key Fh, which comes with GOOD) are
    /// successes. Any other sense tells of a failure, whatever the status: with GOOD comes what a bridge fetched by itself,
    /// and a deferred error, which is of an earlier command that was called good.
    public func check(_ command: String) throws(SCSIError) {
        guard hostStatus == 0, driverStatus & Driver.errorMask == 0 else {
            throw .host(command: command, hostStatus: hostStatus, driverStatus: driverStatus)
        }
        let parsed = SenseData(parsing: sense)
        let isGood = status & 0x3E == 0
        if let parsed, isGood || parsed.isDeferred, parsed.key > 1, parsed.key != 0x0F {
            throw .checkCondition(command: command, parsed)
        }
        if isGood { return }
        guard status & 0x3E == 0x02, let parsed else { throw .status(command: command, status) }
        if parsed.key > 1 { throw .checkCondition(command: command, parsed) }
    }
}

extension SCSITransport {
    /// Sends a command and reads its reply. Blocks.
    public func perform<Command: SCSICommand>(_ command: Command) throws(SCSIError) -> Command.Reply {
        switch command.data {
        case .none:
            try run(command, .none).check(Command.name)
            return try read([], of: command)
        case .toDevice(let bytes):
            // Array's own closure form forgets the type of what is thrown.
            let outcome = try bytes.withUnsafeBytes { buffer in
                Result { () throws(SCSIError) in try run(command, .toDevice(buffer)) }
            }.get()
            try outcome.check(Command.name)
            guard outcome.residual == 0 else {
                throw .shortTransfer(command: Command.name, moved: outcome.moved(of: bytes.count), of: bytes.count)
            }
            return try read([], of: command)
        case .fromDevice(let byteCount):
            var reply = [UInt8](repeating: 0, count: byteCount)
            let outcome = try reply.withUnsafeMutableBytes { buffer in
                Result { () throws(SCSIError) in try run(command, .fromDevice(buffer)) }
            }.get()
            try outcome.check(Command.name)
            return try read(reply.prefix(byteCount - min(max(outcome.residual, 0), byteCount)), of: command)
        }
    }

    private func run<Command: SCSICommand>(_ command: Command, _ data: DataTransfer) throws(SCSIError) -> SCSIOutcome {
        do throws(TransportFault) {
            return try execute(command.cdb, data, timeout: command.timeout)
        } catch {
            throw .transport(command: Command.name, error)
        }
    }

    private func read<Command: SCSICommand>(
        _ reply: ArraySlice<UInt8>, of command: Command
    ) throws(SCSIError) -> Command.Reply {
        do throws(ByteView.OutOfBounds) {
            return try Command.Reply(parsing: ByteView(reply))
        } catch {
            throw .truncatedReply(command: Command.name, error)
        }
    }
}
