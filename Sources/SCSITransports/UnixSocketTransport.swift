import Glibc
public import POSIX
public import SCSI

/// A drive behind a Unix socket, by the frames of `DriveFrame`; one connection is one open of the drive.
///
/// What the other side says is checked: tag, lengths, types. A result that never comes ends as `host_status` 3, as with
/// the kernel; a connection that is closed, as a drive pulled out.
public final class UnixSocketTransport: SCSITransport {
    private let address: UnixSocketAddress
    /// Keeps other programs out as long as it is open.
    private let lock: FileDescriptor?
    private var connection: FileDescriptor?
    /// True after a result was waited for in vain: what comes late belongs to nobody, so the next command connects anew.
    private var mayReconnect = false
    private var tag: UInt32 = 0

    /// Time that the other side has beyond the command's own, in milliseconds, to report the time-out by itself.
    private static let grace = 10_000

    private let graceMilliseconds: Int

    /// Connects.
    ///
    /// - Parameters:
    ///   - lock: an open file whose lock the transport is to keep.
    ///   - graceMilliseconds: how long after a command's own time-out its result is still waited for.
    public init(
        connectingTo address: UnixSocketAddress, lock: FileDescriptor? = nil, graceMilliseconds: Int? = nil
    ) throws(SystemError) {
        (self.address, self.lock) = (address, lock)
        self.graceMilliseconds = graceMilliseconds ?? Self.grace
        connection = try address.connect()
    }

