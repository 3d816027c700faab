import BurnPlan
import FoundationEssentials
import JobQueue
import Testing

private func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_790_000_000 + seconds) }

/// Which burns say something about a drive.
@Suite struct RememberedBurnTests {
    private func burn(
        _ outcome: BurnOutcome?, _ change: (inout Burn) -> Void = { _ in }
    ) -> Burn {
        let seen = Burn.Seen(firmware: "1.0", kind: "CD-R", medium: "97m26s66f", mediaGeneration: 7)
        var burn = Burn(id: 5, drive: "left", startedAt: time(0), seen: seen)
        (burn.outcome, burn.finishedAt) = (outcome, outcome.map { _ in time(60) })
        change(&burn)
        return burn
    }

    private func failed(_ kind: BurnProblem.Kind, disc: BurnOutcome.Disc = .spoiled) -> BurnOutcome {
        BurnOutcome(.failed, disc: disc, problem: BurnProblem(kind, "It failed.", hint: "Try again."))
    }

    private func remembered(_ burn: Burn, _ change: (inout BurnOrder) -> Void = { _ in }) -> RememberedBurn? {
        var order = BurnOrder(tracks: [])
        change(&order)
        return RememberedBurn(burn, of: order)
    }

    @Test func `a good burn is remembered with what it was made with`() throws {
        let good = burn(BurnOutcome(.completed, disc: .good)) { burn in
            burn.record = BurnRecord()
            burn.record?.writeSpeed = .init(sectorsPerSecond: 1202, isPureCAV: false)
            burn.record?.lowestBufferPercent = 93
            burn.record?.lowestReadAheadPercent = 75
        }
        let setting = BurnSetting(firmware: "1.0", kind: "CD-R", medium: "97m26s66f", times: 16)
        #expect(
            remembered(good)
                == RememberedBurn(
                    burn: 5, drive: "left", at: time(60), setting: setting, lowestBufferPercent: 93,
                    lowestReadAheadPercent: 75))
    }

    @Test func `where the drive does not tell its speed, what was asked for counts`() {
        let good = burn(BurnOutcome(.completed, disc: .good))
        #expect(remembered(good)?.setting.times == nil)
        #expect(remembered(good) { $0.speed = .times(8) }?.setting.times == 8)
        #expect(remembered(good) { $0.speed = .sectors(perSecond: 4 * 75, isPureCAV: true) }?.setting.times == 4)
        let odd = burn(BurnOutcome(.completed, disc: .good)) { burn in
            burn.record = BurnRecord()
            burn.record?.writeSpeed = .init(sectorsPerSecond: .min, isPureCAV: false)
        }
        #expect(remembered(odd)?.setting.times == nil)
    }

    @Test(arguments: BurnProblem.Kind.allCases) func `a failure counts when drive or disc may be to blame`(
        _ kind: BurnProblem.Kind
    ) {
        let blamed: Set<BurnProblem.Kind> = [
            .driveRefused, .powerCalibrationFailed, .eraseFailed, .writeError, .bufferUnderrun, .closeFailed,
            .driveTimeout, .verifyMismatch, .tocMismatch, .subChannelMismatch, .readBackFailed,
        ]
        #expect(remembered(burn(failed(kind)))?.failure == (blamed.contains(kind) ? kind : nil))
    }

    @Test func `what was cancelled, never began, or only blanked or closed a disc is not remembered`() {
        let cancelled = BurnOutcome(
            .cancelled, disc: .spoiled, problem: BurnProblem(.cancelledByUser, "It was cancelled.", hint: "None."))
        #expect(remembered(burn(cancelled)) == nil)
        #expect(remembered(burn(nil)) == nil)
        #expect(remembered(burn(BurnOutcome(.completed, disc: .good)) { $0.seen = nil }) == nil)
        for task in [BurnPlan.Task.erase, .close] {
            #expect(remembered(burn(failed(.eraseFailed))) { $0.task = task } == nil)
        }
    }

    @Test func `an underrun is the station's when its own buffer ran dry`() {
        func underrun(_ percent: Double?) -> RememberedBurn? {
            remembered(
                burn(failed(.bufferUnderrun)) { burn in
                    burn.record = BurnRecord()
                    burn.record?.lowestReadAheadPercent = percent
                })
        }
        #expect(underrun(0.4) == nil && underrun(75) != nil && underrun(nil) != nil)
    }

    @Test func `a disc that nothing was written on is noted: it may be met again`() {
        #expect(remembered(burn(failed(.powerCalibrationFailed, disc: .untouched)))?.unwrittenDisc == 7)
        #expect(remembered(burn(failed(.writeError)))?.unwrittenDisc == nil)
    }
}

/// When a drive is trusted.
@Suite struct DriveStandingTests {
    private static let setting = BurnSetting(firmware: "1.0", kind: "CD-R")

    private func burn(
        _ number: Int, _ failure: BurnProblem.Kind? = nil, isTest: Bool = false, disc: Int? = nil,
        drive: String = "left"
    ) -> RememberedBurn {
        RememberedBurn(
            burn: number, drive: drive, at: time(Double(number)), setting: Self.setting, isTest: isTest,
            failure: failure, unwrittenDisc: disc)
    }

    @Test func `the third failure in a row takes a drive out of service, once`() {
        var standing = DriveStanding(drive: "left")
        let ends = (1...4).map { standing.add(burn($0, .writeError)) }
        #expect(ends == [false, false, true, false])
        #expect(standing.outSince == time(3) && standing.failuresInARow == 4 && standing.failures == 4)
        #expect(standing.sentence?.contains("4 discs in a row") == true && standing.lastFailure == "write-error")
    }

