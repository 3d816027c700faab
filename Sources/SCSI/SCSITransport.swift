/// What moves with a command.
public enum DataTransfer {
    /// Nothing.
    case none
    /// These bytes go to the device.
    case toDevice(UnsafeRawBufferPointer)
    /// The device's answer is put here, from the beginning on.
    case fromDevice(UnsafeMutableRawBufferPointer)

    /// Bytes that the initiator offers or has room for.
    public var byteCount: Int {
        switch self {
        case .none: 0
        case .toDevice(let buffer): buffer.count
        case .fromDevice(let buffer): buffer.count
        }
    }
}

/// Everything that a transport learned of one command. Success is judged of all of it together, never of `status` alone.
public struct SCSIOutcome: Equatable, Sendable {
    /// The status byte: 00h GOOD, 02h CHECK CONDITION, 08h BUSY, 18h RESERVATION CONFLICT (SAM-5, 5.3).
    public var status: UInt8
    /// The host adapter's word as in `sg_io_hdr.host_status`: 0 means that the command reached the device.
    public var hostStatus: Int
    /// The driver's word as in `sg_io_hdr.driver_status`; 8 means that sense data is there.
    public var driverStatus: Int
    /// Bytes asked for or offered that did not move.
    public var residual: Int
    /// Sense data as it came, empty when there is none.
    public var sense: [UInt8]

    /// An outcome; by default all is well.
    public init(status: UInt8 = 0, hostStatus: Int = 0, driverStatus: Int = 0, residual: Int = 0, sense: [UInt8] = []) {
        self.status = status
        self.hostStatus = hostStatus
        self.driverStatus = driverStatus
        self.residual = residual
        self.sense = sense
    }

    /// `sg_io_hdr.host_status` values that say more than "failed" (`DID_…` of the kernel's scsi/scsi_status.h).
    public enum Host {
        /// The device is gone (DID_NO_CONNECT).
        public static let noConnect = 1
        /// The bus stayed busy: the device never saw the command (DID_BUS_BUSY).
        public static let busBusy = 2
        /// The command was not answered in time (DID_TIME_OUT). The call itself succeeds, with status GOOD.
        public static let timedOut = 3
        /// The transport failed (DID_ERROR).
        public static let error = 7
        /// The bus or the device was reset (DID_RESET).
        public static let reset = 8
        /// The driver wanted to try again and could not (DID_SOFT_ERROR).
        public static let softError = 0x0B

        /// What a value means.
        public static func meaning(of value: Int) -> String {
            meanings.indices.contains(value) ? meanings[value] : "an error of the host adapter"
        }

        /// By value, 0 to 14h.
        private static let meanings = [
            "no error", "the device is gone", "the bus stayed busy", "no answer in time", "no device at that address",
            "the command was aborted", "a parity error on the bus", "the transport failed",
            "the bus or device was reset",
            "an unexpected interrupt", "a fault that is passed through", "the driver could not try again",
            "to be tried again at once", "to be queued again", "the transport was disrupted",
            "the transport gave up at once", "the target failed for good", "another host has reserved the device",
            "no room on the device", "a medium error", "the transport is unreliable",
        ]
    }

    /// What `sg_io_hdr.driver_status` is made of: an error in bits 0 to 2, `hasSense` in bit 3, and a suggestion in bits 4
    /// to 7, which says nothing of success.
    public enum Driver {
        /// Bits that hold an error; the others may be set with any outcome.
        public static let errorMask = 0x07
        /// The command was not answered in time (DRIVER_TIMEOUT): so kernels before 5.14 say it, some with host status 0.
        public static let timedOut = 6
        /// Sense data is there (DRIVER_SENSE).
        public static let hasSense = 8

        /// What an error in bits 0 to 2 means.
        public static func meaning(of value: Int) -> String { meanings[value & errorMask] }

        private static let meanings = [
            "no error", "the driver was busy", "a soft error", "a medium error", "a driver error", "an invalid command",
            "no answer in time", "a hard error",
        ]
    }

