import Drives
import HTTPCore

/// `/drives`, as described in openapi.yaml. A label works wherever an id does.
struct DriveHandlers: Sendable {
    let drives: DriveRegistry

    /// GET: all of them.
    func list(_ request: HTTPRequest) async -> HTTPResponse {
        .wire(ListResource(await drives.statuses().map(DriveResource.init)))
    }

    /// GET one.
    func show(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.status(id) }))
    }

    /// POST eject.
    func eject(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.eject(id) }))
    }

    /// POST load.
    func load(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        .wire(DriveResource(try await APIErrors.translate { try await drives.load(id) }))
    }
}
