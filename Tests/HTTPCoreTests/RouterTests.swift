import HTTPCore
import POSIX
import Testing

@Suite struct RouterTests {
    struct Unforeseen: Error {}

    static func router(log: @escaping @Sendable (HTTPRequest, any Error) -> Void = { _, _ in }) -> Router {
        var router = Router(log: log)
        router.add(.get, "/") { _, _ in .text("root") }
        router.add(.get, "/jobs/{id}") { _, parameters in .text("job \(parameters["id"])") }
        router.add(.get, "/jobs/next") { _, _ in .text("next") }
        router.add(.post, "/jobs/{id}/cancel") { _, _ in
            throw Problem(.conflict, type: "would-spoil-disc", detail: "no")
        }
        router.add(.delete, "/jobs/{id}") { _, _ in throw Unforeseen() }
        router.add(.put, "/jobs/{id}") { _, _ in throw MultipartError.noBoundary }
        return router
    }

    static func answer(
        _ method: HTTPMethod, _ path: String, _ router: some HTTPHandler = router()
    ) async throws -> (status: Int, text: String, headers: HTTPHeaders) {
        let request = HTTPRequest(method: method, target: try RequestTarget(parsing: path), requestID: "r9")
        let response = await router.respond(to: request)
        return (response.status.rawValue, JSONTests.text(response), response.headers)
    }

    @Test(arguments: [
        ("/", "root"), ("/jobs/17", "job 17"), ("/jobs/a%20b", "job a b"), ("/jobs/next", "next"),
        ("/jobs/17?x=1", "job 17"),
    ])
    func `a path finds its handler`(path: String, text: String) async throws {
        #expect(try await Self.answer(.get, path).text == text)
        #expect(try await Self.answer(.head, path).text == text)
    }

    @Test(arguments: ["/jobs", "/jobs/", "/jobs/1/2", "/x", "/jobs/1/cancel/", "//"])
    func `a path without a route is not found`(path: String) async throws {
        let answer = try await Self.answer(.get, path)
        #expect(answer.status == 404 && answer.text.contains("/problems/not-found") && answer.text.contains("r9"))
    }

    @Test func `another method of a known path is told which there are`() async throws {
        let answer = try await Self.answer(.post, "/jobs/17")
        #expect(answer.status == 405 && answer.headers["Allow"] == "DELETE, GET, HEAD, PUT")
        #expect(answer.text.contains("/problems/method-not-allowed"))
        #expect(try await Self.answer(HTTPMethod(rawValue: "get"), "/jobs/17").status == 405)
    }

    @Test func `a thrown problem is the answer`() async throws {
        let answer = try await Self.answer(.post, "/jobs/17/cancel")
        #expect(answer.status == 409 && answer.text.contains("/problems/would-spoil-disc"))
        #expect(try await Self.answer(.put, "/jobs/17").text.contains("/problems/malformed-multipart"))
    }

    @Test func `any other error is told to the log and not to the client`() async throws {
        let logged = Lock<[String]>([])
        let router = Self.router { request, error in logged.withLock { $0.append("\(request.requestID) \(error)") } }
        let answer = try await Self.answer(.delete, "/jobs/17", router)
        #expect(answer.status == 500 && answer.text.contains("r9") && !answer.text.contains("Unforeseen"))
        #expect(logged.withLock { $0 } == ["r9 Unforeseen()"])
    }

    @Test func `unknown paths go to the fallback`() async throws {
        var router = Router(fallback: Self.router())
        router.add(.get, "/api") { _, _ in .text("api") }
        #expect(try await Self.answer(.get, "/api", router).text == "api")
        #expect(try await Self.answer(.get, "/jobs/next", router).text == "next")
        #expect(try await Self.answer(.post, "/api", router).status == 405)
    }

    @Test func `routes can be listed`() {
        #expect(Self.router().routes.map { "\($0.method) \($0.pattern)" }.prefix(2) == ["GET /", "GET /jobs/{id}"])
    }
}

@Suite struct OriginGuardTests {
    static let next = { () -> Router in
        var router = Router()
        router.add(.get, "/") { _, _ in .text("through") }
        router.add(.post, "/") { _, _ in .text("through") }
        return router
    }()

    static func status(_ method: HTTPMethod, _ headers: HTTPHeaders) async throws -> (Int, String) {
        let guarded = OriginGuard(hostName: "Burner.lan", aliases: ["Discs.example"], next: next)
        let request = HTTPRequest(method: method, target: try RequestTarget(parsing: "/"), headers: headers)
        let response = await guarded.respond(to: request)
        return (response.status.rawValue, JSONTests.text(response))
    }

    @Test(arguments: [
        "localhost", "LocalHost:8080", "127.0.0.1", "192.168.1.5:80", "[::1]", "[fe80::1]:8080", "burner",
        "burner.local",
        "BURNER.LAN:8080", "discs.example", "burner.lan.", "localhost:",
    ])
    func `names and addresses of this machine are let in`(host: String) async throws {
        #expect(try await Self.status(.get, ["Host": host]) == (200, "through"))
    }

    @Test(arguments: [
        "", "evil.example", "localhost.evil.example", "burner.local.evil", "127.0.0.1.evil", "[::1", "[evil]", "::1",
        "localhost:80:80", "localhost:x", "127.1", "0x7f.0.0.1", "user@localhost", "localhost ", "[127.0.0.1]", "[]",
    ])
    func `any other host is refused`(host: String) async throws {
        let (status, text) = try await Self.status(.get, ["Host": host])
        #expect(status == 400 && text.contains("/problems/bad-host"))
    }

    @Test(
        arguments: [
            [:], ["Sec-Fetch-Site": "same-origin"], ["Sec-Fetch-Site": "none"], ["Origin": "http://localhost:8080"],
            ["Origin": "HTTP://LOCALHOST:8080"], ["Origin": "https://localhost:8080"],
            ["Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"],
        ] as [HTTPHeaders])
    func `our page and programs may change things`(headers: HTTPHeaders) async throws {
        var headers = headers
        headers["Host"] = "localhost:8080"
        #expect(try await Self.status(.post, headers).0 == 200)
    }

    @Test(
        arguments: [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Sec-Fetch-Site": ""],
            ["Origin": "null"],
            ["Origin": "http://evil.example"], ["Origin": "http://localhost"], ["Origin": "http://localhost:80801"],
            ["Origin": "http://localhost:8080", "Sec-Fetch-Site": "cross-site"],
        ] as [HTTPHeaders])
    func `pages of others may not`(headers: HTTPHeaders) async throws {
        var headers = headers
        headers["Host"] = "localhost:8080"
        let (status, text) = try await Self.status(.post, headers)
        #expect(status == 403 && text.contains("/problems/cross-origin"))
        #expect(try await Self.status(.get, headers).0 == 200)
    }
}
