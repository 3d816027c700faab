import POSIX
import ServerSupport
import TestSupport
import Testing

/// Several jobs, several drives, and people who put discs in.
@Suite(.serialized, .timeLimit(.minutes(2))) struct QueueTests {
    let files = AudioFiles()

    @Test func `a job without a blank says what it needs, and goes on by itself when it is there`() throws {
        let server = try ServerProcess()
        let track = try Album.short(files)
        #expect(try server.wait(server.job([track])).state.string == "completed")
        let id = try server.job([track], ["drive=left", "title=Second"])
        let waiting = try server.wait(id, ["waiting"])
        #expect(waiting.needs.action.string == "load-blank" && waiting.needs.drive_label.string == "left")
        #expect(waiting.needs.media.kind.string == "CD-R" && (waiting.needs.media.min_sectors.int ?? 0) >= 300)
        #expect(waiting.needs.found.status.string == "complete" && waiting.needs.auto.bool == true)
        #expect(waiting.state_reasons.strings == ["media-not-blank"] && waiting.position == .null)

        #expect(try server.post("/drives/left/eject").json.tray.string == "open")
        let open = try server.wait(id, ["waiting"])
        #expect(open.needs != .null)
        let loaded = try server.post("/drives/left/load")
        #expect(loaded.status == 200 && loaded.json.tray.string != "open")
        let job = try server.wait(id)
        #expect(job.state.string == "completed")
        // The first disc stays as it was, the second is another.
        let expected = try files.samples("short.wav")
        for number in 1...2 {
            #expect(try Disc.listing(server.disc(number)).1 == .exited(0))
        }
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(server.disc(2), files)[0], sectors: 300))
    }

    @Test func `an id and a label name the same drive`() throws {
        let server = try ServerProcess()
        let byLabel = try server.drive("left")
        let id = try #require(byLabel.id.string)
        #expect(id != "left" && byLabel.label.string == "left" && byLabel.serial.string == "left")
        #expect(try server.drive(id).id.string == id)
        #expect(byLabel.state.string == "idle" && byLabel.media.status.string == "blank")
        #expect(byLabel.safe_to_open.bool == true && byLabel.enabled.bool == true && byLabel.present.bool == true)
    }

    @Test func `a job too long for the disc lets a shorter one have it`() throws {
        // Four times twenty-one minutes are more than the eighty of a blank.
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @long.flac trim 0 1260")
        let server = try ServerProcess()
        let long = try server.job([String](repeating: files.path("long.flac"), count: 4))
        let waiting = try server.wait(long, ["waiting"])
        #expect(waiting.state_reasons.strings == ["media-too-small"] && waiting.needs.found.status.string == "blank")
        let short = try server.job([try Album.short(files)])
        #expect(try server.wait(short).state.string == "completed")
        #expect(try server.wait(long, ["waiting"]).needs.media.min_sectors.int == 4 * 94_500 + 3 * 152)
    }

    @Test func `two drives burn two jobs at a time, and the others stand in line`() throws {
        try files.noise("a", seconds: 30)
        try files.noise("b", seconds: 30.5)
        let server = try ServerProcess {
            $0.recorders = ["left", "right"]
            $0.speed = "24"
        }
        let events = try EventReader(server)
        let jobs = try [
            server.job([files.path("a.wav")]), server.job([files.path("b.wav")]),
            server.job([files.path("a.wav")]), server.job([files.path("b.wav")]),
        ]
        // All four at once: two on drives, two in line, the older first.
        try Deadline.waiting("two burning and two in line", server.words) {
            let list = try server.curl("/jobs").json.items.list
            let on = list.filter { $0.state.string == "burning" }
            let inLine = list.filter { $0.state.string == "queued" }
            return Set(on.compactMap(\.drive.string)).count == 2
                && inLine.map(\.position.int) == [2, 1] && inLine.map(\.id.int) == [jobs[3], jobs[2]]
        }
        #expect(try server.drive("left").safe_to_open.bool == false)
        let busy = try server.post("/drives/left/eject")
        #expect(busy.status == 409 && busy.problem == "drive-busy")
        for id in jobs.dropFirst(2) { #expect(try server.post("/jobs/\(id)/cancel").status == 200) }
        var ended: Set<Int> = []
        while ended.count < 2 {
            for job in try events.next().jobs where job.state.string == "completed" { ended.insert(job.id.int ?? 0) }
        }
        #expect(ended == Set(jobs.prefix(2)))
        #expect(try server.curl("/status").json.counts.completed.int == 2)
        #expect(try server.curl("/status.txt").text.contains("verified: toc, audio"))
    }
}
