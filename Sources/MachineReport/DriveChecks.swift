/// The drives that are attached: whether they may be used, and who else uses them.
enum DriveChecks {
    static func lines(_ machine: Machine) -> [CheckLine] {
        guard !machine.drives.isEmpty else { return [noDrive, automounter(machine)] }
        return machine.drives.flatMap { drive in
            [access(drive, machine), generic(drive, machine), holder(drive, machine)].compactMap(\.self)
        } + [automounter(machine)]
    }

    static let noDrive = CheckLine(
        "drive", .warning, "none is attached", remedy: ["burnd serve --virtual-recorder left"],
        note: "That serves with a recorder made of software; or attach a drive.")

    /// Reading and writing on `/dev/srN`: without both nothing can be burned.
    static func access(_ drive: Machine.Drive, _ machine: Machine) -> CheckLine {
        let name = "\(drive.name) at \(drive.node)"
        guard let node = machine.node(drive.node) else {
            return CheckLine(
                "drive", .problem, "\(name): the kernel has it, and its node is missing",
                remedy: machine.isContainer ? [] : ["sudo udevadm trigger --subsystem-match=block"],
                note: machine.isContainer ? "Give it to the container: --device \(drive.node)." : nil)
        }
        if machine.mayUse(drive.node, .both) { return .ok("drive", "\(name) may be read and written") }
        return denied("drive", .problem, name, node, machine)
    }

    /// `/dev/sgN`: commands that the kernel's filter keeps from `/dev/srN`, and time-outs below seven seconds.
    static func generic(_ drive: Machine.Drive, _ machine: Machine) -> CheckLine? {
        guard let path = drive.sgNode else {
            return CheckLine(
                "drive-generic", .warning, "\(drive.node) has no generic node: makers' own commands are not available",
                remedy: machine.isContainer ? [] : ["sudo modprobe sg"],
                note: machine.isContainer ? "Give the container its /dev/sgN too." : nil)
        }
        guard let node = machine.node(path) else {
            return CheckLine(
                "drive-generic", .warning, "\(path), the generic node of \(drive.node), is missing",
                remedy: machine.isContainer ? [] : ["sudo udevadm trigger --subsystem-match=scsi_generic"],
                note: machine.isContainer ? "Give it to the container: --device \(path)." : nil)
        }
        if machine.mayUse(path, .both) { return .ok("drive-generic", "\(path) is \(drive.node), and may be used") }
        return denied("drive-generic", .warning, "\(path), the generic node of \(drive.node),", node, machine)
    }

    /// What lets this user in, by whom the node lets in.
    private static func denied(
        _ check: String, _ verdict: CheckLine.Verdict, _ name: String, _ node: Machine.Node, _ machine: Machine
    ) -> CheckLine {
        let user = machine.user
        let mode = String(node.mode & 0o777, radix: 8)
        let found = "\(name) may not be used by \(user.name): it belongs to \(node.owner):\(node.group), mode \(mode)"
        let isForGroup = node.mode & 0o060 == 0o060 && node.group != "root"
        guard isForGroup else {
            return CheckLine(
                check, verdict, found, remedy: machine.isContainer ? [] : ["sudo udevadm trigger"],
                note: machine.isContainer
                    ? "Its permissions are the host's."
                    : "udev's rules give drives to group \(SystemChecks.driveGroup).")
        }
        if user.groups.contains(node.group) {
            return CheckLine(
                check, verdict, "\(found), and something else keeps \(user.name) out",
                note: "A container or a unit must be permitted the device, too (--device, DeviceAllow=).")
        }
        if user.nextGroups.contains(node.group) {
            return CheckLine(
                check, verdict, "\(found); \(user.name) was put into that group after this log-in",
                note: "Log in again.")
        }
        return CheckLine(
            check, verdict, found, remedy: ["sudo usermod -aG \(node.group) \(user.name)"], note: "Then log in again.")
    }

    static func holder(_ drive: Machine.Drive, _ machine: Machine) -> CheckLine {
        switch machine.holder(drive.node) {
        case nil: .ok("drive-use", "nobody is seen to have \(drive.node)")
        case .burnd(let words): .ok("drive-use", "\(drive.node) is in use by \(words)")
        case .program(let words):
            CheckLine(
                "drive-use", .warning, "\(drive.node) is in use by \(words)",
                note: "burnd takes it when it is let go.")
        case .mount(let folder):
            CheckLine(
                "drive-use", .warning, "\(drive.node) is mounted at \(folder): nothing can be burned on it so",
                remedy: ["sudo umount \(folder)"])
        }
    }

    /// udisks2, by which desktops mount discs. What it is to leave alone stands in udev's database of each drive.
    static func automounter(_ machine: Machine) -> CheckLine {
        let daemon = "/usr/libexec/udisks2/udisksd"
        guard machine.node(daemon) != nil || machine.node("/usr/lib/udisks2/udisksd") != nil else {
            return .ok("automounter", "udisks2 is not installed: nothing mounts discs by itself")
        }
        let rules = ["/etc/udev/rules.d", "/run/udev/rules.d", "/lib/udev/rules.d"]
        let isRule = rules.contains { folder in machine.names(folder).contains { $0.hasSuffix("-burnd.rules") } }
        let open = machine.drives.filter { !isIgnored($0, machine) }
        if isRule, open.isEmpty { return .ok("automounter", "udisks2 leaves recorders to burnd, by a rule of udev's") }
        let remedy = isRule ? [] : ["sudo apt-get install burnd"]
        let what = open.isEmpty ? "discs" : open.map(\.node).joined(separator: ", ")
        return CheckLine(
            "automounter", .warning, "udisks2 may mount \(what): a disc that is mounted cannot be written",
            remedy: remedy + ["sudo udevadm control --reload", "sudo udevadm trigger --subsystem-match=block"])
    }

    /// `E:UDISKS_IGNORE=1` in udev's record of the device.
    private static func isIgnored(_ drive: Machine.Drive, _ machine: Machine) -> Bool {
        let name = drive.node.split(separator: "/").last ?? ""
        guard let number = machine.text("/sys/class/block/\(name)/dev")?.prefix(while: { !$0.isNewline }),
            let record = machine.text("/run/udev/data/b\(number)")
        else { return false }
        return record.split(separator: "\n").contains("E:UDISKS_IGNORE=1")
    }
}