    /// The device, or the way to it, did not answer in time: whether the command was carried out is unknown.
    public var isTimeOut: Bool {
        hostStatus == Host.timedOut || hostStatus == 0 && driverStatus & Driver.errorMask == Driver.timedOut
    }

    /// Bytes that moved of `byteCount`: none when the residual is one that cannot be, as some bridges make up.
    public func moved(of byteCount: Int) -> Int {
        (0...byteCount).contains(residual) ? byteCount - residual : 0
    }
}

/// The transport itself could not carry the command.
public struct TransportFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call that failed, such as `ioctl(SG_IO)` or `connect`.
    public let call: String
    /// Its `errno`; 0 when the other side closed or broke the protocol.
    public let errno: Int32
    /// What `errno` means, or what the other side did.
    public let description: String
    /// What it means for the command.
    public let kind: Kind

    /// What a fault means for the command.
    public enum Kind: Equatable, Sendable {
        /// The drive is not there any more.
        case gone
        /// This user may not send this command this way; it was not sent.
        case notPermitted
        /// More data than the way to the drive takes at once; the command was not sent.
        case tooLarge
        /// The kernel had no room for the command, however often it was asked; it was not sent.
        case notSent
        /// Whether the command was carried out is unknown.
        case unknown
    }

    /// The command never left this machine, so that nothing has happened on the disc.
    public var isNeverSent: Bool {
        switch kind {
        case .notPermitted, .tooLarge, .notSent: true
        case .gone, .unknown: false
        }
    }

    /// A fault of one call.
    public init(call: String, errno: Int32, description: String, kind: Kind = .unknown) {
        self.call = call
        self.errno = errno
        self.description = description
        self.kind = kind
    }
}

/// A way to one logical unit, carrying a command at a time.
///
/// Calls block until the device has answered or the time is over, so they belong on a thread of their own, never on the
/// cooperative pool. A transport is used by one thread at a time.
public protocol SCSITransport: AnyObject {
    /// Sends one command.
    ///
    /// - Parameter timeout: milliseconds.
    /// - Throws: `TransportFault` when the command could not be carried at all; what the device said is in the outcome.
    func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome

    /// Most bytes that one command may move. More is a `TransportFault` of the kind `tooLarge`.
    var maximumTransfer: Int { get }
}

extension SCSITransport {
    /// No limit that matters to commands of MMC.
    public var maximumTransfer: Int { .max }
}

/// The other end: a logical unit made of software.
public protocol SCSITarget: Sendable {
    /// Executes one command, one at a time whatever connection it came from.
    ///
    /// - Parameters:
    ///   - dataOut: what the initiator sent along; empty for commands without data-out.
    ///   - transfer: room at the initiator for data-in, in bytes; 0 for commands without data-in.
    /// - Returns: the outcome and the data-in, at most `transfer` bytes.
    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])

    /// The same, of an initiator that may go while it waits. A target that never waits without end need not care.
    ///
    /// - Returns: as above; with host status `noConnect` when the drive is gone for everybody.
    func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int, from initiator: SCSIInitiator
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8])

    /// An initiator with a connection has closed it, and all of its commands have been answered (SAM-5, 6.3.5: the loss of an
    /// I_T nexus). Its connection is still open on this side, so that no other has the same number.
    func initiatorLeft(_ initiator: SCSIInitiator)
}

extension SCSITarget {
    /// Executes the command without regard to who sent it.
    public func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int, from initiator: SCSIInitiator
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        execute(cdb, dataOut: dataOut, transfer: transfer)
    }

    /// Nothing, for targets to which initiators are all one.
    public func initiatorLeft(_ initiator: SCSIInitiator) {}
}

/// Who sends a command, as far as a target may care.
public struct SCSIInitiator: Sendable {
    /// A descriptor that `poll` finds hung up once the initiator has gone, valid for as long as its command lasts; nil when
    /// it cannot go.
    public let connection: Int32?

    /// An initiator at the other end of a connection; one within the process has none.
    public init(connection: Int32? = nil) { self.connection = connection }
}
