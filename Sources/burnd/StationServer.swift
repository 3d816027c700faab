import BurnAPI
import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import Glibc
import HTTPCore
import JobQueue
import JobStore
import Logging
import MicroHTTPD
import POSIX
import SCSITransports
import Spool
import Systemd

/// Puts the parts of a station together, runs it, and takes it down.
struct StationServer {
    /// Why the station cannot start; said without a trace.
    struct StartFailure: Error, CustomStringConvertible { let description: String }

    /// What this is a version of.
    static let version = "0.1.0"

    private let options: ServeCommand
    private let log: Logger

    init(_ options: ServeCommand, log: Logger) { (self.options, self.log) = (options, log) }

    /// Order matters: database, repair of what the last server left, drives, sockets; then systemd is told that burnd serves.
    func run() async throws {
        let terminations = Signals.terminations()
        // Before any child is started: until it is taken, children would inherit it.
        let handedOver = try starting("socket activation") { try HandedSocket.take() }
        let reporter = ServiceReporter(log: log)
        await reporter?.starting("database")
        let data = Installation.absolute(options.data)
        let lock = try claimFolder(data)
        defer { withExtendedLifetime(lock) {} }

        let store = try starting("database") { try SQLiteJobStore(path: data + "/burnd.sqlite") }
        let spool = try starting("spool") { try Spool(folder: data + "/spool", decoder: Installation.decoder) }
        let unclaimed = try await UnclaimedFiles.remove(from: spool, store: store)
        if unclaimed > 0 {
            log.notice("removed files of uploads that never ended", metadata: ["count": "\(unclaimed)"])
        }

        let drives = DriveRegistry { [log] in DriveNotices.log($0, to: log) }
        var configuration = Station.Configuration(
            burnsFolder: data + "/burns", store: store, drives: drives, files: SpooledFiles(spool), workers: workers(),
            describe: EventDescriptions(), log: log)
        configuration.reporting = reporter
        if let reporter { configuration.turnInterval = reporter.turnInterval }
        let station = Station(configuration)
        let held = try await station.recover()
        await reporter?.starting("drives")
        try await attachDrives(to: drives, data: data, store: store, held: held)

        let parts = BurnAPI.Parts(
            station: station, drives: drives, spool: spool, store: store, epoch: try await store.epoch(),
            version: Self.version, startedAt: Date())
        let server = try listen(handler(parts), on: handedOver)
        await station.start()
        if !["127.0.0.1", "::1", "localhost"].contains(server.host) {
            log.warning("there is no authentication: everyone who can reach this address can burn discs")
        }
        let url = "http://" + ListenAddress(host: server.host, port: server.port).defaultValueDescription
        log.notice("serving", metadata: ["url": "\(url)", "data": "\(data)"])
        await reporter?.ready()
        // Asked once the station serves: nobody waits for a logind that hangs.
        Task { await askForInhibitor(station) }

        try await serve(until: terminations, station: station, server: server, drives: drives, reporter)
    }

    /// Learns whether burns will be protected, before one needs it.
    private func askForInhibitor(_ station: Station) async {
        let answer = await BlockingThread.run { PowerInhibitor.probe() }
        await station.noteInhibitor(answer)
        guard answer.result != .granted else { return }
        log.warning(
            "nothing keeps this machine from sleeping or shutting down during a burn; burnd check says what would",
            metadata: ["inhibitor": "\(answer.result.rawValue)", "words": "\(answer.words)"])
    }

    private func serve(
        until terminations: AsyncStream<Int32>, station: Station, server: HTTPServer, drives: DriveRegistry,
        _ reporter: ServiceReporter?
    ) async throws {
        var signals = terminations.makeAsyncIterator()
        _ = await signals.next()
        log.notice("stopping: no new jobs; a disc that is being burned is finished")
        await reporter?.stopping()
        await station.drain()
        // The first of two ends the wait: the last disc is done, or somebody insists. No task group: that would wait for
        // both, and the end of a disc cannot be hurried.
        let (done, ending) = AsyncStream.makeStream(of: String.self)
        Task {
            await station.finish()
            ending.yield("stopped")
        }
        Task {
            for await _ in terminations { ending.yield("stopped at once; a burn goes on without the server") }
        }
        var ends = done.makeAsyncIterator()
        let lastWords = await ends.next() ?? "stopped"
        station.feed.publish(.end)
        await server.stop()
        await drives.close()
        log.notice("\(lastWords)")
        // Everything is stored and every stream closed. Not exit(3): that takes libraries apart while threads of theirs still
        // run, and what those meet then is chance.
        fflush(nil)
        _exit(EXIT_SUCCESS)
    }

    // MARK: Parts

