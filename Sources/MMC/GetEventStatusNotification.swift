public import BinaryCoding
public import SCSI

/// GET EVENT STATUS NOTIFICATION (4Ah), polled, media class: what happened to tray and disc.
public struct GetEventStatusNotification: SCSICommand {
    /// Tray and disc.
    public typealias Reply = MediaStatus
    /// The standard's name.
    public static let name = "GET EVENT STATUS NOTIFICATION"
    private static let mediaClass: UInt8 = 1 << 4
    private static let replyLength: UInt8 = 8
    /// Asks for the next media event, which is thereby taken.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x4A, 1, 0, 0, Self.mediaClass, 0, 0, 0, Self.replyLength, 0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Media Event Descriptor (MMC-6, 6.6.2.6).
public struct MediaStatus: SCSIReply, Equatable {
    /// What happened.
    public enum Event: Equatable, Sendable {
        /// Nothing new.
        case none
        /// Somebody pressed the button.
        case ejectRequest
        /// A disc came in.
        case newMedia
        /// It went.
        case mediaRemoval
        /// It is another one.
        case mediaChanged
        /// Something of a later standard.
        case other(UInt8)
    }
    /// Tray and disc; nil when the drive reports no media events.
    public let state: State?
    /// What the drive says when it reports media events.
    public struct State: Equatable, Sendable {
        /// What happened since the last question.
        public let event: Event
        /// A disc is in the drive.
        public let isMediumPresent: Bool
        /// The tray is open.
        public let isTrayOpen: Bool

        /// A state of tray and disc.
        public init(event: Event, isMediumPresent: Bool, isTrayOpen: Bool) {
            (self.event, self.isMediumPresent, self.isTrayOpen) = (event, isMediumPresent, isTrayOpen)
        }
    }

    /// Reads header and descriptor.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let head = try reply.uint8(at: 2)
        _ = try reply.uint8(at: 3)
        // NEA: none of the classes asked for is supported, and no descriptor follows.
        guard !head.bit(7), head.bits(0...2) == 4 else {
            state = nil
            return
        }
        let event: Event =
            switch try reply.uint8(at: 4).bits(0...3) {
            case 0: .none
            case 1: .ejectRequest
            case 2: .newMedia
            case 3: .mediaRemoval
            case 4: .mediaChanged
            case let code: .other(code)
            }
        let bits = try reply.uint8(at: 5)
        state = State(event: event, isMediumPresent: bits.bit(1), isTrayOpen: bits.bit(0))
    }
}
