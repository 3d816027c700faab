import DiscLayout
import MMC
import POSIX
import SCSI
import SCSITransports

/// The device of one drive: opened when needed, held exclusively while it is watched, and closed for a worker.
///
/// Every call blocks.
final class DriveDevice: @unchecked Sendable {
    // Unchecked is right: the `Drive` that owns it runs one call at a time, each after the last one has returned.

    /// What a look gave.
    enum Observation: Sendable, Equatable {
        /// The drive answers. `mediaChanged` when the disc may be another one than at the last look.
        case seen(DriveIdentity, DriveStatus.Tray, DriveMedia?, mediaChanged: Bool)
        /// It does not.
        case failed(DriveStatus.Obstacle)
    }

    /// What a tray can do.
    enum TrayMovement: Sendable {
        case eject
        case load
    }

    private let address: DriveAddress
    private var transport: (any SCSITransport)?
    private var identityFound: DriveIdentity?
    /// The last full look: taken again when the drive reports a change, or was out of our hands.
    private var known: (tray: DriveStatus.Tray, media: DriveMedia?)?
    private var isKnowledgeFresh = false

    init(address: DriveAddress) { self.address = address }

    /// Lets the device go.
    func close() {
        transport = nil
        isKnowledgeFresh = false
    }

    /// Who it is; nil when it does not answer.
    func identity() -> DriveIdentity? {
        guard case .seen(let identity, _, _, _) = observe() else { return nil }
        return identity
    }

    /// Looks at tray and disc.
    func observe() -> Observation {
        do {
            let transport = try opened()
            let identity = try identify(transport)
            return try look(transport, identity)
        } catch DriveAddress.OpenError.inUse {
            close()
            return .failed(.inUseElsewhere)
        } catch {
            close()
            return .failed(.unreachable("\(error)"))
        }
    }

    private func opened() throws -> any SCSITransport {
        if let transport { return transport }
        let opened = try address.open(exclusive: true)
        transport = opened
        return opened
    }

    private func identify(_ transport: any SCSITransport) throws -> DriveIdentity {
        if let identityFound { return identityFound }
        let inquiry = try transport.perform(Inquiry())
        // Page 80h is optional: a drive without it is told from its twins by its address.
        let serial = (try? transport.perform(UnitSerialNumber()))?.text ?? ""
        let identity = DriveIdentity(
            vendor: inquiry.vendor, product: inquiry.product, firmware: inquiry.revision, serial: serial)
        identityFound = identity
        return identity
    }

    private func look(_ transport: any SCSITransport, _ identity: DriveIdentity) throws -> Observation {
        let polled = try mediaState(transport)
        let isPresent = polled?.isMediumPresent ?? true
        let tray: DriveStatus.Tray = polled?.isTrayOpen == true ? .open : .closed
        let isAttention = try isUnitAttention(transport)
        let isEvent = polled.map { $0.event != .none && $0.event != .ejectRequest } ?? false
        let isSame =
            !isAttention && !isEvent && known?.tray == tray && (polled == nil || (known?.media != nil) == isPresent)
        if let known, isSame, isKnowledgeFresh { return .seen(identity, tray, known.media, mediaChanged: false) }
        let media = isPresent && tray == .closed ? try MediaInspection.media(transport) : nil
        // A disc that the drive itself is still looking at is looked at again the next time.
        isKnowledgeFresh = media != nil || !isPresent || tray == .open
        known = (tray, media)
        return .seen(identity, tray, media, mediaChanged: !isSame)
    }

    /// Nil when the drive has no media events, as some bridges.
    private func mediaState(_ transport: any SCSITransport) throws(SCSIError) -> MediaStatus.State? {
        do throws(SCSIError) {
            return try transport.perform(GetEventStatusNotification()).state
        } catch {
            guard error.sense != nil else { throw error }
            return nil
        }
    }

    /// Fetches a pending unit attention: the disc may have been changed.
    private func isUnitAttention(_ transport: any SCSITransport) throws(SCSIError) -> Bool {
        do throws(SCSIError) {
            _ = try transport.perform(TestUnitReady())
            return false
        } catch {
            guard let sense = error.sense else { throw error }
            return sense.key == 6
        }
    }

    /// Moves the tray; what the drive said when it would not.
    func move(_ movement: TrayMovement) -> String? {
        do {
            let transport = try opened()
            isKnowledgeFresh = false
            if movement == .eject { _ = try? transport.perform(PreventAllowMediumRemoval(prevent: false)) }
            _ = try transport.retryingUnitAttention(StartStopUnit(movement == .eject ? .eject : .load))
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension SCSITransport {
    /// Unit attentions in a row that are swallowed: after a reset with a disc inside there are two.
    private static var attentionLimit: Int { 5 }

    /// Performs a command, again when the drive first has to report that something changed. Not for commands that write.
    func retryingUnitAttention<Command: SCSICommand>(_ command: Command) throws(SCSIError) -> Command.Reply {
        for _ in 1..<Self.attentionLimit {
            do throws(SCSIError) {
                return try perform(command)
            } catch {
                guard error.sense?.key == 6 else { throw error }
            }
        }
        return try perform(command)
    }
}