    private func starting<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw StartFailure(description: "\(what): \(error)") }
    }

    /// Two servers on one folder would burn everything twice.
    private func claimFolder(_ data: String) throws -> FileDescriptor {
        let lock = try starting("data folder") {
            try DurableFile.makeFolder(data)
            try DurableFile.makeFolder(data + "/burns")
            return try FileDescriptor(opening: data + "/lock", O_RDWR | O_CREAT)
        }
        guard try lock.lockExclusively() else {
            throw StartFailure(description: "another burnd serves from \(data)")
        }
        return lock
    }

    private func workers() -> BurnWorkerProcess {
        BurnWorkerProcess(executable: Installation.executable) { [log] folder, ending in
            log.info("burn worker ended", metadata: ["burn": "\(folder.path)", "ending": "\(ending)"])
        }
    }

    private func attachDrives(
        to drives: DriveRegistry, data: String, store: SQLiteJobStore, held: [String: Int]
    ) async throws {
        let known = try await store.knownDrives()
        for name in options.virtualRecorder {
            let recorder = RecorderProcess(folder: data + "/recorders/" + name)
            let speed = options.recorderSpeed
            do {
                let isNew = try await BlockingThread.run {
                    try recorder.ensureRunning(executable: Installation.executable, name: name, speed: speed)
                }
                log.info("virtual recorder", metadata: ["name": "\(name)", "state": isNew ? "started" : "living"])
            } catch {
                throw StartFailure(description: "virtual recorder \(name): \(error)")
            }
            await attach("unix:" + recorder.socketPath, label: name, to: drives, known, held)
        }
        for address in options.drive where !isDiscovered(address) {
            await attach(address, label: nil, to: drives, known, held)
        }
        guard options.discovery else { return }
        let discovery = try starting("discovery of drives") { try SystemDiscovery.make() }
        if discovery.means == .scan {
            log.notice("no udev can be heard here: drives and discs are looked for every second or two")
        }
        let remembered = known.map(\.remembered).filter { !$0.address.hasPrefix("unix:") }
        await drives.follow(discovery, remembered: remembered, heldBy: held)
    }

    /// Drives that are found by themselves need not be named; to be named does no harm.
    private func isDiscovered(_ text: String) -> Bool {
        guard options.discovery, let address = try? DriveAddress(text), DriveRegistry.isDiscovered(address) else {
            return false
        }
        log.info("a drive that is named is found by itself too", metadata: ["address": "\(text)"])
        return true
    }

    private func attach(
        _ text: String, label: String?, to drives: DriveRegistry, _ known: [KnownDrive], _ held: [String: Int]
    ) async {
        guard let address = try? DriveAddress(text) else { return }
        // A worker keeps its drive to itself, so who that is can only be remembered.
        let memory = known.last { $0.address == text && held[$0.id] != nil } ?? known.last { $0.address == text }
        let identity = memory.map {
            (
                id: $0.id,
                identity: DriveIdentity(
                    vendor: $0.vendor, product: $0.product, firmware: $0.firmware, serial: $0.serial)
            )
        }
        let status = await drives.attach(
            .init(
                address: address, label: label, known: identity, givenLabel: memory?.givenLabel,
                isEnabled: memory?.isEnabled ?? true, pools: memory?.pools ?? []),
            heldBy: memory.flatMap { held[$0.id] })
        log.info(
            "drive", metadata: ["id": "\(status.id)", "label": "\(status.label)", "state": "\(status.state.rawValue)"])
    }

    // MARK: HTTP

    private func handler(_ parts: BurnAPI.Parts) throws -> any HTTPHandler {
        let folder = options.publicFolder ?? Installation.publicFolder
        let page = try starting("the page's folder") { try StaticFiles(folder: folder) }
        let description = try starting("the API's description") {
            try StaticFiles(folder: Installation.descriptionFolder(publicFolder: folder))
        }
        var router = Router(fallback: page) { [log] request, error in
            log.error("request failed", metadata: ["id": "\(request.requestID)", "error": "\(error)"])
        }
        BurnAPI.addRoutes(to: &router, parts)
        PublicRoutes.add(to: &router, page: page, description: description)
        return OriginGuard(hostName: hostName(), aliases: options.alias, next: router)
    }

    private func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func listen(_ handler: any HTTPHandler, on handedOver: FileDescriptor?) throws -> HTTPServer {
        let address = options.listen ?? .standard
        if let given = options.listen, handedOver != nil {
            log.notice(
                "systemd hands over a socket: it is listened on, and --listen is not",
                metadata: ["listen": "\(given.defaultValueDescription)"])
        }
        let configuration = HTTPServer.Configuration(host: address.host, port: address.port)
        let server = HTTPServer(configuration: configuration, handler: handler) { [log] notice in
            switch notice {
            case .request(let request):
                let status = request.status.map(String.init) ?? "client gone"
                log.debug(
                    "request",
                    metadata: [
                        "id": "\(request.requestID)", "peer": "\(request.peer)", "method": "\(request.method)",
                        "target": "\(request.target)", "status": "\(status)", "ms": "\(request.milliseconds)",
                    ])
            case .cut(let reason): log.debug("connection cut", metadata: ["reason": "\(reason)"])
            case .library(let message): log.debug("libmicrohttpd", metadata: ["message": "\(message)"])
            }
        }
        do { try server.start(on: handedOver) } catch {
            let place = handedOver == nil ? address.defaultValueDescription : "systemd's socket"
            throw StartFailure(description: "cannot listen on \(place): \(error)")
        }
        return server
    }
}
