import BurnPlan
import FoundationEssentials

/// Jobs that an earlier burnd stored have lengths of tracks in place of files and demand.
extension Job {
    enum CodingKeys: String, CodingKey {
        case id, uid, order, files, demand, lengths, state, reasons, needs, drive, createdAt, startedAt, finishedAt
        case burns, problem
    }

    /// Reads a job.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let order = try fields.decode(BurnOrder.self, forKey: .order)
        let (files, demand) = try Self.content(of: order, fields)
        self.init(
            id: try fields.decode(Int.self, forKey: .id), uid: try fields.decode(String.self, forKey: .uid),
            order: order, files: files, demand: demand, createdAt: try fields.decode(Date.self, forKey: .createdAt))
        state = try fields.decode(JobState.self, forKey: .state)
        reasons = try fields.decode([StateReason].self, forKey: .reasons)
        needs = try fields.decodeIfPresent(Needs.self, forKey: .needs)
        drive = try fields.decodeIfPresent(String.self, forKey: .drive)
        startedAt = try fields.decodeIfPresent(Date.self, forKey: .startedAt)
        finishedAt = try fields.decodeIfPresent(Date.self, forKey: .finishedAt)
        burns = try fields.decode([Burn].self, forKey: .burns)
        problem = try fields.decodeIfPresent(BurnProblem.self, forKey: .problem)
    }

    private static func content(
        of order: BurnOrder, _ fields: KeyedDecodingContainer<CodingKeys>
    ) throws -> ([String: FileFacts], ContentDemand) {
        if let demand = try fields.decodeIfPresent(ContentDemand.self, forKey: .demand) {
            return (try fields.decode([String: FileFacts].self, forKey: .files), demand)
        }
        let lengths = try fields.decode([TrackLength].self, forKey: .lengths)
        let known = zip(order.tracks, lengths).map { track, length in
            // The length of the file itself was not kept, and nothing depends on it where samples are.
            (track.file, FileFacts(bytes: 0, sampleFrames: length.sampleFrames))
        }
        let sectors = BurnPlan.sectorsNeeded(lengths.map(\.sectors))
        return (
            Dictionary(known) { first, _ in first }, ContentDemand(sectors: sectors, tracks: order.tracks.count)
        )
    }

    /// Writes what `init` reads.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(uid, forKey: .uid)
        try fields.encode(order, forKey: .order)
        try fields.encode(files, forKey: .files)
        try fields.encode(demand, forKey: .demand)
        try fields.encode(state, forKey: .state)
        try fields.encode(reasons, forKey: .reasons)
        try fields.encodeIfPresent(needs, forKey: .needs)
        try fields.encodeIfPresent(drive, forKey: .drive)
        try fields.encode(createdAt, forKey: .createdAt)
        try fields.encodeIfPresent(startedAt, forKey: .startedAt)
        try fields.encodeIfPresent(finishedAt, forKey: .finishedAt)
        try fields.encode(burns, forKey: .burns)
        try fields.encodeIfPresent(problem, forKey: .problem)
    }
}
