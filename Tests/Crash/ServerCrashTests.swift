import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `kill -9` of the server: what was acknowledged is there afterwards, nothing else is, and nothing is burned twice.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerCrashTests {
    let files = AudioFiles()

    @Test func `of an upload that was cut off by the server's death nothing is left`() throws {
        let server = try ServerProcess()
        let done = try server.curl("/files/done.wav", ["-T", try Album.short(files)])
        #expect(done.status == 201)
        // It never ends by itself: a pipe that stays open feeds it.
        let pipe = try Pipe()
        let upload = try ChildProcess.start(
            "/usr/bin/curl", arguments: ["-sS", "-T", "-", server.api + "/files/cut.wav"],
            descriptors: [0: pipe.reading])
        try [UInt8](repeating: 1, count: 4 << 20).withUnsafeBytes { try pipe.writing.writeAll($0) }
        try Deadline.waiting("the upload's arrival", server.words) {
            server.spooled().contains { $0.hasPrefix("incoming/") }
        }
        server.crash()
        #expect(server.spooled().contains { $0.hasPrefix("incoming/") })
        kill(upload.pid, SIGKILL)
        _ = upload.wait()
        try server.start()
        #expect(!server.spooled().contains { $0.hasPrefix("incoming/") })
        #expect(try server.curl("/files").json.items.list.map(\.name.string) == ["done.wav"])
        // The file and its audio, with the word on it.
        #expect(server.spooled().count == 3, "\(server.spooled())")
    }

    @Test func `jobs that were queued and waiting are so again, and are burned once each`() throws {
        let server = try ServerProcess()
        #expect(try server.post("/drives/left/eject").status == 200)
        let ids = try (1...3).map { try server.job([try Album.short(files)], ["title=Disc \($0)", "owner=me"]) }
        try server.wait(ids[0], ["waiting"])
        let before = try server.job(ids[2])
        server.crash()
        try server.start()
        let after = try server.job(ids[2])
        for name in ["id", "uid", "title", "owner", "source", "created_at", "total_sectors"] {
            #expect(after[name] == before[name], "\(name)")
        }
        #expect(try server.wait(ids[0], ["waiting"]).needs.action.string == "load-blank")
        #expect(try server.post("/drives/left/load").status == 200)
        for (number, id) in ids.enumerated() {
            #expect(try server.wait(id).state.string == "completed", "job \(id)")
            if number < 2 { try server.loadBlank() }
        }
        #expect(server.burnsByJob() == Dictionary(uniqueKeysWithValues: ids.map { ($0, 1) }))
    }

    @Test func `a burn outlives its server, and the next one follows it to its verified end`() throws {
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "48" }
        let id = try server.job([files.path("long.wav")], ["client_name=desk 4"])
        try server.wait(id, ["burning"])
        server.crash()
        #expect(server.workers().count == 1)
        try server.start()
        // The drive is its worker's, and nobody else's.
        let drive = try server.drive()
        #expect(drive.state.string == "busy" && drive.job.int == id && drive.safe_to_open.bool == false)
        #expect(drive.locked_by.string == "desk 4")
        #expect(try server.post("/drives/left/eject").problem == "drive-busy")
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"], "\(job.problem)")
        #expect(job.burns.list.count == 1 && server.burnsByJob() == [id: 1])
        let expected = try files.samples("long.wav")
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(server.disc(), files)[0], sectors: 4500))
        // What was told live is told to those who ask later.
        #expect(try server.idleDrive().job == .null)
    }

    @Test func `a burn that ended while no server was there is found ended`() throws {
        try files.noise("long", seconds: 20)
        let server = try ServerProcess { $0.speed = "48" }
        let id = try server.job([files.path("long.wav")])
        try server.wait(id, ["burning"])
        server.crash()
        try Deadline.waiting("the worker's end") { server.workers().isEmpty }
        try server.start()
        let job = try server.job(id)
        #expect(
            job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"]
                && job.finished_at != .null)
        #expect(server.burnsByJob() == [id: 1])
    }

    @Test func `server and worker killed: the job failed, and its disc is not burned again`() throws {
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        server.crash()
        try server.killWorkers()
        try server.start()
        let job = try server.job(id)
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/interrupted-by-restart")
        #expect(job.burns[0].disc.string == "spoiled" && job.state_reasons.strings == ["interrupted-by-restart"])
        let next = try server.job([try Album.short(files)])
        #expect(try server.wait(next, ["waiting"]).needs.action.string == "load-blank")
        try server.loadBlank()
        #expect(try server.wait(next).state.string == "completed")
        #expect(server.burnsByJob() == [id: 1, next: 1])
    }

    @Test func `killed at any moment between order and laser, every job is there and none is burned twice`() throws {
        // Moments from the arrival of the order to the first seconds of the burn, in milliseconds.
        let moments = [0, 2, 5, 10, 20, 40, 70, 110, 160, 240]
        let server = try ServerProcess()
        let track = try Album.short(files)
        var acknowledged: [Int] = []
        for moment in moments {
            let order = try ChildProcess.start(
                "/usr/bin/curl",
                arguments: [
                    "-sS", "-o", files.path("reply"), "-F", "mode=tao", "-F", "title=\(moment)", "-F",
                    "track=@\(track)",
                    server.api + "/jobs",
                ], descriptors: [:])
            // The one wait for time here: it is the moment that is tried.
            usleep(UInt32(moment) * 1000 + 15_000)
            server.crash()
            _ = order.wait()
            if let id = try? JSON(parsing: files.bytes("reply")).id.int { acknowledged.append(id) }
            unlink(files.path("reply"))
            try server.start()
            #expect(!server.spooled().contains { $0.hasPrefix("incoming/") }, "after \(moment) ms")
            let jobs = try server.curl("/jobs").json.items.list.compactMap(\.id.int)
            #expect(Set(jobs).isSuperset(of: acknowledged), "after \(moment) ms")
            // A file that no job and no list of files knows is a leftover.
            if jobs.isEmpty { #expect(server.spooled().isEmpty, "after \(moment) ms") }
        }
        // However slow the machine is, one of them is killed with a job that was acknowledged.
        acknowledged.append(try server.job([track]))
        server.crash()
        try server.start()
        // All that are there get their disc, one each.
        let jobs = try server.curl("/jobs").json.items.list.compactMap(\.id.int).sorted()
        #expect(Set(jobs).isSuperset(of: acknowledged) && !jobs.isEmpty)
        for id in jobs {
            let state = try server.wait(id, ["waiting", "completed", "failed"]).state.string
            if state == "waiting" { try server.loadBlank() }
            #expect(try server.wait(id).state.string == "completed", "job \(id)")
        }
        #expect(server.burnsByJob() == Dictionary(uniqueKeysWithValues: jobs.map { ($0, 1) }))
    }

    @Test func `server and worker killed at any moment, no disc is burned twice, and none is called good that is not`()
        throws
    {
        // From the start of the worker to the read-back of a disc that takes a fifth of a second, in milliseconds.
        let moments = [5, 30, 45, 60, 75, 90, 105, 120, 140, 160, 200, 300]
        let server = try ServerProcess()
        let track = try Album.short(files, seconds: 30)
        let digest = try #require(try server.curl("/files/", ["-T", track]).json.id.string)
        let order = #"{"mode":"tao","source":{"tracks":[{"file":"\#(digest)"}]}}"#
        var ends: [String: Int] = [:]
        for moment in moments {
            let id = try #require(try server.curl("/jobs", ["--json", order]).json.id.int)
            usleep(UInt32(moment) * 1000)
            server.crash()
            try server.killWorkers()
            try server.start()
            let first = try server.wait(id, ["waiting", "completed", "failed"])
            if first.state.string == "waiting" { try server.loadBlank() }
            let job = try server.wait(id)
            let state = job.state.string ?? ""
            ends[state, default: 0] += 1
            if state == "failed" {
                #expect(job.problem.type.string == "/problems/interrupted-by-restart", "\(job.problem)")
                #expect(job.burns.list.last?.disc.string == "spoiled" && job.proven == .array([]))
            } else {
                #expect(
                    state == "completed" && job.proven.strings == ["toc", "audio", "indexes"],
                    "after \(moment) ms: \(job)")
            }
            #expect((server.burnsByJob()[id] ?? 0) <= 1, "after \(moment) ms")
            try server.loadBlank()
        }
        print("ends: \(ends)")
        #expect(ends["completed"] != nil)
    }

    @Test func `a worker that dies while no server is there leaves no tray locked`() throws {
        try files.noise("long", seconds: 60)
        let server = try ServerProcess { $0.speed = "48" }
        let id = try server.job([files.path("long.wav")])
        try server.wait(id, ["burning"])
        server.crash()
        try server.killWorkers()
        let control = server.data + "/recorders/left/control"
        func isLocked() throws -> Bool? {
            let run = try TestProgram(TestProgram.compiled("burnd"), ["recorder-control", control, "status"])
            return try JSON(parsing: run.output).locked.bool
        }
        #expect(try isLocked() == true)
        try server.start()
        #expect(try server.wait(id).state.string == "failed")
        _ = try server.idleDrive()
        try Deadline.waiting("an unlocked tray") { try isLocked() == false }
    }
}
