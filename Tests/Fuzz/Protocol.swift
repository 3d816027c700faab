import BinaryCoding
import Glibc
import POSIX
import SCSI
import SCSITransports

extension FuzzTarget {
    /// Heads of requests and results, as bytes.
    static let frames = FuzzTarget(name: "frames", test: testFrames) {
        let sense = DriveFrame.Result(
            tag: 2, dataLength: 0, residual: 512, status: 2, hostStatus: 0, senseLength: 18)
        let data = DriveFrame.Result(tag: 3, dataLength: 36, residual: 0, status: 0, hostStatus: 0, senseLength: 0)
        return requests.map(\.header) + [sense.header, data.header]
    }

    /// Whatever a client sends to the server of a drive.
    static let server = FuzzTarget(name: "server", test: testServer) {
        let all = requests.map { $0.header + [UInt8](repeating: 0x5A, count: $0.dataOutBytes) }
        return all + [all.flatMap { $0 }, Array(all[0].prefix(39))]
    }

    /// Whatever a drive sends to its client. The input is what comes back to an INQUIRY of 96 bytes with tag 1.
    static let transport = FuzzTarget(name: "transport", test: testTransport) {
        let result = { (data: Int, residual: Int, status: UInt8, sense: Int) in
            DriveFrame.Result(
                tag: 1, dataLength: data, residual: residual, status: status, hostStatus: 0, senseLength: sense
            ).header + [UInt8](repeating: 0x70, count: sense + data)
        }
        return [result(96, 0, 0, 0), result(36, 60, 0, 0), result(0, 96, 2, 18), result(200, 0, 0, 0)]
    }

    private static let requests = [
        DriveFrame.Execute(
            tag: 1, timeout: 0, transfer: 0, direction: .none, cdb: CDB([UInt8](repeating: 0, count: 6))),
        DriveFrame.Execute(
            tag: 2, timeout: 1000, transfer: 96, direction: .fromDevice, cdb: CDB([0x12, 0, 0, 0, 96, 0])),
        DriveFrame.Execute(
            tag: 3, timeout: 1000, transfer: 60, direction: .toDevice, cdb: CDB([0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0])),
    ]
}

private let testFrames: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    if let request = try? DriveFrame.Execute(parsing: bytes) {
        promise((0...DriveFrame.maximumData).contains(request.dataOutBytes), "data-out of a request is bounded")
        promise((try? DriveFrame.Execute(parsing: request.header)) == request, "a request is read as it was written")
    }
    if let result = try? DriveFrame.Result(parsing: bytes) {
        promise((0...DriveFrame.maximumData).contains(result.dataLength), "data-in of a result is bounded")
        promise((try? DriveFrame.Result(parsing: result.header)) == result, "a result is read as it was written")
    }
    return 0
}

/// A drive that answers with as many bytes as there is room for, up to a limit, and refuses what it is asked with an odd
/// operation code.
private struct EchoTarget: SCSITarget {
    static let mostData = 4096

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        promise(dataOut.isEmpty || transfer == 0, "a command moves data one way")
        promise((1...16).contains(cdb.bytes.count), "a CDB has 1 to 16 bytes")
        // Reads all of it: the sanitizer sees when it is not there.
        let sum = dataOut.reduce(0, &+)
        if cdb.operationCode & 1 == 1 { return (SCSIOutcome(status: 2, sense: [0x70, sum]), []) }
        return (SCSIOutcome(), [UInt8](repeating: sum, count: min(transfer, Self.mostData)))
    }
}

/// One server for all inputs: every input is a connection.
private let address: UnixSocketAddress = {
    let address = UnixSocketAddress("\(Workplace.cleared())/drive.sock")
    guard let server = try? UnixSocketServer(address: address, target: EchoTarget()) else {
        report("no server at \(address)")
        abort()
    }
    BlockingThread.start { try? server.run() }
    return address
}()

private let testServer: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    do throws(SystemError) {
        let connection = try address.connect()
        // The server may close before it has taken everything.
        try? connection.sendAll(UnsafeRawBufferPointer(start: data, count: count))
        shutdown(connection.number, Int32(SHUT_WR))
        try readResults(connection)
    } catch {
        promise(error.number == ECONNRESET, "\(error)")
    }
    return 0
}

/// Reads results to the end: each is whole and makes sense.
private func readResults(_ connection: FileDescriptor) throws(SystemError) {
    while true {
        let header = try receive(DriveFrame.resultHeaderBytes, from: connection)
        if header.isEmpty { return }
        guard let result = try? DriveFrame.Result(parsing: header) else {
            return promise(false, "the server sends results that can be parsed: \(header.hex())")
        }
        promise(result.dataLength <= EchoTarget.mostData, "no more data than the drive gave")
        let length = result.senseLength + result.dataLength
        promise(try receive(length, from: connection).count == length, "a result is whole")
    }
}

private func receive(_ count: Int, from connection: FileDescriptor) throws(SystemError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    return Array(buffer.prefix(try connection.receiveAll(into: buffer)))
}

private let listener: UnixListener? = try? UnixSocketAddress("\(Workplace.cleared())/answers.sock").listen()

/// Milliseconds that a client waits for the rest of a result cut short: it need not, for the connection is closed.
private let patience = 1000

private let testTransport: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    guard let listener,
        let client = try? UnixSocketTransport(
            connectingTo: UnixSocketAddress("\(Workplace.path)/answers.sock"), graceMilliseconds: 0),
        let connection = try? listener.accept()
    else { return promiseConnection() }
    try? connection.sendAll(UnsafeRawBufferPointer(start: data, count: count))
    shutdown(connection.number, Int32(SHUT_WR))
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 96, alignment: 1)
    defer { room.deallocate() }
    do throws(TransportFault) {
        let outcome = try client.execute(CDB([0x12, 0, 0, 0, 96, 0]), .fromDevice(room), timeout: patience)
        promise((0...96).contains(outcome.residual), "the residual \(outcome.residual) is part of what was asked")
        promise(outcome.sense.count <= 252, "sense data has at most 252 bytes")
    } catch {
        promise(!error.description.isEmpty, "a fault says what it is")
    }
    return 0
}

private func promiseConnection() -> Int32 {
    promise(false, "connecting to \(Workplace.path)/answers.sock")
    return 0
}
