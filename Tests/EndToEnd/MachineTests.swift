import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `burnd drives` and `burnd check`, as people run them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct MachineTests {
    private func burnd(_ arguments: String...) throws -> TestProgram {
        try TestProgram(TestProgram.compiled("burnd"), arguments)
    }

    private func words(_ run: TestProgram) -> String { String(decoding: run.output, as: UTF8.self) }

    private static let hasDrive = (0..<16).contains { access("/sys/class/block/sr\($0)", F_OK) == 0 }

    // MARK: drives

    @Test func `recorders on sockets are listed, and one alone tells everything`() throws {
        let (modern, old) = (try RecorderProgram(), try RecorderProgram(["--profile", "old"]))
        let addresses = [modern, old].map { "unix:\($0.socket)" }
        let list = try burnd("drives", addresses[0], addresses[1])
        let lines = words(list).split(separator: "\n")
        #expect(list.ending == .exited(0) && lines.count == 3 && lines.allSatisfy { $0.count <= 100 }, "\(list)")
        #expect(lines[1].hasPrefix("BURND VIRTUAL CD-RW") && lines[1].contains("blank CD-R, 79:57, CMC Magnetics"))
        #expect(lines[2].hasPrefix("BURND OLD CD-RW"))
        let one = try words(burnd("drives", addresses[0]))
        for words in [
            "1.0 of 2026-11-21", "track at once, session at once, raw (pq, cooked, raw)", "97:26:65", "48x 40x",
        ] {
            #expect(one.contains(words), "\(words) in \(one)")
        }
    }

    @Test func `programs get what the API says`() throws {
        let recorder = try RecorderProgram()
        let run = try burnd("drives", "--json", "unix:\(recorder.socket)")
        let mine = try JSON(parsing: run.output).items[0]
        let server = try ServerProcess {
            ($0.recorders, $0.arguments) = ([], ["--drive", "unix:\(recorder.socket)"])
        }
        let theirs = try server.curl("/drives").json.items[0]
        #expect(run.ending == .exited(0) && mine.names == theirs.names)
        for name in mine.names where name != "label" { #expect(mine[name] == theirs[name], "\(name)") }
        #expect(mine.media.atip.lead_in.msf.string == "97:26:65" && mine.quirks == .array([]))

        // The server has it now, and goes on having it.
        let used = try burnd("drives", "--json", "unix:\(recorder.socket)")
        let drive = try JSON(parsing: used.output).items[0]
        #expect(used.ending == .exited(0) && drive.state.string == "stopped")
        #expect(drive.reasons.strings == ["drive-busy-elsewhere"] && drive.held_by.program.string == "burnd")
        #expect(drive.held_by.pid.int == Int(server.pid))
        #expect(try server.curl("/drives").json.items[0].state.string == "idle")
        #expect(
            try words(burnd("drives", "unix:\(recorder.socket)")).contains("in use by burnd (process \(server.pid)"))
    }

    @Test func `a recorder that is not there, and an address that is none`() throws {
        let folder = TemporaryFolder()
        let missing = try burnd("drives", "unix:\(folder.path)/nobody")
        #expect(missing.ending == .exited(1) && words(missing).contains("no drive there"), "\(missing)")
        #expect(try burnd("drives", "sr0").ending == .exited(64))
    }

    @Test(.enabled(if: !hasDrive, "this machine has a drive, which is left alone"))
    func `a machine without drives says so`() throws {
        let run = try burnd("drives")
        #expect(run.ending == .exited(1) && run.output.isEmpty && run.errors.contains("there is no CD drive"))
        let json = try burnd("drives", "--json")
        #expect(try json.ending == .exited(1) && JSON(parsing: json.output).items == .array([]))
    }

    // MARK: check

    private func lines(_ run: TestProgram) throws -> [String: JSON] {
        try JSON(parsing: run.output).lines.list.reduce(into: [:]) { lines, line in
            if let name = line.check.string { lines[name] = line }
        }
    }

    @Test func `a check of a new folder finds nothing in the way of a server, and makes nothing`() throws {
        let folder = TemporaryFolder()
        let run = try burnd("check", "--json", "--data", folder.path + "/data", "--listen", "127.0.0.1:1")
        let lines = try lines(run)
        for name in ["user", "data", "space", "database", "decoder", "page", "server", "clock"] {
            #expect(lines[name]?.verdict.string == "ok", "\(lines[name] ?? .null)")
        }
        #expect(access(folder.path + "/data", F_OK) != 0)
        let isProblem = lines.values.contains { $0.verdict.string == "problem" }
        #expect(run.ending == .exited(isProblem ? 1 : 0))
        for line in lines.values where line.verdict.string != "ok" {
            #expect(!line.remedy.list.isEmpty || line.note != .null, "\(line)")
        }
    }

    @Test func `a check beside a server sees it, its folder and its database`() throws {
        let server = try ServerProcess()
        let address = server.url.dropFirst("http://".count)
        let lines = try lines(burnd("check", "--json", "--data", server.data, "--listen", String(address)))
        #expect(lines["server"]?.found.string == "burnd 0.1.0 answers at \(server.url)", "\(lines["server"] ?? .null)")
        #expect(lines["database"]?.found.string?.hasPrefix("sound, version") == true)
        #expect(lines["data"]?.verdict.string == "ok")
        // Where it does not listen, it is known by the lock of its folder.
        let elsewhere = try self.lines(burnd("check", "--json", "--data", server.data, "--listen", "127.0.0.1:1"))
        #expect(elsewhere["server"]?.verdict.string == "warning")
    }

    @Test func `a check says what is wrong, and ends with 1`() throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/file"
        try DurableFile.replace(file, with: [])
        let run = try burnd("check", "--data", file, "--public", folder.path)
        #expect(run.ending == .exited(1), "\(run)")
        let text = words(run)
        #expect(text.contains("problem  data ") && text.contains("problem  page ") && text.contains("2 problems"))
        #expect(try burnd("check", "--nonsense").ending == .exited(64))
    }

    @Test func `a damaged database is told of`() throws {
        let folder = TemporaryFolder()
        try DurableFile.replace(folder.path + "/burnd.sqlite", with: Array(repeating: 0x5A, count: 8192))
        let run = try burnd("check", "--json", "--data", folder.path)
        #expect(try lines(run)["database"]?.verdict.string == "problem" && run.ending == .exited(1))
    }
}
