import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue
import Testing

@Suite struct SchedulingTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)
    static let blank = DriveSituation.Media(kind: "CD-R", status: .blank, freeSectors: 359_849)

    func drive(_ id: String, _ media: DriveSituation.Media? = blank, job: Int? = nil) -> DriveSituation {
        DriveSituation(
            id: id, label: id.uppercased(), isPresent: true, isEnabled: true, isBusy: false, isTrayOpen: false,
            media: media, mediaGeneration: 1, job: job)
    }

    func job(_ id: Int, drive: String = "any", sectors: Int = 300) -> Job {
        Job(
            id: id, uid: "U\(id)", order: BurnOrder(drive: drive, tracks: []),
            files: [:], demand: ContentDemand(sectors: sectors, tracks: 1), createdAt: Self.now)
    }

    func decide(
        _ jobs: [Job], _ drives: [DriveSituation], refusals: [Scheduling.Refusal: StateReason] = [:],
        draining: Bool = false
    ) -> [Int: Scheduling.Decision] {
        Scheduling.decide(jobs: jobs, drives: drives, refusals: refusals, isDraining: draining, now: Self.now)
    }

    func reasons(_ decision: Scheduling.Decision?) -> [StateReason] {
        switch decision {
        case .queue(_, let reasons), .wait(_, let reasons): reasons
        case .start, .refuse, nil: []
        }
    }

    @Test func `the oldest job gets the first drive with a blank`() {
        let decisions = decide([job(2), job(1)], [drive("left", nil), drive("right")])
        #expect(decisions[1] == .start(drive: "right"))
        #expect(reasons(decisions[2]) == [.mediaNeeded])
    }

    @Test func `two jobs and two blanks start both`() {
        let decisions = decide([job(1), job(2)], [drive("left"), drive("right")])
        #expect(decisions == [1: .start(drive: "left"), 2: .start(drive: "right")])
    }

    @Test(arguments: ["left", "LEFT"]) func `an id and a label name the same drive`(_ name: String) {
        #expect(decide([job(1, drive: name)], [drive("right"), drive("left")])[1] == .start(drive: "left"))
    }

    @Test func `a busy drive queues the next job with its position`() {
        let decisions = decide([job(2), job(3)], [drive("left", job: 1)])
        #expect(decisions[2] == .queue(position: 1, reasons: [.driveBusy]))
        #expect(decisions[3] == .queue(position: 2, reasons: [.driveBusy]))
    }

    @Test func `a job that waits for a disc does not hold back one for another drive`() {
        let decisions = decide([job(1, drive: "left"), job(2, drive: "right")], [drive("left", nil), drive("right")])
        #expect(reasons(decisions[1]) == [.mediaNeeded])
        #expect(decisions[2] == .start(drive: "right"))
    }

    @Test func `a disc too small for one job is taken by a later one that it suits`() {
        let small = DriveSituation.Media(kind: "CD-R", status: .blank, freeSectors: 1000)
        let decisions = decide([job(1, sectors: 2000), job(2)], [drive("left", small)])
        #expect(reasons(decisions[1]) == [.mediaTooSmall])
        #expect(decisions[2] == .start(drive: "left"))
    }

    @Test func `one disc a drive is asked for at a time`() {
        let decisions = decide([job(1), job(2), job(3)], [drive("left", nil), drive("right", nil)])
        #expect(reasons(decisions[1]) == [.mediaNeeded] && reasons(decisions[2]) == [.mediaNeeded])
        #expect(decisions[3] == .queue(position: 3, reasons: [.driveBusy]))
    }

    @Test(arguments: [
        (DriveSituation.Media(kind: "CD-R", status: .complete, freeSectors: 0), StateReason.mediaNotBlank),
        (.init(kind: "CD-R", status: .appendable, freeSectors: 300_000), .mediaNotBlank),
        (.init(kind: "CD-R", status: .blank, freeSectors: 299), .mediaTooSmall),
        (.init(kind: "CD-ROM", status: .unreadable, freeSectors: 0), .mediaIncompatible),
        (.init(kind: "unknown", status: .unreadable, freeSectors: 0), .mediaUnreadable),
    ]) func `an unfit disc is named and shown`(_ media: DriveSituation.Media, _ reason: StateReason) throws {
        guard case .wait(let needs, let reasons) = decide([job(1)], [drive("left", media)])[1] else {
            Issue.record("the job does not wait")
            return
        }
        #expect(reasons == [reason])
        #expect(needs.action == .loadBlank && needs.found == media && needs.minimumSectors == 300)
    }

    @Test func `an open tray is a reason of its own`() {
        var open = drive("left", nil)
        open.isTrayOpen = true
        #expect(reasons(decide([job(1)], [open])[1]) == [.doorOpen])
    }

    @Test func `without its drive a job says that it needs it`() {
        guard case .wait(let needs, let reasons) = decide([job(1, drive: "left")], [])[1] else {
            Issue.record("the job does not wait")
            return
        }
        #expect(needs.action == .attachDrive && reasons == [.driveOffline])
    }

    @Test func `a drive out of service is not given jobs, and they say whose fault it is`() {
        var failing = drive("left")
        failing.isFailing = true
        guard case .wait(let needs, let reasons) = decide([job(1)], [failing])[1] else {
            Issue.record("the job does not wait")
            return
        }
        #expect(needs.action == .fixDrive && needs.drive == "left" && reasons == [.driveFailing])
        #expect(decide([job(1)], [failing, drive("right")])[1] == .start(drive: "right"))
        var busy = drive("right")
        busy.job = 9
        #expect(decide([job(1)], [failing, busy])[1] == .queue(position: 1, reasons: [.driveBusy]))
        var gone = drive("right")
        gone.isPresent = false
        guard case .wait(let both, let why) = decide([job(1)], [failing, gone])[1] else {
            Issue.record("the job does not wait")
            return
        }
        #expect(both.drive == "left" && why == [.driveFailing])
    }

    @Test func `a disc that a worker refused is not tried again until it changes`() {
        let refusals = [Scheduling.Refusal(job: 1, drive: "left", mediaGeneration: 1): StateReason.mediaNotBlank]
        #expect(reasons(decide([job(1)], [drive("left")], refusals: refusals)[1]) == [.mediaNotBlank])
        var changed = drive("left")
        changed.mediaGeneration = 2
        #expect(decide([job(1)], [changed], refusals: refusals)[1] == .start(drive: "left"))
    }

    @Test func `nothing starts while burnd drains`() {
        #expect(decide([job(1)], [drive("left")], draining: true)[1] == .queue(position: 1, reasons: [.draining]))
    }

    @Test func `since does not move while the need stays`() {
        var waiting = job(1)
        guard case .wait(var needs, _) = decide([waiting], [drive("left", nil)])[1] else {
            Issue.record("the job does not wait")
            return
        }
        needs.since = Date(timeIntervalSince1970: 1)
        waiting.needs = needs
        waiting.state = .waiting
        guard case .wait(let later, _) = decide([waiting], [drive("left", nil)])[1] else {
            Issue.record("the job does not wait any more")
            return
        }
        #expect(later.since == needs.since)
    }
}
