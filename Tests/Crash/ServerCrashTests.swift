import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `kill -9` of the server: what was acknowledged is there afterwards, and nothing is burned twice.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerCrashTests {
    @Test func `a burn outlives its server, and the next one follows it to its verified end`() throws {
        let files = AudioFiles()
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "24" }
        let id = try server.job([files.path("long.wav")])
        try server.wait(id, ["burning"])
        server.crash()
        try server.start()
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio"], "\(job.problem)")
        #expect(job.burns.list.count == 1)
        #expect(server.burnsByJob() == [id: 1])
    }
}
