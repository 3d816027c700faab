import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `GET /events` as a client on the wire has it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct EventTests {
    let files = AudioFiles()

    @Test func `a client that comes back gets what it missed, and nothing else`() throws {
        let server = try ServerProcess()
        let live = try EventReader(server)
        let snapshot = try live.next()
        #expect(snapshot.name == "snapshot" && snapshot.id != nil && live.others == ["retry: 3000"])
        let id = try server.job([try Album.short(files)])
        let all = try live.until(job: id, ["completed"]).filter { $0.id != nil }
        for arguments in [["-H", "Last-Event-ID: \(snapshot.id ?? "")"], []] {
            let query = arguments.isEmpty ? "?last_event_id=\(snapshot.id ?? "")" : ""
            let again = try EventReader(server, arguments, query: query)
            let replayed = try again.until(job: id, ["completed"])
            #expect(replayed.map(\.id) == all.map(\.id) && replayed.map(\.data) == all.map(\.data))
        }
        let numbers = all.compactMap(\.data.seq.int)
        let first = try #require(numbers.first)
        #expect(numbers == Array(first..<first + all.count))
    }

    @Test(arguments: ["0000-1", "nonsense", "-", "9-99999999999999999999"])
    func `an id of another station begins anew`(_ id: String) throws {
        let server = try ServerProcess()
        let events = try EventReader(server, ["-H", "Last-Event-ID: \(id)"])
        let reset = try events.next()
        #expect(reset.name == "reset" && reset.data.reason.string != nil)
        #expect(try events.next().name == "snapshot")
    }

    @Test func `a number that is yet to come begins anew`() throws {
        let server = try ServerProcess()
        let epoch = try #require(try EventReader(server).next().id?.split(separator: "-").first)
        let events = try EventReader(server, ["-H", "Last-Event-ID: \(epoch)-99999"])
        #expect(try events.next().name == "reset")
        #expect(try events.next().name == "snapshot")
    }

    @Test func `a browser that closes in mid-burn changes nothing`() throws {
        try files.noise("long", seconds: 30)
        let server = try ServerProcess { $0.speed = "48" }
        let browser = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try browser.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        browser.close()
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.burns.list.count == 1)
    }

    @Test func `two hundred streams hear the same`() throws {
        let server = try ServerProcess()
        let streams = try (0..<200).map { _ in try EventReader(server) }
        for stream in streams { #expect(try stream.next().name == "snapshot") }
        let id = try server.job([try Album.short(files)])
        let heard = try streams.map { try $0.until(job: id, ["completed"]).compactMap(\.id) }
        #expect(Set(heard).count == 1 && heard[0].count > 5)
        #expect(try server.curl("/status").status == 200)
    }

    @Test func `a heartbeat comes every fifteen seconds, with the number of the latest event`() throws {
        let server = try ServerProcess()
        let events = try EventReader(server)
        let snapshot = try events.next()
        let heartbeat = try #require(try events.until { $0.name == "heartbeat" }.last)
        #expect(heartbeat.id == nil && heartbeat.data.names == ["at", "seq"])
        #expect((heartbeat.data.seq.int ?? -1) >= (snapshot.data.seq.int ?? 0))
    }
}
