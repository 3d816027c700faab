import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `burnd drives` and `burnd check` on a machine with drives: every line is true, for root and for a user with few rights.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct FactsTests {
    private func run(_ front: [String], _ arguments: [String]) throws -> TestProgram {
        let command = front + [TestProgram.compiled("burnd")] + arguments
        return try TestProgram(command[0], Array(command.dropFirst()))
    }

    private func check(_ front: [String], _ data: String) throws -> (ending: ChildProcess.Ending, lines: [JSON]) {
        let run = try run(front, ["check", "--json", "--data", data])
        return (run.ending, try JSON(parsing: run.output).lines.list)
    }

    private func line(_ name: String, _ lines: [JSON], about: String = "") -> JSON {
        lines.first { $0.check.string == name && $0.found.string?.contains(about) == true } ?? .null
    }

    /// A user in no group that may use a drive.
    private static let stranger = [
        "/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
    ]

    @Test func `the drives of the machine are listed by root and by the group, with what is in them`() throws {
        let recorder = try USBRecorder("facts")
        let node = try recorder.node()
        for front in [[], Guest.unprivileged] {
            let list = try run(front, ["drives"])
            let words = String(decoding: list.output, as: UTF8.self)
            let line = words.split(separator: "\n").first { $0.hasSuffix(node) } ?? ""
            #expect(list.ending == .exited(0) && line.contains("blank CD-R, 79:57, CMC Magnetics"), "\(list)")
            let json = try run(front, ["drives", "--json"])
            let drive = try JSON(parsing: json.output).items.list.first { $0.node.string == node } ?? .null
            #expect(drive.serial.string == "facts" && drive.state.string == "idle" && drive.tray.string == "closed")
            #expect(drive.sg_node.string == (try recorder.genericNode()) && drive.bus.string == "usb", "\(drive)")
            #expect(drive.media.atip.lead_in.msf.string == "97:26:65" && drive.supports.raw.bool == true)
        }
        // Nobody has been disturbed: the disc is as blank as before.
        #expect(try Guest.properties(of: node)["ID_CDROM_MEDIA_STATE"] == "blank")
    }

    @Test func `a user outside of the group is told so, and how to get in`() throws {
        let recorder = try USBRecorder("stranger")
        let node = try recorder.node()
        let list = try run(Self.stranger, ["drives", node])
        #expect(list.ending == .exited(2) && list.errors.contains("burnd check"), "\(list)")
        let folder = TemporaryFolder()
        let (ending, lines) = try check(Self.stranger, folder.path + "/data")
        let drive = line("drive", lines, about: node)
        #expect(ending == .exited(1) && drive.verdict.string == "problem", "\(lines)")
        #expect(drive.found.string?.contains("belongs to root:cdrom, mode 660") == true, "\(drive)")
        #expect(drive.remedy[0].string == "sudo usermod -aG cdrom nobody", "\(drive)")
        #expect(line("drive-generic", lines, about: node).verdict.string == "warning")
    }

    @Test func `a drive that another program has is not touched, and the program is named`() throws {
        let recorder = try USBRecorder("held")
        let node = try recorder.node()
        let holder = try FileDescriptor(opening: node, O_RDWR | O_NONBLOCK | O_EXCL)
        let list = try run([], ["drives", "--json", node])
        let drive = try JSON(parsing: list.output).items[0]
        #expect(list.ending == .exited(0) && drive.state.string == "stopped", "\(list)")
        #expect(drive.held_by.pid.int == Int(getpid()) && drive.product.string == "VIRTUAL CD-RW", "\(drive)")
        let folder = TemporaryFolder()
        let use = line("drive-use", try check([], folder.path + "/data").lines, about: node)
        #expect(use.verdict.string == "warning" && use.found.string?.contains("(process \(getpid())") == true, "\(use)")
        withExtendedLifetime(holder) {}
    }

    @Test func `whoever has the generic node alone is seen too, and left alone`() throws {
        let recorder = try USBRecorder("generic")
        let holder = try FileDescriptor(opening: recorder.genericNode(), O_RDWR | O_NONBLOCK)
        let list = try run([], ["drives", "--json", recorder.node()])
        #expect(try JSON(parsing: list.output).items[0].held_by.pid.int == Int(getpid()), "\(list)")
        withExtendedLifetime(holder) {}
    }

    @Test func `every line about the guest is true`() throws {
        let recorder = try USBRecorder("truth")
        let node = try recorder.node()
        let folder = TemporaryFolder()
        try Guest.giveToUnprivileged(folder.path)
        for front in [[], Guest.unprivileged] {
            let lines = try check(front, folder.path + "/data").lines
            var name = utsname()
            uname(&name)
            let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            #expect(line("kernel", lines).found.string == "\(release) with the drivers sr and sg")
            #expect(line("udev", lines).found.string == "running, version 252")
            #expect(line("drive", lines, about: node).verdict.string == "ok", "\(lines)")
            #expect(
                line("drive-generic", lines, about: node).found.string?.hasPrefix(try recorder.genericNode()) == true)
            #expect(line("drive-use", lines, about: node).verdict.string == "ok")
            // No systemd runs here, so there is no logind.
            #expect(line("service", lines).found.string?.hasPrefix("systemd does not run here") == true)
            #expect(line("inhibitor", lines).verdict.string == "warning")
            #expect(line("data", lines).verdict.string == "ok" && line("database", lines).verdict.string == "ok")
            #expect(line("decoder", lines).verdict.string != "problem", "\(line("decoder", lines))")
            #expect(line("page", lines).verdict.string == "ok" && line("clock", lines).verdict.string == "ok")
            let user = line("user", lines).found.string ?? ""
            #expect(user.hasPrefix(front.isEmpty ? "root (uid 0)" : "nobody (uid 65534), groups cdrom"), "\(user)")
            // Root may lock and go first as it likes; nobody may not.
            #expect(line("priority", lines).verdict.string == (front.isEmpty ? "ok" : "warning"))
        }
    }
}
