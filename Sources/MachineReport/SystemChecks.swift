/// User, kernel, udev.
enum SystemChecks {
    static func lines(_ machine: Machine) -> [CheckLine] { [user(machine), kernel(machine), udev(machine)] }

    /// Group that owns optical drives, in the rules of every distribution that uses udev (50-udev-default.rules).
    static let driveGroup = "cdrom"

    /// With a drive there, its nodes tell who may; without one, the group does.
    static func user(_ machine: Machine) -> CheckLine {
        let user = machine.user
        let groups = user.groups.isEmpty ? "" : ", groups " + user.groups.joined(separator: ", ")
        let who = "\(user.name) (uid \(user.id))\(groups)"
        let isMember = user.groups.contains(driveGroup)
        guard machine.drives.isEmpty, user.id != 0, !isMember else { return .ok("user", who) }
        if user.nextGroups.contains(driveGroup) {
            return CheckLine(
                "user", .warning, "\(who): put into group \(driveGroup) after this log-in", note: "Log in again.")
        }
        return CheckLine(
            "user", .warning, "\(who): not in group \(driveGroup), to which drives belong",
            remedy: ["sudo usermod -aG \(driveGroup) \(user.name)"], note: "Then log in again.")
    }

    static func kernel(_ machine: Machine) -> CheckLine {
        let release = machine.kernelRelease
        let isBlockDriver = machine.node("/sys/bus/scsi/drivers/sr") != nil
        let isGeneric = machine.node("/sys/class/scsi_generic") != nil
        if isBlockDriver, isGeneric { return .ok("kernel", "\(release) with the drivers sr and sg") }
        let missing = [isBlockDriver ? nil : "sr_mod", isGeneric ? nil : "sg"].compactMap(\.self)
        let words = missing.joined(separator: " and ")
        let isHere = missing.allSatisfy { isModule($0, release, machine) }
        guard isHere else {
            return CheckLine(
                "kernel", .warning,
                "\(release) has no \(words): CD drives cannot be used here, only virtual recorders",
                remedy: isCloudKernel(release) ? ["sudo apt-get install linux-image-amd64", "sudo reboot"] : [],
                note: isCloudKernel(release) ? nil : "Burn on a machine whose kernel has the drivers sr_mod and sg.")
        }
        if machine.drives.isEmpty {
            return .ok("kernel", "\(release); the drivers sr_mod and sg are loaded with the first drive")
        }
        return CheckLine(
            "kernel", .warning, "\(release); not loaded: \(words)", remedy: missing.map { "sudo modprobe \($0)" })
    }

    /// Debian's kernel for virtual machines leaves most drivers out.
    private static func isCloudKernel(_ release: String) -> Bool { release.hasSuffix("-cloud-amd64") }

    private static func isModule(_ name: String, _ release: String, _ machine: Machine) -> Bool {
        ["modules.dep", "modules.builtin"].contains { file in
            machine.text("/lib/modules/\(release)/\(file)")?.contains("/\(name).ko") ?? false
        }
    }

    static func udev(_ machine: Machine) -> CheckLine {
        if machine.node("/run/udev/control")?.kind == .socket {
            let version = machine.run("/bin/udevadm", ["--version"]).flatMap { $0.status == 0 ? $0.output : nil }
            return .ok("udev", "running\(version.map { ", version \($0)" } ?? "")")
        }
        let found = "not running: drives are looked for every now and then, instead of being told of"
        if machine.isContainer {
            return CheckLine(
                "udev", .warning, found,
                note: "A container hears the host's udev when it is run with --network host -v /run/udev:/run/udev:ro.")
        }
        let isInstalled = machine.node("/lib/systemd/systemd-udevd") != nil
        let start =
            machine.hasSystemd ? "sudo systemctl start systemd-udevd" : "sudo /lib/systemd/systemd-udevd --daemon"
        return CheckLine(
            "udev", .warning, found, remedy: (isInstalled ? [] : ["sudo apt-get install udev"]) + [start])
    }
}
