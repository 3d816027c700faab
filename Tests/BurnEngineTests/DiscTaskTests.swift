import BurnEngine
import BurnPlan
import DiscLayout
import POSIX
import SCSI
import TestSupport
import Testing
import VirtualRecorder

/// What is done with a disc beside writing it once: blanking, closing later, writing on, writing without the laser.
@Suite(.timeLimit(.minutes(5))) struct DiscTaskTests {
    private func erasing(_ bench: Bench, _ mode: EraseMode) -> BurnPlan {
        BurnPlan(job: 1, burn: 2, drive: "unix:\(bench.socket)", task: .erase, mode: .tao, erase: mode)
    }

    private func blanks(_ bench: Bench) -> [UInt8] {
        bench.drive.commands.filter { $0.operationCode == 0xA1 }.map { $0.cdb[1] }
    }

    // MARK: Blanking

    @Test(arguments: [(EraseMode.quick, 0x11 as UInt8), (.full, 0x10)])
    func `a rewritable disc is blanked, and the drive says so`(_ mode: EraseMode, _ type: UInt8) async throws {
        let bench = try Bench(medium: .cdRW)
        _ = try await bench.burn(try bench.plan([588 * 300]))
        let result = try await bench.burn(erasing(bench, mode))
        #expect(result.outcome == BurnOutcome(.completed, disc: .blank, proven: [.blank]))
        #expect(blanks(bench) == [type] && bench.isTrayLocked == false)
        let actions = result.events.compactMap { if case .progress(let progress) = $0 { progress.action } else { nil } }
        #expect(actions.contains(.erasing))
        #expect(try await bench.burn(try bench.plan([588 * 300])).outcome.result == .completed)
    }

    @Test func `a CD-R is not blanked`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(erasing(bench, .quick))
        #expect(result.outcome.problem?.type == .mediaIncompatible && result.outcome.disc == .untouched)
        #expect(blanks(bench).isEmpty)
    }

    @Test func `what fails quickly is tried in full`() async throws {
        let bench = try Bench(medium: .cdRW) { cdb, number in
            cdb[0] == 0xA1 && number == 0 ? .sense(SenseData(3, 0x0C, 0)) : nil
        }
        _ = try await bench.burn(try bench.plan([588 * 300]))
        let result = try await bench.burn(erasing(bench, .quick))
        #expect(result.outcome.result == .completed && result.outcome.disc == .blank)
        #expect(blanks(bench) == [0x11, 0x10])
        #expect(bench.log.withLock { $0 }.contains { $0.contains("blanking quickly failed") })
    }

    @Test func `a disc that cannot be blanked is spoiled, and says why`() async throws {
        let bench = try Bench(medium: .cdRW) { cdb, _ in cdb[0] == 0xA1 ? .sense(SenseData(3, 0x0C, 0)) : nil }
        _ = try await bench.burn(try bench.plan([588 * 300]))
        let result = try await bench.burn(erasing(bench, .full))
        #expect(result.outcome.problem?.type == .eraseFailed && result.outcome.disc == .spoiled)
        #expect(result.outcome.problem?.sense == "3/0C/00" && bench.isTrayLocked == false)
    }

    @Test func `blanking that never ends is given up`() async throws {
        let begun = Lock(false)
        let bench = try Bench(medium: .cdRW) { cdb, _ in
            begun.withLock { begun in
                if cdb[0] == 0xA1 { begun = true }
                return begun && cdb[0] == 0 ? .sense(SenseData(2, 4, 7)) : nil
            }
        }
        let result = try await bench.burn(erasing(bench, .quick))
        #expect(result.outcome.problem?.type == .driveTimeout && result.outcome.disc == .unsure, "\(result.outcome)")
    }

    @Test func `a disc that is written on is blanked before the burn when the plan says so`() async throws {
        let bench = try Bench(medium: .cdRW)
        _ = try await bench.burn(try bench.plan([588 * 300]))
        var plan = try bench.plan([588 * 310])
        plan.erase = .quick
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1], "\(result.outcome)")
        #expect(blanks(bench) == [0x11])
        // A disc that is blank is not blanked again.
        let other = try Bench(medium: .cdRW)
        #expect(
            try await other.burn(
                try {
                    var plan = try other.plan([588 * 310])
                    plan.erase = .quick
                    return plan
                }()
            )
            .outcome.result == .completed)
        #expect(blanks(other).isEmpty)
    }

    @Test func `a cancel while the disc is blanked is obeyed when it is blank`() async throws {
        let bench = try Bench(medium: .cdRW)
        _ = try await bench.burn(try bench.plan([588 * 300]))
        var plan = try bench.plan([588 * 310])
        plan.erase = .quick
        let writes = bench.drive.commands.count { $0.operationCode == 0x2A }
        let result = try await bench.burn(plan) { _ in bench.drive.commands.contains { $0.operationCode == 0xA1 } }
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .blank, "\(result.outcome)")
        #expect(bench.drive.commands.count { $0.operationCode == 0x2A } == writes && bench.isTrayLocked == false)
    }

    // MARK: Open discs

    @Test func `tracks are added to an open session, with the numbers that follow`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan([588 * 300, 588 * 300], close: .none))
        var plan = try bench.plan([588 * 310], close: .disc)
        (plan.mayAppend, plan.verify) = (true, .none)
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2, 3], "\(result.outcome)")
        #expect(result.written == [WrittenTrack(number: 3, start: 904, sectors: 310)])
        let record = try #require(result.history.record)
        #expect(record.tracks.map(\.number) == [1, 2, 3] && record.tracks.last?.start == 904)
        #expect(record.leadOut == 904 + 310)
    }

    @Test func `a session is added behind a closed one`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan([588 * 300], close: .session))
        var plan = try bench.plan([588 * 310], close: .session)
        (plan.mayAppend, plan.verify) = (true, .none)
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2], "\(result.outcome)")
        #expect(result.written == [WrittenTrack(number: 2, start: 302 + 11_400, sectors: 310)])
    }

    @Test func `a disc that is full of tracks takes no more`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan(Array(repeating: 588 * 2, count: 98), close: .none))
        var plan = try bench.plan([588 * 310, 588 * 300])
        plan.mayAppend = true
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .mediaTooSmall && result.outcome.disc == .untouched)
        #expect(result.outcome.tracksOnDisc.count == 98)
    }

    @Test func `an open session is closed later`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan([588 * 300, 588 * 300], close: .none))
        let close = BurnPlan(job: 1, burn: 2, drive: "unix:\(bench.socket)", task: .close, mode: .tao)
        let result = try await bench.burn(close)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2], "\(result.outcome)")
        #expect(bench.drive.commands.count { $0.operationCode == 0x5B } == 1 && result.history.isClosed)
        let again = try await bench.burn(close)
        #expect(again.outcome.problem?.type == .mediaIncompatible && again.outcome.disc == .untouched)
    }

    // MARK: Test writes

    @Test(arguments: RecordingMode.allCases) func `a test write changes nothing and proves nothing`(
        _ mode: RecordingMode
    ) async throws {
        let bench = try Bench()
        var plan = mode == .tao ? try bench.plan() : try bench.session(mode: mode)
        plan.isTest = true
        let result = try await bench.burn(plan)
        #expect(result.outcome == BurnOutcome(.completed, disc: .untouched), "\(result.outcome)")
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x54 })
        let selects = bench.drive.commands.filter { $0.operationCode == 0x55 }.map(\.dataOut)
        #expect(selects.first.map { $0[10] & 0x10 } == 0x10 && selects.last.map { $0[10] & 0x10 } == 0)
        #expect(result.history.laser == .off && result.written.isEmpty)
        plan.isTest = false
        #expect(try await bench.burn(plan).outcome.result == .completed)
    }

    @Test func `a test write that is cancelled leaves the disc untouched`() async throws {
        for mode in RecordingMode.allCases {
            let bench = try Bench()
            var plan = mode == .tao ? try bench.plan() : try bench.session(mode: mode)
            plan.isTest = true
            let result = try await bench.burn(plan) { _ in
                bench.drive.commands.count { $0.operationCode == 0x2A } >= 5
            }
            #expect(result.outcome.result == .cancelled && result.outcome.disc == .untouched, "\(result.outcome)")
            let last = bench.drive.commands.last { $0.operationCode == 0x55 }
            #expect(last.map { $0.dataOut[10] & 0x10 } == 0 && bench.isTrayLocked == false)
        }
    }

    // MARK: Codes and data, track at once

    @Test func `codes go into the write parameters of each track`() async throws {
        let bench = try Bench()
        var plan = try bench.plan([588 * 300, 588 * 300])
        plan.catalogNumber = "4006381333931"
        plan.tracks[1].recordingCode = "DEABC1234567"
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        let json = try String(
            decoding: DurableFile.contents(of: bench.discPath + "/disc.json", limit: 1 << 20), as: UTF8.self)
        for mark in ["4006381333931", "DEABC1234567"] { #expect(json.contains(mark)) }
    }

    @Test func `a drive that refuses codes writes without them, and it is said`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0x55 && number < 2 ? .sense(SenseData(5, 0x26, 0)) : nil
        }
        var plan = try bench.plan([588 * 300])
        (plan.catalogNumber, plan.verify) = ("4006381333931", .none)
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.disc == .written, "\(result.outcome)")
        #expect(bench.log.withLock { $0 }.contains { $0.contains("takes no codes") })
    }

    @Test func `a data track is written in blocks of 2048 bytes`() async throws {
        let bench = try Bench()
        let data = Bench.samples(seed: 9, count: 2048 / 4 * 320)
        try DurableFile.replace(bench.folder.path + "/data", with: data)
        var plan = try bench.plan([588 * 300])
        plan.verify = .none
        plan.tracks = [
            BurnPlan.Track(
                number: 1, form: .mode1, sectors: 320,
                content: [BurnPlan.Piece(file: bench.folder.path + "/data", count: data.count)])
        ]
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        #expect(try bench.mainChannel(from: 7, sectors: 1)[16..<16 + 2048] == data[7 * 2048..<8 * 2048])
        let select = try #require(bench.drive.commands.first { $0.operationCode == 0x55 })
        #expect(select.dataOut[11] == 0x04 && select.dataOut[12] == 0x08)
    }

    // MARK: Speed, counters

    @Test func `the nearest speed is set, and what differs from the wish is said`() async throws {
        let bench = try Bench()
        var plan = try bench.plan([588 * 300], speed: .sectors(perSecond: 75 * 9 + 1, isPureCAV: true))
        plan.verify = .none
        let record = try #require(try await bench.burn(plan).history.record)
        #expect(record.adjusted.contains(.speed) && record.writeSpeed != nil)
        let exact = try Bench()
        plan = try exact.plan([588 * 300], speed: .times(8))
        let taken = try #require(try await exact.burn(plan).history.record)
        #expect(taken.adjusted.isEmpty && taken.writeSpeed?.sectorsPerSecond == 600, "\(taken)")
    }

    @Test func `underrun protection is off when the order says so`() async throws {
        let bench = try Bench()
        var plan = try bench.plan([588 * 300])
        plan.isUnderrunProtectionOff = true
        _ = try await bench.burn(plan)
        let select = try #require(bench.drive.commands.first { $0.operationCode == 0x55 })
        #expect(select.dataOut[10] == 0x01)
    }

    @Test func `sectors are counted before, between and after tracks`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan([588 * 300, 588 * 300], close: .none))
        let counts = result.events.compactMap { event -> BurnRecord.Sectors? in
            if case .record(let record) = event { record.sectors } else { nil }
        }
        let used = counts.map(\.used).reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
        #expect(used == [0, 452, 904])
        #expect(counts.allSatisfy { $0.used + $0.free <= $0.total && $0.total == 359_849 }, "\(counts)")
    }
}
