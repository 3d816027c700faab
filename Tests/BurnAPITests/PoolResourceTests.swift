import HTTPCore
import StationSupport
import Testing

/// Pools over HTTP.
@Suite struct PoolResourceTests {
    private func patch(
        _ api: APIHarness, _ body: String, drive: String = "left"
    ) async throws -> APIHarness.Answer {
        try await api.send(
            .patch, "/api/v1/drives/\(drive)", headers: ["Content-Type": "application/json"],
            body: HTTPBytesBody(Array(body.utf8)))
    }

    @Test func `a drive is put into pools, and stays in them`() async throws {
        let api = try await APIHarness()
        let answer = try await patch(api, #"{"pools":["vinyl","audio","audio"]}"#)
        #expect(answer.status == 200)
        #expect(try answer.member("pools") == .array([.string("audio"), .string("vinyl")]))
        let next = try await APIHarness(harness: api.harness)
        #expect(try await next.send(.get, "/api/v1/drives/left").member("pools") == answer.member("pools"))
        #expect(try await patch(api, #"{"label":"Studio"}"#).member("pools") == answer.member("pools"))
        #expect(try await patch(api, #"{"pools":[]}"#, drive: "Studio").member("pools") == .array([]))
    }

    @Test(arguments: [
        #"{"pools":["two words"]}"#, #"{"pools":[""]}"#, #"{"pools":["é"]}"#, #"{"pools":"audio"}"#, #"{"pools":null}"#,
        #"{"label":"pool:audio"}"#,
    ]) func `what is no name of a pool is refused`(_ body: String) async throws {
        let answer = try await patch(try await APIHarness(), body)
        #expect(answer.status == 400, "\(answer.text)")
    }

    @Test func `an order for a pool that has no drive is refused with that place`() async throws {
        let api = try await APIHarness()
        _ = try await patch(api, #"{"pools":["audio"]}"#)
        let wav = APIHarness.Part("track", file: "a.wav", APIHarness.wav(frames: 588, seed: 1))
        let refused = try await api.form("/api/v1/jobs", [wav, .init("drive", "pool:data"), .init("mode", "tao")])
        #expect(refused.status == 422 && refused.slug == "drive-not-found", "\(refused.text)")
        let taken = try await api.form("/api/v1/jobs", [wav, .init("drive", "pool:audio"), .init("mode", "tao")])
        #expect(try taken.status == 201 && taken.member("requested_drive") == .string("pool:audio"), "\(taken.text)")
    }
}
