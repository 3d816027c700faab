import POSIX
import ServerSupport
import TestSupport
import Testing

/// What is refused over the wire: by which problem, and that nothing of it stays.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ProblemTests {
    let files = AudioFiles()
    let server: ServerProcess

    init() throws { server = try ServerProcess() }

    private func expect(_ answer: Answer, _ status: Int, _ problem: String) {
        #expect(answer.status == status && answer.problem == problem, "\(answer)")
        #expect(answer.json.status.int == status && answer.json.request_id.string == answer.headers["x-request-id"])
        #expect(server.spooled() == [], "left behind")
    }

    @Test func `an unknown field is named`() throws {
        let answer = try server.order([try Album.short(files)], ["trak=1"])
        expect(answer, 400, "unknown-field")
        #expect(answer.json.errors[0].field.string == "trak")
    }

    @Test func `an order without tracks is refused`() throws {
        expect(try server.order([], ["title=Nothing"]), 400, "missing-track")
    }

    @Test func `an order that says nothing of its content is refused`() throws {
        expect(try server.curl("/jobs", ["--json", #"{"mode":"tao"}"#]), 400, "missing-field")
    }

    @Test func `a file that is no audio is named, and those before it go too`() throws {
        let text = try files.write("notes.txt", Array("These are notes, and not of music.\n".utf8))
        let answer = try server.order([try Album.short(files), text])
        expect(answer, 422, "not-audio")
        #expect(answer.json.detail.string?.contains("notes.txt") == true)
        #expect(answer.json.errors[0].field.string == "track")
    }

    @Test func `a file without a byte is no audio`() throws {
        expect(try server.order([try files.write("empty.wav", [])]), 422, "not-audio")
    }

    @Test func `a multipart body without its end is refused`() throws {
        let body =
            "--x\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\ntao\r\n--x\r\n"
            + "Content-Disposition: form-data; name=\"track\"; filename=\"a.wav\"\r\n\r\nRIFF"
        let path = try files.write("body", Array(body.utf8))
        let type = "Content-Type: multipart/form-data; boundary=x"
        expect(try server.curl("/jobs", ["-H", type, "--data-binary", "@\(path)"]), 400, "malformed-multipart")
    }

    @Test func `a host that is not this machine is refused`() throws {
        expect(try server.curl("/jobs", ["-H", "Host: evil.example"]), 400, "bad-host")
    }

    @Test func `a page of another site burns nothing`() throws {
        let track = "track=@\(try Album.short(files))"
        for header in ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"] {
            expect(try server.curl("/jobs", ["-H", header, "-F", "mode=tao", "-F", track]), 403, "cross-origin")
        }
    }

    @Test func `a part of a file is not the file`() throws {
        let path = try Album.short(files)
        expect(
            try server.curl("/files/a.wav", ["-T", path, "-H", "Content-Range: bytes 0-9/100"]), 400, "bad-request")
    }

    @Test func `a body that is announced longer than any is refused before it comes`() throws {
        let answer = try server.curl(
            "/files/a.wav",
            ["-X", "PUT", "-H", "Content-Length: 99999999999999", "-H", "Expect:", "--data-binary", "x"])
        #expect([413, 507].contains(answer.status), "\(answer)")
        #expect(server.spooled() == [])
    }

    @Test func `an order for a drive that is not there is refused`() throws {
        expect(try server.order([try Album.short(files)], ["drive=middle"]), 422, "drive-not-found")
    }

    @Test(arguments: [
        "mode=doa", "close=maybe", "speed=0", "speed=fast", "eject=perhaps", "title=a%00b",
    ]) func `a value that a field cannot have is refused`(_ field: String) throws {
        let parts = field.split(separator: "=")
        let mode = parts[0] == "mode" ? [] : ["-F", "mode=tao"]
        let value = parts[1].replacing("%00", with: "\u{1}")
        let answer = try server.curl(
            "/jobs", mode + ["-F", "\(parts[0])=\(value)", "-F", "track=@\(try Album.short(files))"])
        expect(answer, 400, "invalid-field")
        #expect(answer.json.errors[0].field.string.map { $0 == parts[0] } == true)
    }

    @Test func `more tracks than a disc can have are refused`() throws {
        let digest = try #require(try server.curl("/files/", ["-T", try Album.short(files)]).json.id.string)
        let tracks = [String](repeating: #"{"file":"\#(digest)"}"#, count: 100).joined(separator: ",")
        let answer = try server.curl("/jobs", ["--json", #"{"mode":"tao","source":{"tracks":[\#(tracks)]}}"#])
        #expect(answer.status == 422 && answer.problem == "too-many-tracks", "\(answer)")
    }

    @Test func `a programme longer than any disc is refused with both lengths`() throws {
        // Twenty-one minutes of silence are a few kilobytes.
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @long.flac trim 0 1260")
        let answer = try server.order([String](repeating: files.path("long.flac"), count: 5))
        expect(answer, 422, "disc-too-long")
        #expect(answer.json.needed_sectors.int == 5 * 94_500 + 4 * 152)
        #expect(answer.json.detail.string == "105 min 8 s are needed; the disc may have 88 min 28 s.")
    }

    @Test(arguments: ["..%2f..%2fetc%2fpasswd", "%2e%2e/x", "%00.wav", "%ff.wav", "a%0d%0ab"])
    func `a name that is a trick is refused`(_ name: String) throws {
        let answer = try server.curl("/files/\(name)", ["--path-as-is", "-T", try Album.short(files)])
        expect(answer, 400, "malformed-request")
    }

    @Test func `a name is a label, whatever it is called`() throws {
        let track = try Album.short(files)
        let answer = try server.curl(
            "/files",
            ["-F", "file=@\(track);filename=../../etc/passwd", "-F", "file=@\(track);filename=Ärger & שלום.wav"])
        #expect(answer.json.items.list.map(\.name.string) == ["passwd", "Ärger & שלום.wav"], "\(answer)")
        #expect(server.spooled().filter { $0.hasPrefix("files/") }.count == 1)
    }

    @Test func `what is not there has a problem, and every problem a page`() throws {
        for (path, problem) in [
            ("/jobs/999", "job-not-found"), ("/jobs/x", "job-not-found"), ("/drives/middle", "drive-not-found"),
            ("/files/sha256:0123456789", "file-not-found"), ("/nothing", "not-found"),
        ] {
            let answer = try server.curl(path)
            #expect(answer.status == 404 && answer.problem == problem, "\(path): \(answer)")
            let page = try server.curl(server.url + (answer.json.type.string ?? ""))
            #expect(page.status == 200 && page.headers["content-type"]?.hasPrefix("text/html") == true)
        }
        let method = try server.curl("/jobs", ["-X", "DELETE"])
        #expect(method.status == 405 && method.problem == "method-not-allowed" && method.headers["allow"] != nil)
    }

    @Test func `a connection cut in mid-body leaves nothing behind`() throws {
        let path = try files.write("long", [UInt8](repeating: 7, count: 3 << 20))
        let events = try EventReader(server)
        _ = try events.next()
        // Announces more than it sends, slowly enough to be cut while it does.
        let cut = try TestProgram(
            "/bin/bash",
            [
                "-c",
                #"{ printf 'PUT /api/v1/files/a.wav HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n'; cat "$1"; } >/dev/tcp/127.0.0.1/${0##*:}"#,
                server.url, path,
            ])
        #expect(cut.ending == .exited(0), "\(cut.errors)")
        try Deadline.waiting("an empty spool") { server.spooled() == [] }
        #expect(try server.curl("/files").json.items.list.isEmpty)
    }
}
