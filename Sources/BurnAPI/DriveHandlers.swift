import BurnJobs
import Drives
import HTTPCore
import JobQueue

/// `/drives`, as described in openapi.yaml. A label works wherever an id does.
///
/// Nothing here asks a device for anything but to move its tray: what is shown is what was seen last, so that every GET is
/// answered at once, whoever holds the drive.
struct DriveHandlers: Sendable {
    let drives: DriveRegistry
    let station: Station
    let store: any JobStoring

    /// GET: all of them.
    func list(_ request: HTTPRequest) async -> HTTPResponse {
        .wire(ListResource(await drives.statuses().map(DriveResource.init)))
    }

    /// GET one.
    func show(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await status(id)))
    }

    /// GET media: the disc in it.
    func media(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let drive = try await status(id)
        var burn: Int?
        if let job = drive.job { burn = try? await station.view(job).job.runningBurn?.id }
        return .wire(MediaResource(drive, burn: burn))
    }

    /// GET memory: how its burns have gone, by what they were made with.
    func memory(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let drive = try await status(id)
        return .wire(MemoryResource(drive, try await station.memory(of: drive.id)))
    }

    /// PATCH: its label, its pools, and whether it takes jobs.
    func patch(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        _ = try await status(id)
        let patch = try await request.decode(DrivePatch.self)
        return try await change(
            id, label: try patch.validLabel(), isEnabled: patch.enabled, pools: try patch.validPools())
    }

    /// POST enable: it takes new jobs.
    func enable(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        try await change(id, label: nil, isEnabled: true)
    }

    /// POST disable: it takes none; the one that it has goes on.
    func disable(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        try await change(id, label: nil, isEnabled: false)
    }

    /// POST eject.
    func eject(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.eject(id) }))
    }

    /// POST load.
    func load(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.load(id) }))
    }

    /// POST identify: it shows which one it is.
    func identify(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.identify(id) }))
    }

    private func status(_ id: String) async throws -> DriveStatus {
        try await APIErrors.translate { try await drives.status(id) }
    }

    /// Changes a drive, and answers once that survives a restart. Of a drive that never said who it is nothing can be kept.
    private func change(
        _ id: String, label: String?, isEnabled: Bool?, pools: [String]? = nil
    ) async throws -> HTTPResponse {
        let changed = try await APIErrors.translate {
            try await drives.change(id, label: label, isEnabled: isEnabled, pools: pools)
        }
        if let known = KnownDrive(changed) { try await store.save(known) }
        guard isEnabled == true else { return .wire(DriveResource(changed)) }
        await station.returnToService(changed.id)
        return .wire(DriveResource(try await status(changed.id)))
    }
}
