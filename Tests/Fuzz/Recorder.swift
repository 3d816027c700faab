import BinaryCoding
import POSIX
import SCSI
import VirtualRecorder

extension FuzzTarget {
    /// A recorder on a fresh disc that is sent commands.
    static let recorder = FuzzTarget(name: "recorder", test: testRecorder, seeds: { RecorderSeeds.all })
}

/// Most commands of an input: longer ones find nothing that shorter ones do not.
private let mostSteps = 64

private let testRecorder: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    var bench = FuzzBench(in: Workplace.cleared(), RecorderSettings(&input))
    for _ in 0..<mostSteps where !input.isEmpty { bench.perform(RecorderStep(&input)) }
    bench.powerCycle()
    return 0
}

/// A clock that stands still but for what is waited.
private final class SteppingClock: Sendable {
    private let time = Lock(Duration.zero)

    var clock: RecorderClock {
        RecorderClock(
            now: { self.time.withLock { $0 } },
            wait: { duration in self.time.withLock { $0 += max(duration, .zero) } }, secondsSince1970: { 0 })
    }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// A recorder whose every answer is looked at.
struct FuzzBench {
    private let folder: String
    private let configuration: VirtualRecorder.Configuration
    private let clock = SteppingClock()
    /// Address behind the last WRITE that was good.
    private var following: Int32 = -150
    /// Whoever sets faults gets wrong answers.
    private var isFaulty = false
    /// Nil only while it is switched off.
    private var recorder: VirtualRecorder?

    /// Time between commands: with it, some come while the drive is busy and some do not.
    private static let pause: Duration = .milliseconds(200)

    init(in folder: String, _ settings: RecorderSettings = RecorderSettings(), profile: RecorderProfile? = nil) {
        self.folder = folder
        var configuration = settings.configuration(disc: "\(folder)/disc", clock: clock.clock)
        if let profile { configuration.profile = profile }
        self.configuration = configuration
        switchOn()
        send([0, 0, 0, 0, 0, 0], room: 0)
    }

    private mutating func switchOn() {
        do throws(DiscFolderError) {
            recorder = try VirtualRecorder(configuration)
        } catch {
            promise(false, "a recorder opens what a recorder left: \(error)")
        }
    }

    /// Off, without a word to it, and on again.
    mutating func powerCycle() {
        (recorder, isFaulty) = (nil, false)
        switchOn()
        checkDisc()
    }

    /// Carries out one step of an input.
    mutating func perform(_ step: RecorderStep) {
        if step.isPowerCycle { return powerCycle() }
        if let line = step.fault { return set(line) }
        var cdb = step.cdb
        switch step.place {
        case .asSpelled: break
        case .nextWritable: cdb.replaceSubrange(2...5, with: nextWritableAddress.bigEndianBytes)
        case .following: cdb.replaceSubrange(2...5, with: following.bigEndianBytes)
        }
        let lba = Int32(truncatingIfNeeded: cdb[2...5].reduce(0) { $0 << 8 | Int($1) })
        let dataOut = step.dataOut(at: Int(lba))
        let isGood = send(cdb, out: dataOut, room: dataOut.isEmpty ? step.room : 0) != nil
        if isGood, [0x2A, 0xAA].contains(cdb[0]), let blocks = step.blocks { following = lba &+ Int32(blocks.count) }
        if Self.changingOperations.contains(cdb[0]) { checkDisc() }
        clock.advance(by: Self.pause)
    }

    /// Faults that make the drive wait are left out: nobody is there to end the wait.
    private mutating func set(_ line: String) {
        guard let fault = try? Fault(line), !fault.description.contains("slow"), !fault.description.contains("stuck")
        else { return }
        recorder?.setFault(fault)
        isFaulty = true
    }

    /// START STOP UNIT, SYNCHRONIZE CACHE, RESERVE TRACK, CLOSE TRACK/SESSION, SEND CUE SHEET, BLANK, LOAD/UNLOAD: what may
    /// change `disc.json`.
    private static let changingOperations: Set<UInt8> = [0x1B, 0x35, 0x53, 0x5B, 0x5D, 0xA1, 0xA6]

    /// By READ TRACK INFORMATION of the invisible track.
    private var nextWritableAddress: UInt32 {
        let reply = send([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 48, 0], room: 48) ?? []
        return reply.count < 16 ? 0 : reply[12...15].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Sends one command and looks at the answer. Returns the data of a good one.
    @discardableResult
    func send(_ cdb: [UInt8], out: [UInt8] = [], room: Int) -> [UInt8]? {
        guard let recorder else { return nil }
        let (outcome, data) = out.withUnsafeBytes { recorder.execute(CDB(cdb), dataOut: $0, transfer: room) }
        let text = "\(cdb.hex(separator: " ")) with \(out.count) bytes out and room for \(room)"
        promise(data.count <= room, "no more than there is room for: \(data.count) to \(text)")
        if isFaulty { return outcome.status == 0 ? data : nil }
        promise((0...max(out.count, room)).contains(outcome.residual), "residual \(outcome.residual) of \(text)")
        promise(outcome.hostStatus == 0, "host status \(outcome.hostStatus) of \(text)")
        switch outcome.status {
        case 0: promise(outcome.sense.isEmpty, "no sense data with GOOD: \(text)")
        case 2: promise(isWellFormed(outcome.sense), "sense \(outcome.sense.hex(separator: " ")) of \(text)")
        default: promise(false, "status \(outcome.status) of \(text)")
        }
        return outcome.status == 0 ? data : nil
    }

    /// Fixed format, current or deferred, as long as it says, with a key (SPC-4, 4.5.3).
    private func isWellFormed(_ sense: [UInt8]) -> Bool {
        sense.count >= 18 && [0x70, 0x71].contains(sense[0] & 0x7F) && Int(sense[7]) + 8 == sense.count
            && (1...0x0E).contains(sense[2] & 0x0F)
    }

    /// The disc in the tray is one that anybody can look at.
    private func checkDisc() {
        guard let path = recorder?.discInTray else { return }
        do {
            _ = try StoredDisc.load(path).listing()
        } catch {
            promise(false, "the recorder writes what it can read: \(error)")
        }
    }
}
