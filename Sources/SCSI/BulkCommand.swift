/// A command whose data lies in the caller's memory: sectors to write, sectors to read. They are many and big, so they go
/// from where they are to where they belong without passing through an array.
public protocol BulkCommand: Sendable {
    /// The standard's name, in capitals.
    static var name: String { get }
    /// The command descriptor block.
    var cdb: CDB { get }
    /// How long the device may take, in milliseconds.
    var timeout: Int { get }
}

extension SCSITransport {
    /// Sends `command` with its data. Blocks.
    ///
    /// - Throws: `SCSIError`, `.shortTransfer` when the device says that it took less than all.
    public func send<Command: BulkCommand>(_ command: Command, _ data: UnsafeRawBufferPointer) throws(SCSIError) {
        let moved = try carryOut(command, .toDevice(data))
        guard moved == data.count else {
            throw .shortTransfer(command: Command.name, moved: moved, of: data.count)
        }
    }

    /// Sends `command` and fills `buffer` with its reply. Blocks.
    ///
    /// - Throws: `SCSIError`, `.shortTransfer` when fewer bytes came than there is room for.
    public func receive<Command: BulkCommand>(
        _ command: Command, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SCSIError) {
        let moved = try carryOut(command, .fromDevice(buffer))
        guard moved == buffer.count else {
            throw .shortTransfer(command: Command.name, moved: moved, of: buffer.count)
        }
    }

    /// Bytes that moved, according to the residual.
    private func carryOut<Command: BulkCommand>(_ command: Command, _ data: DataTransfer) throws(SCSIError) -> Int {
        let outcome: SCSIOutcome
        do throws(TransportFault) {
            outcome = try execute(command.cdb, data, timeout: command.timeout)
        } catch {
            throw .transport(command: Command.name, error)
        }
        try outcome.check(Command.name)
        return outcome.moved(of: data.byteCount)
    }
}
