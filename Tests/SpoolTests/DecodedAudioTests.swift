import POSIX
import Spool
import TestSupport
import Testing

@Suite struct DecodedAudioTests {
    static let decoder = TestProgram.compiled("burnd-decode")

    /// A spool of its own with a file of noise in it.
    static func spoolWithNoise(_ files: AudioFiles, limits: Spool.Limits = .init()) async throws -> (Spool, StoredFile)
    {
        try files.noise("t")
        let spool = try Spool(folder: files.path("spool"), decoder: decoder, limits: limits)
        return (spool, try await store(files.bytes("t.wav"), in: spool))
    }

    static func store(_ bytes: [UInt8], in spool: Spool) async throws -> StoredFile {
        let upload = try await spool.beginUpload()
        try await upload.write(bytes)
        return try await upload.finish()
    }

    @Test func `a stored file is decoded once and then found`() async throws {
        let files = AudioFiles()
        let (spool, file) = try await Self.spoolWithNoise(files)
        let audio = try await spool.decoded(file.digest)
        #expect((audio.sampleFrames, audio.duration, audio.digest) == (88_200, 2, file.digest))
        #expect((audio.source.codec, audio.source.container) == ("pcm_s16le", "wav"))
        #expect((audio.source.rate, audio.source.channels, audio.source.bitDepth) == (44_100, 2, 16))
        let expected = try files.samples("t.wav")
        #expect(try DurableFile.contents(of: audio.path, limit: .max) == expected)
        #expect(audio.pcmDigest == FileDigest.of(expected))
        // Without the source nothing can be decoded: what comes is what was kept, also after a restart.
        try DurableFile.replace(file.path, with: [])
        #expect(try await spool.decoded(file.digest) == audio)
        let next = try Spool(folder: files.path("spool"), decoder: Self.decoder)
        #expect(try await next.decoded(file.digest) == audio)
        #expect(try Self.names(files, "incoming") == [])
    }

    static func names(_ files: AudioFiles, _ part: String) throws -> [String] {
        String(decoding: try TestProgram("/bin/ls", ["-A", files.path("spool/\(part)")]).output, as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    @Test func `kept audio that is not what it was is decoded anew`() async throws {
        let files = AudioFiles()
        let (spool, file) = try await Self.spoolWithNoise(files)
        let audio = try await spool.decoded(file.digest)
        let good = try DurableFile.contents(of: audio.path, limit: .max)
        var changed = good
        changed[changed.count / 2] ^= 1
        for bad in [changed, Array(good.dropLast(4)), []] {
            try DurableFile.replace(audio.path, with: bad)
            #expect(try await spool.decoded(file.digest) == audio)
            #expect(try DurableFile.contents(of: audio.path, limit: .max) == good)
        }
    }

    @Test func `all who ask at once for a file are answered`() async throws {
        let files = AudioFiles()
        var limits = Spool.Limits()
        limits.decoders = 1
        let (spool, file) = try await Self.spoolWithNoise(files, limits: limits)
        let other = try await Self.store(Array("no audio".utf8), in: spool)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await spool.decoded(file.digest).sampleFrames } }
            group.addTask {
                await #expect(throws: DecodeError.self) { try await spool.decoded(other.digest) }
                return 88_200
            }
            for try await frames in group { #expect(frames == 88_200) }
        }
        #expect(try Self.names(files, "cdda").count == 2)
        #expect(try Self.names(files, "incoming") == [])
    }

    @Test func `every refusal has its name, and leaves nothing`() async throws {
        let files = AudioFiles()
        let (spool, _) = try await Self.spoolWithNoise(files)
        let noise = try files.bytes("t.wav")
        try files.run("ffmpeg -v error -i @t.wav @t.wma")
        let none = try await Self.store(Array("no audio".utf8), in: spool)
        await #expect(throws: DecodeError.notAudio("no audio format is recognised in it")) {
            try await spool.decoded(none.digest)
        }
        let cut = try await Self.store(noise.dropLast(4), in: spool)
        await #expect(throws: DecodeError.damaged("it is cut off: 352796 of 352800 bytes are there")) {
            try await spool.decoded(cut.digest)
        }
        let other = try await Self.store(files.bytes("t.wma"), in: spool)
        await #expect(throws: DecodeError.unsupported("the container asf is not among those taken")) {
            try await spool.decoded(other.digest)
        }
        await #expect(throws: DecodeError.notFound) { try await spool.decoded(FileDigest.of([1])) }
        #expect(try Self.names(files, "cdda") == [])
        #expect(try Self.names(files, "incoming") == [])
    }

    @Test func `a decoder that takes too long is ended, by the clock or by the processor's`() async throws {
        let files = AudioFiles()
        try files.run("sox -D -r 8000 -n -c 1 -b 8 @long.wav trim 0 5900")
        for isCPU in [true, false] {
            var limits = Spool.Limits()
            if isCPU { limits.decodeCPUSeconds = 1 } else { limits.decodeSeconds = 1 }
            let spool = try Spool(folder: files.path("spool"), decoder: Self.decoder, limits: limits)
            let file = try await Self.store(files.bytes("long.wav"), in: spool)
            let text = "more than 1 s of \(isCPU ? "processor time" : "time")"
            await #expect(throws: DecodeError.resources(text)) { try await spool.decoded(file.digest) }
            #expect(try Self.names(files, "incoming") == [])
        }
    }

    @Test func `when all who asked are cancelled the decoder is ended and nothing is left`() async throws {
        let files = AudioFiles()
        // Never reads and never ends by itself.
        let stuck = try files.write(
            "stuck", Array("#!/bin/sh\n[ $1 = --recipe ] && echo recipe && exit\nexec sleep 3600\n".utf8))
        _ = try TestProgram("/bin/chmod", ["755", stuck])
        let spool = try Spool(folder: files.path("spool"), decoder: stuck)
        let file = try await Self.store([1, 2, 3], in: spool)
        let asking = Task { try await spool.decoded(file.digest) }
        // It has begun when its draft is there.
        while try Self.names(files, "incoming").isEmpty { await Task.yield() }
        asking.cancel()
        await #expect(throws: DecodeError.cancelled) { try await asking.value }
        #expect(try Self.names(files, "incoming") == [])
    }

    @Test func `a decoder that cannot be started, or says nonsense, is a fault of ours`() async throws {
        let files = AudioFiles()
        let missing = try Spool(folder: files.path("spool"), decoder: "/nonexistent/burnd-decode")
        let file = try await Self.store([1, 2, 3], in: missing)
        let liar = try Spool(folder: files.path("spool"), decoder: "/bin/echo")
        for spool in [missing, liar] {
            do throws(DecodeError) {
                _ = try await spool.decoded(file.digest)
                Issue.record("decoded by a program that is no decoder")
            } catch {
                guard case .internal = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
        #expect(try Self.names(files, "cdda") == [])
    }
}
