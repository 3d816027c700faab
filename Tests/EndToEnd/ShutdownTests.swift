import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// SIGTERM, and servers that may not start.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ShutdownTests {
    let files = AudioFiles()

    @Test func `SIGTERM in mid-burn refuses orders, finishes the disc, ends the streams and exits with 0`() throws {
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        let later = try server.job([try Album.short(files)])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        server.signal(SIGTERM)
        try Deadline.waiting("draining", server.words) { try server.curl("/status").json.server.draining.bool == true }
        let refused = try server.order([try Album.short(files)])
        #expect(refused.status == 503 && refused.problem == "draining" && refused.headers["retry-after"] != nil)
        #expect(try server.job(later).state_reasons.strings == ["draining"])
        let heard = try events.until(job: id, ["completed", "failed"])
        #expect(heard.last?.jobs.first?.state.string == "completed")
        while try events.nextOrEnd() != nil {}
        #expect(try server.wait() == .exited(0))
        // The other one is done by the next server.
        try server.start()
        #expect(try server.wait(later, ["waiting"]).needs.action.string == "load-blank")
        #expect(try server.job(id).state.string == "completed")
        #expect(server.burnsByJob() == [id: 1])
    }

    @Test func `a second SIGTERM ends the server at once, the burn goes on, and the next server follows it`() throws {
        try files.noise("long", seconds: 120)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        server.signal(SIGTERM)
        try Deadline.waiting("draining", server.words) { server.words.contains("] stopping") }
        server.signal(SIGTERM)
        #expect(try server.wait() == .exited(0))
        #expect(server.workers().count == 1)
        try server.start()
        #expect(try server.job(id).state.string == "burning")
        #expect(try server.wait(id).state.string == "completed")
        #expect(server.burnsByJob() == [id: 1])
    }

    @Test func `an idle server ends at once`() throws {
        let server = try ServerProcess()
        let events = try EventReader(server)
        _ = try events.next()
        server.signal(SIGTERM)
        while try events.nextOrEnd() != nil {}
        #expect(try server.wait() == .exited(0))
    }

    @Test func `a second server on the same folder is refused`() throws {
        let server = try ServerProcess()
        let second = try TestProgram(
            TestProgram.compiled("burnd"),
            ["serve", "--no-discovery", "--listen", "127.0.0.1:0", "--data", server.data])
        #expect(second.ending == .exited(1) && second.errors.contains("another burnd serves from \(server.data)"))
        #expect(try server.curl(server.url + "/healthz").text == "ok\n")
    }

    @Test func `a port that is taken is said, and nothing is left running`() throws {
        let server = try ServerProcess()
        let folder = TemporaryFolder()
        let address = String(server.url.dropFirst("http://".count))
        let second = try TestProgram(
            TestProgram.compiled("burnd"), ["serve", "--no-discovery", "--listen", address, "--data", folder.path])
        #expect(second.ending == .exited(1) && second.errors.contains("cannot listen on \(address)"), "\(second)")
    }
}
