import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue
import RawRecording

/// One attempt to write one disc.
struct BurnResource: Encodable, Sendable {
    struct Track: Encodable, Sendable {
        let number: Int
        let startLBA: Int
        let sectorCount: Int
        let control: Int

        init(_ track: BurnRecord.Track) {
            (number, startLBA, sectorCount) = (track.number, track.start, track.sectors)
            control = track.control
        }

        enum CodingKeys: String, CodingKey {
            case number, control
            case startLBA = "start_lba"
            case sectorCount = "sector_count"
        }
    }

    let id: Int
    let job: Int
    let task: BurnPlan.Task
    let drive: String
    let quirks: [String]
    let startedAt: Date
    let finishedAt: OrNull<Date>
    let mode: OrNull<RecordingMode>
    let modeReason: OrNull<ModeChoice.Reason>
    let sectorType: OrNull<RawSectorType>
    let layoutVariant: OrNull<String>
    let writeSpeed: OrNull<BurnRecord.Speed>
    let adjusted: [BurnRecord.Adjustment]
    let sectors: OrNull<BurnRecord.Sectors>
    let startOfNextSession: OrNull<Int>
    let lastPossibleLeadOut: OrNull<Int>
    let tracks: [Track]
    let contents: OrNull<ContentsResource>
    let lowestBufferPercent: OrNull<Double>
    let lowestReadAheadPercent: OrNull<Double>
    let sampleOffset: OrNull<Int>
    let inhibited: OrNull<Bool>
    let inhibitor: OrNull<InhibitorResource>
    let outcome: OrNull<BurnOutcome.Result>
    let disc: OrNull<BurnOutcome.Disc>
    let tracksOnDisc: [Int]
    let proven: [BurnOutcome.Proof]
    let problem: OrNull<ProblemResource>

    init(_ burn: Burn, of job: Job) {
        let record = burn.record
        (id, self.job, task, drive) = (burn.id, job.id, job.order.task, burn.drive)
        quirks = record?.quirks ?? []
        (startedAt, finishedAt) = (burn.startedAt, OrNull(burn.finishedAt))
        let isBurn = job.order.task == .burn
        mode = OrNull(isBurn ? record?.mode ?? burn.choice?.mode : nil)
        modeReason = OrNull(isBurn ? burn.choice?.reason : nil)
        sectorType = OrNull(record?.sectorType ?? burn.choice?.sectorType)
        (layoutVariant, writeSpeed) = (OrNull(record?.layoutVariant), OrNull(record?.writeSpeed))
        (adjusted, sectors) = (record?.adjusted ?? [], OrNull(record?.sectors))
        startOfNextSession = OrNull(record?.startOfNextSession)
        lastPossibleLeadOut = OrNull(record?.lastPossibleLeadOut)
        tracks = (record?.tracks ?? []).map(Track.init)
        let isRead = burn.outcome?.proven.contains(.toc) ?? false
        contents = OrNull(record.flatMap(Self.contents).map { ContentsResource($0, expected: !isRead) })
        lowestReadAheadPercent = OrNull(record?.lowestReadAheadPercent)
        (lowestBufferPercent, sampleOffset) = (OrNull(record?.lowestBufferPercent), OrNull(record?.sampleOffset))
        inhibited = OrNull(record?.inhibitor.map { $0.result == .granted })
        inhibitor = OrNull(record?.inhibitor.map(InhibitorResource.init))
        (outcome, disc) = (OrNull(burn.outcome?.result), OrNull(burn.outcome?.disc))
        (tracksOnDisc, proven) = (burn.outcome?.tracksOnDisc ?? [], burn.outcome?.proven ?? [])
        problem = OrNull(burn.outcome?.problem.map { ProblemResource($0, of: job) })
    }

    /// The table of contents that the disc has, or would have if its session were closed now (`ExpectedTableOfContents`).
    private static func contents(_ record: BurnRecord) -> TableOfContents? {
        guard let leadOut = record.leadOut, !record.tracks.isEmpty else { return nil }
        return TableOfContents(
            tracks: record.tracks.map {
                .init(number: $0.number, control: TrackControl(rawValue: UInt8(clamping: $0.control)), start: $0.start)
            }, leadOut: leadOut)
    }

    enum CodingKeys: String, CodingKey {
        case id, job, task, drive, quirks, mode, adjusted, sectors, tracks, inhibited, inhibitor, outcome, disc, proven
        case problem
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case modeReason = "mode_reason"
        case sectorType = "sector_type"
        case layoutVariant = "layout_variant"
        case writeSpeed = "write_speed"
        case startOfNextSession = "start_of_next_session"
        case lastPossibleLeadOut = "last_possible_start_of_leadout"
        case contents = "toc"
        case lowestBufferPercent = "lowest_buffer_percent"
        case lowestReadAheadPercent = "lowest_read_ahead_percent"
        case sampleOffset = "sample_offset"
        case tracksOnDisc = "tracks_on_disc"
    }
}