    @Test func `a good burn in between begins the row anew`() {
        var standing = DriveStanding(drive: "left")
        let ends = (1...9).map { standing.add(burn($0, $0 % 3 == 0 ? nil : .closeFailed)) }
        #expect(!ends.contains(true))
        #expect(standing.burns == 9 && standing.failures == 6 && standing.failuresInARow == 0)
        #expect(standing.outSince == nil && standing.sentence == nil && standing.lastGoodAt == time(9))
    }

    @Test func `enabling it counts anew and keeps the rest`() {
        var standing = DriveStanding(drive: "left")
        for number in 1...3 { _ = standing.add(burn(number, .writeError)) }
        standing.returnToService()
        #expect(standing.outSince == nil && standing.failuresInARow == 0 && standing.failures == 3)
        let ends = (4...6).map { standing.add(burn($0, .writeError)) }
        #expect(ends == [false, false, true] && standing.outSince == time(6))
    }

    @Test func `a burn that is told again, or is another drive's, changes nothing`() {
        var standing = DriveStanding(drive: "left")
        _ = standing.add(burn(2, .writeError))
        let once = standing
        for again in [burn(2, .writeError), burn(1), burn(3, .writeError, drive: "right")] { _ = standing.add(again) }
        #expect(standing == once)
    }

    @Test func `test writes cost no disc and do not count`() {
        var standing = DriveStanding(drive: "left")
        let ends = (1...5).map { standing.add(burn($0, .writeError, isTest: true)) }
        #expect(!ends.contains(true) && standing.burns == 0 && standing.failures == 0)
    }

    @Test func `one bad disc that stays in the drive is one failure in a row, however many jobs meet it`() {
        var standing = DriveStanding(drive: "left")
        let ends = (1...5).map { standing.add(burn($0, .powerCalibrationFailed, disc: 7)) }
        #expect(!ends.contains(true) && standing.failures == 5 && standing.failuresInARow == 1)
        let others = [standing.add(burn(6, .powerCalibrationFailed, disc: 8)), standing.add(burn(7, .writeError))]
        #expect(others == [false, true])
    }

    @Test func `it is the same after it was stored`() throws {
        var standing = DriveStanding(drive: "left")
        for number in 1...3 { _ = standing.add(burn(number, .powerCalibrationFailed, disc: number)) }
        #expect(try WireFormat.decode(DriveStanding.self, from: WireFormat.encode(standing)) == standing)
    }

    @Test func `damaged counts are cut so that counting on is safe`() throws {
        let text = #"{"drive":"left","burns":9223372036854775807,"failures":-5,"failuresInARow":9223372036854775807}"#
        var standing = try WireFormat.decode(DriveStanding.self, from: Array(text.utf8))
        #expect(standing.burns == 1_000_000_000 && standing.failures == 0)
        _ = standing.add(burn(1, .writeError))
        #expect(standing.failures == 1 && standing.outSince != nil)
    }
}

/// What is said before the same is done again.
@Suite struct DriveWarningTests {
    private func memory(
        _ times: Int?, burns: Int, failed: Int, good: Double?, bad: Double?, medium: String = "97m26s66f",
        firmware: String = "1.0"
    ) -> DriveMemory {
        DriveMemory(
            setting: BurnSetting(firmware: firmware, kind: "CD-R", medium: medium, times: times), burns: burns,
            failures: failed > 0 ? ["write-error": failed] : [:], lastGoodAt: good.map(time),
            lastFailureAt: bad.map(time))
    }

    private func warning(_ memories: [DriveMemory], at times: Int = 16) -> String? {
        DriveMemory.warning(memories, kind: "CD-R", medium: "97m26s66f", times: times)
    }

    @Test func `the last disc of this kind at this speed failed: that is said, with a speed that worked`() {
        let memories = [
            memory(16, burns: 3, failed: 2, good: 1, bad: 9), memory(8, burns: 5, failed: 1, good: 8, bad: 2),
            memory(4, burns: 1, failed: 0, good: 3, bad: nil), memory(12, burns: 1, failed: 1, good: nil, bad: 4),
        ]
        #expect(
            warning(memories) == "Of 3 discs of this kind (97m26s66f) burned at 16x here 2 failed, the last one too. "
                + "At 8x the last one was good.")
        #expect(warning(memories, at: 12)?.hasSuffix("At 8x the last one was good.") == true)
        #expect(warning([memories[0]])?.hasSuffix("the last one too.") == true)
    }

    @Test func `what has gone well since, other discs, other speeds and test writes are no reason to warn`() {
        #expect(warning([]) == nil)
        #expect(warning([memory(16, burns: 3, failed: 2, good: 9, bad: 1)]) == nil)
        #expect(warning([memory(16, burns: 1, failed: 1, good: nil, bad: 1, medium: "97m15s10f")]) == nil)
        #expect(warning([memory(24, burns: 1, failed: 1, good: nil, bad: 1)]) == nil)
        #expect(warning([memory(nil, burns: 1, failed: 1, good: nil, bad: 1)]) == nil)
        #expect(warning([memory(16, burns: 0, failed: 0, good: nil, bad: nil)]) == nil)
    }

    @Test func `with another firmware the latest counts`() {
        let old = memory(16, burns: 2, failed: 2, good: nil, bad: 1, firmware: "1.0")
        #expect(warning([old, memory(16, burns: 1, failed: 0, good: 5, bad: nil, firmware: "1.1")]) == nil)
        let new = memory(16, burns: 1, failed: 1, good: nil, bad: 5, firmware: "1.1")
        #expect(warning([old, new])?.hasPrefix("Of 3 discs") == true)
    }
}
