import POSIX
import ServerSupport
import TestSupport
import Testing

/// Burns through the kernel: `/dev/srN`, its drivers, USB.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct BurnTests {
    let files = AudioFiles()

    /// Names and bytes of a disc's files. The journal has times in it.
    private static func contents(of disc: String) throws -> [String: [UInt8]] {
        try Folder.names(disc).filter { $0 != "journal" }.reduce(into: [:]) { contents, name in
            contents[name] = try DurableFile.contents(of: "\(disc)/\(name)", limit: .max)
        }
    }

    /// Two tracks with titles, and codes where the mode can write them.
    private func order(_ mode: String) throws -> [String] {
        try files.noise("first", seconds: 4.2)
        try files.noise("second", seconds: 1)
        var fields = ["mode=\(mode)", "speed=max"]
        if mode != "tao" { fields += ["title=Live", "mcn=1234567890128"] }
        fields += ["track=@\(files.path("first.wav"))"]
        if mode != "tao" { fields += ["track_title=One", "track_isrc=DE-A45-06-12345"] }
        return fields + ["track=@\(files.path("second.wav"))"]
    }

    @Test(arguments: ["tao", "sao", "raw"])
    func `a disc burned through the kernel is the one burned over the socket, byte for byte`(mode: String) throws {
        let usb = try USBRecorder("burn-\(mode)")
        let socket = try RecorderProgram()
        let order = try order(mode)
        let server = try ServerProcess(discovering: ["unix:\(socket.socket)"])
        // What is read back over the socket is the business of other tests.
        let burns = [
            (try server.blankDrive(of: usb), "full"), (try server.blankDrive(serial: "outside"), "none"),
        ]
        for (drive, verify) in burns {
            let fields = ["drive=\(drive)", "verify=\(verify)"] + order
            let answer = try server.curl("/jobs", fields.flatMap { ["-F", $0] })
            let job = try server.wait(try #require(answer.json.id.int, "\(answer)"))
            #expect(job.state.string == "completed", "\(job.problem)")
        }
        let (mine, theirs) = (try Self.contents(of: usb.disc()), try Self.contents(of: socket.disc))
        #expect(mine.keys.sorted() == theirs.keys.sorted())
        for (name, bytes) in mine { #expect(bytes == theirs[name], "\(name) differs") }
        let expected = try files.samples("first.wav")
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(usb.disc(), files)[0], sectors: 315))
    }
}