    /// Sends one command. The data goes from, and into, the caller's memory without a copy.
    public func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
        guard data.byteCount <= DriveFrame.maximumData else {
            throw TransportFault(call: "send", errno: EINVAL, description: "\(data.byteCount) bytes are too many")
        }
        let connection = try currentConnection()
        tag &+= 1
        let deadline = Deadline(milliseconds: timeout + graceMilliseconds)
        do throws(Failure) {
            try send(cdb, data, timeout: timeout, on: connection, until: deadline)
            return try receive(data, on: connection, until: deadline)
        } catch {
            self.connection = nil
            switch error {
            case .timedOut:
                mayReconnect = true
                return SCSIOutcome(hostStatus: SCSIOutcome.Host.timedOut, residual: data.byteCount)
            case .broken(let fault): throw fault
            }
        }
    }

    private enum Failure: Error {
        case timedOut
        case broken(TransportFault)

        static func protocolError(_ what: String) -> Failure {
            .broken(
                TransportFault(call: "recv", errno: 0, description: "the drive's answer breaks the protocol: \(what)"))
        }
        static func last(_ call: String) -> Failure {
            let number = errno
            return .broken(TransportFault(call: call, errno: number, description: String(cString: strerror(number))))
        }
    }

    private func currentConnection() throws(TransportFault) -> FileDescriptor {
        if let connection { return connection }
        guard mayReconnect else {
            throw TransportFault(call: "send", errno: ENODEV, description: "the connection to the drive is gone")
        }
        mayReconnect = false
        do throws(SystemError) {
            let connection = try address.connect()
            self.connection = connection
            return connection
        } catch {
            throw TransportFault(call: error.call, errno: error.number, description: error.meaning)
        }
    }

    private func send(
        _ cdb: CDB, _ data: DataTransfer, timeout: Int, on connection: FileDescriptor, until deadline: Deadline
    ) throws(Failure) {
        let direction: DriveFrame.Execute.Direction
        var payload = UnsafeRawBufferPointer(start: nil, count: 0)
        switch data {
        case .none: direction = .none
        case .fromDevice: direction = .fromDevice
        case .toDevice(let buffer): (direction, payload) = (.toDevice, buffer)
        }
        let header = DriveFrame.Execute(
            tag: tag, timeout: UInt32(clamping: timeout), transfer: data.byteCount, direction: direction, cdb: cdb
        ).header
        try header.withUnsafeBytes { head in
            Result { () throws(Failure) in try Self.sendAll(head, payload, on: connection, until: deadline) }
        }.get()
    }

    /// Sends two stretches of memory as one stream.
    private static func sendAll(
        _ head: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, on connection: FileDescriptor,
        until deadline: Deadline
    ) throws(Failure) {
        var done = 0
        let total = head.count + payload.count
        while done < total {
            let first = UnsafeRawBufferPointer(rebasing: head[min(done, head.count)...])
            let second = UnsafeRawBufferPointer(rebasing: payload[max(done - head.count, 0)...])
            let count = gatherSend(first, second, on: connection)
            if count >= 0 {
                done += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                try wait(for: Int16(POLLOUT), on: connection, until: deadline)
            } else if errno != EINTR {
                throw .last("sendmsg")
            }
        }
    }

    private static func gatherSend(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, on connection: FileDescriptor
    ) -> Int {
        // On the stack: this runs for every WRITE of a burn.
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts in
            func set(_ index: Int, _ part: UnsafeRawBufferPointer) {
                let base = UnsafeMutableRawPointer(mutating: part.baseAddress)
                parts.initializeElement(at: index, to: iovec(iov_base: base, iov_len: part.count))
            }
            set(0, first)
            set(1, second)
            var message = msghdr()
            message.msg_iov = parts.baseAddress
            message.msg_iovlen = parts.count
            return sendmsg(connection.number, &message, Int32(Int(MSG_NOSIGNAL) | Int(MSG_DONTWAIT)))
        }
    }

    private func receive(
        _ data: DataTransfer, on connection: FileDescriptor, until deadline: Deadline
    ) throws(Failure) -> SCSIOutcome {
        // No drive has answered yet: trying to read first would be a system call in vain for each command.
        try Self.wait(for: Int16(POLLIN), on: connection, until: deadline)
        let head = try receiveBytes(DriveFrame.resultHeaderBytes, on: connection, until: deadline)
        let result: DriveFrame.Result
        do throws(DriveFrame.Malformed) {
            result = try DriveFrame.Result(parsing: head)
        } catch {
            throw .protocolError(error.field)
        }
        guard result.tag == tag else { throw .protocolError("tag") }
        var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        if case .fromDevice(let buffer) = data { room = buffer }
        guard result.dataLength <= room.count else { throw .protocolError("data_length") }
        guard result.residual <= data.byteCount else { throw .protocolError("resid") }
        let sense = try receiveBytes(result.senseLength, on: connection, until: deadline)
        let destination = UnsafeMutableRawBufferPointer(rebasing: room[..<result.dataLength])
        try Self.receiveAll(into: destination, on: connection, until: deadline)
        // What came is what counts for data-in, whatever the residual says.
        let residual = room.count > 0 ? room.count - result.dataLength : result.residual
        return SCSIOutcome(
            status: result.status, hostStatus: Int(result.hostStatus), driverStatus: sense.isEmpty ? 0 : 8,
            residual: residual, sense: sense)
    }

    private func receiveBytes(
        _ count: Int, on connection: FileDescriptor, until deadline: Deadline
    ) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(Failure) in try Self.receiveAll(into: buffer, on: connection, until: deadline) }
        }.get()
        return bytes
    }

    private static func receiveAll(
        into buffer: UnsafeMutableRawBufferPointer, on connection: FileDescriptor, until deadline: Deadline
    ) throws(Failure) {
        var done = 0
        while done < buffer.count {
            let count = recv(
                connection.number, buffer.baseAddress.map { $0 + done }, buffer.count - done,
                Int32(MSG_DONTWAIT))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw .broken(TransportFault(call: "recv", errno: 0, description: "the drive closed the connection"))
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                try wait(for: Int16(POLLIN), on: connection, until: deadline)
            } else if errno != EINTR {
                throw .last("recv")
            }
        }
    }

    private static func wait(
        for events: Int16, on connection: FileDescriptor, until deadline: Deadline
    ) throws(Failure) {
        var entry = pollfd(fd: connection.number, events: events, revents: 0)
        let result = poll(&entry, 1, deadline.remainingMilliseconds)
        if result == 0 { throw .timedOut }
        if result < 0, errno != EINTR { throw .last("poll") }
    }
}

/// A moment after which nothing is waited for any more.
private struct Deadline {
    private let moment: ContinuousClock.Instant

    init(milliseconds: Int) { moment = .now + .milliseconds(milliseconds) }

    /// For `poll`: 0 when it is over.
    var remainingMilliseconds: Int32 {
        let (seconds, attoseconds) = (moment - .now).components
        return Int32(clamping: max(seconds * 1000 + attoseconds / 1_000_000_000_000_000, 0))
    }
}
