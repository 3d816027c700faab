import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// Room on the disk, and in memory.
@Suite(.serialized, .timeLimit(.minutes(4))) struct RoomTests {
    let files = AudioFiles()

    /// A file system of a few megabytes.
    private final class SmallDisk {
        let folder = TemporaryFolder()

        init(megabytes: Int) throws {
            let mounted = try TestProgram(
                "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path])
            try #require(mounted.ending == .exited(0), "\(mounted.errors)")
        }

        deinit { umount2(folder.path, Int32(MNT_DETACH)) }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount a small disk to be filled"))
    func `a full disk refuses with 507, keeps nothing, and the server goes on`() throws {
        // 64 MiB are kept free for burns, so there is room for some 30 here.
        let disk = try SmallDisk(megabytes: 96)
        let server = try ServerProcess(data: disk.folder.path + "/data") { _ in }
        defer {
            server.endRecorder()
            server.crash()
        }
        try files.noise("big", seconds: 240)
        let refused = try server.order([try Album.short(files), files.path("big.wav")])
        #expect(refused.status == 507 && refused.problem == "spool-full", "\(refused)")
        // No length is announced here, so it is found out on the way.
        let chunked = try server.curl("/files/", ["-T", files.path("big.wav"), "-H", "Transfer-Encoding: chunked"])
        #expect(chunked.status == 507 && chunked.problem == "spool-full", "\(chunked)")
        #expect(server.spooled() == [])
        #expect(try server.curl(server.url + "/healthz").text == "ok\n")
        #expect(try server.wait(server.job([try Album.short(files)])).state.string == "completed")
    }

    @Test func `four bodies of 700 MB at once leave the server under 64 MiB`() throws {
        let server = try ServerProcess()
        try files.write("empty", [])
        // Zeros behind no header: no audio, which is found out when all of it has come and is synced.
        let uploads = try (0..<4).map { number in
            try ChildProcess.start(
                "/bin/bash",
                arguments: [
                    "-c",
                    "head -c 700000000 /dev/zero | curl -sS -o \(files.path("reply\(number)")) -w '%{http_code}' -T - "
                        + "\(server.api)/files/\(number).wav > \(files.path("status\(number)"))",
                ], descriptors: [:])
        }
        for upload in uploads { #expect(upload.wait() == .exited(0)) }
        for number in 0..<4 {
            #expect(String(decoding: try files.bytes("status\(number)"), as: UTF8.self) == "422")
            #expect(try JSON(parsing: files.bytes("reply\(number)")).type.string == "/problems/not-audio")
        }
        let highest = try server.memory("VmHWM")
        print("highest resident memory of the server: \(highest) kB")
        #expect(highest > 0 && highest < 64 << 10)
        #expect(server.spooled() == [])
    }
}
