import ServerSupport
import TestSupport
import Testing

/// The contract's errors, by the names and values that its headers give them.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct ErrorTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    /// An order that cannot be, and its answer.
    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let mode: String
        let count: Int
        let file: @Sendable (ContractStation) throws -> String
        let problem: String
        let error: String
        let code: String
    }

    private static let text: @Sendable (ContractStation) throws -> String = { station in
        try station.files.write("words.txt", Array("These are words.".utf8))
    }
    /// Over a minute, so that a hundred of it are longer than any disc.
    private static let silence: @Sendable (ContractStation) throws -> String = { station in
        try station.files.write(
            "silence.wav", Sound.header(bytes: 5_000 * 2_352) + [UInt8](repeating: 0, count: 5_000 * 2_352))
    }

    static let refusals = [
        Refusal(
            testDescription: "words as a track", mode: "tao", count: 1, file: text, problem: "not-audio",
            error: "E_IMAPI_DF2TAO_STREAM_NOT_SUPPORTED", code: "0xC0AA050D"),
        Refusal(
            testDescription: "words in a raw recording", mode: "raw", count: 1, file: text, problem: "not-audio",
            error: "E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED", code: "0xC0AA060D"),
        Refusal(
            testDescription: "tracks longer than any disc", mode: "tao", count: 90, file: silence,
            problem: "disc-too-long",
            error: "E_IMAPI_DF2TAO_NOT_ENOUGH_SPACE", code: "0xC0AA0509"),
        Refusal(
            testDescription: "an image longer than any disc", mode: "raw", count: 90, file: silence,
            problem: "disc-too-long", error: "E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE", code: "0x80AA0A05"),
        Refusal(
            testDescription: "a hundred tracks in an image", mode: "raw", count: 100, file: { try $0.sound(300) },
            problem: "too-many-tracks", error: "E_IMAPI_RAW_IMAGE_TOO_MANY_TRACKS", code: "0x80AA0A01"),
    ]

    @Test(arguments: refusals) func `what no disc can be is refused with the contract's error`(_ refusal: Refusal)
        throws
    {
        let path = try refusal.file(station)
        // Once as a file, then by what the same file is called when it is there.
        let first = refusal.count == 1 ? "@" + path : try station.upload(path)
        let fields = [String](repeating: "track=" + first, count: refusal.count)
        let answer = try station.form("/jobs", ["mode=\(refusal.mode)"] + fields)
        #expect(answer.status == 422 && answer.problem == refusal.problem, "\(answer)")
        #expect(answer.json.contract_error.string == refusal.error, "\(answer)")
        #expect(answer.json.contract_code.string == refusal.code)
    }

    /// What a drive does, and how the burn ends.
    struct Failure: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: String
        let code: String
    }

    static let failures = [
        Failure(
            testDescription: "write call 3: sense 3/0C/09", error: "E_IMAPI_LOSS_OF_STREAMING", code: "0xC0AA0300"),
        Failure(
            testDescription: "write call 3: sense 3/0C/00", error: "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE",
            code: "0xC0AA0301"),
        Failure(
            testDescription: "write: sense 7/27/00", error: "E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED", code: "0xC0AA0209"
        ),
        Failure(
            testDescription: "mode-select: sense 5/26/00", error: "E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS",
            code: "0xC0AA0208"),
        Failure(
            testDescription: "read lba 100: flip 17", error: "E_IMAPI_BURN_VERIFICATION_FAILED", code: "0xC0AA0007"),
    ]

    @Test(arguments: failures) func `what a drive fails at has the contract's error, and the drive is free behind`(
        _ failure: Failure
    ) throws {
        _ = try station.fault(failure.testDescription)
        let job = try station.wait(try station.order(["mode=tao", try station.track()]))
        #expect(job.state.string == "failed")
        #expect(job.problem.contract_error.string == failure.error, "\(job.problem)")
        #expect(job.problem.contract_code.string == failure.code)
        #expect(job.burns[0].disc.string != "good")
        try station.control("clear")
        #expect(try station.server.drive().locked_by == .null)
        #expect(try station.server.post("/drives/left/eject").status == 200)
    }
}
