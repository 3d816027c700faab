import BinaryCoding
import POSIX
public import SCSI

extension USBDescriptors {
    /// What a logical unit says of itself: INQUIRY (SPC-4, 6.6), and its page 80h for the serial number (7.8.15).
    public init(of target: any SCSITarget) {
        func ask(_ cdb: [UInt8]) -> ByteView {
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return ByteView(target.execute(CDB(cdb), dataOut: nothing, transfer: Int(cdb[4])).dataIn)
        }
        let inquiry = ask([0x12, 0, 0, 0, 36, 0])
        let page = ask([0x12, 0x01, 0x80, 0, 252, 0])
        let length = (try? page.uint8(at: 3)).map { min(Int($0), page.count - 4) } ?? 0
        self.init(
            manufacturer: (try? inquiry.ascii(at: 8, count: 8)) ?? "",
            product: (try? inquiry.ascii(at: 16, count: 16)) ?? "",
            serialNumber: (try? page.ascii(at: 4, count: length)) ?? "")
    }
}

/// The cable between a logical unit made of software and the kernel under which it runs.
public final class USBCable: Sendable {
    private struct Connection {
        let server: USBMassStorageServer
        let port: Int
    }

    private let target: any SCSITarget
    private let descriptors: USBDescriptors
    private let controller: VirtualHostController
    private let connection = Lock<Connection?>(nil)
    /// Held while it is plugged in, so that it is in one port at most.
    private let turn = Lock(())

    /// A cable that is not plugged in. The logical unit is asked at once what it is.
    public init(_ target: any SCSITarget, to controller: VirtualHostController = VirtualHostController()) {
        (self.target, self.controller) = (target, controller)
        descriptors = USBDescriptors(of: target)
    }

    /// The port that it is plugged into; nil when it is in none.
    public var port: Int? { connection.withLock { $0?.port } }

    /// Plugs it in, unless it is already, and serves on a thread of its own.
    ///
    /// - Returns: the port.
    @discardableResult
    public func plug() throws(VirtualHostController.Fault) -> Int {
        try turn.withLock { (_) throws(VirtualHostController.Fault) in
            if let port { return port }
            return try start(controller.plug())
        }
    }

    private func start(_ plugged: VirtualHostController.Plugged) throws(VirtualHostController.Fault) -> Int {
        let server: USBMassStorageServer
        do throws(SystemError) {
            server = try USBMassStorageServer(
                connection: plugged.connection, target: target, descriptors: descriptors)
        } catch {
            throw .system(error)
        }
        connection.withLock { $0 = Connection(server: server, port: plugged.port) }
        BlockingThread.start { [self] in
            server.run()
            // The kernel, or the target, may have ended it.
            connection.withLock { if $0?.server === server { $0 = nil } }
        }
        return plugged.port
    }

    /// Unplugs it. False when it was not plugged in.
    @discardableResult
    public func unplug() -> Bool {
        let old = connection.withLock { connection in connection.take() }
        old?.server.stop()
        return old != nil
    }
}
