import BurnEngine
import BurnPlan
import POSIX
import SCSI
import TestSupport
import Testing

/// What goes wrong once the laser is on ends in the outcome that names it, never as completed.
@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: BurnProblem.Kind
        let disc: BurnOutcome.Disc
        /// Numbers of the tracks that are whole.
        var tracks: [Int] = []
        var sense: String?
        /// The drive still answers, so the tray must be unlocked.
        var answers = true
        let plot: ProxiedDrive.Plot

        var testDescription: String { name }
    }

    /// Operation codes.
    private static let (write, sync, close, readCD): (UInt8, UInt8, UInt8, UInt8) = (0x2A, 0x35, 0x5B, 0xBE)
    /// WRITEs of the first track, of 321 sectors.
    private static let writesOfTrack1 = 12

    private static func at(_ code: UInt8, _ place: Int, _ mischief: ProxiedDrive.Mischief) -> ProxiedDrive.Plot {
        { cdb, number in cdb[0] == code && number == place ? mischief : nil }
    }

    private static func from(_ code: UInt8, _ place: Int, _ mischief: ProxiedDrive.Mischief) -> ProxiedDrive.Plot {
        { cdb, number in cdb[0] == code && number >= place ? mischief : nil }
    }

    static let cases = [
        Case(
            name: "one bit of one READ CD is flipped", kind: .verifyMismatch, disc: .spoiled, tracks: [1, 2, 3],
            plot: at(readCD, 5, .changedReply { $0[..<1000] + [$0[1000] ^ 0x10] + $0[1001...] })),
        Case(
            name: "the last bit of the fill is flipped", kind: .verifyMismatch, disc: .spoiled, tracks: [1, 2, 3],
            plot: { cdb, number in
                // LBA 770: the last sectors of track 2, which are silence.
                cdb[0] == readCD && cdb[2...5] == [0, 0, 0x03, 0x02]
                    ? .changedReply { $0.dropLast() + [($0.last ?? 0) ^ 1] } : nil
            }),
        Case(
            name: "SYNCHRONIZE CACHE fails", kind: .writeError, disc: .spoiled, sense: "3/0C/00",
            plot: from(sync, 0, .sense(SenseData(3, 0x0C, 0)))),
        Case(
            name: "the second SYNCHRONIZE CACHE fails", kind: .writeError, disc: .spoiled, tracks: [1],
            sense: "3/0C/00", plot: from(sync, 1, .sense(SenseData(3, 0x0C, 0)))),
        Case(
            name: "the buffer stays full for ever", kind: .driveTimeout, disc: .spoiled, sense: "2/04/08",
            plot: from(write, 3, .sense(SenseData(2, 4, 8)))),
        Case(
            name: "the connection closes in mid-write", kind: .driveOffline, disc: .unsure, answers: false,
            plot: at(write, 3, .close)),
        Case(
            name: "a WRITE moves less than all", kind: .writeError, disc: .spoiled,
            plot: at(write, 3, .shortTransfer(2352))),
        Case(
            name: "a WRITE tells of an earlier one that failed", kind: .writeError, disc: .spoiled, sense: "3/0C/00",
            plot: at(write, 3, .sense(SenseData(3, 0x0C, 0), deferred: true))),
        Case(
            name: "the question about the buffer tells of a WRITE that failed", kind: .writeError, disc: .spoiled,
            sense: "3/0C/00", plot: at(0x5C, 0, .sense(SenseData(3, 0x0C, 0), deferred: true))),
        Case(
            name: "a good status hides a deferred error", kind: .writeError, disc: .spoiled, sense: "3/0C/00",
            plot: at(write, 3, .outcome(SCSIOutcome(sense: [0x71] + SenseData(3, 0x0C, 0).fixedFormat.dropFirst())))),
        Case(
            name: "the buffer ran empty", kind: .bufferUnderrun, disc: .spoiled, tracks: [1], sense: "3/0C/09",
            plot: at(write, writesOfTrack1 + 2, .sense(SenseData(3, 0x0C, 9)))),
        Case(
            name: "the host adapter fails", kind: .driveOffline, disc: .unsure,
            plot: at(write, 3, .outcome(SCSIOutcome(hostStatus: 7)))),
        Case(
            name: "a WRITE is not answered in time", kind: .driveTimeout, disc: .unsure,
            plot: at(write, 3, .outcome(SCSIOutcome(hostStatus: 3)))),
        Case(
            name: "the very first WRITE fails", kind: .writeError, disc: .spoiled, sense: "3/0C/00",
            plot: at(write, 0, .sense(SenseData(3, 0x0C, 0)))),
        Case(
            name: "the disc is changed in mid-burn", kind: .writeError, disc: .spoiled, sense: "6/28/00",
            plot: at(write, 3, .sense(SenseData(6, 0x28, 0)))),
        Case(
            name: "closing fails", kind: .closeFailed, disc: .spoiled, tracks: [1, 2, 3], sense: "3/72/00",
            plot: at(close, 0, .sense(SenseData(3, 0x72, 0)))),
        Case(
            name: "closing tells only later that it failed", kind: .closeFailed, disc: .spoiled, tracks: [1, 2, 3],
            sense: "3/72/02", plot: Self.afterClose(0, .sense(SenseData(3, 0x72, 2), deferred: true))),
        Case(
            name: "closing is not answered", kind: .driveTimeout, disc: .unsure, tracks: [1, 2, 3],
            plot: at(close, 0, .outcome(SCSIOutcome(hostStatus: 3)))),
        Case(
            name: "closing never ends", kind: .driveTimeout, disc: .unsure, tracks: [1, 2, 3],
            plot: Self.afterClose(0, .sense(SenseData(2, 4, 7)), forEver: true)),
        Case(
            name: "closing changes nothing", kind: .closeFailed, disc: .spoiled, tracks: [1, 2, 3],
            plot: at(close, 0, .outcome(SCSIOutcome()))),
        Case(
            name: "the table of contents has another lead-out", kind: .tocMismatch, disc: .spoiled, tracks: [1, 2, 3],
            plot: { cdb, _ in
                // A2h is the third descriptor of 11 bytes; its frame is the last byte.
                cdb[0] == 0x43 && cdb[2] == 2
                    ? .changedReply { $0.count > 37 ? $0[..<36] + [$0[36] ^ 8] + $0[37...] : $0 } : nil
            }),
        Case(
            name: "a place cannot be read", kind: .readBackFailed, disc: .unsure, tracks: [1, 2, 3], sense: "3/11/05",
            plot: { cdb, _ in
                // Whatever begins at LBA 0.
                cdb[0] == readCD && cdb[2...5] == [0, 0, 0, 0] ? .sense(SenseData(3, 0x11, 5)) : nil
            }),
        Case(
            name: "a READ CD brings less than all", kind: .readBackFailed, disc: .unsure, tracks: [1, 2, 3],
            plot: from(readCD, 2, .shortTransfer(1))),
        Case(
            name: "the connection closes while the disc is read", kind: .driveOffline, disc: .unsure,
            tracks: [1, 2, 3],
            answers: false, plot: at(readCD, 2, .close)),
    ]

    /// The n-th TEST UNIT READY after CLOSE, or all from there on.
    private static func afterClose(
        _ place: Int, _ mischief: ProxiedDrive.Mischief, forEver: Bool = false
    ) -> ProxiedDrive.Plot {
        let seen = Lock((isClosing: false, count: 0))
        return { cdb, _ in
            seen.withLock { state in
                if cdb[0] == close { state = (true, 0) }
                guard state.isClosing, cdb[0] == 0 else { return nil }
                defer { state.count += 1 }
                return state.count == place || (forEver && state.count > place) ? mischief : nil
            }
        }
    }

    @Test(arguments: cases) func `a burn that went wrong says so`(_ failure: Case) async throws {
        let bench = try Bench(plot: failure.plot)
        let result = try await bench.burn(try bench.plan())
        let outcome = result.outcome
        #expect(outcome.result == .failed && outcome.disc == failure.disc, "\(outcome)")
        #expect(outcome.problem?.type == failure.kind, "\(outcome)")
        #expect(outcome.tracksOnDisc == failure.tracks && outcome.proven.isEmpty)
        if let sense = failure.sense { #expect(outcome.problem?.sense == sense, "\(outcome)") }
        #expect(outcome.problem.map { !$0.detail.isEmpty && !$0.hint.isEmpty } == true)
        if failure.answers { #expect(bench.isTrayLocked == false) }
        #expect(result.history.outcome == outcome && result.history.laser > .off)
        #expect(!bench.drive.commands.contains { $0.cdb.starts(with: hex("1B 00 00 00 02")) })
    }

    @Test func `a drive that stays busy after a track is given up`() async throws {
        let seen = Lock(false)
        let bench = try Bench { cdb, _ in
            seen.withLock { flushed in
                if cdb[0] == Self.sync { flushed = true }
                return flushed && cdb[0] == 0 ? .sense(SenseData(2, 4, 8)) : nil
            }
        }
        let outcome = try await bench.burn(try bench.plan()).outcome
        #expect(outcome.problem?.type == .driveTimeout && outcome.disc == .unsure && outcome.tracksOnDisc.isEmpty)
        #expect(bench.isTrayLocked == false)
    }

    @Test func `a place that reads at the second try is read`() async throws {
        let bench = try Bench(plot: Self.at(Self.readCD, 3, .sense(SenseData(3, 0x11, 5))))
        #expect(try await bench.burn(try bench.plan()).outcome.result == .completed)
    }

    @Test func `after a fatal error the drive is flushed, waited for and unlocked`() async throws {
        let bench = try Bench(plot: Self.at(Self.write, 3, .sense(SenseData(3, 0x0C, 0))))
        _ = try await bench.burn(try bench.plan())
        #expect(bench.drive.commands.suffix(4).map(\.operationCode) == [0x35, 0x00, 0x51, 0x1E])
    }

    @Test func `a failed WRITE names its place`() async throws {
        let bench = try Bench(plot: Self.at(Self.write, Self.writesOfTrack1 + 2, .sense(SenseData(3, 0x0C, 0))))
        let problem = try #require(try await bench.burn(try bench.plan()).outcome.problem)
        #expect(problem.lba == 473 + 54 && problem.command == "WRITE(10)" && problem.detail.contains("track 2"))
    }
}
