import Glibc
import POSIX
import ServerSupport
import TestSupport

/// `burnd virtual-recorder --usb`: a drive of the guest's kernel, with a hand on its button, its faults and its cable.
final class USBRecorder: Sendable {
    /// Its serial number, by which everybody knows it. No two tests have the same.
    let name: String
    private let folder = TemporaryFolder()
    private let child: ChildProcess

    /// Plugs one in, with further arguments, and waits until udev has made its nodes.
    init(_ name: String, _ arguments: [String] = []) throws {
        self.name = name
        let pipe = try Pipe()
        child = try ChildProcess.start(
            TestProgram.compiled("burnd"),
            arguments: [
                "virtual-recorder", "--usb", "--disc", "\(folder.path)/disc", "--name", name, "--control",
                "\(folder.path)/control", "--speed", "max",
            ] + arguments, descriptors: [1: pipe.writing])
        var reader = LineReader(pipe.reading)
        guard try reader.next(within: ServerProcess.patience)?.hasPrefix("ready:") == true else {
            throw ServerProcess.Failure(description: "the recorder did not start")
        }
        try waitForNodes()
    }

    deinit { end() }

    /// Ends it by a signal, which is an unplug.
    func end(by signal: Int32 = SIGTERM) {
        guard
            !isOver.withLock({ isOver in
                defer { isOver = true }
                return isOver
            })
        else { return }
        kill(child.pid, signal)
        _ = child.wait()
        try? waitForNodesToGo()
    }

    private let isOver = Lock(false)

    /// Folder of its first disc, or of a later one.
    func disc(_ number: Int = 1) -> String { "\(folder.path)/disc" + (number == 1 ? "" : "-\(number)") }

    // MARK: Nodes

    /// udev's name for it, which stays the same whatever number the kernel gives it.
    var link: String { "/dev/disk/by-id/usb-BURND_VIRTUAL_CD-RW_\(name)-0:0" }

    /// Its node now, such as `/dev/sr0`.
    func node() throws -> String {
        guard let path = realpath(link, nil) else { throw SystemError.last("realpath", link) }
        defer { free(path) }
        return String(cString: path)
    }

    /// Its generic node now, such as `/dev/sg0`.
    func genericNode() throws -> String {
        let name = try node().split(separator: "/").last ?? ""
        let names = Folder.names("/sys/class/block/\(name)/device/scsi_generic")
        guard let generic = names.first else { throw SystemError(call: "readdir", number: ENOENT, subject: "\(name)") }
        return "/dev/\(generic)"
    }

    private func waitForNodes() throws {
        try Deadline.waiting("the nodes of \(name)") {
            guard let generic = try? genericNode() else { return false }
            return access(generic, F_OK) == 0
        }
        try Guest.settle()
    }

    private func waitForNodesToGo() throws {
        try Deadline.waiting("the end of the nodes of \(name)") { access(link, F_OK) != 0 }
        try Guest.settle()
    }

    // MARK: By hand

    /// A request of `burnd recorder-control`, which must be granted.
    @discardableResult
    func control(_ request: String) throws -> JSON {
        let words = request.split(separator: " ").map(String.init)
        let run = try TestProgram(
            TestProgram.compiled("burnd"), ["recorder-control", "\(folder.path)/control"] + words)
        guard run.ending == .exited(0) else { throw ServerProcess.Failure(description: "\(request): \(run.errors)") }
        return try JSON(parsing: run.output)
    }

    /// Sets a fault and gives its number.
    func setFault(_ line: String) throws -> Int { try control("fault \(line)").fault.int ?? 0 }

    /// Pulls the cable and waits until its nodes are gone.
    func unplug() throws {
        try control("unplug")
        try waitForNodesToGo()
    }

    /// Plugs it in again and waits for its nodes.
    func plug() throws {
        try control("plug")
        try waitForNodes()
    }
}

extension ServerProcess {
    /// A server that finds its drives by itself.
    ///
    /// - Parameters:
    ///   - drives: addresses of others, which it is told.
    ///   - prefix: a command that runs it.
    convenience init(discovering drives: [String] = [], data: String? = nil, as prefix: [String] = []) throws {
        try self.init(data: data) {
            ($0.recorders, $0.environment, $0.discovers) = ([], prefix, true)
            $0.arguments = drives.flatMap { ["--drive", $0] }
        }
    }

    /// The drive with a serial number as the API has it; `null` when there is none.
    func drive(serial: String) throws -> JSON {
        try curl("/drives").json.items.list.first { $0.serial.string == serial } ?? .null
    }

    /// Waits until the drive of a recorder is as is wanted, and gives it.
    @discardableResult
    func drive(of recorder: USBRecorder, _ what: String, until isSo: (JSON) -> Bool) throws -> JSON {
        try drive(serial: recorder.name, what, until: isSo)
    }

    private func drive(serial: String, _ what: String, until isSo: (JSON) -> Bool) throws -> JSON {
        var drive = JSON.null
        try Deadline.waiting("a drive that is \(what)", "\(drive.state) \(drive.reasons) \(self.words)") {
            drive = try self.drive(serial: serial)
            return isSo(drive)
        }
        return drive
    }

    /// Waits until the drive of a recorder has nothing to do and a blank disc in it, and gives its id.
    func blankDrive(of recorder: USBRecorder) throws -> String { try blankDrive(serial: recorder.name) }

    /// The same by serial number.
    func blankDrive(serial: String) throws -> String {
        let drive = try drive(serial: serial, "idle with a blank") {
            $0.state.string == "idle" && $0.media.status.string == "blank"
        }
        return drive.id.string ?? ""
    }
}
