/// What a burn needs of the machine while the laser is on.
enum BurnChecks {
    static func lines(_ machine: Machine) -> [CheckLine] { [inhibitor(machine), memory(machine), priority(machine)] }

    /// A suspend or a shutdown in mid-burn ruins the disc.
    static func inhibitor(_ machine: Machine) -> CheckLine {
        switch machine.inhibitor() {
        case .granted: .ok("inhibitor", "logind lets burns hold off sleep and shutdown")
        case .absent(let words):
            CheckLine(
                "inhibitor", .warning, "no logind: nothing keeps a sleep or a shutdown from a burn (\(words))",
                remedy: machine.hasSystemd ? ["sudo apt-get install dbus", "sudo systemctl start systemd-logind"] : [],
                note: machine.isContainer
                    ? "A container reaches the host's with -v /run/dbus/system_bus_socket:/run/dbus/system_bus_socket."
                    : machine.hasSystemd ? nil : "Without systemd nobody asks before a shutdown. Burn when none is due."
            )
        case .refused(let words):
            CheckLine(
                "inhibitor", .warning,
                "logind does not let \(machine.user.name) hold off sleep and shutdown (\(words))",
                remedy: ["sudo apt-get install burnd"],
                note:
                    "The package lets the user burnd do it (/usr/share/polkit-1/rules.d/50-burnd.rules), and serves as it."
            )
        case .failed(let words):
            CheckLine(
                "inhibitor", .warning, "logind cannot be asked to hold off sleep and shutdown: \(words)",
                remedy: machine.hasSystemd ? ["sudo systemctl restart systemd-logind"] : [])
        }
    }

    private static let limitsFile = "/etc/security/limits.d/burnd.conf"

    static func memory(_ machine: Machine) -> CheckLine {
        let wanted = mebibytes(machine.burnBytes)
        guard let limit = machine.limits.lockedBytes, limit < machine.burnBytes else {
            return .ok("locked-memory", "the \(wanted) that a burn reads ahead stay in memory")
        }
        return raised(
            CheckLine(
                "locked-memory", .warning,
                "\(mebibytes(limit)) of the \(wanted) that a burn reads ahead stay in memory; the rest may be paged out",
                remedy: []), setting: "memlock \((machine.burnBytes + 1023) / 1024)", option: "--ulimit memlock",
            machine)
    }

    static func priority(_ machine: Machine) -> CheckLine {
        guard machine.limits.nice > machine.burnNice else {
            return .ok("priority", "burns go first, at nice \(machine.burnNice)")
        }
        return raised(
            CheckLine(
                "priority", .warning,
                "burns may not be put first: nice \(machine.limits.nice) is the limit, "
                    + "\(machine.burnNice) is wanted"),
            setting: "nice \(machine.burnNice)", option: "--cap-add SYS_NICE", machine)
    }

    /// The limit raised for those who may use drives.
    private static func raised(
        _ line: CheckLine, setting: String, option: String, _ machine: Machine
    ) -> CheckLine {
        var line = line
        if machine.isContainer {
            line.note = "Run the container with more: \(option)."
        } else {
            line.remedy = ["echo '@\(SystemChecks.driveGroup) - \(setting)' | sudo tee -a \(limitsFile)"]
            line.note = "Then log in again. A service has limits of its own; the unit of the package raises them."
        }
        return line
    }

    private static func mebibytes(_ bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
