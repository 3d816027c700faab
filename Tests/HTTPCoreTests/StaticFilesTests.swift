import Glibc
import HTTPCore
import POSIX
import TestSupport
import Testing

@Suite struct StaticFilesTests {
    let folder = TemporaryFolder()
    let files: StaticFiles

    init() throws {
        let inside = folder.path + "/public"
        try DurableFile.makeFolder(inside + "/js")
        for (name, text) in [
            "public/index.html": "<p>", "public/js/a.mjs": "1", "public/.secret.txt": "s", "public/odd.exe": "x",
            "outside.txt": "o",
        ] {
            try DurableFile.replace(folder.path + "/" + name, with: Array(text.utf8))
        }
        symlink(folder.path + "/outside.txt", inside + "/link.txt")
        mkdir(inside + "/folder.txt", 0o700)
        files = try StaticFiles(folder: inside)
    }

    func answer(
        _ target: String, method: HTTPMethod = .get, headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        await files.respond(
            to: HTTPRequest(method: method, target: try RequestTarget(parsing: target), headers: headers))
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", 3), ("/index.html?x", "text/html; charset=utf-8", 3),
        ("/js/a.mjs", "text/javascript; charset=utf-8", 1),
    ])
    func `a file is served with its type and what protects the page`(
        target: String, type: String, size: Int
    ) async throws {
        let response = try await answer(target)
        #expect(response.status == .ok && response.headers["content-type"] == type)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Content-Security-Policy"]?.hasPrefix("default-src 'self'") == true)
        guard case .file(_, let length) = response.body else {
            Issue.record("no file")
            return
        }
        #expect(length == size)
    }

    @Test(arguments: [
        "/none.html", "/.secret.txt", "/odd.exe", "/link.txt", "/folder.txt", "/js", "/js/", "//index.html",
        "/js//a.mjs",
    ])
    func `what must not be seen is not there`(target: String) async throws {
        #expect(try await answer(target).status == .notFound)
    }

    @Test func `a client that has the file is told so`() async throws {
        let tag = try #require(try await answer("/").headers["ETag"])
        for field in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let response = try await answer("/", headers: ["If-None-Match": field])
            #expect(response.status == .notModified && response.headers["ETag"] == tag)
        }
        #expect(try await answer("/", headers: ["If-None-Match": "\"x\""]).status == .ok)
    }

    @Test func `a changed file has another tag`() async throws {
        let before = try await answer("/").headers["ETag"]
        try DurableFile.replace(folder.path + "/public/index.html", with: Array("<b>".utf8))
        #expect(try await answer("/").headers["ETag"] != before)
    }

    @Test func `a file is only read`() async throws {
        let response = try await answer("/index.html", method: .post)
        #expect(response.status == .methodNotAllowed && response.headers["Allow"] == "GET, HEAD")
    }

    @Test func `a folder that is not there is an error`() {
        #expect(throws: SystemError.self) { try StaticFiles(folder: "/nowhere/public") }
    }
}
