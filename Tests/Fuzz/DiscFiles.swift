import POSIX
import VirtualRecorder

extension FuzzTarget {
    /// `disc.json` as anybody may have changed it.
    ///
    /// An input that begins with a byte below 80h is a sound file with values exchanged: the byte chooses the file, see
    /// `JSONEdits` for what follows. Any other is the file itself behind that byte.
    static let disc = FuzzTarget(name: "disc", test: testDisc) {
        let edited = (0..<soundFiles.count).map { [UInt8($0), 3, 0, 7, 12, 2, 0, 0, 1, 44] }
        return edited + soundFiles.map { [0x80] + $0 }
    }
}

private let testDisc: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    let choice = Int(input.byte())
    let file =
        choice < 0x80 ? JSONEdits.apply(&input, to: soundFiles[choice % soundFiles.count]) : input.bytes(count)
    let folder = Workplace.cleared()
    do throws(SystemError) {
        try DurableFile.makeFolder("\(folder)/disc")
        try DurableFile.replace("\(folder)/disc/disc.json", with: file)
    } catch { promise(false, "\(error)") }
    guard let stored = try? StoredDisc.load("\(folder)/disc") else { return 0 }
    _ = try? stored.listing().text
    var bench = FuzzBench(in: folder)
    for cdb in probes { bench.send(Hexadecimal.bytes(cdb), room: 65_536) }
    bench.powerCycle()
    return 0
}

/// Commands that look at everything that is recorded, then try to change it.
private let probes = [
    "51 00 00 00 00 00 00 00 22 00", "52 01 00 00 00 01 00 00 30 00", "52 01 00 00 00 FF 00 00 30 00",
    "52 00 00 00 00 00 00 00 30 00", "43 00 00 00 00 00 01 00 FF 00", "43 02 00 00 00 00 AA 00 FF 00",
    "43 02 01 00 00 00 01 00 FF 00", "43 02 02 00 00 00 01 00 FF 00", "43 02 03 00 00 00 00 00 FF 00",
    "43 02 04 00 00 00 00 00 FF 00", "43 02 05 00 00 00 00 00 FF 00", "42 02 40 01 00 00 00 00 18 00",
    "42 02 40 02 00 00 00 00 18 00", "42 02 40 03 00 00 01 00 18 00", "25 00 00 00 00 00 00 00 00 00",
    "BE 00 00 00 00 00 00 00 02 F8 01 00", "5B 00 01 00 00 FF 00 00 00 00", "5B 00 02 00 00 00 00 00 00 00",
    "A1 01 00 00 00 00 00 00 00 00 00 00", "1B 00 00 00 02 00", "1B 00 00 00 03 00",
]

/// What recorders make of the recorder's own seeds.
private let soundFiles: [[UInt8]] = RecorderSeeds.all.map { seed in
    _ = seed.withUnsafeBufferPointer { FuzzTarget.recorder.test($0.baseAddress, $0.count) }
    let file = try? DurableFile.contents(of: "\(Workplace.path)/disc/disc.json", limit: 1 << 20)
    promise(file != nil, "a recorder leaves a disc.json")
    return file ?? []
}
