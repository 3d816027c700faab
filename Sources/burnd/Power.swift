import BurnPlan
import Systemd

/// What logind says, as it stands in the record of a burn.
extension PowerInhibitor {
    /// Nothing keeps the machine awake, and why.
    init(_ failure: Logind.Failure) {
        self =
            switch failure {
            case .noSystemBus(let words): .init(.noSystemBus, words: words)
            case .noLogind(let words): .init(.noLogind, words: words)
            case .refused(let words): .init(.refused, words: words)
            case .timedOut(let limit): .init(.timedOut, words: "waited \(limit.components.seconds) s")
            case .failed(let words): .init(.failed, words: words)
            }
    }

    /// Whether a burn could be protected now. Blocks as long as logind takes, within `Logind.answerLimit`.
    static func probe() -> PowerInhibitor {
        do throws(Logind.Failure) {
            try Logind.probe()
            return .init(.granted)
        } catch {
            return .init(error)
        }
    }
}

extension BurnPlan {
    /// What the machine is kept awake for, for people who look why it does not go to sleep.
    var reasonToStayAwake: String {
        let doing =
            switch task {
            case .burn: "burning"
            case .erase: "blanking the disc"
            case .close: "closing the disc"
            }
        return "job \(job): \(doing) on \(driveLabel ?? drive)"
    }
}
