import Glibc
import POSIX
import SCSI
import ServerSupport
import TestSupport
import Testing

/// `burnd serve --drive`: any recorder that speaks the protocol, a device node, and drives that fail.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DriveTests {
    private static let hasShim = ["gcc", "make", "wodim", "cdparanoia"].allSatisfy {
        access("/usr/bin/\($0)", X_OK) == 0
    }
    private static let why: Comment = "gcc, make, wodim and cdparanoia must be installed (script/test does it)"
    private static let sync: UInt8 = 0x35
    private static let readCD: UInt8 = 0xBE
    private static let write: UInt8 = 0x2A

    let files = AudioFiles()

    private func server(_ address: String, _ environment: [String] = []) throws -> ServerProcess {
        try ServerProcess {
            ($0.recorders, $0.environment) = ([], environment)
            $0.arguments = ["--drive", address]
        }
    }

    @Test func `a recorder on a socket burns what is ordered`() throws {
        let recorder = try RecorderProgram()
        let server = try server("unix:" + recorder.socket)
        let job = try server.wait(server.job([try Album.short(files)]))
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"])
        let expected = try files.samples("short.wav")
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(recorder.disc, files)[0], sectors: 300))
    }

    @Test(.enabled(if: hasShim, why))
    func `a drive at /dev/sr0 burns the album, and others read the same from the disc`()
        throws
    {
        let album = try Album()
        let recorder = try RecorderProgram()
        let server = try server("/dev/sr0", PreloadShim.environment(recorder.socket))
        let id = try server.job(album.paths)
        let job = try server.wait(id)
        #expect(job.state.string == "completed" && job.proven.strings == ["toc", "audio", "indexes"], "\(job.problem)")
        #expect(try server.curl("/drives").json.items[0].address.string == "/dev/sr0")
        server.signal(SIGTERM)
        #expect(try server.wait() == .exited(0))

        // Everything below is said by programs that know nothing of burnd.
        let folder = TemporaryFolder()
        let toc = try PreloadShim.run("wodim", ["dev=/dev/sr0", "-toc"], socket: recorder.socket, in: folder.path)
        let third = job.source.tracks[2].sectors.int ?? 0
        let starts = [0, 376 + 152, 376 + 152 + 300 + 152]
        for start in starts + [starts[2] + third + 2] {
            let text = String(start)
            let line = "lba: " + String(repeating: " ", count: 9 - text.count) + text
            #expect(String(decoding: toc.output, as: UTF8.self).contains(line), "\(line) in \(toc)")
        }
        let rip = try PreloadShim.run(
            "cdparanoia", ["-d", "/dev/sr0", "-B", "-w", "-Z"], socket: recorder.socket, in: folder.path)
        #expect(rip.ending == .exited(0), "\(rip.errors)")
        let expected = try album.samples()
        for (index, sectors) in [376 + 152, 300 + 152].enumerated() {
            let read = try files.run("sox -D \(folder.path)/track0\(index + 1).cdda.wav -t raw -e signed -b 16 -")
            #expect(expected[index].isFollowedByZerosAlone(in: read, sectors: sectors), "track \(index + 1)")
        }
    }

    /// What a drive does, and what becomes of the job.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let mischief: MischievousDrive.Mischief
        let command: UInt8
        var number = 0
        let problem: String
        var sense: String?
        let disc: String
    }

    private static let cases = [
        Case(
            testDescription: "one bit of one READ CD is flipped", mischief: .flippedBit, command: readCD, number: 2,
            problem: "verify-mismatch", disc: "spoiled"),
        Case(
            testDescription: "SYNCHRONIZE CACHE fails", mischief: .sense(SenseData(3, 0x0C, 0)), command: sync,
            problem: "write-error", sense: "3/0C/00", disc: "spoiled"),
        Case(
            testDescription: "the connection closes in mid-write", mischief: .close, command: write, number: 5,
            problem: "drive-offline", disc: "unsure"),
    ]

    @Test(arguments: cases) func `a burn that a drive spoils is failed, and never completed`(_ failure: Case) throws {
        let drive = try MischievousDrive(failure.mischief, at: failure.command, failure.number)
        let server = try server("unix:" + drive.socket)
        let events = try EventReader(server)
        let id = try server.job([try Album.short(files)])
        let heard = try events.until(job: id, ["completed", "failed", "cancelled"])
        let job = try #require(heard.last?.jobs.first)
        #expect(drive.hasStruck)
        #expect(job.state.string == "failed" && job.proven == .array([]), "\(job)")
        #expect(job.problem.type.string == "/problems/\(failure.problem)", "\(job.problem)")
        #expect(job.burns[0].disc.string == failure.disc)
        if let sense = failure.sense { #expect(job.problem.sense.string == sense) }
        #expect(!heard.flatMap(\.jobs).contains { $0.state.string == "completed" })

        // The drive is as good as before, with another disc.
        if case .close = failure.mischief { try drive.serve() }
        let id2 = try server.idleDrive(job.burns[0].drive.string ?? "").id.string ?? ""
        try server.loadBlank(id2)
        #expect(try server.wait(server.job([try Album.short(files)])).state.string == "completed")
    }
}
