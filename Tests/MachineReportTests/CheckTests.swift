import MachineReport
import Testing

/// What is said of machines that are well, and of those that are not.
@Suite struct CheckTests {
    /// The verdict, the first command that mends it, and words that are said.
    private func expect(
        _ check: String, _ verdict: CheckLine.Verdict, _ words: String, remedy: String? = nil, note: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout FakeMachine) -> Void
    ) throws {
        let line = try #require(FakeMachine(change).line(check), sourceLocation: sourceLocation)
        #expect(line.verdict == verdict, "\(line)", sourceLocation: sourceLocation)
        #expect(line.found.contains(words), "\(line)", sourceLocation: sourceLocation)
        #expect(line.remedy.first == remedy, "\(line)", sourceLocation: sourceLocation)
        if let note {
            #expect(line.note?.contains(note) == true, "\(line)", sourceLocation: sourceLocation)
        }
        if verdict == .ok { #expect(line.remedy.isEmpty && line.note == nil, sourceLocation: sourceLocation) }
    }

    @Test func `on a machine that is well every line is ok`() {
        let lines = FakeMachine().lines
        #expect(lines.allSatisfy { $0.verdict == .ok && $0.remedy.isEmpty }, "\(lines.filter { $0.verdict != .ok })")
        #expect(CheckReport(lines).verdict == .ok)
        #expect(
            lines.map(\.check) == [
                "user", "kernel", "udev", "drive", "drive-generic", "drive-use", "automounter", "inhibitor",
                "locked-memory", "priority", "data", "file-system", "space", "database", "decoder", "page", "server",
                "service", "clock",
            ])
    }

    @Test func `whatever is not ok says what to do`() {
        let broken = FakeMachine { machine in
            machine.drives = []
            machine.nodes = [:]
            machine.texts = [:]
            (machine.fileSystem.free, machine.inhibitor) = (0, .absent("no bus"))
            (machine.limits, machine.listener) = (.init(lockedBytes: 0, nice: 0), .other("nginx"))
        }
        for line in broken.lines where line.verdict != .ok {
            #expect(!line.remedy.isEmpty || line.note != nil, "\(line)")
        }
        #expect(CheckReport(broken.lines).verdict == .problem)
    }

    // MARK: User, kernel, udev

    @Test func `a user outside of the group is told how to get in, when no drive is there to tell`() throws {
        try expect("user", .warning, "not in group cdrom", remedy: "sudo usermod -aG cdrom eric", note: "log in again")
        {
            ($0.drives, $0.user.groups, $0.user.nextGroups) = ([], ["eric"], ["eric"])
        }
        try expect("user", .warning, "after this log-in", note: "Log in again") {
            ($0.drives, $0.user.groups) = ([], ["eric"])
        }
        try expect("user", .ok, "root (uid 0)") {
            ($0.drives, $0.user) = ([], .init(name: "root", id: 0, groups: ["root"], nextGroups: ["root"]))
        }
        // With a drive, its node tells: the group of this one is another.
        try expect("user", .ok, "eric (uid 1000), groups eric") { $0.user.groups = ["eric"] }
    }

    @Test func `a kernel has the drivers, or can load them, or has none`() throws {
        let path = "/lib/modules/6.1.0-56-amd64/modules.dep"
        let modules = "kernel/drivers/scsi/sr_mod.ko: kernel/drivers/cdrom/cdrom.ko\nkernel/drivers/scsi/sg.ko:\n"
        try expect("kernel", .ok, "6.1.0-56-amd64 with the drivers sr and sg") { _ in }
        try expect("kernel", .ok, "loaded with the first drive") {
            ($0.drives, $0.nodes["/sys/bus/scsi/drivers/sr"], $0.nodes["/sys/class/scsi_generic"]) = ([], nil, nil)
            $0.texts[path] = modules
        }
        try expect("kernel", .warning, "not loaded: sg", remedy: "sudo modprobe sg") {
            $0.nodes["/sys/class/scsi_generic"] = nil
            $0.texts[path] = modules
        }
        try expect("kernel", .warning, "has no sr_mod and sg", note: "Burn on a machine") {
            ($0.drives, $0.nodes) = ([], [:])
        }
        try expect("kernel", .warning, "has no sr_mod", remedy: "sudo apt-get install linux-image-amd64") {
            ($0.drives, $0.nodes) = ([], [:])
            $0.texts["/proc/sys/kernel/osrelease"] = "6.1.0-56-cloud-amd64\n"
        }
    }

    @Test func `udev runs, is stopped, is not there, or is the host's`() throws {
        try expect("udev", .ok, "running, version 252") { _ in }
        try expect("udev", .warning, "not running", remedy: "sudo systemctl start systemd-udevd") {
            $0.nodes["/run/udev/control"] = nil
            $0.nodes["/lib/systemd/systemd-udevd"] = .init(.file)
        }
        try expect("udev", .warning, "not running", remedy: "sudo apt-get install udev") {
            $0.nodes["/run/udev/control"] = nil
        }
        try expect("udev", .warning, "not running", note: "/run/udev") {
            $0.nodes["/run/udev/control"] = nil
            $0.nodes["/.dockerenv"] = .init(.file)
        }
    }

    // MARK: Drives

    @Test func `no drive is no problem`() throws {
        try expect("drive", .warning, "none is attached", remedy: "burnd serve --virtual-recorder left") {
            $0.drives = []
        }
    }

    @Test func `a drive that may not be used names the group that may`() throws {
        try expect("drive", .problem, "belongs to root:cdrom, mode 660", remedy: "sudo usermod -aG cdrom eric") {
            ($0.denied, $0.user.groups, $0.user.nextGroups) = (["/dev/sr0"], ["eric"], ["eric"])
        }
        try expect("drive", .problem, "after this log-in", note: "Log in again") {
            ($0.denied, $0.user.groups) = (["/dev/sr0"], ["eric"])
        }
        // In the group and refused all the same: a device cgroup.
        try expect("drive", .problem, "something else", note: "DeviceAllow") { $0.denied = ["/dev/sr0"] }
        try expect("drive", .problem, "root:root, mode 600", remedy: "sudo udevadm trigger") {
            $0.denied = ["/dev/sr0"]
            $0.nodes["/dev/sr0"] = .init(.device, mode: 0o600)
        }
        try expect("drive", .problem, "node is missing", note: "--device /dev/sr0") {
            $0.nodes["/dev/sr0"] = nil
            $0.nodes["/run/.containerenv"] = .init(.file)
        }
    }

    @Test func `without its generic node a drive burns, and a part of it is missing`() throws {
        try expect("drive-generic", .ok, "/dev/sg1 is /dev/sr0") { _ in }
        try expect("drive-generic", .warning, "no generic node", remedy: "sudo modprobe sg") {
            $0.drives[0].sgNode = nil
        }
        try expect("drive-generic", .warning, "may not be used by eric", remedy: "sudo usermod -aG cdrom eric") {
            ($0.denied, $0.user.groups, $0.user.nextGroups) = (["/dev/sg1"], ["eric"], ["eric"])
        }
        try expect(
            "drive-generic", .warning, "is missing", remedy: "sudo udevadm trigger --subsystem-match=scsi_generic"
        ) {
            $0.nodes["/dev/sg1"] = nil
        }
    }

    @Test func `who has a drive is said, and burnd itself is no trouble`() throws {
        try expect("drive-use", .warning, "wodim (process 812", note: "let go") {
            $0.holders["/dev/sr0"] = .program("wodim (process 812 of user anna)")
        }
        try expect("drive-use", .ok, "burnd (process 7)") { $0.holders["/dev/sr0"] = .burnd("burnd (process 7)") }
        try expect("drive-use", .warning, "mounted at /media/eric/CD", remedy: "sudo umount /media/eric/CD") {
            $0.holders["/dev/sr0"] = .mount("/media/eric/CD")
        }
    }

    @Test func `a desktop's mounting is harmless where a rule keeps it away`() throws {
        let udisks: (inout FakeMachine) -> Void = { machine in
            machine.nodes["/usr/libexec/udisks2/udisksd"] = .init(.file)
            machine.texts["/sys/class/block/sr0/dev"] = "11:0\n"
        }
        try expect("automounter", .warning, "may mount /dev/sr0", remedy: "sudo apt-get install burnd", udisks)
        // The rule is there, and udev has not gone by it yet.
        try expect("automounter", .warning, "may mount /dev/sr0", remedy: "sudo udevadm control --reload") {
            udisks(&$0)
            $0.folders["/lib/udev/rules.d"] = ["60-cdrom_id.rules", "85-burnd.rules"]
        }
        try expect("automounter", .ok, "leaves recorders to burnd") {
            udisks(&$0)
            $0.folders["/lib/udev/rules.d"] = ["85-burnd.rules"]
            $0.texts["/run/udev/data/b11:0"] = "S:cdrom\nE:ID_CDROM=1\nE:UDISKS_IGNORE=1\n"
        }
    }

    // MARK: A burn

    @Test func `sleep and shutdown can be held off, or not`() throws {
        try expect("inhibitor", .warning, "does not let eric", remedy: "sudo apt-get install burnd", note: "polkit") {
            $0.inhibitor = .refused("Permission denied")
        }
        try expect("inhibitor", .warning, "no logind", remedy: "sudo apt-get install dbus") {
            $0.inhibitor = .absent("No such file or directory")
        }
        try expect("inhibitor", .warning, "no logind", note: "Without systemd") {
            ($0.inhibitor, $0.nodes["/run/systemd/system"]) = (.absent("No such file"), nil)
        }
        try expect("inhibitor", .warning, "no logind", note: "/run/dbus") {
            ($0.inhibitor, $0.nodes["/run/systemd/system"]) = (.absent("No such file"), nil)
            $0.nodes["/.dockerenv"] = .init(.file)
        }
        try expect("inhibitor", .warning, "no answer", remedy: "sudo systemctl restart systemd-logind") {
            $0.inhibitor = .failed("no answer in 10 seconds")
        }
    }

    @Test func `limits of memory and priority are those that a burn wants`() throws {
        try expect("locked-memory", .ok, "16 MiB") { $0.limits.lockedBytes = 16 << 20 }
        let line = "echo '@cdrom - memlock 16384' | sudo tee -a /etc/security/limits.d/burnd.conf"
        try expect("locked-memory", .warning, "8 MiB of the 16 MiB", remedy: line, note: "log in again") {
            $0.limits.lockedBytes = 8 << 20
        }
        try expect("locked-memory", .warning, "64 KiB of the 16 MiB", note: "--ulimit memlock") {
            $0.limits.lockedBytes = 64 << 10
            $0.nodes["/.dockerenv"] = .init(.file)
        }
        try expect("priority", .ok, "nice -10") { $0.limits.nice = -10 }
        let nice = "echo '@cdrom - nice -10' | sudo tee -a /etc/security/limits.d/burnd.conf"
        try expect("priority", .warning, "nice 0 is the limit", remedy: nice) { $0.limits.nice = 0 }
    }

    // MARK: Data

    @Test func `the data folder is there, can be made, or is somebody else's`() throws {
        try expect("data", .ok, "/data may be written") { _ in }
        try expect("data", .ok, "/new/folder will be made") { $0.installed.data = "/new/folder" }
        try expect("data", .problem, "eric may not make it", remedy: "sudo install -d -m 750 -o eric /new/folder") {
            ($0.installed.data, $0.denied) = ("/new/folder", ["/"])
        }
        try expect("data", .problem, "belongs to burnd", remedy: "sudo -u burnd burnd check --data /data") {
            ($0.denied, $0.nodes["/data"]) = (["/data"], .init(.folder, mode: 0o750, owner: "burnd"))
        }
        try expect("data", .problem, "no folder", remedy: "burnd serve --data ANOTHER-FOLDER") {
            $0.nodes["/data"] = .init(.file)
        }
    }

    @Test(arguments: [(0x0102_1994, "tmpfs"), (0x794C_7630, "overlay"), (0x4D44, "FAT"), (0x6969, "NFS")])
    func `file systems that may lose what was acknowledged are named`(type: UInt64, words: String) throws {
        try expect("file-system", .warning, words, remedy: "burnd serve --data FOLDER-ON-A-DISK") {
            $0.fileSystem.type = type
        }
    }

    @Test func `a file system that is read-only is a problem`() throws {
        try expect(
            "file-system", .problem, "read-only", remedy: #"sudo mount -o remount,rw "$(findmnt -no TARGET -T /data)""#
        ) { $0.fileSystem.isReadOnly = true }
    }

    @Test func `there is room for the fullest disc, or there is not`() throws {
        try expect("space", .ok, "100.0 GB are free; the fullest disc takes 1.0 GB") { _ in }
        try expect("space", .warning, "0.9 GB are free", remedy: "burnd serve --data FOLDER-ON-ANOTHER-DISK") {
            $0.fileSystem.free = 900_000_000
        }
        try expect("space", .problem, "0.0 GB are free", remedy: "burnd serve --data FOLDER-ON-ANOTHER-DISK") {
            $0.fileSystem.free = 50_000_000
        }
    }

    @Test func `a database is sound, too new, damaged or closed to this user`() throws {
        try expect("database", .ok, "none yet") { _ in }
        try expect("database", .ok, "sound, version 2") { $0.database = .sound(version: 2) }
        try expect("database", .problem, "later burnd", remedy: "sudo apt-get install burnd") {
            $0.database = .later(version: 9)
        }
        try expect(
            "database", .problem, "malformed",
            remedy: "sqlite3 /data/burnd.sqlite .recover | sqlite3 /data/recovered.sqlite"
        ) {
            $0.database = .damaged("database disk image is malformed")
        }
        try expect("database", .problem, "denied", remedy: "sudo ls -l /data") {
            $0.database = .unreadable("Permission denied")
        }
    }

    // MARK: Programs

    @Test func `the decoder's cage holds, leaks, or is not there`() throws {
        try expect("decoder", .ok, "holds") { _ in }
        try expect("decoder", .problem, "not there", remedy: "sudo apt-get install --reinstall burnd") {
            $0.nodes["/usr/bin/burnd-decode"] = nil
        }
        try expect("decoder", .problem, "not there", remedy: "script/serve") {
            ($0.nodes["/usr/bin/burnd-decode"], $0.installed.isCheckout) = (nil, true)
        }
        try expect("decoder", .problem, "cannot be run", remedy: "sudo apt-get install --reinstall burnd") {
            $0.runs["/usr/bin/burnd-decode"] = nil
        }
        try expect("decoder", .problem, "does not hold", note: "seccomp") {
            $0.runs["/usr/bin/burnd-decode"] = .init(status: 70, output: #"{"allowed":["fork"]}"#)
        }
        try expect("decoder", .warning, "without Landlock", note: "5.13") {
            $0.runs["/usr/bin/burnd-decode"] = .init(status: 0, output: #"{"cage":["limits","seccomp"]}"#)
        }
    }

    @Test func `a page that is missing is named`() throws {
        try expect("page", .problem, "/share/openapi.yaml", remedy: "sudo apt-get install --reinstall burnd") {
            $0.nodes["/share/openapi.yaml"] = nil
        }
    }

    @Test func `the port is free, burnd's, or another program's`() throws {
        try expect("server", .ok, "127.0.0.1:8080 is free") { _ in }
        try expect("server", .ok, "burnd 0.1.0 answers at http://127.0.0.1:8080") { $0.listener = .burnd("0.1.0") }
        try expect(
            "server", .problem, "taken by another program (Server: nginx)",
            remedy: "burnd serve --listen 127.0.0.1:8081"
        ) {
            $0.listener = .other("Server: nginx")
        }
        try expect("server", .warning, "does not answer at 127.0.0.1:8080", remedy: "burnd check --listen HOST:PORT") {
            $0.isServed = true
        }
        try expect("server", .ok, "http://[::1]:80") {
            ($0.installed.host, $0.installed.port, $0.listener) = ("::1", 80, .burnd("1"))
        }
    }

    @Test func `a service is not installed, runs, rests or has failed`() throws {
        func state(_ active: String, _ file: String) -> (inout FakeMachine) -> Void {
            { machine in
                machine.runs["/bin/systemctl"] = .init(
                    status: 0, output: "LoadState=loaded\nActiveState=\(active)\nUnitFileState=\(file)")
            }
        }
        try expect("service", .ok, "not installed") { _ in }
        try expect("service", .ok, "active", state("active", "enabled"))
        try expect("service", .problem, "failed", remedy: "journalctl -u burnd -e", state("failed", "enabled"))
        try expect(
            "service", .warning, "not running", remedy: "sudo systemctl start burnd.socket burnd.service",
            state("inactive", "enabled"))
        try expect(
            "service", .warning, "neither running nor enabled",
            remedy: "sudo systemctl enable --now burnd.socket burnd.service", state("inactive", "disabled"))
        try expect("service", .warning, "cannot be asked", remedy: "systemctl status burnd") {
            $0.runs["/bin/systemctl"] = nil
        }
        try expect("service", .ok, "systemd does not run here") { $0.nodes["/run/systemd/system"] = nil }
    }

    @Test func `a clock from before the program was made is wrong`() throws {
        try expect("clock", .problem, "behind", remedy: "sudo timedatectl set-ntp true") { $0.now = 1_789_000_000 }
        try expect("clock", .ok, "plausible") { $0.now = 1_790_000_000 - 3600 }
    }
}
