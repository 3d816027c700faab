import BurnPlan
import DiscLayout
import FoundationEssentials
import Glibc
import POSIX

/// What a program cost that ran to its end.
struct ProgramRun {
    var run: Run
    /// The most memory that it had, in bytes (`ru_maxrss`).
    let residentBytes: Int

    /// Runs a program. User and system time are those of the process and of its own children.
    static func measure(
        _ path: String, _ arguments: [String], environment: [String]? = nil, bytes: Int, log: String
    ) throws -> ProgramRun {
        let output = try FileDescriptor(opening: log, O_WRONLY | O_CREAT | O_TRUNC)
        let began = ContinuousClock.now
        let child = try ChildProcess.start(
            path, arguments: arguments, environment: environment, descriptors: [1: output, 2: output])
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child.pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw SystemError.last("wait4") }
        }
        guard status == 0 else {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw BenchFailure(description: "\(path) ended with status \(status):\n\(text.suffix(2000))")
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        return ProgramRun(
            run: Run(seconds: seconds, bytes: bytes, cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds),
            residentBytes: usage.ru_maxrss * 1024)
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}

/// A disc's content as files that every burning program takes: WAV files of noise, and an image of data.
struct Album {
    /// A track.
    struct Track {
        let path: String
        let sectors: Int
    }

    let folder: String
    let tracks: [Track]
    let image: Track

    /// Bytes in front of the samples of a WAV file (RIFF, fmt and data chunk).
    static let headerBytes = 44
    private static let trackCount = 12

    /// Makes the files of so many sectors.
    init(_ folder: String, sectors: Int) throws {
        try DurableFile.makeFolder(folder)
        self.folder = folder
        let noise = Noise(bytes: RedBook.framesPerMinute * RedBook.sectorBytes)
        let each = sectors / Self.trackCount
        tracks = try (0..<Self.trackCount).map { index in
            let track = Track(path: "\(folder)/\(index + 1).wav", sectors: each)
            try Self.write(track, noise, stamp: index, header: Self.header(each * RedBook.sectorBytes), bytes: 2352)
            return track
        }
        image = Track(path: "\(folder)/data.iso", sectors: each * Self.trackCount)
        try Self.write(image, noise, stamp: 99, header: [], bytes: 2048)
    }

    /// Noise over and over, with a number in every sector so that no two are alike.
    private static func write(_ track: Track, _ noise: Noise, stamp: Int, header: [UInt8], bytes: Int) throws {
        let file = try FileDescriptor(opening: track.path, O_WRONLY | O_CREAT | O_TRUNC)
        var offset = try header.withUnsafeBytes { try put($0, into: file, at: 0) }
        var sector = 0
        while sector < track.sectors {
            let count = min(RedBook.framesPerMinute, track.sectors - sector)
            for index in 0..<count {
                noise.block(index, of: bytes).storeBytes(of: UInt64(stamp << 32 | (sector + index)), as: UInt64.self)
            }
            offset += try put(UnsafeRawBufferPointer(rebasing: noise.bytes[..<(count * bytes)]), into: file, at: offset)
            sector += count
        }
    }

    private static func put(_ bytes: UnsafeRawBufferPointer, into file: FileDescriptor, at offset: Int) throws -> Int {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                file.number, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            guard count > 0 else { throw SystemError.last("pwrite") }
            done += count
        }
        return bytes.count
    }

    /// A canonical WAV header of so many bytes of samples.
    private static func header(_ bytes: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }
        return Array("RIFF".utf8) + little(bytes + 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
            + little(2, 2) + little(RedBook.sampleRate, 4) + little(RedBook.sampleRate * 4, 4) + little(4, 2)
            + little(16, 2) + Array("data".utf8) + little(bytes, 4)
    }
}

/// A program that burns an album: burnd's worker, or one of Debian's by way of the preload shim.
struct Burner: Sendable {
    let name: String
    /// Burns onto the disc of a recorder.
    let burn: @Sendable (Album, RecorderProcess, Site) throws -> ProgramRun
}

