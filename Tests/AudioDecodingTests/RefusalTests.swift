import DecodeContract
import TestSupport
import Testing

@Suite struct RefusalTests {
    /// Pseudo-random bytes: the same in every run (Knuth's MMIX constants).
    static func randomBytes(_ count: Int) -> [UInt8] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    private func refuses(
        _ bytes: [UInt8], as kind: DecodeFailure.Kind, _ files: AudioFiles, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let decoding = try Decoding(files.write("it", bytes))
        #expect(try decoding.failure.kind == kind, "\(comment): \(decoding.line)", sourceLocation: sourceLocation)
        #expect(try !decoding.failure.detail.isEmpty)
    }

    @Test func `bytes that are no audio are refused as such`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 1)
        try files.run("ffmpeg -v error -f lavfi -i testsrc=d=1:s=64x64 -frames:v 1 @p.png")
        try files.run("ffmpeg -v error -f lavfi -i testsrc=d=1:s=64x64 @silent.mp4")
        try refuses([], as: .notAudio, files, "nothing")
        try refuses(Self.randomBytes(300_000), as: .notAudio, files, "random bytes")
        try refuses([UInt8](repeating: 0, count: 100_000), as: .notAudio, files, "zeros")
        try refuses(Array(String(repeating: "These are words. ", count: 999).utf8), as: .notAudio, files, "text")
        try refuses(Array("<!doctype html><title>404</title><p>Not found".utf8), as: .notAudio, files, "a web page")
        // A local file header of ZIP with a WAVE file inside, stored.
        let zip = hex("50 4B 03 04 0A 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 05 00 00 00")
        try refuses(zip + Array("a.wav".utf8) + files.bytes("t.wav"), as: .notAudio, files, "a ZIP archive")
        try refuses(files.bytes("p.png"), as: .notAudio, files, "a picture")
        try refuses(files.bytes("silent.mp4"), as: .notAudio, files, "a film without sound")
        try refuses(files.samples("t.wav"), as: .notAudio, files, "PCM without a header")
    }

    @Test func `audio of other sorts is refused as unsupported`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 1)
        for file in ["t.wma", "t.mkv", "t.wv", "t.au"] {
            try files.run("ffmpeg -v error -i @t.wav @\(file)")
            try refuses(files.bytes(file), as: .unsupported, files, "\(file)")
        }
        try files.run("ffmpeg -v error -i @t.wav -c:a adpcm_ms @adpcm.wav")
        try refuses(files.bytes("adpcm.wav"), as: .unsupported, files, "a codec that is not taken")
    }

    @Test(arguments: [
        "t.wav": "", "t.aiff": "sox @t.wav @t.aiff", "t.flac": "ffmpeg -v error -i @t.wav @t.flac",
        "t.mp3": "lame --quiet @t.wav @t.mp3", "bare.mp3": "lame --quiet -t @t.wav @bare.mp3",
        "t.m4a": "ffmpeg -v error -i @t.wav -c:a aac @t.m4a",
        "fast.m4a": "ffmpeg -v error -i @t.wav -c:a aac -movflags faststart @fast.m4a",
        "t.ogg": "ffmpeg -v error -i @t.wav -c:a libvorbis @t.ogg", "t.opus": "ffmpeg -v error -i @t.wav @t.opus",
        "t.aac": "ffmpeg -v error -i @t.wav @t.aac",
    ])
    func `a file cut off is damaged, wherever it was cut`(file: String, make: String) throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 3)
        if !make.isEmpty { try files.run(make) }
        let bytes = try files.bytes(file)
        // One byte, two bytes and so on: in the middle of samples and between them. Streams of frames that nobody counted (bare
        // MPEG, ADTS) can be told only inside a frame. The last bytes of an MP4 file whose index is at the end are names and
        // no sound.
        let lost =
            file == "t.m4a"
            ? [bytes.count / 2, bytes.count / 3] : [1, 2, 4, 40, bytes.count / 3 & ~3, bytes.count / 2 + 99]
        for count in lost { try refuses(bytes.dropLast(count), as: .damaged, files, "\(file) without \(count) bytes") }
    }

    @Test func `an MPEG file that lost whole frames is damaged`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 3)
        // 1152 samples of 44,100 at 128,000 bits are 417.96 bytes: 417, or 418 with padding. In front of them the first frame,
        // which holds the table.
        try files.run("lame --quiet -b 128 @t.wav @t.mp3")
        let bytes = try files.bytes("t.mp3")
        var ends = [0]
        while let last = ends.last, last + 4 <= bytes.count {
            ends.append(last + (bytes[last + 2] & 2 != 0 ? 418 : 417))
        }
        let between = ends[ends.count - 20]
        #expect(bytes[between] == 0xFF && bytes[between + 1] == 0xFB)
        try refuses(Array(bytes[..<between]), as: .damaged, files, "cut between two frames")
        try refuses(Array(bytes[..<30_000] + bytes[32_000...]), as: .damaged, files, "bytes missing in the middle")
        let hole = Self.randomBytes(2_000)
        try refuses(Array(bytes[..<30_000] + hole + bytes[32_000...]), as: .damaged, files, "other bytes in the middle")
    }

    @Test(arguments: ["t.flac", "t.ogg"]) func `one bit that changed is noticed where there are check sums`(
        file: String
    ) throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 3)
        try files.run("ffmpeg -v error -i @t.wav \(file == "t.ogg" ? "-c:a libvorbis " : "")@\(file)")
        var bytes = try files.bytes(file)
        bytes[bytes.count / 2] ^= 4
        try refuses(bytes, as: .damaged, files, "one bit of \(file)")
    }

    @Test func `heads without a body are damaged`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 1)
        try files.run("ffmpeg -v error -i @t.wav @t.flac")
        try refuses(Array(try files.bytes("t.flac").prefix(60)), as: .damaged, files, "the head of a FLAC file")
        try refuses(Array("fLaC".utf8) + Self.randomBytes(50_000), as: .damaged, files, "four good bytes and noise")
    }

    @Test func `sound of no length is refused as empty, whatever follows it`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @t.wav trim 0 0")
        try files.run("sox @t.wav @t.flac")
        try refuses(files.bytes("t.wav"), as: .empty, files, "WAVE")
        try refuses(files.bytes("t.flac"), as: .empty, files, "FLAC")
        // Another chunk behind the empty one is no sound. The file's length at 4 includes it: 36 + 408.
        var tagged = try files.bytes("t.wav") + Array("LIST".utf8) + hex("90 01 00 00") + Self.randomBytes(400)
        tagged.replaceSubrange(4..<8, with: hex("BC 01 00 00"))
        try refuses(tagged, as: .empty, files, "WAVE with another chunk")
    }

    @Test func `more than a hundred minutes is too long`() throws {
        let files = AudioFiles()
        // 8 kHz mono: small here, long there.
        try files.run("sox -D -r 8000 -n -c 1 -b 8 @long.wav trim 0 6001")
        let failure = try Decoding(files.path("long.wav")).failure
        #expect(failure.kind == .tooLong)
    }
}
