import BurnPlan
import DiscLayout
import FoundationEssentials
import Testing

@Suite struct BurnJournalTests {
    static let time = Date(timeIntervalSince1970: 1_790_000_000.25)
    static let outcome = BurnOutcome(
        .failed, disc: .spoiled, tracksOnDisc: [1],
        problem: BurnProblem(.writeError, "WRITE(10) failed.", hint: "Use another disc.", sense: "3/0C/00", lba: 1200))
    static let progress = BurnProgress(
        action: .writing, track: 1, tracks: 2, startLBA: 0, sectorCount: 300, lastReadLBA: 99, lastWrittenLBA: 74,
        buffer: .init(total: 4_194_304, used: 58_800), driveBufferPercent: 97.5, sectorsDone: 75, sectorsTotal: 600,
        rate: 23.8, elapsedSeconds: 1, remainingSeconds: 3, burnRemainingSeconds: 20)
    static let events: [JournalLine.Event] = [
        .started(pid: 4711), .phase(.burning), .laserPending, .laserOn, .progress(progress),
        .trackWritten(WrittenTrack(number: 1, start: 0, sectors: 300)), .written, .closed, .outcome(outcome),
    ]

    @Test(arguments: events) func `every line reads back as it was written`(_ event: JournalLine.Event) throws {
        let line = JournalLine(at: Self.time, event)
        var reader = JournalReader()
        #expect(try reader.read(line.encoded()) == [line])
    }

    @Test func `a line's form is fixed`() throws {
        let line = try JournalLine(at: Self.time, .started(pid: 7)).encoded()
        #expect(
            String(decoding: line, as: UTF8.self) == #"{"at":"2026-09-21T14:13:20.250Z","event":"started","pid":7}"#
                + "\n")
    }

    @Test func `a line counts only when it is complete, however the bytes come`() throws {
        let bytes = try JournalLine(at: Self.time, .laserOn).encoded() + JournalLine(at: Self.time, .written).encoded()
        var reader = JournalReader()
        var seen: [JournalLine.Event] = []
        for byte in bytes.dropLast() { seen += try reader.read([byte]).map(\.event) }
        #expect(seen == [.laserOn])
    }

    @Test func `a damaged line is named`() throws {
        var reader = JournalReader()
        let good = try JournalLine(at: Self.time, .laserOn).encoded()
        #expect(throws: JournalReader.Malformed(line: 2)) { try reader.read(good + Array("{}\n".utf8)) }
    }
}

@Suite struct BurnHistoryTests {
    func history(_ events: [JournalLine.Event]) -> BurnHistory {
        var history = BurnHistory()
        for event in events { history.apply(JournalLine(at: BurnJournalTests.time, event)) }
        return history
    }

    @Test func `a burn that died before the laser never began`() {
        #expect(history([.started(pid: 1), .phase(.preparing)]).settlement(.interruptedByRestart) == .neverBegan)
    }

    @Test(
        arguments: [[.laserPending], [.laserPending, .laserOn], [.laserPending, .laserOn, .written, .closed]]
            as [[JournalLine.Event]])
    func `from laser-pending on a dead burn is failed and its disc spoiled`(_ events: [JournalLine.Event]) {
        guard case .interrupted(let outcome) = history(events).settlement(.interruptedByRestart) else {
            Issue.record("the burn was not seen as interrupted")
            return
        }
        #expect(outcome.result == .failed && outcome.disc == .spoiled)
        #expect(outcome.problem?.type == .interruptedByRestart)
    }

    @Test func `an outcome is believed`() {
        #expect(
            history([.laserPending, .laserOn, .outcome(BurnJournalTests.outcome)]).settlement(.workerDied)
                == .ended(BurnJournalTests.outcome))
    }
}

@Suite struct BurnPlanTests {
    @Test func `a track is filled to whole sectors and to four seconds`() {
        #expect(BurnPlan.Track.sectors(ofSampleFrames: 1) == 300)
        #expect(BurnPlan.Track.sectors(ofSampleFrames: 300 * 588) == 300)
        #expect(BurnPlan.Track.sectors(ofSampleFrames: 300 * 588 + 1) == 301)
    }

    @Test func `every track but the first costs run-out and pause besides`() {
        #expect(BurnPlan.sectorsNeeded([300, 400]) == 300 + 152 + 400)
        #expect(BurnPlan.sectorsNeeded([]) == 0)
    }

    @Test func `a plan reads back as it was written`() throws {
        let plan = BurnPlan(
            job: 1, burn: 2, drive: "unix:/run/x", mode: .tao, speed: .times(8), close: .session, eject: true,
            tracks: [.init(number: 1, audio: "/a.pcm", sampleFrames: 176_400, copy: .permitted)])
        #expect(try WireFormat.decode(BurnPlan.self, from: WireFormat.encode(plan)) == plan)
    }

    @Test(arguments: ["\"fast\"", "0", "73", "1.5", "null"]) func `a speed that is none is refused`(_ json: String) {
        #expect(throws: DecodingError.self) { try WireFormat.decode(WriteSpeed.self, from: Array(json.utf8)) }
    }
}
