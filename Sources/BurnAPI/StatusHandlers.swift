import BurnJobs
import FoundationEssentials
import HTTPCore
import JobQueue
import Spool

/// `/status`, `/status.txt` and `/healthz`.
struct StatusHandlers: Sendable {
    let station: Station
    let spool: Spool
    let store: any JobStoring
    let version: String
    let startedAt: Date

    /// What is known of the server itself.
    func server() async -> StatusResource.Server {
        let total = (try? await spool.totalBytes()) ?? 0
        let free = (try? await spool.freeBytes()) ?? 0
        return StatusResource.Server(
            name: "burnd", version: version, startedAt: startedAt, draining: await station.isDraining,
            disk: .init(total: total, free: free))
    }

    /// GET /status.
    func status(_ request: HTTPRequest) async throws -> HTTPResponse {
        .wire(StatusResource(try await station.snapshot(), at: Date(), server: await server()))
    }

    /// GET /status.txt: the same for a terminal.
    func text(_ request: HTTPRequest) async throws -> HTTPResponse {
        let status = StatusResource(try await station.snapshot(), at: Date(), server: await server())
        return .text(StatusText.render(status), headers: ["Cache-Control": "no-store"])
    }

    /// GET /healthz: the server answers and its database can be read.
    func health(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            _ = try await store.latestEvent()
            return .text("ok\n", headers: ["Cache-Control": "no-store"])
        } catch {
            return .text(
                "the database cannot be read\n", status: .serviceUnavailable, headers: ["Cache-Control": "no-store"])
        }
    }
}
