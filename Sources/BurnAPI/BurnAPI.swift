public import BurnJobs
public import Drives
public import FoundationEssentials
public import HTTPCore
public import JobQueue
public import Spool

/// The resources of `openapi.yaml`: handlers, JSON, problems and events.
///
/// Handlers are thin: decode, ask the station, the drives or the spool, answer. A thrown `Problem` becomes the response in
/// one place. The target imports no socket and no database.
public struct BurnAPI: Sendable {
    /// What the API is about.
    public struct Parts: Sendable {
        /// Jobs.
        public var station: Station
        /// Drives.
        public var drives: DriveRegistry
        /// Uploaded files.
        public var spool: Spool
        /// What is kept.
        public var store: any JobStoring
        /// The database's epoch, for event ids.
        public var epoch: String
        /// burnd's version.
        public var version: String
        /// When it was started.
        public var startedAt: Date

        /// Everything.
        public init(
            station: Station, drives: DriveRegistry, spool: Spool, store: any JobStoring, epoch: String,
            version: String,
            startedAt: Date
        ) {
            (self.station, self.drives, self.spool, self.store) = (station, drives, spool, store)
            (self.epoch, self.version, self.startedAt) = (epoch, version, startedAt)
        }
    }

    /// Adds every route of the API.
    public static func addRoutes(to router: inout Router, _ parts: Parts) {
        let uploads = Uploads(spool: parts.spool, store: parts.store)
        let jobs = JobHandlers(station: parts.station, uploads: uploads, drives: parts.drives)
        let files = FileHandlers(uploads: uploads, spool: parts.spool, store: parts.store)
        let drives = DriveHandlers(drives: parts.drives, station: parts.station, store: parts.store)
        let status = StatusHandlers(
            station: parts.station, spool: parts.spool, store: parts.store, version: parts.version,
            startedAt: parts.startedAt)
        let server = ServerHandlers(status: status, drives: parts.drives)
        let events = EventHandlers(station: parts.station, status: status, epoch: parts.epoch)

        router.add(.get, "/healthz") { request, _ in await status.health(request) }
        router.add(.get, "/api/v1/server") { request, _ in await server.show(request) }
        router.add(.get, "/api/v1/status") { request, _ in try await status.status(request) }
        router.add(.get, "/api/v1/status.txt") { request, _ in try await status.text(request) }
        router.add(.get, "/api/v1/events") { request, _ in try await events.stream(request) }
        router.add(.get, "/api/v1/files") { request, _ in try await files.list(request) }
        router.add(.post, "/api/v1/files") { request, _ in try await files.upload(request) }
        router.add(.get, "/api/v1/files/{file}") { request, path in try await files.show(request, path["file"]) }
        router.add(.put, "/api/v1/files/{file}") { request, path in try await files.put(request, path["file"]) }
        router.add(.get, "/api/v1/jobs") { request, _ in try await jobs.list(request) }
        router.add(.post, "/api/v1/jobs") { request, _ in try await jobs.create(request) }
        router.add(.get, "/api/v1/jobs/{id}") { request, path in try await jobs.show(request, path["id"]) }
        router.add(.patch, "/api/v1/jobs/{id}") { request, path in try await jobs.edit(request, path["id"]) }
        router.add(.get, "/api/v1/jobs/{id}/burns") { request, path in try await jobs.burns(request, path["id"]) }
        router.add(.get, "/api/v1/burns/{id}") { request, path in try await jobs.burn(request, path["id"]) }
        router.add(.post, "/api/v1/jobs/{id}/cancel") { request, path in try await jobs.cancel(request, path["id"]) }
        addDiscRoutes(to: &router, parts, uploads)
        addDriveRoutes(to: &router, drives)
    }

    private static func addDriveRoutes(to router: inout Router, _ drives: DriveHandlers) {
        router.add(.get, "/api/v1/drives") { request, _ in await drives.list(request) }
        router.add(.get, "/api/v1/drives/{id}") { request, path in try await drives.show(request, path["id"]) }
        router.add(.patch, "/api/v1/drives/{id}") { request, path in try await drives.patch(request, path["id"]) }
        router.add(.get, "/api/v1/drives/{id}/media") { request, path in try await drives.media(request, path["id"]) }
        router.add(.get, "/api/v1/drives/{id}/memory") { request, path in
            try await drives.memory(request, path["id"])
        }
        router.add(.post, "/api/v1/drives/{id}/eject") { request, path in try await drives.eject(request, path["id"]) }
        router.add(.post, "/api/v1/drives/{id}/load") { request, path in try await drives.load(request, path["id"]) }
        router.add(.post, "/api/v1/drives/{id}/identify") { request, path in
            try await drives.identify(request, path["id"])
        }
        router.add(.post, "/api/v1/drives/{id}/enable") { request, path in
            try await drives.enable(request, path["id"])
        }
        router.add(.post, "/api/v1/drives/{id}/disable") { request, path in
            try await drives.disable(request, path["id"])
        }
    }

    /// What composes discs without burning them, and what is done to discs without an order.
    private static func addDiscRoutes(to router: inout Router, _ parts: Parts, _ uploads: Uploads) {
        let check = CheckHandlers(station: parts.station, uploads: uploads, drives: parts.drives)
        let images = ImageHandlers(uploads: uploads, drives: parts.drives)
        let content = ContentHandlers(spool: parts.spool)
        let tasks = TaskHandlers(station: parts.station, drives: parts.drives)
        router.add(.post, "/api/v1/jobs:check") { request, _ in try await check.check(request) }
        router.add(.post, "/api/v1/files:image") { request, _ in try await images.author(request) }
        router.add(.get, "/api/v1/files/{file}/content") { request, path in
            try await content.content(request, path["file"])
        }
        router.add(.post, "/api/v1/drives/{id}/erase") { request, path in try await tasks.erase(request, path["id"]) }
        router.add(.post, "/api/v1/drives/{id}/close") { request, path in try await tasks.close(request, path["id"]) }
    }
}
