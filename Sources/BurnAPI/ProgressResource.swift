import BurnJobs
import BurnPlan
import FoundationEssentials
import JobQueue

/// How far a job has got: the fields of the Windows interfaces' progress events, and where it is in the whole.
struct ProgressResource: Encodable, Sendable {
    let job: Int
    let burn: Int
    let drive: String
    let phase: BurnPhase
    let action: BurnProgress.Action
    let track: OrNull<Int>
    let tracks: Int
    let percent: Double
    let sectorsDone: Int
    let sectorsTotal: Int
    let startLBA: Int
    let sectorCount: Int
    let lastReadLBA: Int
    let lastWrittenLBA: Int
    let buffer: BurnProgress.Buffer
    let bufferPercent: Double
    let driveBufferPercent: OrNull<Double>
    let rate: Double
    let elapsedSeconds: Double
    let remainingSeconds: Double
    let eta: OrNull<Date>
    let at: Date

    /// Nil when nothing runs.
    init?(_ view: JobView) {
        guard let progress = view.progress, let at = view.progressAt, let phase = view.phase,
            let burn = view.job.runningBurn
        else { return nil }
        (job, self.burn, drive, self.phase) = (view.job.id, burn.id, burn.drive, phase)
        (action, track, tracks) = (progress.action, OrNull(progress.track), progress.tracks)
        (sectorsDone, sectorsTotal) = (progress.sectorsDone, progress.sectorsTotal)
        percent = Self.percent(progress.sectorsDone, of: progress.sectorsTotal)
        (startLBA, sectorCount) = (progress.startLBA, progress.sectorCount)
        (lastReadLBA, lastWrittenLBA) = (progress.lastReadLBA, progress.lastWrittenLBA)
        buffer = progress.buffer
        bufferPercent = Self.percent(progress.buffer.used, of: progress.buffer.total)
        driveBufferPercent = OrNull(progress.driveBufferPercent)
        rate = progress.rate
        (elapsedSeconds, remainingSeconds) = (progress.elapsedSeconds, progress.remainingSeconds)
        (eta, self.at) = (OrNull(view.eta), at)
    }

    /// To a tenth, 0…100.
    private static func percent(_ part: Int, of whole: Int) -> Double {
        guard whole > 0 else { return 0 }
        return (Double(min(max(part, 0), whole)) * 1000 / Double(whole)).rounded() / 10
    }

    enum CodingKeys: String, CodingKey {
        case job, burn, drive, phase, action, track, tracks, percent, buffer, eta, at
        case sectorsDone = "sectors_done"
        case sectorsTotal = "sectors_total"
        case startLBA = "start_lba"
        case sectorCount = "sector_count"
        case lastReadLBA = "last_read_lba"
        case lastWrittenLBA = "last_written_lba"
        case bufferPercent = "buffer_percent"
        case driveBufferPercent = "drive_buffer_percent"
        case rate = "rate_x"
        case elapsedSeconds = "elapsed_seconds"
        case remainingSeconds = "remaining_seconds"
    }
}
