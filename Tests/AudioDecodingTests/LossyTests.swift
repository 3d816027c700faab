import DecodeContract
import TestSupport
import Testing

@Suite struct LossyTests {
    /// Encoders, and the frames that come of 88,200.
    static let formats: [(file: String, make: String, frames: Int)] = [
        // With the table of its encoder in the first frame, delay and padding are known and taken off.
        ("t.mp3", "lame --quiet -b 192 @t.wav @t.mp3", 88_200),
        // Without it they are sound: 78 frames of 1152.
        ("bare.mp3", "lame --quiet -t -b 128 @t.wav @bare.mp3", 78 * 1152),
        ("t.m4a", "ffmpeg -v error -i @t.wav -c:a aac @t.m4a", 88_200),
        ("fast.m4a", "ffmpeg -v error -i @t.wav -c:a aac -movflags faststart @fast.m4a", 88_200),
        ("t.ogg", "ffmpeg -v error -i @t.wav -c:a libvorbis @t.ogg", 88_200),
        // ADTS says nothing of its padding: 1 frame of delay and 87 of sound, 1024 each.
        ("t.aac", "ffmpeg -v error -i @t.wav -c:a aac @t.aac", 88 * 1024),
    ]

    @Test(arguments: formats.indices)
    func `what comes out is what the ffmpeg program makes of it, without the encoder's padding`(index: Int) throws {
        let (file, make, frames) = Self.formats[index]
        let files = AudioFiles()
        try files.noise("t")
        try files.run(make)
        let decoding = try Decoding(files.path(file))
        #expect(try decoding.report.sampleFrames == frames)
        let expected = try files.run("ffmpeg -v error -i @\(file) -f s16le -")
        #expect(expected.starts(with: decoding.pcm) && decoding.pcm.count == frames * 4)
        #expect(try decoding.report.bitDepth == 0)
    }

    @Test func `opus, which is always 48 kHz, comes out at its length and sounds like its source`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @t.wav synth 2 sine 440 gain -6")
        try files.run("ffmpeg -v error -i @t.wav -c:a libopus -b:a 128k @t.opus")
        let decoding = try Decoding(files.path("t.opus"))
        let report = try decoding.report
        #expect((report.codec, report.sourceRate, report.sampleFrames) == ("opus", 48_000, 88_200))
        let (source, samples) = (try Decoding(files.path("t.wav")).samples, decoding.samples)
        // Away from the ends, where the encoder settles: 440 Hz of half the full scale, within a tenth of that.
        let differences = (20_000..<150_000).map { abs(Int(source[$0]) - Int(samples[$0])) }
        #expect(try #require(differences.max()) < 1600)
    }

    @Test(arguments: [
        (48_000, 100_001, 91_876), (48_000, 77_777, 71_458), (22_050, 50_001, 100_002), (96_000, 50_003, 22_970),
    ])
    func `another rate lasts as long, to the nearest sample`(rate: Int, samples: Int, frames: Int) throws {
        let files = AudioFiles()
        try files.run("sox -D -r \(rate) -n -c 1 -b 16 @t.wav synth \(samples)s sine 440 gain -6")
        let decoding = try Decoding(files.path("t.wav"))
        #expect(frames == Int((Double(samples) * 44_100 / Double(rate)).rounded()))
        #expect(try decoding.report.sampleFrames == frames)
        #expect(decoding.pcm.count == frames * 4)
        // The same bytes every time: no dither that begins with the time of day.
        #expect(try Decoding(files.path("t.wav")).pcm == decoding.pcm)
    }

    @Test func `six channels are mixed down to two`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 44100 -n -c 6 -b 16 @t.wav synth 1 sine 440 gain -12")
        let decoding = try Decoding(files.path("t.wav"))
        let report = try decoding.report
        #expect((report.channels, report.sampleFrames) == (6, 44_100))
        #expect(try #require(decoding.samples.map(\.magnitude).max()) > 3000)
    }

    @Test func `a rate and a number of channels that change on the way are followed`() throws {
        let files = AudioFiles()
        try files.noise("t")
        try files.run("sox -D -r 48000 -n -c 1 -b 16 @other.wav synth 1 sine 440 gain -6")
        for name in ["t", "other"] { try files.run("ffmpeg -v error -i @\(name).wav -c:a libvorbis @\(name).ogg") }
        try files.write("chain.ogg", files.bytes("t.ogg") + files.bytes("other.ogg"))
        let decoding = try Decoding(files.path("chain.ogg"))
        #expect(try decoding.report.sampleFrames == 88_200 + 44_100)
        #expect(decoding.pcm.starts(with: try Decoding(files.path("t.ogg")).pcm))
    }

    @Test func `tags around MPEG audio are no sound`() throws {
        let files = AudioFiles()
        try files.noise("t")
        try files.run("lame --quiet -b 192 @t.wav @t.mp3")
        let bytes = try files.bytes("t.mp3")
        // ID3v2.3, 300,000 bytes of padding (0012 27 60h in 7 bits each); ID3v1, 128 bytes.
        let front = Array("ID3".utf8) + hex("03 00 00  00 12 27 60") + [UInt8](repeating: 0, count: 300_000)
        let back = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
        let expected = try Decoding(files.path("t.mp3")).pcm
        #expect(try Decoding(files.write("front.mp3", front + bytes)).pcm == expected)
        #expect(try Decoding(files.write("back.mp3", bytes + back)).pcm == expected)
    }
}
