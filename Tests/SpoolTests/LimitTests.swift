import Glibc
import POSIX
import Spool
import TestSupport
import Testing

@Suite struct LimitTests {
    /// A small file system in memory, gone with its owner. Only root can mount one.
    final class SmallDisk {
        let path: String
        /// Held so that the folder goes after the mount on it.
        private let files: AudioFiles

        init(in files: AudioFiles, bytes: Int) throws {
            self.files = files
            path = files.path("disk")
            try DurableFile.makeFolder(path)
            let mount = try TestProgram("/bin/mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "burnd-test", path])
            guard mount.ending == .exited(0) else {
                throw SystemError(call: "mount", number: EPERM, subject: mount.errors)
            }
        }

        deinit { umount2(path, Int32(MNT_DETACH)) }

        func names(_ part: String) throws -> String {
            String(decoding: try TestProgram("/bin/ls", ["-A", "\(path)/spool/\(part)"]).output, as: UTF8.self)
        }
    }

    private static let diskBytes = 4 << 20

    private func spool(on disk: SmallDisk, reserve: Int = 0) throws -> Spool {
        var limits = Spool.Limits()
        limits.reserveBytes = reserve
        return try Spool(folder: "\(disk.path)/spool", decoder: DecodedAudioTests.decoder, limits: limits)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk to fill"))
    func `a full disk ends an upload, whether its length was known or not, and nothing is left`() async throws {
        let files = AudioFiles()
        let disk = try SmallDisk(in: files, bytes: Self.diskBytes)
        let spool = try spool(on: disk)
        await #expect(throws: SpoolError.full) { try await spool.beginUpload(expectedBytes: Self.diskBytes + 1) }
        let upload = try await spool.beginUpload()
        let block = [UInt8](repeating: 7, count: 1 << 20)
        await #expect(throws: SpoolError.full) { for _ in 0..<8 { try await upload.write(block) } }
        #expect(try disk.names("incoming") == "" && disk.names("files") == "")
        // The room came back, and a known length takes it at once.
        let second = try await spool.beginUpload(expectedBytes: 3 << 20)
        #expect(try await spool.freeBytes() <= 1 << 20)
        for _ in 0..<3 { try await second.write(block) }
        #expect(try await second.finish().bytes == 3 << 20)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk to fill"))
    func `PCM that does not fit is a full disk, and nothing is left of it`() async throws {
        let files = AudioFiles()
        let disk = try SmallDisk(in: files, bytes: Self.diskBytes)
        let spool = try spool(on: disk)
        // A minute is 10 MB on a disc, and next to nothing as FLAC.
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @t.flac trim 0 60")
        let file = try await DecodedAudioTests.store(files.bytes("t.flac"), in: spool)
        await #expect(throws: DecodeError.full) { try await spool.decoded(file.digest) }
        #expect(try disk.names("incoming") == "" && disk.names("cdda") == "")
        #expect(await spool.file(file.digest) == file)
    }

    @Test func `memory stays flat while 700 MB arrive`() async throws {
        let files = AudioFiles()
        let spool = try Spool(folder: files.path("spool"), decoder: "/nonexistent")
        let upload = try await spool.beginUpload()
        // What a connection hands over at a time.
        let piece = [UInt8](repeating: 0x5A, count: 64 * 1024)
        for _ in 0..<1_600 { try await upload.write(piece) }
        let early = try Self.memory()
        for _ in 0..<9_100 { try await upload.write(piece) }
        // 600 MB later. By itself it is 2 MB; other tests that run beside this one take some tens.
        #expect(try Self.memory() - early < 200 << 20)
        #expect(try await upload.finish().bytes == 701_235_200)
    }

    /// The memory that this process has in use (VmRSS), in bytes.
    private static func memory() throws -> Int {
        let status = try FileDescriptor(opening: "/proc/self/status", O_RDONLY)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 1)
        defer { buffer.deallocate() }
        let text = String(decoding: buffer[..<(try status.read(into: buffer))], as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber))) * 1024
    }
}
