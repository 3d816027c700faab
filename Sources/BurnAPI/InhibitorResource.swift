import BurnPlan

/// Whether the machine is kept from sleeping and shutting down, and what would help where it is not.
struct InhibitorResource: Encodable, Sendable {
    let result: PowerInhibitor.Result
    let detail: String
    let hint: OrNull<String>

    init(_ inhibitor: PowerInhibitor) {
        result = inhibitor.result
        detail = Self.sentence(inhibitor.result) + (inhibitor.words.isEmpty ? "" : " (\(inhibitor.words))") + "."
        hint = OrNull(Self.hint(inhibitor.result))
    }

    private static func sentence(_ result: PowerInhibitor.Result) -> String {
        switch result {
        case .granted: "logind holds off sleep, shutdown and what closing the lid does"
        case .noSystemBus: "There is no system bus, so nothing keeps the machine from sleeping or shutting down"
        case .noLogind: "There is no logind, so nothing keeps the machine from sleeping or shutting down"
        case .refused: "logind does not let burnd keep the machine from sleeping and shutting down"
        case .timedOut: "logind did not answer, so nothing keeps the machine from sleeping or shutting down"
        case .failed: "logind could not be asked to keep the machine from sleeping and shutting down"
        }
    }

    private static func hint(_ result: PowerInhibitor.Result) -> String? {
        switch result {
        case .granted: nil
        case .noSystemBus, .noLogind:
            "In a container, give it the host's /run/dbus/system_bus_socket, or see that the host stays awake."
        case .refused:
            "Install the package polkitd and burnd's rule, /usr/share/polkit-1/rules.d/50-burnd.rules, which allows it to "
                + "the user burnd."
        case .timedOut, .failed: "See systemctl status systemd-logind polkit dbus."
        }
    }
}
