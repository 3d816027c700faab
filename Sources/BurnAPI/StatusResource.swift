import BurnJobs
import FoundationEssentials
import JobQueue

/// Everything at a glance: what a page or a kiosk needs, in one answer.
struct StatusResource: Encodable, Sendable {
    struct Server: Encodable, Sendable {
        struct Disk: Encodable, Sendable {
            let total: Int
            let free: Int
        }
        let name: String
        let version: String
        let startedAt: Date
        let draining: Bool
        let disk: Disk
        enum CodingKeys: String, CodingKey {
            case name, version, draining, disk
            case startedAt = "started_at"
        }
    }

    let at: Date
    let seq: Int
    let server: Server
    let drives: [DriveResource]
    let jobs: [JobResource]
    let counts: [String: Int]

    init(_ snapshot: StationSnapshot, at: Date, server: Server) {
        (self.at, seq, self.server) = (at, snapshot.sequence, server)
        drives = snapshot.drives.map(DriveResource.init)
        jobs = snapshot.jobs.map(JobResource.init)
        counts = Dictionary(
            JobState.allCases.map { ($0.rawValue, snapshot.counts[$0] ?? 0) }, uniquingKeysWith: { first, _ in first })
    }
}
