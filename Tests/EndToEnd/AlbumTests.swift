import POSIX
import ServerSupport
import TestSupport
import Testing

/// The whole way: files by curl, a disc by `burnd disc`.
@Suite(.serialized, .timeLimit(.minutes(2))) struct AlbumTests {
    private static let here = #filePath

    /// The README's line, as it stands there.
    private static func readmeLine() throws -> String {
        let project = here.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let readme = String(
            decoding: try DurableFile.contents(of: project + "/README.md", limit: 1 << 20), as: UTF8.self)
        return String(try #require(readme.split(separator: "\n").first { $0.hasPrefix("curl -F mode=tao") }))
    }

    @Test func `the README's line makes a verified disc, and every state is heard in order`() throws {
        let album = try Album()
        let server = try ServerProcess()
        let events = try EventReader(server)
        #expect(try events.next().name == "snapshot")
        let line = try Self.readmeLine().replacing("http://127.0.0.1:8080", with: server.url)
        let folder = album.files.path("")
        let curl = try TestProgram("/usr/bin/env", ["-C", folder, "bash", "-c", "\(line) -sS"])
        let order = try JSON(parsing: curl.output)
        let id = try #require(order.id.int, "\(curl)")
        #expect(order.title.string == "Live" && order.mode.string == "tao")
        #expect(order.source.tracks.list.map(\.sectors.int) == [376, 300, order.source.tracks[2].sectors.int])

        let heard = try events.until(job: id, ["completed", "failed"])
        let states = heard.flatMap(\.jobs).compactMap(\.state.string).reduce(into: [String]()) { states, state in
            if states.last != state { states.append(state) }
        }
        #expect(states == ["queued", "preparing", "burning", "finalizing", "verifying", "completed"])
        let job = try server.job(id)
        #expect(job.proven.strings == ["toc", "audio", "indexes"] && job.problem == .null)
        #expect(job.burns.list.count == 1 && job.burns[0].disc.string == "good")

        let discs = try Disc.export(server.disc(), album.files)
        let expected = try album.samples()
        #expect(discs.count == 3)
        #expect(expected[0].isFollowedByZerosAlone(in: discs[0], sectors: 376))
        // Under four seconds is filled up to four.
        #expect(expected[1].isFollowedByZerosAlone(in: discs[1], sectors: 300))
        #expect(discs[2].count == (order.source.tracks[2].sectors.int ?? 0) * 2352 && discs[2].contains { $0 != 0 })
    }

    @Test func `progress carries what the Windows event objects carry`() throws {
        let album = try Album()
        // Far more than fits into the recorder's buffer: writing it takes seconds, however late somebody looks.
        try album.files.noise("long", seconds: 180)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job(album.paths + [album.files.path("long.wav")])
        let all = try events.until(job: id, ["completed", "failed"]).filter { $0.name == "job-progress" }
        let actions = Set(all.compactMap(\.data.action.string))
        #expect(actions.isSuperset(of: ["writing", "closing-track", "closing-session", "reading"]))
        #expect(Set(all.compactMap(\.data.phase.string)).isSuperset(of: ["burning", "finalizing", "verifying"]))
        #expect(all.allSatisfy { $0.id == nil && $0.data.job.int == id && $0.data.drive.string != nil })
        for name in [
            "start_lba", "sector_count", "last_read_lba", "last_written_lba", "tracks", "sectors_done", "sectors_total",
            "percent", "elapsed_seconds", "remaining_seconds", "rate_x", "buffer_percent",
        ] {
            #expect(all.allSatisfy { $0.data[name].double != nil }, "\(name)")
        }
        // Every track but the first begins behind those before it, which have 376, 300 and so many sectors, and the 152 of
        // run-out and pause. Which of the first three are seen at work is a matter of moments: they fit into the recorder's
        // buffer.
        let third = try #require(try server.job(id).source.tracks[2].sectors.int)
        let starts = [1: 0, 2: 376 + 152, 3: 376 + 300 + 2 * 152, 4: 376 + 300 + third + 3 * 152]
        let writings = all.filter { $0.data.action.string == "writing" }.map(\.data)
        #expect(writings.allSatisfy { $0.track.int.map { starts[$0] } == $0.start_lba.int })
        let writing = try #require(writings.last)
        let buffer = writing.buffer
        #expect(buffer.total.int == (buffer.used.int ?? -1) + (buffer.free.int ?? -1))
    }

    @Test func `a session closed leaves the disc open for another`() throws {
        let files = AudioFiles()
        let server = try ServerProcess()
        let id = try server.job([try Album.short(files)], ["close=session"])
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"])
        #expect(job.burns[0].disc.string == "good")
        #expect(try server.idleDrive().media.status.string == "appendable")
    }

    @Test func `a disc left open is proven by the recorder's list of tracks`() throws {
        let files = AudioFiles()
        let server = try ServerProcess()
        let id = try server.job([try Album.short(files)], ["close=none"])
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings.contains("tracks"))
        #expect(job.burns[0].disc.string == "open")
        #expect(try server.idleDrive().media.status.string == "appendable")
    }

    @Test func `files that were uploaded before are ordered by digest`() throws {
        let files = AudioFiles()
        let path = try Album.short(files)
        let server = try ServerProcess()
        let put = try server.curl("/files/", ["-T", path])
        #expect(put.status == 201 && put.json.name.string == "short.wav" && put.json.audio.sectors.int == 300)
        let digest = try #require(put.json.id.string)
        let order = #"{"mode":"tao","source":{"tracks":[{"file":"\#(digest)","title":"One","performer":"Ä"}]}}"#
        let answer = try server.curl("/jobs", ["--json", order])
        let id = try #require(answer.json.id.int, "\(answer)")
        let job = try server.wait(id)
        #expect(job.state.string == "completed")
        #expect(job.source.tracks[0].title.string == "One" && job.source.tracks[0].performer.string == "Ä")
        let samples = try files.samples("short.wav")
        #expect(samples.isFollowedByZerosAlone(in: try Disc.export(server.disc(), files)[0], sectors: 300))
    }

    @Test func `ninety-nine tracks make a disc`() throws {
        let files = AudioFiles()
        let server = try ServerProcess()
        let id = try server.job([String](repeating: try Album.short(files), count: 99), ["title=Ünïcode שלום 👩‍🎤"])
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"])
        #expect(job.title.string == "Ünïcode שלום 👩‍🎤")
        #expect(job.burns[0].tracks_on_disc.list.count == 99)
        #expect(try server.idleDrive().media.tracks.int == 99)
    }

    @Test func `eject opens the tray at the end`() throws {
        let files = AudioFiles()
        let server = try ServerProcess()
        let id = try server.job([try Album.short(files)], ["eject=true"])
        #expect(try server.wait(id).state.string == "completed")
        let events = try EventReader(server)
        _ = try events.until { $0.drives.contains { $0.tray.string == "open" } }
    }
}
