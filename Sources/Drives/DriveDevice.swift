import DiscLayout
import MMC
import POSIX
import RecorderQuirks
import SCSI
import SCSITransports

/// The device of one drive: opened when needed, and closed for a worker.
///
/// A recorder behind a socket is held exclusively while it is watched. A device node is not: it is opened exclusively for a
/// look and closed again, so that other programs of the machine can use the drive beside an idle burnd.
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
        /// False while the drive is still getting to know the disc.
        var isSettled: Bool
        /// What READ DISC INFORMATION said: it costs little and changes with whatever is written.
        var information: DiscInformation?
    }

    /// What a tray can do.
    enum TrayMovement: Sendable {
        case eject
        case load
    }

    /// Why somebody looks.
    enum Occasion: Int, Comparable, Sendable {
        /// To see whether something is different.
        case routine
        /// Another program had the drive: what is known of the disc may be wrong.
        case otherProgram
        /// The kernel has noticed another disc, and with that taken the drive's own word of it.
        case mediaChange

        static func < (left: Occasion, right: Occasion) -> Bool { left.rawValue < right.rawValue }
    }

    let address: DriveAddress
    /// It stays open between two looks.
    private let isHeld: Bool
    /// The serial number that counts where the drive itself tells none.
    private let systemSerial: String
    /// Who listens for other programs that close the node; this one's own closing is none of it.
    private var closings: NodeClosings.Watch?
    private var transport: (any SCSITransport)?
    private var identityFound: DriveIdentity?
    /// The last full look: taken again when the drive reports a change, or was out of our hands.
    var known: Sighting?
    private var isKnowledgeFresh = false
    /// What the drive let itself be tried for, by kind of disc.
    private var probes: [String: WriteModeProbe] = [:]
    /// The latest of them: the best guess for another kind of disc.
    private var latestProbe: WriteModeProbe?

    init(address: DriveAddress, isHeld: Bool, systemSerial: String) {
        (self.address, self.isHeld, self.systemSerial) = (address, isHeld, systemSerial)
    }

    /// From now on somebody listens for other programs that close the node.
    func listen(by watch: NodeClosings.Watch) {
        closings = watch
        watch.resume()
    }

    /// Lets the device go to somebody who will use it.
    func close() {
        isKnowledgeFresh = false
        letGo()
    }

    /// Closes the device. Nothing of it may be in use any more: its closing would be taken for another program's.
    private func letGo() {
        transport = nil
        closings?.resume()
    }

    /// Who it is, without a look at tray or disc, which may take long.
    func identity() -> Result<DriveIdentity, Unavailable> {
        defer { if !isHeld { letGo() } }
        return asking { transport, identity in identity }
    }

    /// Looks at tray and disc.
    ///
    /// - Parameter isPatient: when another program has the drive, it is waited for for some seconds.
    func observe(_ occasion: Occasion = .routine, isPatient: Bool = true) -> Observation {
        defer { if !isHeld { letGo() } }
        switch asking(isPatient: isPatient, { try look($0, $1, occasion) }) {
        case .success(let sighting): return .seen(sighting)
        case .failure(let trouble): return .failed(trouble.obstacle, holder: trouble.holder)
        }
    }

    /// Why a drive cannot be asked.
    struct Unavailable: Error, Equatable {
        let obstacle: DriveStatus.Obstacle
        var holder: DriveHolder?
    }

    private func asking<Value>(
        isPatient: Bool = true, _ body: (any SCSITransport, DriveIdentity) throws -> Value
    ) -> Result<Value, Unavailable> {
        do {
            let transport = try opened(isPatient: isPatient)
            return .success(try body(transport, try identify(transport)))
        } catch DriveAddress.OpenError.inUse {
            close()
            return .failure(Unavailable(obstacle: .inUseElsewhere, holder: DriveHolder.find(address)))
        } catch {
            close()
            // What answers here the next time may be another drive.
            identityFound = nil
            return .failure(Unavailable(obstacle: .unreachable("\(error)")))
        }
    }

    func opened(isPatient: Bool = true) throws -> any SCSITransport {
        if let transport { return transport }
        closings?.pause()
        let opened = try isPatient ? address.open(exclusive: true) : address.openOnce(exclusive: true)
        transport = opened
        return opened
    }

    private func identify(_ transport: any SCSITransport) throws -> DriveIdentity {
        if let identityFound { return identityFound }
        let inquiry = try transport.perform(Inquiry())
        guard inquiry.deviceType == DeviceIdentity.opticalDevice else { throw NoOpticalDrive(type: inquiry.deviceType) }
        // Page 80h is optional: a drive without it is told from its twins by its address.
        let told = (try? transport.perform(UnitSerialNumber()))?.text ?? ""
        let serial = told.isEmpty ? systemSerial : told
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

    private func look(
        _ transport: any SCSITransport, _ identity: DriveIdentity, _ occasion: Occasion
    ) throws -> Sighting {
        let polled = try mediaState(transport)
        let isPresent = polled?.isMediumPresent ?? true
        let tray: DriveStatus.Tray = polled?.isTrayOpen == true ? .open : .closed
        let isAttention = try isUnitAttention(transport)
        let isEvent = polled.map { $0.event != .none && $0.event != .ejectRequest } ?? false
        // Where other programs can write, the disc may have changed without having been moved.
        let information = isHeld || !isPresent ? nil : try? transport.perform(ReadDiscInformation())
        let isSame =
            !isAttention && !isEvent && occasion != .mediaChange && known?.tray == tray
            && (polled == nil || (known?.media != nil) == isPresent)
        let isWritten = information != known?.information
        if var known, isSame, isKnowledgeFresh, !isWritten, occasion == .routine {
            known.isMediaChanged = false
            return known
        }
        let media = isPresent && tray == .closed ? try MediaInspection.media(transport, identity.quirks) : nil
        let isOther = !isHeld && isKnowledgeFresh && media != known?.media
        let sighting = Sighting(
            identity: identity, tray: tray, media: media, capabilities: try capabilities(transport, media, identity),
            isMediaChanged: !isSame || isOther,
            isSettled: media != nil || !isPresent || tray == .open,
            // As it was when the look at everything else began.
            information: information)
        // A disc that the drive itself is still looking at is looked at again the next time.
        isKnowledgeFresh = sighting.isSettled
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
        defer { if !isHeld { letGo() } }
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
        defer { if !isHeld { letGo() } }
        return moving(movement)
    }

    private func moving(_ movement: TrayMovement) -> TrayFailure? {
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