extension Burner {
    /// `burnd burn-worker` with a plan; nothing is read back, as no other program does it.
    static func worker(_ mode: RecordingMode, _ type: RawSectorType? = nil, isData: Bool = false) -> Burner {
        Burner(name: "burnd") { album, recorder, site in
            let folder = "\(album.folder)/burn"
            try? FileManager.default.removeItem(atPath: folder)
            try DurableFile.makeFolder(folder)
            let tracks = isData ? [dataTrack(album.image)] : album.tracks.enumerated().map(audioTrack)
            let plan = BurnPlan(
                job: 1, burn: 1, drive: "unix:\(recorder.socket)", mode: mode, sectorType: type, verify: .none,
                tracks: tracks)
            try DurableFile.replace("\(folder)/plan.json", with: WireFormat.encode(plan))
            let run = try ProgramRun.measure(
                site.burnd, ["burn-worker", "--burn", folder], bytes: album.bytes(isData), log: "\(folder)/log")
            var reader = JournalReader()
            let lines = try reader.read(DurableFile.contents(of: "\(folder)/journal", limit: 1 << 24))
            guard case .outcome(let outcome) = lines.last?.event, outcome.result == .completed else {
                throw BenchFailure(description: "burnd: \(String(describing: lines.last))")
            }
            return run
        }
    }

    private static func audioTrack(_ index: Int, _ track: Album.Track) -> BurnPlan.Track {
        BurnPlan.Track(
            number: index + 1, pregap: index == 0 ? RedBook.pauseSectors : 0, sectors: track.sectors,
            pregapContent: index == 0 ? [.zeros(RedBook.pauseSectors * RedBook.sectorBytes)] : [],
            content: [.init(file: track.path, offset: Album.headerBytes, count: track.sectors * RedBook.sectorBytes)])
    }

    private static func dataTrack(_ image: Album.Track) -> BurnPlan.Track {
        BurnPlan.Track(
            number: 1, form: .mode1, pregap: RedBook.pauseSectors, sectors: image.sectors,
            pregapContent: [.zeros(RedBook.pauseSectors * 2048)],
            content: [.init(file: image.path, count: image.sectors * 2048)])
    }

    /// wodim in one of its modes, `-dao` or `-raw96r`.
    static func wodim(_ mode: String) -> Burner {
        Burner(name: "wodim") { album, recorder, site in
            try peer(
                "/usr/bin/wodim", ["dev=/dev/sr0", "gracetime=2", mode, "-audio", "-pad"] + album.tracks.map(\.path),
                album, recorder, site)
        }
    }

    /// cdrskin, session at once.
    static let cdrskin = Burner(name: "cdrskin") { album, recorder, site in
        try peer(
            "/usr/bin/cdrskin", ["dev=/dev/sr0", "gracetime=0", "-sao", "-force", "-audio"] + album.tracks.map(\.path),
            album, recorder, site)
    }

    /// cdrdao with one of its drivers.
    static func cdrdao(_ driver: String, isData: Bool = false) -> Burner {
        Burner(name: "cdrdao") { album, recorder, site in
            let sheet = "\(album.folder)/disc.toc"
            let text =
                isData
                ? "CD_ROM\nTRACK MODE1\nDATAFILE \"\(album.image.path)\"\n"
                : "CD_DA\n" + album.tracks.map { "TRACK AUDIO\nFILE \"\($0.path)\" 0\n" }.joined()
            try DurableFile.replace(sheet, with: Array(text.utf8))
            return try peer(
                "/usr/bin/cdrdao",
                ["write", "--device", "/dev/sr0", "--driver", driver, "-n", "--speed", "48", sheet], album, recorder,
                site, isData: isData)
        }
    }

    private static func peer(
        _ path: String, _ arguments: [String], _ album: Album, _ recorder: RecorderProcess, _ site: Site,
        isData: Bool = false
    ) throws -> ProgramRun {
        let environment = [
            "LD_PRELOAD=\(site.shim)", "SGSHIM_MAP=/dev/sr0=unix:\(recorder.socket)", "LC_ALL=C",
            "HOME=\(album.folder)", "PATH=/usr/bin:/bin",
        ]
        return try ProgramRun.measure(
            path, arguments, environment: environment, bytes: album.bytes(isData), log: "\(album.folder)/peer.log")
    }
}

extension Album {
    /// Bytes of all tracks, or of the image.
    func bytes(_ isData: Bool) -> Int {
        isData ? image.sectors * 2048 : tracks.reduce(0) { $0 + $1.sectors * RedBook.sectorBytes }
    }
}
