import BurnAPI
import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import HTTPCore
import JobStore
import POSIX
import Spool
import StationSupport

/// The API without a socket: a router over a station in a folder of its own. Decoding is done by the real `burnd-decode`.
final class APIHarness {
    let harness: StationHarness
    let station: Station
    let drives: DriveRegistry
    let spool: Spool
    let router: Router

    convenience init(_ worker: ScriptedWorker = .good, files: (any OrderFilesProviding)? = nil) async throws {
        try await self.init(worker, files: files, harness: StationHarness())
    }

    /// A server that starts where the harness has left off.
    init(
        _ worker: ScriptedWorker = .good, files: (any OrderFilesProviding)? = nil, harness: StationHarness
    ) async throws {
        self.harness = harness
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let decoder = String(program[..<(program.lastIndex(of: "/") ?? program.startIndex)]) + "/burnd-decode"
        spool = try Spool(folder: harness.folder + "/spool", decoder: decoder)
        let (station, drives) = try await harness.station(worker, files: files ?? SpooledFiles(spool))
        (self.station, self.drives) = (station, drives)
        var router = Router()
        BurnAPI.addRoutes(
            to: &router,
            .init(
                station: station, drives: drives, spool: spool, store: try harness.store(), epoch: "e", version: "test",
                startedAt: Date()))
        let root = DescriptionTests.root.path
        PublicRoutes.add(
            to: &router, page: try StaticFiles(folder: root + "/public"), description: try StaticFiles(folder: root))
        self.router = router
    }

    /// What a client gets.
    struct Answer {
        let status: Int
        let text: String
        let headers: HTTPHeaders
        /// The content as bytes, also of a file.
        var bytes: [UInt8] = []

        /// A member of the JSON object, by path.
        func member(_ path: String...) throws -> JSONValue? { try member(path) }

        /// A member of the JSON object, by path.
        func member(_ path: [String]) throws -> JSONValue? {
            var value = try WireFormat.decode(JSONValue.self, from: Array(text.utf8))
            for name in path {
                switch value {
                case .object(let members):
                    guard let next = members[name] else { return nil }
                    value = next
                case .array(let elements):
                    guard let index = Int(name), elements.indices.contains(index) else { return nil }
                    value = elements[index]
                default: return nil
                }
            }
            return value
        }

        var slug: String? {
            guard case .string(let type)? = try? member("type") else { return nil }
            return String(type.dropFirst("/problems/".count))
        }
    }

    func send(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: HTTPBytesBody = HTTPBytesBody([])
    ) async throws -> Answer {
        let request = HTTPRequest(
            method: method, target: try RequestTarget(parsing: target), headers: headers, body: body, peer: "127.0.0.1",
            requestID: "R")
        let response = await router.respond(to: request)
        let bytes = try Self.bytes(of: response.body)
        let text = String(decoding: bytes, as: UTF8.self)
        return Answer(status: response.status.rawValue, text: text, headers: response.headers, bytes: bytes)
    }

    private static func bytes(of body: HTTPResponse.Body) throws -> [UInt8] {
        func part(_ file: FileDescriptor, _ offset: Int, _ size: Int) throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: size)
            let count = try bytes.withUnsafeMutableBytes { target in
                Result { () throws(SystemError) in try file.read(into: target, at: offset) }
            }.get()
            return Array(bytes.prefix(count))
        }
        switch body {
        case .bytes(let bytes): return bytes
        case .file(let file, let size): return try part(file, 0, size)
        case .part(let file, let offset, let size): return try part(file, offset, size)
        case .empty, .events: return []
        }
    }

    func patch(_ target: String, _ text: String, _ headers: HTTPHeaders = [:]) async throws -> Answer {
        var headers = headers
        headers["Content-Type"] = "application/merge-patch+json"
        return try await send(.patch, target, headers: headers, body: HTTPBytesBody(Array(text.utf8)))
    }

    func json(_ target: String, _ text: String) async throws -> Answer {
        try await send(
            .post, target, headers: ["Content-Type": "application/json"], body: HTTPBytesBody(Array(text.utf8)))
    }

    /// One part of a form: a file when it has a file name.
    struct Part {
        let name: String
        var filename: String?
        let content: [UInt8]
        init(_ name: String, _ text: String) { (self.name, content) = (name, Array(text.utf8)) }
        init(_ name: String, file: String, _ content: [UInt8]) {
            (self.name, filename, self.content) = (name, file, content)
        }
    }

    /// Sends a form as curl does, in pieces of 1000 bytes.
    func form(_ target: String, _ parts: [Part], hasEnd: Bool = true) async throws -> Answer {
        var bytes: [UInt8] = []
        for part in parts {
            let file = part.filename.map { "; filename=\"\($0)\"" } ?? ""
            bytes += Array("--XyZ\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8)
            bytes += part.content + Array("\r\n".utf8)
        }
        if hasEnd { bytes += Array("--XyZ--\r\n".utf8) }
        let pieces = stride(from: 0, to: bytes.count, by: 1000).map { Array(bytes[$0..<min($0 + 1000, bytes.count)]) }
        return try await send(
            .post, target, headers: ["Content-Type": "multipart/form-data; boundary=XyZ"],
            body: HTTPBytesBody(pieces: pieces))
    }

    /// Names of everything in the spool.
    func spooled() throws -> [String] {
        try ["incoming", "files", "cdda"].flatMap {
            try FileManager.default.contentsOfDirectory(atPath: harness.folder + "/spool/" + $0)
        }
    }

    /// A WAV of so many stereo samples, different for every seed.
    static func wav(frames: Int, seed: UInt16) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> ($0 * 8) & 0xFF) } }
        var samples: [UInt8] = []
        samples.reserveCapacity(frames * 4)
        var state = UInt32(seed) &+ 1
        for _ in 0..<frames * 2 {
            state = state &* 1_664_525 &+ 1_013_904_223
            samples += [UInt8(state >> 16 & 0xFF), UInt8(state >> 24 & 0x3F)]
        }
        return Array("RIFF".utf8) + little(36 + samples.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
            + little(1, 2)
            + little(2, 2) + little(44_100, 4) + little(176_400, 4) + little(4, 2) + little(16, 2) + Array("data".utf8)
            + little(samples.count, 4) + samples
    }
}
