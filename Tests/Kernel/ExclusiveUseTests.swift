import Drives
import Glibc
import POSIX
import SCSITransports
import ServerSupport
import TestSupport
import Testing

/// A drive that somebody has to himself.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct ExclusiveUseTests {
    let files = AudioFiles()

    private func address(_ recorder: USBRecorder) throws -> DriveAddress { .deviceNode(try recorder.node()) }

    /// A program that has an open file and does nothing.
    private final class Holder {
        private let child: ChildProcess
        var pid: Int { Int(child.pid) }

        init(_ path: String, _ flags: Int32 = O_RDWR | O_NONBLOCK | O_EXCL, as prefix: [String] = []) throws {
            let program = prefix + ["/bin/sleep", "1000"]
            let file = try FileDescriptor(opening: path, flags)
            child = try ChildProcess.start(
                program[0], arguments: Array(program.dropFirst()), descriptors: [3: file])
            // The name of the process is the program's only when that has begun.
            let text = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
            defer { text.deallocate() }
            try Deadline.waiting("the program") {
                let name = try FileDescriptor(opening: "/proc/\(child.pid)/comm", O_RDONLY)
                return try text.prefix(name.read(into: text)).elementsEqual("sleep\n".utf8)
            }
        }

        func end() {
            kill(child.pid, SIGKILL)
            _ = child.wait()
        }
    }

    // MARK: Both nodes

    @Test(arguments: [DriveUse.look, .burn]) func `an exclusive open keeps others from both nodes, until it ends`(
        use: DriveUse
    ) throws {
        let recorder = try USBRecorder("excl-\(use)")
        let address = try address(recorder)
        let generic = try recorder.genericNode()
        var drive: (any AnyObject)? = try address.open(for: use)
        for other in [DriveUse.look, .burn] {
            #expect(throws: DriveAddress.OpenError.inUse(address)) { try address.openOnce(for: other) }
        }
        let refusal = #expect(throws: SystemError.self) { try FileDescriptor(opening: generic, O_RDWR | O_NONBLOCK) }
        #expect(refusal?.number == EBUSY)
        withExtendedLifetime(drive) {}
        drive = nil
        _ = try address.openOnce(for: use)
        _ = try FileDescriptor(opening: generic, O_RDWR | O_NONBLOCK)
    }

    @Test func `a program that has the sg node open has the drive`() throws {
        let recorder = try USBRecorder("sg-held")
        let (address, generic) = (try address(recorder), try recorder.genericNode())
        let other = try Holder(generic, O_RDWR | O_NONBLOCK)
        #expect(throws: DriveAddress.OpenError.inUse(address)) { try address.openOnce(for: .burn) }
        let holder = DriveHolder(program: "sleep", pid: other.pid, user: "root", node: generic)
        #expect(DriveHolder.find(address) == holder)
        #expect("\(holder)" == "sleep (process \(other.pid) of user root)")
        other.end()
        _ = try address.openOnce(for: .burn)
    }

    // MARK: Who

    @Test func `who has the block node open is told with process and user`() throws {
        let recorder = try USBRecorder("sr-held")
        let address = try address(recorder)
        #expect(DriveHolder.find(address) == nil)
        let other = try Holder(try recorder.node(), as: Guest.unprivileged)
        #expect(throws: DriveAddress.OpenError.inUse(address)) { try address.openOnce(for: .look) }
        #expect(
            DriveHolder.find(address)
                == DriveHolder(program: "sleep", pid: other.pid, user: "nobody", node: try recorder.node()))
        other.end()
    }

    @Test func `a user without rights is told that another user's program has it, and which when that locks it`() throws
    {
        let recorder = try USBRecorder("hidden")
        let node = try recorder.node()
        for locked in [false, true] {
            let other = try Holder(node, as: locked ? ["/usr/bin/flock", "--no-fork", node] : [])
            try Unprivileged.run(locked ? "LockingHolder" : "HiddenHolder", node: node)
            other.end()
        }
    }

    @Test func `a mounted drive says where`() throws {
        // No recorder: a disc with a file system on it is not what these burn. What is mounted is the same for all.
        let folder = TemporaryFolder()
        let (image, place) = (folder.path + "/image", folder.path + "/place")
        try DurableFile.makeFolder(place)
        _ = try FileDescriptor(opening: image, O_RDWR | O_CREAT)
        #expect(truncate(image, 1 << 20) == 0)
        func run(_ words: [String]) throws -> String {
            let run = try TestProgram("/usr/bin/env", words)
            try #require(run.ending == .exited(0), "\(words): \(run.errors)")
            return String(decoding: run.output, as: UTF8.self).filter { !$0.isWhitespace }
        }
        _ = try run(["mke2fs", "-q", image])
        _ = try run(["modprobe", "loop"])
        let node = try run(["losetup", "--find", "--show", image])
        defer { _ = try? run(["losetup", "--detach", node]) }
        _ = try run(["mount", node, place])
        defer { umount2(place, 0) }
        let holder = try #require(DriveHolder.find(.deviceNode(node)))
        #expect(holder == DriveHolder(mountPoint: place, node: node))
        #expect("\(holder)" == "the file system mounted at \(place)")
    }

    @Test func `the API names the program that has a drive, and the drive is idle when it has ended`() throws {
        let recorder = try USBRecorder("api")
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        let node = try recorder.node()
        let other = try Holder(node)
        // What burnd is asked for, it tries.
        let refused = try server.post("/drives/\(drive)/eject")
        #expect(refused.status == 409 && refused.problem == "drive-busy", "\(refused)")
        let held = try server.drive(of: recorder, "stopped") { $0.state.string == "stopped" }
        #expect(held.reasons.strings == ["drive-busy-elsewhere"] && held.locked_by.string == "sleep", "\(held)")
        let by = held.held_by
        #expect(by.program.string == "sleep" && by.pid.int == other.pid && by.user.string == "root", "\(by)")
        #expect(by.node.string == node && by.mounted_at == .null)
        other.end()
        let free = try server.drive(of: recorder, "idle") { $0.state.string == "idle" }
        #expect(free.locked_by == .null && free.held_by == .null)
    }

    // MARK: udev

    @Test func `udev leaves a drive alone that is open for a burn, and looks at it afterwards`() throws {
        let recorder = try USBRecorder("udev")
        let node = try recorder.node()
        var drive: (any AnyObject)? = try DriveAddress.deviceNode(node).open(for: .burn)
        // udev's program for recorders begins with it. To see whether the drive is locked, udev itself opens the node shared
        // some times in a second, for which the kernel sends TEST UNIT READY.
        _ = try recorder.setFault("get-configuration: slow 0s")
        func calls() throws -> Int? { try recorder.control("faults")[0].calls.int }
        _ = try TestProgram("/usr/bin/udevadm", ["trigger", "--action=change", "--name-match=\(node)"])
        let waited = try TestProgram("/usr/bin/udevadm", ["settle", "--timeout=4"])
        #expect(waited.ending != .exited(0), "udev has dealt with it")
        #expect(try calls() == 0)
        withExtendedLifetime(drive) {}
        drive = nil
        #expect(try TestProgram("/usr/bin/udevadm", ["settle", "--timeout=30"]).ending == .exited(0))
        #expect(try calls() ?? 0 > 0)
    }

    // MARK: The ends of a burn

    enum End: CaseIterable, Sendable { case completed, failed, cancelled, killed }

    @Test(arguments: End.allCases) func `a burn has the drive to itself, and however it ends nothing is left of that`(
        end: End
    ) throws {
        let recorder = try USBRecorder("end-\(end)")
        let address = try address(recorder)
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        let fault = try recorder.setFault("write lba 100: slow 4s")
        if end == .failed { _ = try recorder.setFault("write lba 200: sense 3/0C/00") }
        let id = try server.job([try Album.short(files)], ["drive=\(drive)", "verify=none", "client_name=desk 4"])
        try recorder.control("wait \(fault)")

        #expect(throws: DriveAddress.OpenError.inUse(address)) { try address.openOnce(for: .look) }
        let worker = try #require(server.workers().first)
        let holder = DriveHolder(program: "burnd", pid: Int(worker), user: "root", node: try recorder.node())
        #expect(DriveHolder.find(address) == holder)
        #expect(try server.drive(drive).locked_by.string == "desk 4")
        #expect(try recorder.control("status").locked == .bool(true))

        switch end {
        case .cancelled: #expect(try server.post("/jobs/\(id)/cancel?spoil=yes").status == 202)
        case .killed: try server.killWorkers()
        case .completed, .failed: break
        }
        let job = try server.wait(id)
        #expect(job.state.string == (end == .killed ? "failed" : "\(end)"), "\(job.problem)")
        try server.drive(of: recorder, "free") { $0.state.string == "idle" && $0.locked_by == .null }
        #expect(try recorder.control("status").locked == .bool(false))
        _ = try address.open(for: .burn)
    }
}

@Suite(.enabled(if: Unprivileged.node != nil, Unprivileged.why)) struct HiddenHolder {
    @Test func `there is one, and no more can be told`() throws {
        let node = try #require(Unprivileged.node)
        let holder = try #require(DriveHolder.find(.deviceNode(node)))
        #expect(holder == DriveHolder(node: node) && holder.name == "another user's program")
    }
}

@Suite(.enabled(if: Unprivileged.node != nil, Unprivileged.why)) struct LockingHolder {
    @Test func `the lock names its owner`() throws {
        let node = try #require(Unprivileged.node)
        let holder = try #require(DriveHolder.find(.deviceNode(node)))
        #expect(holder.program == "sleep" && holder.user == "root" && holder.pid != nil)
    }
}
