import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// A machine that does not go to sleep in the middle of a burn, by a logind on a bus of the test's own.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PowerTests {
    let files = AudioFiles()

    private static let asked = "asked sleep:shutdown:handle-lid-switch|burnd|job 1: burning on left|block"
    private static let released = "released job 1: burning on left"

    private func server(_ logind: MockLogind, speed: String = "max") throws -> ServerProcess {
        try ServerProcess {
            $0.environment = [logind.environment]
            $0.speed = speed
        }
    }

    /// A server with a job whose laser is on.
    private func burning(_ logind: MockLogind) throws -> (ServerProcess, Int) {
        try files.noise("long", seconds: 60)
        let server = try server(logind, speed: "48")
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        return (server, id)
    }

    @Test
    func `logind is asked with these words and has answered before the laser, and is held until the worker's end`()
        throws
    {
        let logind = try MockLogind(.late)
        let server = try server(logind)
        let events = try EventReader(server)
        let id = try server.job([try Album.short(files)])
        try logind.line { $0 == Self.asked }
        // The worker waits for the answer: nothing on its way to the disc has been told.
        #expect(server.journals()[1]?.map(\.event.string) == ["started"])
        #expect(try server.job(id).state.string == "preparing")
        let before = now()
        logind.grantLate()
        _ = try events.until { $0.jobs.first?.state.string == "burning" }
        let heard = try events.until(job: id, ["completed", "failed"])
        #expect(heard.last?.jobs.first?.state.string == "completed")
        #expect(heard.compactMap { $0.jobs.first }.dropLast().allSatisfy { $0.inhibited.bool == true })
        try logind.line { $0 == Self.released }
        let journal = try #require(server.journals()[1])
        let told = try #require(journal.firstIndex { $0.record.inhibitor.result.string == "granted" })
        let laser = try #require(journal.firstIndex { $0.event.string == "laser-pending" })
        #expect(told < laser && (journal[laser].at.string ?? "") > before)
        let job = try server.job(id)
        #expect(job.inhibited.bool == false && job.inhibitor == .null)
        #expect(job.burns[0].inhibited.bool == true && job.burns[0].inhibitor.result.string == "granted")
    }

    /// As burnd writes times, so that they can be compared as text.
    private func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        var text = [CChar](repeating: 0, count: 64)
        strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let milliseconds = String(1000 + time.tv_nsec / 1_000_000).dropFirst()
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            + ".\(milliseconds)Z"
    }

    enum End: CaseIterable { case failure, cancel, death }

    @Test(arguments: End.allCases) func `however a burn ends, logind is free of it`(end: End) throws {
        let logind = try MockLogind(.grant)
        let (server, id) = try burning(logind)
        #expect(try server.job(id).inhibited.bool == true)
        #expect(logind.soFar().contains(Self.asked) && !logind.soFar().contains(Self.released))
        switch end {
        case .failure: server.endRecorder()
        case .cancel: #expect(try server.post("/jobs/\(id)/cancel?spoil=yes").status == 202)
        case .death: try server.killWorkers()
        }
        try logind.line { $0 == Self.released }
        #expect(try server.wait(id).inhibited.bool == false)
    }

    @Test func `a server that crashes leaves the worker its inhibitor, and the next one knows of it`() throws {
        let logind = try MockLogind(.grant)
        let (server, id) = try burning(logind)
        server.crash()
        try server.start()
        #expect(try server.job(id).inhibited.bool == true)
        #expect(!logind.soFar().contains(Self.released))
        #expect(try server.wait(id).state.string == "completed")
        try logind.line { $0 == Self.released }
        #expect(try server.job(id).burns[0].inhibited.bool == true)
    }

    @Test func `blanking a disc keeps the machine awake too`() throws {
        let logind = try MockLogind(.grant)
        let recorder = try RecorderProgram(["--medium", "cd-rw"])
        let server = try ServerProcess {
            $0.recorders = []
            $0.arguments = ["--drive", "unix:\(recorder.socket)"]
            $0.environment = [logind.environment]
        }
        let drive = try server.curl("/drives").json.items[0].id.string ?? ""
        let answer = try server.post("/drives/\(drive)/erase")
        #expect(answer.status == 201 || answer.status == 202, "\(answer)")
        try logind.line { $0.hasPrefix("asked ") && $0.contains("|burnd|job 1: blanking the disc on ") }
        try logind.line { $0.hasPrefix("released job 1: blanking") }
        #expect(try server.wait(1).burns[0].inhibited.bool == true)
    }

    @Test func `a refusal stops no burn, and job and server say what would help`() throws {
        let logind = try MockLogind(.refuse)
        let server = try server(logind)
        let id = try server.job([try Album.short(files)])
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.burns[0].inhibited.bool == false)
        let inhibitor = job.burns[0].inhibitor
        #expect(inhibitor.result.string == "refused")
        #expect(inhibitor.detail.string?.contains("Interactive authentication required.") == true)
        #expect(inhibitor.hint.string?.contains("polkitd") == true)
        let features = try server.curl("/server").json.features.strings
        #expect(features.contains("logind") && !features.contains("inhibitor"))
    }

    @Test func `a logind that grants is a feature of the server from the start`() throws {
        let logind = try MockLogind(.grant)
        let server = try server(logind)
        try Deadline.waiting("the features") {
            Set(try server.curl("/server").json.features.strings).isSuperset(of: ["logind", "inhibitor"])
        }
        // Asked, and let go at once.
        try logind.line { $0 == "released seeing whether burns can be protected" }
    }

    enum Silence: CaseIterable { case logind, bus }

    @Test(arguments: Silence.allCases)
    func `whoever does not answer holds a burn up for ten seconds and no longer`(silence: Silence) throws {
        let logind = try MockLogind(silence == .logind ? .never : nil)
        let mute = try MuteSocket()
        let server = try ServerProcess {
            $0.environment = [silence == .logind ? logind.environment : mute.environment]
        }
        let begin = ContinuousClock.now
        let id = try server.job([try Album.short(files)])
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.burns[0].inhibitor.result.string == "timed-out", "\(job)")
        #expect(ContinuousClock.now - begin >= .seconds(9))
        let journal = try #require(server.journals()[1])
        let (asked, answered) = try (seconds(journal.first), seconds(journal.first { $0.event.string == "record" }))
        // Over midnight too.
        let waited = (answered - asked + 86_400).truncatingRemainder(dividingBy: 86_400)
        #expect((9.5...15).contains(waited), "\(waited) s")
    }

    /// The second of the day at which a line of a journal was written.
    private func seconds(_ line: JSON?) throws -> Double {
        let words = try #require(line?.at.string).dropLast().split(separator: "T").last?.split(separator: ":") ?? []
        let parts = words.compactMap { Double($0) }
        return parts.reduce(0) { $0 * 60 + $1 }
    }

    @Test func `a bus without logind, and no bus at all, are told apart`() throws {
        let bus = try MockLogind(nil)
        for (environment, result) in [([bus.environment], "no-logind"), ([], "no-system-bus")] {
            let server = try ServerProcess { $0.environment = environment }
            let id = try server.job([try Album.short(files)])
            let job = try server.wait(id)
            #expect(job.state.string == "completed" && job.burns[0].inhibitor.result.string == result, "\(job)")
            let features = try server.curl("/server").json.features.strings
            #expect(!features.contains("logind") && !features.contains("inhibitor"))
        }
    }
}

/// A Unix socket that takes connections in and says nothing.
private final class MuteSocket {
    private let folder = TemporaryFolder()
    private let socket: FileDescriptor

    init() throws {
        socket = try FileDescriptor.unixSocket(SOCK_STREAM, boundTo: folder.path + "/bus")
        guard listen(socket.number, 8) == 0 else { throw SystemError.last("listen") }
    }

    var environment: String { "DBUS_SYSTEM_BUS_ADDRESS=unix:path=\(folder.path)/bus" }
}
