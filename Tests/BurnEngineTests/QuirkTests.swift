import BurnEngine
import BurnPlan
import POSIX
import RecorderQuirks
import SCSI
import Testing
import VirtualRecorder

/// What is done otherwise for recorders that are known to need it, and for no others.
@Suite(.timeLimit(.minutes(5))) struct QuirkTests {
    private static func profile(
        _ vendor: String, _ product: String, _ revision: String = "1.0", quirks: Set<Quirk> = []
    ) -> RecorderProfile {
        var profile = RecorderProfile.modern
        (profile.vendor, profile.product, profile.revision) = (vendor, product, revision)
        profile.quirks = quirks
        return profile
    }

    private func actions(_ bench: Bench) -> [UInt8] {
        bench.drive.commands.filter { $0.operationCode == 0x1B }.map { $0.cdb[4] }
    }

    @Test func `the quirks in force are in the record and in the log`() async throws {
        let bench = try Bench(profile: Self.profile("ricoh", "CD-R/RW MP7060A"))
        let record = try #require(try await bench.burn(try bench.plan([588 * 300])).history.record)
        #expect(record.quirks == ["calibration-refusal-tolerated"])
        let lines = bench.log.withLock { $0 }.filter { $0.hasPrefix("quirk: ") }
        #expect(lines.count == 1 && lines.allSatisfy { $0.contains("cdrecord") }, "\(lines)")
        let ordinary = try Bench()
        let other = try #require(try await ordinary.burn(try ordinary.plan([588 * 300])).history.record)
        #expect(other.quirks == [])
    }

    // MARK: Calibration

    /// A further session on a CD-RW, whose calibration is answered so.
    private func appending(_ profile: RecorderProfile, _ sense: SenseData) async throws -> BurnOutcome {
        let isAppending = Lock(false)
        let bench = try Bench(medium: .cdRW, profile: profile) { cdb, _ in
            cdb[0] == 0x54 && isAppending.withLock { $0 } ? .sense(sense) : nil
        }
        _ = try await bench.burn(try bench.plan([588 * 300], close: .session))
        isAppending.withLock { $0 = true }
        var plan = try bench.plan([588 * 300])
        plan.mayAppend = true
        return try await bench.burn(plan).outcome
    }

    @Test func `a Ricoh drive may refuse calibration on a CD-RW that is written on, with a code of its own`()
        async throws
    {
        let ricoh = Self.profile("RICOH", "CD-R/RW MP7060A")
        #expect(try await appending(ricoh, SenseData(5, 0x99, 0)).result == .completed)
        #expect(try await appending(ricoh, SenseData(3, 0x73, 0x90)).result == .completed)
        #expect(try await appending(ricoh, SenseData(3, 0x73, 3)).problem?.type == .powerCalibrationFailed)
        #expect(try await appending(ricoh, SenseData(4, 0x99, 0)).problem?.type == .powerCalibrationFailed)
        #expect(try await appending(.modern, SenseData(5, 0x99, 0)).problem?.type == .driveRefused)
    }

    @Test func `on a blank disc a Ricoh drive is calibrated as any other`() async throws {
        let bench = try Bench(profile: Self.profile("RICOH", "CD-R/RW MP7060A")) { cdb, _ in
            cdb[0] == 0x54 ? .sense(SenseData(5, 0x99, 0)) : nil
        }
        #expect(try await bench.burn(try bench.plan([588 * 300])).outcome.problem?.type == .driveRefused)
    }

    @Test func `a drive that answers calibration with a write permit is sent on it once`() async throws {
        func burn(_ revision: String) async throws -> (BurnOutcome, calibrations: Int) {
            let bench = try Bench(profile: Self.profile("RWD", "RW2224", revision)) { cdb, _ in
                cdb[0] == 0x54 ? .sense(SenseData(6, 0x5A, 0x03)) : nil
            }
            let outcome = try await bench.burn(try bench.plan([588 * 300])).outcome
            return (outcome, bench.drive.commands.count { $0.operationCode == 0x54 })
        }
        let (quirky, once) = try await burn("2.53")
        #expect(quirky.result == .completed && once == 1, "\(quirky)")
        let (other, often) = try await burn("2.54")
        #expect(other.problem?.type == .driveRefused && often > 1)
    }

    // MARK: Test writes

    @Test func `a drive that stays in test mode is reloaded after a test, and burns then`() async throws {
        let bench = try Bench(profile: Self.profile("ATAPI", "CD-R/RW 8X4X32", "5.EW", quirks: [.testWriteSticks]))
        var plan = try bench.plan([588 * 300])
        plan.isTest = true
        #expect(try await bench.burn(plan).outcome == BurnOutcome(.completed, disc: .untouched))
        #expect(actions(bench) == [2, 3] && bench.isTrayLocked == false)
        plan.isTest = false
        #expect(try await bench.burn(plan).outcome.disc == .good)
        #expect(actions(bench).prefix(2) == [2, 3])
        #expect(!actions(bench).dropFirst(2).contains(2))
    }

    @Test func `such a drive that is not known would have written nothing, and it is noticed`() async throws {
        let bench = try Bench(profile: Self.profile("BURND", "VIRTUAL CD-RW", quirks: [.testWriteSticks]))
        var plan = try bench.plan([588 * 300])
        plan.isTest = true
        _ = try await bench.burn(plan)
        #expect(actions(bench).isEmpty)
        plan.isTest = false
        #expect(try await bench.burn(plan).outcome.result == .failed)
    }

    @Test func `a tray that does not close by itself is left to people`() async throws {
        let bench = try Bench(profile: Self.profile("ATAPI", "CD-R/RW 8X4X32", quirks: [.testWriteSticks])) { cdb, _ in
            cdb[0] == 0x1B && cdb[4] == 3 ? .sense(SenseData(5, 0x24, 0)) : nil
        }
        var plan = try bench.plan([588 * 300])
        plan.isTest = true
        #expect(try await bench.burn(plan).outcome.result == .completed)
        #expect(bench.log.withLock { $0 }.contains { $0.contains("closed by hand") })
    }

    // MARK: Closing

    @Test(arguments: [RecordingMode.tao, .sao]) func `a Mitsumi drive is given the time of a lead-in and a lead-out`(
        _ mode: RecordingMode
    ) async throws {
        func seconds(_ vendor: String) async throws -> Double {
            let bench = try Bench(profile: Self.profile(vendor, "CR-4801TE"))
            var plan = mode == .tao ? try bench.plan([588 * 300]) : try bench.session(mode: mode)
            (plan.speed, plan.verify) = (.times(4), .none)
            let result = try await bench.burn(plan)
            #expect(result.outcome.result == .completed, "\(result.outcome)")
            return bench.clock.now / .seconds(1)
        }
        let (mitsumi, other) = (try await seconds("MITSUMI"), try await seconds("OTHER"))
        // 280 seconds at playing speed.
        #expect((70..<75).contains(mitsumi) && other < 5, "\(mitsumi) \(other)")
    }
}
