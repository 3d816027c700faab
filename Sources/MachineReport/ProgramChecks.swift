/// burnd's own parts, the server, and the clock.
enum ProgramChecks {
    static func lines(_ machine: Machine, _ installed: Installed) -> [CheckLine] {
        [decoder(machine, installed), page(machine, installed), server(machine, installed), service(machine)]
            + [clock(machine, installed)]
    }

    /// The decoder and its cage: it is asked to break out, and has to fail.
    static func decoder(_ machine: Machine, _ installed: Installed) -> CheckLine {
        let path = installed.decoder
        guard machine.node(path) != nil, machine.mayUse(path, .running) else {
            return CheckLine("decoder", .problem, "\(path) is not there", remedy: [installed.repair])
        }
        guard let proof = machine.run(path, ["--prove-cage"]) else {
            return CheckLine("decoder", .problem, "\(path) cannot be run", remedy: [installed.repair])
        }
        guard proof.status == 0 else {
            return CheckLine(
                "decoder", .problem, "its cage does not hold here, so that it decodes nothing: \(proof.output)",
                note: "It needs a kernel with seccomp, and a container that permits it.")
        }
        guard proof.output.contains("\"landlock") else {
            return CheckLine(
                "decoder", .warning, "its cage holds, without Landlock, which this kernel lacks or has turned off",
                note: "Kernels from 5.13 on have it: CONFIG_SECURITY_LANDLOCK, and lsm= with landlock at boot.")
        }
        return .ok("decoder", "its cage holds")
    }

    static func page(_ machine: Machine, _ installed: Installed) -> CheckLine {
        let files = [installed.publicFolder + "/index.html", installed.descriptionFolder + "/openapi.yaml"]
        let missing = files.filter { !machine.mayUse($0, .reading) }
        guard !missing.isEmpty else { return .ok("page", "page and description are in \(installed.publicFolder)") }
        return CheckLine(
            "page", .problem, "not there: \(missing.joined(separator: ", "))", remedy: [installed.repair],
            note: "Or say where they are: burnd serve --public DIR.")
    }

    static func server(_ machine: Machine, _ installed: Installed) -> CheckLine {
        let host = installed.host.contains(":") ? "[\(installed.host)]" : installed.host
        let address = "\(host):\(installed.port)"
        let isServed = machine.isServed(installed.data)
        switch machine.listener(installed.host, installed.port) {
        case .burnd(let version): return .ok("server", "burnd \(version) answers at http://\(address)")
        case .nobody where isServed:
            return CheckLine(
                "server", .warning, "a server has \(installed.data), and does not answer at \(address)",
                remedy: ["burnd check --listen HOST:PORT"], note: "It may listen somewhere else, or be starting.")
        case .nobody: return .ok("server", "none is running; \(address) is free")
        case .other(let words):
            return CheckLine(
                "server", .problem, "\(address) is taken by another program (\(words))",
                remedy: ["burnd serve --listen \(host):\(installed.port == .max ? 8081 : installed.port + 1)"])
        case .unreachable(let words):
            return CheckLine("server", .warning, "\(address) cannot be reached: \(words)")
        }
    }

    /// The unit, as systemd has it.
    static func service(_ machine: Machine) -> CheckLine {
        guard machine.hasSystemd else {
            return .ok("service", "systemd does not run here: burnd is started by hand")
        }
        let unit = "burnd.service"
        guard let shown = machine.run("/bin/systemctl", ["show", unit, "-p", "LoadState,ActiveState,UnitFileState"]),
            shown.status == 0
        else { return CheckLine("service", .warning, "systemd cannot be asked", remedy: ["systemctl status burnd"]) }
        let pairs = shown.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
        func state(_ name: String) -> Substring { pairs.first { $0.count == 2 && $0[0] == name }?[1] ?? "" }
        guard state("LoadState") == "loaded" else { return .ok("service", "not installed as one") }
        switch state("ActiveState") {
        case "active", "activating", "reloading", "deactivating": return .ok("service", "\(state("ActiveState"))")
        case "failed":
            return CheckLine(
                "service", .problem, "failed", remedy: ["journalctl -u burnd -e", "sudo systemctl restart burnd"])
        default:
            let isEnabled = state("UnitFileState") == "enabled"
            return CheckLine(
                "service", .warning, "installed, \(isEnabled ? "not running" : "neither running nor enabled")",
                remedy: ["sudo systemctl \(isEnabled ? "start" : "enable --now") burnd.socket burnd.service"])
        }
    }

    /// Seconds that a clock may be behind the day of the program: time zones of those who built it play no part in it.
    private static let slack = 24 * 60 * 60

    /// Jobs and journals bear times; a clock that is older than the program is wrong.
    static func clock(_ machine: Machine, _ installed: Installed) -> CheckLine {
        let built = machine.node(installed.executable)?.modified ?? 0
        guard machine.now + slack < built else { return .ok("clock", "plausible") }
        return CheckLine(
            "clock", .problem, "it is behind the day on which this program was made",
            remedy: ["sudo timedatectl set-ntp true"])
    }
}
