import POSIX
import ServerSupport
import TestSupport
import Testing

/// The contract of the two Windows interfaces over HTTP: the compiled server with recorders made of software, and `curl`.
///
/// Tests are named by members (`T2`, `R11`), as the table in `Sources/BurnAPI/BurnAPI.docc/Contract.md` has them. The target
/// knows nothing of burnd's own targets but `POSIX`; what is on a disc it learns from `burnd disc` and the disc's files.
/// Tests of a suite share a station, and each begins with a fresh disc.
struct SharedStation: SuiteTrait, TestScoping {
    /// The station of the suite that runs.
    @TaskLocal static var current: ContractStation?

    /// Starts it before the suite and ends it behind.
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let station = try ContractStation()
        try await Self.$current.withValue(station) { try await function() }
    }
}

extension Trait where Self == SharedStation {
    /// One station for all tests of a suite.
    static var sharedStation: Self { Self() }
}

/// A station with one recorder, `left`, as fast as the machine is, and sounds to burn.
final class ContractStation: Sendable {
    let server: ServerProcess
    let files = AudioFiles()

    init() throws { server = try ServerProcess() }

    /// The station of the suite, with a blank disc in the recorder, which nothing is wrong with.
    static func fresh() throws -> ContractStation {
        let station = try #require(SharedStation.current)
        try station.control("clear")
        // A blank that comes out goes in again, so that a CD-RW would stay.
        if try station.server.drive().media.kind.string == "CD-RW" { try station.load("cd-r-80") }
        try station.server.loadBlank()
        return station
    }

    // MARK: The recorder

    /// A request to the recorder itself, as by hand.
    @discardableResult
    func control(_ request: String) throws -> JSON {
        let run = try TestProgram(
            TestProgram.compiled("burnd"),
            ["recorder-control", "\(server.data)/recorders/left/control"]
                + request.split(separator: " ").map(String.init))
        guard run.ending == .exited(0) else { throw ServerProcess.Failure(description: "\(request): \(run.errors)") }
        return try JSON(parsing: run.output)
    }

    /// Sets a fault; its number.
    func fault(_ line: String) throws -> Int { try #require(try control("fault " + line).fault.int) }

    /// How often a fault acted. One that does no harm counts commands of a kind.
    func acted(_ fault: Int) throws -> Int {
        try #require(try control("faults").list.first { $0.id.int == fault }?.acted.int)
    }

    /// Puts a blank of a kind into the recorder in place of what is in it, and waits until the station has looked at it.
    func load(_ medium: String) throws {
        let folder = files.path("\(medium)-\(Folder.names(files.path("")).count)")
        let made = try TestProgram(
            TestProgram.compiled("burnd"), ["disc", folder, "--make-blank", "--medium", medium])
        #expect(made.ending == .exited(0), "\(made.errors)")
        #expect(try server.post("/drives/left/eject").status == 200)
        try control("load " + folder)
        try Deadline.waiting("the \(medium)") { try server.drive().media != .null }
    }

    /// Folder of the disc that is in the recorder.
    func disc() throws -> String { try #require(try control("status").disc.string) }

    /// The disc in the recorder, as `burnd disc` lists it.
    func listing() throws -> JSON { try Disc.listing(try disc()).0 }

    /// `/drives/left/media`, once no job has the drive any more.
    func media() throws -> JSON {
        var media = JSON.null
        try Deadline.waiting("the drive", self.server.words) {
            media = try server.curl("/drives/left/media").json
            return media.frozen.bool == false
        }
        return media
    }

    // MARK: Orders

    /// Uploads a file; its id.
    func upload(_ path: String) throws -> String {
        let answer = try server.curl("/files/", ["-T", path])
        guard answer.status == 201, let id = answer.json.id.string else {
            throw ServerProcess.Failure(description: "the file was refused: \(answer)")
        }
        return id
    }

    /// A form, each field as `name=value`.
    func form(_ path: String, _ fields: [String]) throws -> Answer {
        try server.curl(path, fields.flatMap { ["-F", $0] })
    }

    /// An order that must be accepted; its number.
    func order(_ fields: [String]) throws -> Int {
        let answer = try form("/jobs", fields)
        guard answer.status == 201, let id = answer.json.id.int else {
            throw ServerProcess.Failure(description: "the order was refused: \(answer)")
        }
        return id
    }

    /// An order that must end well; the job at its end.
    func burn(_ fields: [String]) throws -> JSON {
        let job = try wait(try order(fields))
        guard job.state.string == "completed" else {
            throw ServerProcess.Failure(description: "the job ended \(job.state): \(job.problem)")
        }
        return job
    }

    /// Waits until a job is over and has let its drive go; the job as it ended.
    @discardableResult
    func wait(_ job: Int) throws -> JSON {
        let ended = try server.wait(job)
        try Deadline.waiting("the drive of job \(job)", self.server.words) { try server.drive().job.int != job }
        return ended
    }

    /// What a disc of these fields would be: the answer of `/jobs:check`, which must be good.
    func check(_ fields: [String]) throws -> JSON {
        let answer = try form("/jobs:check", fields)
        guard answer.status == 200 else {
            throw ServerProcess.Failure(description: "the check was refused: \(answer)")
        }
        return answer.json
    }

    /// A raw image made by the station of these fields; its file.
    func image(_ fields: [String]) throws -> JSON {
        let answer = try form("/files:image", fields)
        guard answer.status == 201 else {
            throw ServerProcess.Failure(description: "the image was refused: \(answer)")
        }
        return answer.json
    }

    /// Begins a job and waits until its recorder is held in the middle of writing by a fault, whose number it gives too.
    func hold(_ condition: String, _ fields: [String]) throws -> (job: Int, fault: Int) {
        let fault = try fault(condition + ": stuck")
        let job = try order(fields)
        try held(fault)
        // The station reads of it in the worker's journal.
        try server.wait(job, ["burning"])
        return (job, fault)
    }

    /// Waits until a fault has acted.
    func held(_ fault: Int) throws {
        try Deadline.waiting("fault \(fault)", self.server.words) { try acted(fault) > 0 }
    }
}

/// Sounds that no two samples of are the same by accident.
enum Sound {
    /// A WAV file of whole sectors.
    static func wav(sectors: Int, seed: UInt32 = 1) -> [UInt8] {
        header(bytes: sectors * 2352) + samples(sectors, seed)
    }

    /// The samples of the same file.
    static func samples(_ sectors: Int, _ seed: UInt32 = 1) -> [UInt8] {
        var state = seed
        return (0..<sectors * 2352).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    /// RIFF with a format of two channels of 16 bits at 44.1 kHz.
    static func header(bytes: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        return Array("RIFF".utf8) + little(36 + bytes, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(2, 2) + little(44_100, 4) + little(176_400, 4) + little(4, 2) + little(16, 2)
            + Array("data".utf8) + little(bytes, 4)
    }
}

extension ContractStation {
    /// A track of so many sectors, as the field of a form.
    func track(_ sectors: Int = 300, seed: UInt32 = 1) throws -> String {
        "track=@" + (try sound(sectors, seed: seed))
    }

    /// A sound of so many sectors; its path.
    func sound(_ sectors: Int, seed: UInt32 = 1) throws -> String {
        try files.write("\(sectors)-\(seed).wav", Sound.wav(sectors: sectors, seed: seed))
    }
}
