import MachineReport
import POSIX

/// A machine made of tables. As it comes, all is well on it.
struct FakeMachine {
    var user = Machine.User(name: "eric", id: 1000, groups: ["cdrom", "eric"], nextGroups: ["cdrom", "eric"])
    var drives = [Machine.Drive(name: "PIONEER BD-RW", node: "/dev/sr0", sgNode: "/dev/sg1")]
    var limits = Machine.Limits(lockedBytes: nil, nice: -20)
    var now = 1_800_000_000
    var nodes: [String: Machine.Node] = [
        "/sys/bus/scsi/drivers/sr": .init(.folder), "/sys/class/scsi_generic": .init(.folder),
        "/run/udev/control": .init(.socket), "/run/systemd/system": .init(.folder),
        "/dev/sr0": .init(.device, mode: 0o660, group: "cdrom"),
        "/dev/sg1": .init(.device, mode: 0o660, group: "cdrom"),
        "/usr/bin/burnd": .init(.file, mode: 0o755, modified: 1_790_000_000),
        "/usr/bin/burnd-decode": .init(.file, mode: 0o755), "/share/index.html": .init(.file),
        "/share/openapi.yaml": .init(.file), "/data": .init(.folder, mode: 0o750, owner: "eric"),
    ]
    /// Paths that may not be used at all.
    var denied: Set<String> = []
    var texts = ["/proc/sys/kernel/osrelease": "6.1.0-56-amd64\n"]
    var folders: [String: [String]] = [:]
    /// ext4.
    var fileSystem = Machine.FileSystem(type: 0xEF53, free: 100_000_000_000)
    var holders: [String: Machine.Holder] = [:]
    var inhibitor = Machine.Inhibitor.granted
    var database = Machine.Database.none
    var isServed = false
    var runs: [String: Machine.Run] = [
        "/usr/bin/burnd-decode": .init(status: 0, output: #"{"cage":["limits","landlock-7","seccomp"]}"#),
        "/bin/udevadm": .init(status: 0, output: "252"),
        "/bin/systemctl": .init(status: 0, output: "LoadState=not-found\nActiveState=inactive\nUnitFileState="),
    ]
    var listener = Machine.Listener.nobody
    var installed = Installed(
        executable: "/usr/bin/burnd", decoder: "/usr/bin/burnd-decode", publicFolder: "/share",
        descriptionFolder: "/share", data: "/data", host: "127.0.0.1", port: 8080, isCheckout: false)

    init(_ change: (inout FakeMachine) -> Void = { _ in }) { change(&self) }

    /// Everything that is said of it.
    var lines: [CheckLine] {
        let made = self
        return MachineReport.lines(
            Machine(
                user: user, drives: drives, limits: limits, burnBytes: 16 << 20, burnNice: -10, now: now,
                node: { made.nodes[$0] },
                mayUse: { path, _ in
                    made.nodes[path] != nil && !made.denied.contains(path) || path == "/" && !made.denied.contains("/")
                },
                text: { made.texts[$0] }, names: { made.folders[$0] ?? [] }, fileSystem: { _ in made.fileSystem },
                holder: { made.holders[$0] }, inhibitor: { made.inhibitor }, database: { _ in made.database },
                isServed: { _ in made.isServed }, run: { path, _ in made.runs[path] },
                listener: { _, _ in made.listener }), installed)
    }

    /// The line of one check: the first, where there is one for each drive.
    func line(_ check: String) -> CheckLine? { lines.first { $0.check == check } }
}
