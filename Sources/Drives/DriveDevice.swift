import DiscLayout
import MMC
import POSIX
import RecorderQuirks
import SCSI
import SCSITransports

/// The device of one drive: opened when needed, held exclusively while it is watched, and closed for a worker.
///
/// Every call blocks.
final class DriveDevice: @unchecked Sendable {
    // Unchecked is right: the `Drive` that owns it runs one call at a time, each after the last one has returned.

    /// What a look gave.
    enum Observation: Sendable, Equatable {
        /// The drive answers.
        case seen(Sighting)
        /// It does not, and who holds it as far as that can be told.
        case failed(DriveStatus.Obstacle, holder: DriveHolder? = nil)
    }

    /// A drive that answers, and what is in it.
    struct Sighting: Sendable, Equatable {
        var identity: DriveIdentity
        var tray: DriveStatus.Tray
        var media: DriveMedia?
        var capabilities: DriveCapabilities
        /// The disc may be another one than at the last look.
        var isMediaChanged: Bool
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
    var known: Sighting?
    private var isKnowledgeFresh = false
    /// What the drive let itself be tried for, by kind of disc.
    private var probes: [String: WriteModeProbe] = [:]
    /// The latest of them: the best guess for another kind of disc.
    private var latestProbe: WriteModeProbe?

    init(address: DriveAddress) { self.address = address }

    /// Lets the device go.
    func close() {
        transport = nil
        isKnowledgeFresh = false
    }

    /// Who it is; nil when it does not answer.
    func identity() -> DriveIdentity? {
        guard case .seen(let sighting) = observe() else { return nil }
        return sighting.identity
    }

    /// Looks at tray and disc.
    func observe() -> Observation {
        do {
            let transport = try opened()
            let identity = try identify(transport)
            return .seen(try look(transport, identity))
        } catch DriveAddress.OpenError.inUse {
            close()
            return .failed(.inUseElsewhere, holder: DriveHolder.find(address))
        } catch {
            close()
            // What answers here the next time may be another drive.
            identityFound = nil
            return .failed(.unreachable("\(error)"))
        }
    }

    func opened() throws -> any SCSITransport {
        if let transport { return transport }
        let opened = try address.open(exclusive: true)
        transport = opened
        return opened
    }

    private func identify(_ transport: any SCSITransport) throws -> DriveIdentity {
        if let identityFound { return identityFound }
        let inquiry = try transport.perform(Inquiry())
        guard inquiry.deviceType == DeviceIdentity.opticalDevice else { throw NoOpticalDrive(type: inquiry.deviceType) }
        // Page 80h is optional: a drive without it is told from its twins by its address.
        let serial = (try? transport.perform(UnitSerialNumber()))?.text ?? ""
        let identity = DriveIdentity(
            vendor: inquiry.vendor, product: inquiry.product, firmware: inquiry.revision, serial: serial)
        if identity != known?.identity { (known, probes, latestProbe) = (nil, [:], nil) }
        identityFound = identity
        return identity
    }

    /// A device of another kind (SPC-4, 6.4.2): nothing is sent to it.
    private struct NoOpticalDrive: Error, CustomStringConvertible {
        let type: UInt8
        var description: String { "it is no CD or DVD drive, but a device of type \(type)" }
    }

    private func look(_ transport: any SCSITransport, _ identity: DriveIdentity) throws -> Sighting {
        let polled = try mediaState(transport)
        let isPresent = polled?.isMediumPresent ?? true
        let tray: DriveStatus.Tray = polled?.isTrayOpen == true ? .open : .closed
        let isAttention = try isUnitAttention(transport)
        let isEvent = polled.map { $0.event != .none && $0.event != .ejectRequest } ?? false
        let isSame =
            !isAttention && !isEvent && known?.tray == tray && (polled == nil || (known?.media != nil) == isPresent)
        if var known, isSame, isKnowledgeFresh {
            known.isMediaChanged = false
            return known
        }
        let media = isPresent && tray == .closed ? try MediaInspection.media(transport, identity.quirks) : nil
        let sighting = Sighting(
            identity: identity, tray: tray, media: media, capabilities: try capabilities(transport, media, identity),
            isMediaChanged: !isSame)
        // A disc that the drive itself is still looking at is looked at again the next time.
        isKnowledgeFresh = media != nil || !isPresent || tray == .open
        known = sighting
        return sighting
    }

    /// What the drive says with this disc in it, and what it was tried for. It is tried once with each kind of disc, as soon
    /// as a blank one is in it.
    private func capabilities(
        _ transport: any SCSITransport, _ media: DriveMedia?, _ identity: DriveIdentity
    ) throws(SCSIError) -> DriveCapabilities {
        var capabilities = try CapabilityInspection.capabilities(transport)
        capabilities.prefersRaw = identity.quirks.contains(.prefersRaw)
        if let media, media.status == .blank, probes[media.kind] == nil, let probe = try WriteModeProbe(transport) {
            (probes[media.kind], latestProbe) = (probe, probe)
        }
        if let probe = media.flatMap({ probes[$0.kind] }) ?? latestProbe { capabilities.apply(probe) }
        if capabilities.supports.raw == false { capabilities.sectorTypes = [] }
        var offered = media?.writeSpeeds ?? []
        if offered.isEmpty { offered = try SpeedInspection.writeSpeeds(transport).offered }
        capabilities.speeds.add(offered: offered, before: known?.capabilities.speeds)
        return capabilities
    }

    /// Nil when the drive has no media events, as some bridges.
    func mediaState(_ transport: any SCSITransport) throws(SCSIError) -> MediaStatus.State? {
        do throws(SCSIError) {
            return try transport.perform(GetEventStatusNotification()).state
        } catch {
            guard error.sense != nil else { throw error }
            return nil
        }
    }

    /// Fetches a pending unit attention: the disc may have been changed.
    func isUnitAttention(_ transport: any SCSITransport) throws(SCSIError) -> Bool {
        do throws(SCSIError) {
            _ = try transport.perform(TestUnitReady())
            return false
        } catch {
            guard let sense = error.sense else { throw error }
            return sense.key == 6
        }
    }

    /// Takes back the lock of a tray. Whoever locked it and died cannot, and neither the kernel nor a drive does it for him.
    func unlockTray() {
        guard let transport = try? opened() else { return }
        _ = try? transport.retryingUnitAttention(PreventAllowMediumRemoval(prevent: false))
    }

    /// Why a tray did not move.
    enum TrayFailure: Sendable, Equatable {
        /// Another program holds the drive.
        case inUse
        /// What the drive said.
        case refused(String)
    }

    /// Moves the tray; nil when it did.
    func move(_ movement: TrayMovement) -> TrayFailure? {
        do {
            let transport = try opened()
            isKnowledgeFresh = false
            if movement == .eject { _ = try? transport.perform(PreventAllowMediumRemoval(prevent: false)) }
            _ = try transport.retryingUnitAttention(StartStopUnit(movement == .eject ? .eject : .load))
            return nil
        } catch DriveAddress.OpenError.inUse {
            return .inUse
        } catch {
            return .refused("\(error)")
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
