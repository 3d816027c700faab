import BinaryCoding

/// The frames between the kernel's virtual host controller and a device: a header of 48 bytes, big-endian, and behind it the
/// data of the transfer, if some goes that way (Linux, Documentation/usb/usbip_protocol.rst, USBIP_CMD_SUBMIT and following).
///
/// A transfer is a USB request block (URB): so many bytes, to or from one endpoint. It is answered when the device is done
/// with it, which may be much later and in another order.
public enum USBIPFrame {
    /// Bytes of every header.
    public static let headerBytes = 48
    /// Most bytes that a transfer may have. The kernel's driver for mass storage uses up to 120 KiB, which an administrator
    /// can raise to a few hundred.
    public static let maximumTransfer = 4 << 20

    /// What the controller asks.
    public enum Request: Equatable, Sendable {
        /// Carry out a transfer. Its data follows the header when it goes to the device.
        case submit(Transfer)
        /// Forget a transfer. It is answered in any case: that it is cancelled, or that there is none such any more.
        case unlink(sequence: UInt32, victim: UInt32)
    }

    /// A transfer to be carried out.
    public struct Transfer: Equatable, Sendable {
        /// What its answer has to name.
        public let sequence: UInt32
        /// 0…15.
        public let endpoint: UInt8
        /// From the device to the host.
        public let isIn: Bool
        /// Bytes that follow, or that there is room for.
        public let length: Int
        /// Of a control transfer (USB 2.0, 9.3).
        public let setup: USBSetup

        /// A transfer.
        public init(sequence: UInt32, endpoint: UInt8, isIn: Bool, length: Int, setup: USBSetup = USBSetup()) {
            (self.sequence, self.endpoint, self.isIn, self.length) = (sequence, endpoint, isIn, length)
            self.setup = setup
        }
    }

    /// Bytes that are no frame. After them, nothing can be found in the stream any more.
    public enum Fault: Error, Equatable, Sendable {
        /// A header has another length.
        case length(Int)
        /// No known command.
        case command(UInt32)
        /// An endpoint number that USB does not have.
        case endpoint(UInt32)
        /// More bytes than a transfer may have.
        case transfer(UInt32)
    }

    private enum Code {
        static let submit: UInt32 = 1
        static let unlink: UInt32 = 2
        static let submitted: UInt32 = 3
        static let unlinked: UInt32 = 4
    }

    /// Reads a header.
    public static func request(parsing header: [UInt8]) throws(Fault) -> Request {
        let view = ByteView(header)
        do {
            guard header.count == headerBytes else { throw Fault.length(header.count) }
            let sequence = try view.uint32(at: 4)
            switch try view.uint32(at: 0) {
            case Code.unlink: return .unlink(sequence: sequence, victim: try view.uint32(at: 20))
            case Code.submit: return .submit(try transfer(view, sequence))
            case let other: throw Fault.command(other)
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .length(header.count)
        }
    }

    private static func transfer(_ view: ByteView, _ sequence: UInt32) throws -> Transfer {
        let (endpoint, length) = (try view.uint32(at: 16), try view.uint32(at: 24))
        guard endpoint <= 15 else { throw Fault.endpoint(endpoint) }
        guard length <= maximumTransfer else { throw Fault.transfer(length) }
        return Transfer(
            sequence: sequence, endpoint: UInt8(endpoint), isIn: try view.uint32(at: 12) == 1, length: Int(length),
            setup: USBSetup(parsing: try view.slice(at: 40, count: 8)))
    }

    /// What became of a transfer, as the kernel's error numbers say it.
    public enum Status: Int32, Equatable, Sendable {
        /// Done.
        case good = 0
        /// The endpoint is halted (EPIPE).
        case stall = -32
        /// Cancelled by an unlink (ECONNRESET).
        case cancelled = -104
    }

    /// The header that answers a transfer.
    ///
    /// - Parameter count: bytes that moved. Those of a transfer to the host follow the header.
    public static func answer(sequence: UInt32, _ status: Status, count: Int) -> [UInt8] {
        header(Code.submitted, sequence, status, UInt32(count))
    }

    /// The header that answers an unlink.
    ///
    /// - Parameter wasPending: the transfer will have no answer of its own.
    public static func unlinkAnswer(sequence: UInt32, wasPending: Bool) -> [UInt8] {
        header(Code.unlinked, sequence, wasPending ? .cancelled : .good, 0)
    }

    private static func header(_ command: UInt32, _ sequence: UInt32, _ status: Status, _ count: UInt32) -> [UInt8] {
        var bytes = command.bigEndianBytes + sequence.bigEndianBytes
        // Device, direction and endpoint are the controller's own and come back as zeros.
        bytes += [UInt8](repeating: 0, count: 12)
        bytes += status.rawValue.bigEndianBytes + count.bigEndianBytes
        return bytes + [UInt8](repeating: 0, count: headerBytes - bytes.count)
    }
}
