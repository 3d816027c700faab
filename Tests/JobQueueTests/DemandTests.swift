import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue
import Testing

/// Which disc and which drive an order is content with.
@Suite struct DemandTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)

    static func media(
        _ status: DiscStatus, free: Int, erasable: Bool = false, capacity: Int = 359_849, tracks: Int = 0
    ) -> DriveSituation.Media {
        DriveSituation.Media(
            kind: erasable ? "CD-RW" : "CD-R", status: status, freeSectors: free, isErasable: erasable,
            capacitySectors: capacity, trackCount: tracks)
    }

    static func order(
        _ task: BurnPlan.Task = .burn, blank: BlankPolicy = .required, mode: WriteMode = .tao, drive: String = "any"
    ) -> BurnOrder {
        var order = BurnOrder(task: task, mode: mode, drive: drive, tracks: [])
        order.blank = blank
        return order
    }

    static func decide(
        _ order: BurnOrder, _ drives: [DriveSituation],
        demand: ContentDemand = ContentDemand(sectors: 1000, tracks: 2)
    ) -> Scheduling.Decision? {
        let job = Job(id: 1, uid: "U", order: order, files: [:], demand: demand, createdAt: now)
        return Scheduling.decide(jobs: [job], drives: drives, refusals: [:], isDraining: false, now: now)[1]
    }

    static func drive(
        _ id: String, _ media: DriveSituation.Media?, _ abilities: RecorderAbilities? = nil
    ) -> DriveSituation {
        DriveSituation(
            id: id, label: id, isPresent: true, isEnabled: true, isBusy: false, isTrayOpen: false, media: media,
            mediaGeneration: 1, job: nil, abilities: abilities)
    }

    static let blank = media(.blank, free: 359_849)
    static let open = media(.appendable, free: 5000, tracks: 3)
    static let full = media(.complete, free: 0)
    static let rewritten = media(.complete, free: 0, erasable: true)
    static let broken = media(.unreadable, free: 0, erasable: true)

    @Test(arguments: [
        (order(), rewritten, StateReason.mediaNotBlank),
        (order(), open, .mediaNotBlank),
        (order(blank: .eraseIfRewritable), full, .mediaNotBlank),
        (order(blank: .eraseIfRewritable), media(.complete, free: 0, erasable: true, capacity: 900), .mediaTooSmall),
        (order(blank: .appendIfOpen), full, .mediaNotBlank),
        (order(blank: .appendIfOpen), media(.appendable, free: 999, tracks: 1), .mediaTooSmall),
        (order(blank: .appendIfOpen), media(.appendable, free: 5000, tracks: 98), .mediaTooSmall),
        (order(.erase), full, .mediaIncompatible),
        (order(.close), blank, .mediaNotOpen),
        (order(.close), full, .mediaNotOpen),
    ]) func `a disc that an order is not content with is named`(
        order: BurnOrder, media: DriveSituation.Media, reason: StateReason
    ) {
        guard case .wait(let needs, let reasons) = Self.decide(order, [Self.drive("left", media)]) else {
            Issue.record("the job does not wait")
            return
        }
        #expect(reasons == [reason])
        let actions: [BurnPlan.Task: Needs.Action] = [
            .burn: .loadBlank, .erase: .loadRewritable, .close: .loadOpenDisc,
        ]
        #expect(needs.action == actions[order.task])
    }

    @Test(arguments: [
        (order(), blank), (order(blank: .eraseIfRewritable), rewritten), (order(blank: .eraseIfRewritable), broken),
        (order(blank: .eraseIfRewritable), blank), (order(blank: .appendIfOpen), open),
        (order(blank: .appendIfOpen), blank), (order(.erase), rewritten), (order(.erase), broken),
        (order(.close), open),
    ]) func `a disc that an order is content with is used`(order: BurnOrder, media: DriveSituation.Media) {
        #expect(Self.decide(order, [Self.drive("left", media)]) == .start(drive: "left"))
    }

    @Test func `an order goes to the drive that can do it`() {
        let drives = [
            Self.drive("old", Self.blank, RecorderAbilities(modes: [.tao])),
            Self.drive("new", nil, RecorderAbilities()),
        ]
        #expect(Self.decide(Self.order(), drives) == .start(drive: "old"))
        guard case .wait(let needs, _) = Self.decide(Self.order(mode: .dao), drives) else {
            Issue.record("the job does not wait")
            return
        }
        #expect(needs.drive == "new")
    }

    @Test func `an order that no drive can do is refused, and one that waits for its drive is not`() {
        let old = Self.drive("old", Self.blank, RecorderAbilities(modes: [.tao]))
        guard case .refuse(let problem) = Self.decide(Self.order(mode: .dao), [old]) else {
            Issue.record("the job is not refused")
            return
        }
        #expect(problem.type == .modeNotSupported && problem.detail.contains("old"))
        guard case .wait(let needs, _) = Self.decide(Self.order(mode: .dao, drive: "new"), [old]) else {
            Issue.record("the job does not wait")
            return
        }
        #expect(needs.action == .attachDrive)
    }

    @Test func `a drive that blanks no discs erases none`() {
        let drive = Self.drive("left", Self.rewritten, RecorderAbilities(rewrites: false))
        guard case .refuse = Self.decide(Self.order(.erase), [drive]) else {
            Issue.record("the job is not refused")
            return
        }
    }

    @Test func `a job that an earlier burnd stored is read with what it needs`() throws {
        let stored = """
            {"id":7,"uid":"U","order":{"title":"Live","owner":"","mode":"tao","drive":"any","speed":"max",\
            "close":"disc","eject":false,"tracks":[{"file":"sha256:00","name":"a.wav"},\
            {"file":"sha256:01","name":"b.wav"}]},"lengths":[{"sampleFrames":588},{"sampleFrames":352800}],\
            "state":"waiting","reasons":["media-needed"],"needs":{"action":"load-blank","minimumSectors":1052,\
            "found":{"kind":"CD-R","status":"complete","freeSectors":0},"since":"2026-11-21T04:00:00.000Z"},\
            "createdAt":"2026-11-21T04:00:00.000Z","burns":[{"id":3,"drive":"d",\
            "startedAt":"2026-11-21T04:00:00.000Z"}]}
            """
        let job = try WireFormat.decode(Job.self, from: Array(stored.utf8))
        #expect(job.sectorsNeeded == 300 + 600 + 152)
        #expect(job.lengths.map(\.sectors) == [300, 600])
        #expect(job.demand.tracks == 2 && job.needs?.found?.isErasable == false)
        #expect(try WireFormat.decode(Job.self, from: WireFormat.encode(job)) == job)
    }
}
