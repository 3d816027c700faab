import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue
import Testing

/// Pools, drives that only read, and drives that are not plugged in.
@Suite struct PoolTests {
    private static func drive(
        _ id: String, pools: [String] = [], isAttached: Bool = true, _ abilities: RecorderAbilities? = nil
    ) -> DriveSituation {
        var drive = DemandTests.drive(id, isAttached ? DemandTests.blank : nil, abilities)
        (drive.pools, drive.isAttached, drive.isPresent) = (pools, isAttached, isAttached)
        return drive
    }

    private static let reader = RecorderAbilities(modes: [])

    private func needs(_ drive: String, _ drives: [DriveSituation], mode: WriteMode = .tao) -> Needs? {
        guard case .wait(let needs, _) = DemandTests.decide(DemandTests.order(mode: mode, drive: drive), drives) else {
            return nil
        }
        return needs
    }

    @Test func `an order for a pool goes to a drive of that pool`() {
        let drives = [Self.drive("left", pools: ["data"]), Self.drive("right", pools: ["audio", "data"])]
        #expect(DemandTests.decide(DemandTests.order(drive: "pool:audio"), drives) == .start(drive: "right"))
        #expect(DemandTests.decide(DemandTests.order(drive: "pool:data"), drives) == .start(drive: "left"))
        #expect(needs("pool:other", drives)?.action == .attachDrive)
    }

    @Test func `a drive that only reads is nobody's who did not name it`() {
        let reader = Self.drive("reader", pools: ["audio"], Self.reader)
        for name in ["any", "pool:audio"] {
            #expect(needs(name, [reader])?.action == .attachDrive)
            let both = [reader, Self.drive("writer", pools: ["audio"])]
            #expect(DemandTests.decide(DemandTests.order(drive: name), both) == .start(drive: "writer"))
        }
        guard case .refuse = DemandTests.decide(DemandTests.order(drive: "reader"), [reader]) else {
            Issue.record("an order for a drive that only reads is not refused")
            return
        }
    }

    @Test func `an order for a drive that is not plugged in asks for that one`() {
        let drives = [Self.drive("left"), Self.drive("right", isAttached: false)]
        let needs = needs("right", drives)
        #expect(needs?.action == .attachDrive && needs?.drive == "right" && needs?.driveLabel == "right")
    }

    @Test func `a drive that is not plugged in is nobody's who did not name it`() {
        #expect(needs("any", [Self.drive("right", isAttached: false)])?.drive == nil)
    }

    @Test func `no order is refused while a drive that can do it is only unplugged`() {
        let old = Self.drive("old", RecorderAbilities(modes: [.tao]))
        #expect(needs("any", [old, Self.drive("new", isAttached: false)], mode: .dao)?.action == .attachDrive)
    }
}
