public import BurnPlan
import DiscLayout
public import Drives
import FoundationEssentials
public import JobQueue
import Logging

/// How drives have done: remembered with the end of every burn, and acted upon.
extension Station {
    /// Reads how the drives have done so far.
    func recallDrives() async throws {
        for standing in try await configuration.store.standings() { standings[standing.drive] = standing }
    }

    /// Drive and disc as they are before a burn.
    func seen(on drive: String) -> Burn.Seen? {
        guard let status = drives[drive], let identity = status.identity else { return nil }
        return Burn.Seen(
            firmware: identity.firmware, kind: status.media?.kind ?? DriveMedia.Kind.unknown.rawValue,
            medium: status.media?.groove?.code, mediaGeneration: status.mediaGeneration)
    }

    /// Adds a burn that is over to what is remembered of its drive. It is stored with the next change, which is the one that
    /// tells of the job's end; the standing changes at once, so that nothing else is begun on a drive that is out of service.
    func rememberBurn(of id: Int) async {
        guard let job = jobs[id]?.job, let last = job.burns.last, let burn = RememberedBurn(last, of: job.order) else {
            return
        }
        var standing = standings[burn.drive] ?? DriveStanding(drive: burn.drive)
        let isOut = standing.add(burn)
        standings[burn.drive] = standing
        unremembered.append(burn)
        changedStandings.insert(burn.drive)
        if isOut {
            configuration.log.warning(
                "a drive was taken out of service",
                metadata: ["drive": "\(burn.drive)", "why": "\(standing.sentence ?? "")"])
        }
        await tellStanding(of: burn.drive)
    }

    /// Somebody vouches for a drive: it takes jobs again, and its failures are counted anew. That survives a restart when this
    /// returns.
    public func returnToService(_ drive: String) async {
        guard var standing = standings[drive], standing.failuresInARow > 0 || standing.outSince != nil else { return }
        if standing.outSince != nil {
            configuration.log.notice("a drive is back in service", metadata: ["drive": "\(drive)"])
        }
        standing.returnToService()
        standings[drive] = standing
        changedStandings.insert(drive)
        await commit([], [])
        await tellStanding(of: drive)
        schedule()
    }

    /// Sees that a drive's status says how it has done.
    func tellStanding(of drive: String) async {
        guard let standing = standings[drive] else { return }
        try? await configuration.drives.note(DriveStatus.Service(standing), of: drive)
    }

    /// What is remembered of a drive, one item a setting.
    public func memory(of drive: String) async throws -> [DriveMemory] {
        try await configuration.store.memory(of: drive)
    }

    /// What is to be said before an order is burned in a drive as it is now; nil when nothing speaks against it.
    public func warning(for order: BurnOrder, on drive: DriveStatus) async throws -> String? {
        guard order.task == .burn, let media = drive.media, let medium = media.groove?.code,
            let times = order.speed.times
        else { return nil }
        return DriveMemory.warning(try await memory(of: drive.id), kind: media.kind, medium: medium, times: times)
    }
}

extension DriveStatus.Service {
    /// The same in the words of drives.
    init(_ standing: DriveStanding) {
        self.init()
        (burns, failures, failuresInARow) = (standing.burns, standing.failures, standing.failuresInARow)
        (lastGoodAt, lastFailureAt) = (standing.lastGoodAt, standing.lastFailureAt)
        (lastFailure, outSince, sentence) = (standing.lastFailure, standing.outSince, standing.sentence)
    }
}

extension DriveMedia.Groove {
    /// The start of the lead-in as discs are commonly listed by it, such as `97m26s66f`: maker and dye.
    var code: String {
        func two(_ number: UInt8) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(two(leadIn.minutes))m\(two(leadIn.seconds))s\(two(leadIn.frames))f"
    }
}
