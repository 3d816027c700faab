import DecodeContract
import FoundationEssentials
import Glibc
import POSIX
import TestSupport
import Testing

@Suite struct CageTests {
    struct Proof: Decodable {
        let cage: [String]
        let refused: [String]
        let allowed: [String]
        let descriptors: [Int32]
    }

    @Test func `inside the cage nothing can be opened, connected, started or signalled`() throws {
        let run = try TestProgram(TestProgram.compiled("burnd-decode"), ["--prove-cage"])
        #expect(run.ending == .exited(0), "\(run.errors)")
        let proof = try JSONDecoder().decode(Proof.self, from: Data(run.errors.utf8))
        #expect(proof.allowed == [])
        #expect(
            proof.refused == [
                "open", "create", "unix-socket", "internet-socket", "duplicate", "signal", "executable-memory", "fork",
                "execute",
            ])
        #expect(
            proof.cage.contains("seccomp") && proof.cage.contains("limits") && proof.cage.contains("no-new-privileges"))
        #expect(proof.cage.contains { $0.contains("landlock") })
    }

    @Test func `a descriptor that leaked is closed before the input is read`() throws {
        let leak = try FileDescriptor(opening: "/etc/passwd", O_RDONLY)
        let run = try TestProgram(TestProgram.compiled("burnd-decode"), ["--prove-cage"], given: [7: leak])
        #expect(try JSONDecoder().decode(Proof.self, from: Data(run.errors.utf8)).descriptors == [0, 1, 2])
    }

    @Test func `the report says which walls stood`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 0.5)
        let cage = try Decoding(files.path("t.wav")).report.cage
        #expect(cage.contains("seccomp") && cage.contains("limits"))
    }

    @Test func `memory beyond the limit is a clean end`() throws {
        let files = AudioFiles()
        try files.noise("t", seconds: 0.5)
        try files.run("ffmpeg -v error -i @t.wav @t.flac")
        let flac = try files.bytes("t.flac")
        // A picture block (type 6) of 8 MiB behind fLaC and STREAMINFO (42 bytes): libavformat reads it into memory.
        let size = 8 << 20
        func text(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 255) } }
        // Type 3 (front cover), its MIME type, no description, 5 numbers about the picture, its bytes.
        let head: [UInt8] = text(3) + text(9) + Array("image/png".utf8)
        let numbers: [UInt8] = [0, 64, 64, 24, 0, size].flatMap(text)
        let picture: [UInt8] = head + numbers + [UInt8](repeating: 0x5A, count: size)
        let block: [UInt8] = [6] + text(picture.count)[1...] + picture
        let path = try files.write("big.flac", flac[..<42] + block + flac[42...])
        let expected = try files.samples("t.wav")
        #expect(try Decoding(path).pcm == expected)
        #expect(try Decoding(path, ["--memory", "2"]).failure.kind == .resources)
    }

    @Test func `processor time beyond the limit ends it by the signal that is named for that`() throws {
        let files = AudioFiles()
        try files.run("sox -D -r 8000 -n -c 1 -b 8 @long.wav trim 0 5900")
        // soxr takes several seconds for 98 minutes.
        #expect(try Decoding(files.path("long.wav"), ["--cpu", "1"]).ending == .signalled(SIGXCPU))
    }

    @Test func `a pipe is no input, and unknown options are none`() throws {
        let run = try TestProgram(TestProgram.compiled("burnd-decode"))
        #expect(run.ending == .exited(DecodeFailure.Kind.internal.exitStatus))
        #expect(run.errors.contains("no regular file"))
        let asked = try TestProgram(TestProgram.compiled("burnd-decode"), ["--help"])
        #expect(asked.ending == .exited(DecodeFailure.Kind.internal.exitStatus) && asked.errors.hasPrefix("usage:"))
    }

    @Test func `the recipe is one line and names the libraries`() throws {
        let run = try TestProgram(TestProgram.compiled("burnd-decode"), ["--recipe"])
        let recipe = String(decoding: run.output, as: UTF8.self)
        #expect(run.ending == .exited(0) && recipe.hasSuffix("\n") && recipe.filter(\.isNewline).count == 1)
        #expect(recipe.contains("s16le-44100-stereo") && recipe.contains("avcodec-") && recipe.contains("soxr-20"))
    }

    @Test func `every kind of failure has an exit status of its own`() {
        let statuses = DecodeFailure.Kind.allCases.map(\.exitStatus)
        #expect(Set(statuses).count == statuses.count && !statuses.contains(0))
    }

    @Test func `nothing but burnd-decode links FFmpeg`() throws {
        let linked = try TestProgram("/usr/bin/ldd", [TestProgram.compiled("burnd")])
        #expect(linked.ending == .exited(0))
        #expect(!String(decoding: linked.output, as: UTF8.self).contains("libav"))
        let decoder = try TestProgram("/usr/bin/ldd", [TestProgram.compiled("burnd-decode")])
        #expect(String(decoding: decoder.output, as: UTF8.self).contains("libavcodec"))
    }
}
