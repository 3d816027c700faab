import DecodeContract
import TestSupport
import Testing

@Suite struct LosslessTests {
    /// How to make a file of the noise, and what the report calls it.
    static let formats: [(file: String, make: String, codec: String, container: String)] = [
        ("t.wav", "", "pcm_s16le", "wav"),
        ("rf64.wav", "ffmpeg -v error -i @t.wav -rf64 always @rf64.wav", "pcm_s16le", "wav"),
        ("t.aiff", "sox @t.wav @t.aiff", "pcm_s16be", "aiff"),
        ("t.flac", "ffmpeg -v error -i @t.wav @t.flac", "flac", "flac"),
        ("alac.m4a", "ffmpeg -v error -i @t.wav -c:a alac @alac.m4a", "alac", "mov"),
        ("t.ogg", "ffmpeg -v error -i @t.wav -c:a flac @t.ogg", "flac", "ogg"),
    ]

    @Test(arguments: formats.indices)
    func `16-bit stereo at 44.1 kHz comes out as the bytes that sox has of it`(index: Int) throws {
        let (file, make, codec, container) = Self.formats[index]
        let files = AudioFiles()
        try files.noise("t")
        if !make.isEmpty { try files.run(make) }
        let decoding = try Decoding(files.path(file))
        #expect(decoding.pcm == (try files.samples("t.wav")))
        let report = try decoding.report
        #expect((report.codec, report.container) == (codec, container))
        #expect((report.sourceRate, report.channels, report.bitDepth) == (44_100, 2, 16))
        #expect((report.sampleFrames, report.duration) == (88_200, 2))
        #expect(report.sampleFrames * 4 == decoding.pcm.count)
    }

    @Test func `a WAVE file that was written into a pipe lasts to its end`() throws {
        let files = AudioFiles()
        try files.noise("t")
        let bytes = try files.bytes("t.wav")
        let expected = try files.samples("t.wav")
        // Length of the file at 4 and of the sound at 40: what ffmpeg, sox and a recorder without an end leave there.
        let ffmpeg: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        let sox: [(Int, [UInt8])] = [(4, [0x24, 0xF0, 0xFF, 0x7F]), (40, [0x00, 0xF0, 0xFF, 0x7F])]
        for lengths in [[(4, ffmpeg), (40, ffmpeg)], sox, [(4, [0, 0, 0, 0]), (40, [0, 0, 0, 0])]] {
            var streamed = bytes
            for (place, length) in lengths { streamed.replaceSubrange(place..<place + 4, with: length) }
            #expect(try Decoding(files.write("streamed.wav", streamed)).pcm == expected)
            // Half a sample at the end is none.
            #expect(try Decoding(files.write("streamed.wav", streamed.dropLast())).pcm == expected.dropLast(4))
        }
    }

    @Test func `one channel goes to both sides unchanged`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 44100 -n -c 1 -b 16 @mono.wav synth 1 pinknoise gain -3")
        let mono = try files.samples("mono.wav")
        let both = stride(from: 0, to: mono.count, by: 2).flatMap { index -> ArraySlice<UInt8> in
            let sample = mono[index..<index + 2]
            return sample + sample
        }
        #expect(try Decoding(files.path("mono.wav")).pcm == both)
    }

    @Test func `24 bits are rounded to the nearest 16, ties to even`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 44100 -n -c 2 -b 24 @t.wav synth 0.5 pinknoise gain -3")
        let source = try files.run("sox @t.wav -t raw -e signed -b 24 -")
        let expected = stride(from: 0, to: source.count, by: 3).map { index -> Int16 in
            let value = source[index..<index + 3].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
            let signed = value >= 1 << 23 ? value - (1 << 24) : value
            return Int16(min(32_767, (Double(signed) / 256).rounded(.toNearestOrEven)))
        }
        let decoding = try Decoding(files.path("t.wav"))
        #expect(decoding.samples == expected)
        #expect(try decoding.report.bitDepth == 24)
    }

    @Test func `16 bits in a 24-bit file come out as they were`() throws {
        let files = AudioFiles()
        try files.noise("t")
        try files.run("sox -D @t.wav -b 24 @wide.wav")
        #expect(try Decoding(files.path("wide.wav")).pcm == files.samples("t.wav"))
    }

    @Test func `pictures and video beside the sound are passed over`() throws {
        let files = AudioFiles()
        try files.noise("t")
        try files.run("ffmpeg -v error -f lavfi -i testsrc=d=1:s=64x64 -frames:v 1 @cover.png")
        let cover = "-map 0 -map 1 -c:v copy -disposition:v attached_pic"
        try files.run("ffmpeg -v error -i @t.wav -i @cover.png \(cover) -c:a flac @t.flac")
        try files.run("ffmpeg -v error -i @t.wav -i @cover.png \(cover) -c:a alac @t.m4a")
        try files.run("ffmpeg -v error -f lavfi -i testsrc=d=2:s=64x64 -i @t.wav -c:a alac @t.mp4")
        let expected = try files.samples("t.wav")
        for file in ["t.flac", "t.m4a", "t.mp4"] { #expect(try Decoding(files.path(file)).pcm == expected, "\(file)") }
    }
}
