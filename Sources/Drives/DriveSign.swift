import MMC
import SCSI
import SCSITransports

/// How a drive shows people which one it is. What is in it stays in it, and as it is.
enum DriveSign: Equatable, Sendable {
    /// The tray goes out, for a moment.
    case tray
    /// The disc stands still and turns again, twice: the light at the front goes with it.
    case light

    /// The sign that this drive can give.
    ///
    /// A disc is never brought out: whoever stands there takes what is offered, changers and robots too, and a virtual
    /// recorder puts another one in.
    ///
    /// - Throws: in words, why there is none.
    static func choose(
        isTrayOpen: Bool, isDiscInside: Bool, _ capabilities: DriveCapabilities
    ) throws(Refusal) -> DriveSign {
        if isTrayOpen { throw Refusal(reason: "its tray is out already, which tells it from the others") }
        if isDiscInside { return .light }
        guard capabilities.canLoadMedia != false, capabilities.canEjectMedia != false else {
            throw Refusal(
                reason: "it is empty and cannot close its tray by itself; eject opens it, for a hand to close")
        }
        return .tray
    }

    /// Why a drive gives no sign.
    struct Refusal: Error, Equatable {
        let reason: String
    }
}

extension DriveDevice {
    /// What came of the first half of a sign.
    enum SignGiven: Sendable, Equatable {
        /// All of it was given.
        case done
        /// The tray is out and has to be brought back.
        case trayIsOut
        /// There was none.
        case failed(TrayFailure)
    }

    /// Times that the disc is stopped and started.
    private static let blinks = 2

    /// Gives the sign, but for bringing the tray back.
    func beginSign(_ capabilities: DriveCapabilities) -> SignGiven {
        do {
            let transport = try opened()
            let polled = try mediaState(transport)
            let isEvent = polled.map { $0.event != .none && $0.event != .ejectRequest } ?? false
            // What is told here nobody will be told again.
            if try isUnitAttention(transport) || isEvent { known = nil }
            let sign = try DriveSign.choose(
                isTrayOpen: polled?.isTrayOpen ?? false,
                isDiscInside: try polled?.isMediumPresent ?? Self.hasDisc(transport), capabilities)
            switch sign {
            case .tray:
                if let failure = move(.eject) { return .failed(failure) }
                return .trayIsOut
            case .light:
                for _ in 0..<Self.blinks {
                    _ = try transport.retryingUnitAttention(StartStopUnit(.stop))
                    _ = try transport.retryingUnitAttention(StartStopUnit(.start))
                }
                return .done
            }
        } catch DriveAddress.OpenError.inUse {
            return .failed(.inUse)
        } catch let refusal as DriveSign.Refusal {
            return .failed(.refused(refusal.reason))
        } catch {
            return .failed(.refused("\(error)"))
        }
    }

    /// As TEST UNIT READY tells it, of drives that have no media events: every answer but NO MEDIUM is that of a disc.
    private static func hasDisc(_ transport: any SCSITransport) throws(SCSIError) -> Bool {
        do throws(SCSIError) {
            _ = try transport.retryingUnitAttention(TestUnitReady())
            return true
        } catch {
            guard let sense = error.sense else { throw error }
            return !(sense.key == 2 && sense.code == 0x3A)
        }
    }
}
