import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `kill -9` of those who burn: the worker, and the recorder.
@Suite(.serialized, .timeLimit(.minutes(2))) struct WorkerCrashTests {
    let files = AudioFiles()

    /// A server with a job whose laser is on.
    private func burning() throws -> (ServerProcess, Int) {
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        return (server, id)
    }

    @Test func `a worker that dies while it burns leaves a failed job and a spent disc, and the next blank works`()
        throws
    {
        let (server, id) = try burning()
        let workers = server.workers()
        #expect(workers.count == 1)
        for worker in workers { kill(worker, SIGKILL) }
        let job = try server.wait(id)
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/worker-died", "\(job.problem)")
        #expect(job.burns[0].disc.string == "spoiled" && job.proven == .array([]))
        let next = try server.job([try Album.short(files)])
        #expect(try server.wait(next, ["waiting"]).needs.action.string == "load-blank")
        try server.loadBlank()
        #expect(try server.wait(next).state.string == "completed")
        #expect(server.burnsByJob() == [id: 1, next: 1])
        #expect(try Disc.listing(server.disc(2)).1 == .exited(0))
    }

    @Test func `a recorder that dies in mid-burn fails the job, and its drive is offline until it is back`() throws {
        let (server, id) = try burning()
        let label = try server.drive().id.string ?? ""
        server.endRecorder()
        let job = try server.wait(id)
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/drive-offline", "\(job.problem)")
        #expect(["unsure", "spoiled"].contains(job.burns[0].disc.string))
        #expect(try server.drive(label).state.string == "offline")
        let next = try server.job([try Album.short(files)])
        #expect(try server.wait(next, ["waiting"]).needs.action.string == "attach-drive")
        // The next server starts it again; the disc in it is the one that was spoiled.
        server.crash()
        try server.start()
        #expect(try server.wait(next, ["waiting"]).needs.action.string == "load-blank")
        try server.loadBlank()
        #expect(try server.wait(next).state.string == "completed")
        #expect(server.burnsByJob() == [id: 1, next: 1])
    }
}
