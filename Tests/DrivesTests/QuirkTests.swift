import Drives
import POSIX
import RecorderQuirks
import SCSI
import SCSITransports
import TestSupport
import Testing
import VirtualRecorder

/// Quirks of drives as those who look at them see them.
@Suite struct DriveQuirkTests {
    private static func profile(_ vendor: String, _ product: String) -> RecorderProfile {
        var profile = RecorderProfile.modern
        (profile.vendor, profile.product) = (vendor, product)
        return profile
    }

    @Test func `a drive has the quirks of its kind, and an ordinary one none`() async throws {
        let drive = try RecorderInProcess(Self.profile("HP", "CD-Writer+ 7200"))
        let (registry, status) = await drive.attached()
        #expect(status.quirks.map(\.behaviour) == [.prefersRaw] && status.capabilities.prefersRaw)
        await registry.close()
        let (others, ordinary) = await (try RecorderInProcess()).attached()
        #expect(ordinary.quirks == [] && !ordinary.capabilities.prefersRaw)
        await others.close()
    }

    /// Whether MODE SELECT goes to a drive between READ DISC INFORMATION and READ TRACK INFORMATION, though Track-At-Once is
    /// selected already.
    private func selects(_ product: String) async throws -> Bool {
        let link = try WatchedRecorder(Self.profile("HL-DT-ST", product))
        let registry = DriveRegistry()
        await registry.attach(.init(address: link.address, label: "left"))
        await registry.close()
        let codes = link.codes.withLock { $0 }
        let start = try #require(codes.firstIndex(of: 0x51))
        let end = try #require(codes.firstIndex(of: 0x52))
        return codes[start..<end].contains(0x55)
    }

    @Test func `an LG GSA-4082B is told its write parameters before it is asked for an address`() async throws {
        #expect(try await selects("DVDRAM GSA-4082B"))
        #expect(try await !selects("DVDRAM GSA-4163B"))
    }
}

/// A virtual recorder behind a socket that writes down what it is sent.
private final class WatchedRecorder: SCSITarget {
    let folder = TemporaryFolder()
    let codes = Lock([UInt8]())
    private let recorder: VirtualRecorder
    private let server = Lock<UnixSocketServer?>(nil)

    var address: DriveAddress { .unixSocket(UnixSocketAddress(folder.path + "/socket")) }

    init(_ profile: RecorderProfile) throws {
        recorder = try VirtualRecorder(
            .init(disc: folder.path + "/disc", name: "left", profile: profile, maximumSpeed: nil))
        let made = try UnixSocketServer(address: UnixSocketAddress(folder.path + "/socket"), target: self)
        server.withLock { $0 = made }
        BlockingThread.start { try? made.run() }
    }

    deinit { server.withLock { $0 }?.stop() }

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        codes.withLock { $0.append(cdb.operationCode) }
        return recorder.execute(cdb, dataOut: dataOut, transfer: transfer)
    }
}
