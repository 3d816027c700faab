import BurnJobs
import BurnPlan
import DiscComposition
import DiscLayout
import FoundationEssentials
import Glibc
import POSIX
import RawRecording
import Spool
import Testing

@Suite struct OrderInspectionTests {
    /// A spool in a folder that goes away with the test.
    final class Place {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-\(UUID().uuidString)").path
        let spool: Spool
        init() throws { spool = try Spool(folder: folder, decoder: "/nonexistent") }
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func store(_ bytes: [UInt8]) async throws -> BurnOrder.File {
            let upload = try await spool.beginUpload()
            try await upload.write(bytes)
            return .init(file: try await upload.finish().digest.description, name: "f")
        }
    }

    @Test func `an image is looked at as the order says, and its disc is what the survey finds`() async throws {
        let place = try Place()
        let layout = SessionLayout(tracks: [.init(number: 1, copy: .permitted, pregap: 150, sectors: 300)])
        // A lead-in of a minute is enough for a table of contents.
        let session = try RawSession(layout, leadInStart: -4500, type: .pq)
        var bytes = [UInt8](repeating: 0, count: session.byteCount)
        var encoder = RawEncoder(session)
        bytes.withUnsafeMutableBytes { encoder.complete(session.sectors.count, in: $0) }
        var order = BurnOrder(mode: .dao, tracks: [])
        order.sectorType = .pq
        order.image = .init(file: try await place.store(bytes), leadInSectors: 4500)
        let files = try await OrderInspection(place.spool).facts(of: order)
        let facts = try #require(files.values.first?.image)
        #expect(
            facts.faults.isEmpty && facts.leadOut == 300 && facts.tracks == [.init(number: 1, control: 2, start: 0)])
        #expect(try DiscComposition.compose(order, files: files).demand.sectors == 300)
    }

    @Test func `data and graphics are not decoded, and sub-code is searched for what is not its own`() async throws {
        let place = try Place()
        var image = [UInt8](repeating: 0, count: 17 * 2048)
        image.replaceSubrange(32_769..<32_774, with: Array("CD001".utf8))
        var order = BurnOrder(mode: .dao, tracks: [])
        order.image = .init(file: try await place.store(image))
        #expect(
            try await OrderInspection(place.spool).facts(of: order).values.first
                == FileFacts(bytes: 34_816, isISO: true))
        order.image = nil
        order.subCode = try await place.store([UInt8](repeating: 0x3F, count: 1000) + [0x40])
        let files = try await OrderInspection(place.spool).facts(of: order)
        #expect(files.values.first == FileFacts(bytes: 1001, firstByteWithPQ: 1000))
    }

    @Test func `a file that is not there is told with its place`() async throws {
        let place = try Place()
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let order = BurnOrder(mode: .dao, tracks: [.init(file: digest, name: "a", form: .mode1)])
        do throws(OrderInspection.Trouble) {
            _ = try await OrderInspection(place.spool).facts(of: order)
            Issue.record("a file that is not there has facts")
        } catch {
            #expect(error.place == .track(0, .file) && error.cause == .spool(.notFound))
        }
    }
}
