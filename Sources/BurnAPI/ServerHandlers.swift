import BurnJobs
import BurnPlan
import DiscLayout
import Drives
import FoundationEssentials
import HTTPCore

/// `/server`, as described in openapi.yaml.
struct ServerHandlers: Sendable {
    let status: StatusHandlers
    let drives: DriveRegistry

    /// GET: what this server is, since when, and what it can do now.
    func show(_ request: HTTPRequest) async -> HTTPResponse {
        .wire(
            ServerResource(
                await status.server(), drives: await drives.statuses(), means: await drives.means,
                inhibitor: await status.station.inhibitor, at: Date()))
    }
}

/// The server itself.
struct ServerResource: Encodable, Sendable {
    /// What the server can do now, with the drives that it has.
    enum Feature: String, Encodable, Sendable, CaseIterable {
        /// At least one drive is there, whoever holds it: discs can be burned at all.
        case supportedEnvironment = "supported-environment"
        /// At least one drive writes Track-At-Once.
        case trackAtOnce = "track-at-once"
        /// At least one drive writes Session-At-Once.
        case sessionAtOnce = "session-at-once"
        /// At least one drive writes raw.
        case raw
        /// At least one drive blanks discs.
        case erase
        /// logind answers.
        case logind
        /// logind lets burnd keep the machine awake during a burn.
        case inhibitor
        /// Drives that are plugged in are found, and those that are unplugged are gone.
        case driveDiscovery = "drive-discovery"
        /// The system tells of drives, discs and eject buttons at once; without it they are looked for again and again.
        case driveEvents = "drive-events"
    }

    struct Limits: Encodable, Sendable {
        let tracks: Int
        let listedJobs: Int
        let jsonBytes: Int

        enum CodingKeys: String, CodingKey {
            case tracks
            case listedJobs = "listed_jobs"
            case jsonBytes = "json_bytes"
        }
    }

    let name: String
    let version: String
    let apiVersions: [String]
    let startedAt: Date
    let uptimeSeconds: Int
    let draining: Bool
    let features: [Feature]
    let limits: Limits
    let disk: StatusResource.Server.Disk
    let inhibitor: OrNull<InhibitorResource>

    init(
        _ server: StatusResource.Server, drives: [DriveStatus], means: DiscoveryMeans?, inhibitor: PowerInhibitor?,
        at now: Date
    ) {
        (name, version, apiVersions) = (server.name, server.version, ["v1"])
        (startedAt, draining, disk) = (server.startedAt, server.draining, server.disk)
        // The clock may have been set back since.
        uptimeSeconds = Int(max(now.timeIntervalSince(server.startedAt), 0))
        let present = drives.filter(\.isPresent).map(\.capabilities.supports)
        features = Feature.allCases.filter { feature in
            switch feature {
            case .supportedEnvironment: !present.isEmpty
            case .trackAtOnce: present.contains { $0.tao == true }
            case .sessionAtOnce: present.contains { $0.sao == true }
            case .raw: present.contains { $0.raw == true }
            case .erase: present.contains { $0.erase == true }
            case .logind: inhibitor?.result == .granted || inhibitor?.result == .refused
            case .inhibitor: inhibitor?.result == .granted
            case .driveDiscovery: means != nil
            case .driveEvents: means == .udev
            }
        }
        self.inhibitor = OrNull(inhibitor.map(InhibitorResource.init))
        limits = Limits(
            tracks: RedBook.maximumTracks, listedJobs: JobHandlers.highestLimit, jsonBytes: HTTPRequest.jsonBodyLimit)
    }

    enum CodingKeys: String, CodingKey {
        case name, version, draining, features, limits, disk, inhibitor
        case apiVersions = "api_versions"
        case startedAt = "started_at"
        case uptimeSeconds = "uptime_seconds"
    }
}
