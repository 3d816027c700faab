import Drives
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing
import VirtualRecorder

/// A drive shows people which one it is, and nothing is other than before.
@Suite struct IdentifyTests {
    /// A drive with a tray and nothing in it; it remembers how START STOP UNIT moved it.
    final class EmptyDrive: SCSITarget {
        struct State {
            var isOpen = false
            var moves: [UInt8] = []
        }
        let state = Lock(State())
        /// Loading mechanism and abilities: byte 6 of page 2Ah.
        let mechanism: UInt8

        init(mechanism: UInt8) { self.mechanism = mechanism }

        func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (
            outcome: SCSIOutcome, dataIn: [UInt8]
        ) {
            let reply = state.withLock { state -> Result<[UInt8], Refusal> in self.reply(to: cdb.bytes, &state) }
            switch reply {
            case .success(let bytes):
                let moved = Array(bytes.prefix(transfer))
                return (SCSIOutcome(residual: transfer - moved.count), moved)
            case .failure(let sense):
                return (SCSIOutcome(status: 2, residual: transfer, sense: sense.data.fixedFormat), [])
            }
        }

        struct Refusal: Error { let data: SenseData }

        private func reply(to cdb: [UInt8], _ state: inout State) -> Result<[UInt8], Refusal> {
            switch (cdb[0], cdb[1]) {
            case (0x12, 0): return .success([5, 0x80, 5, 2, 31, 0, 0, 0] + Array("TESTS   EMPTY DRIVE     1.0 ".utf8))
            case (0x4A, _): return .success([0, 6, 4, 0x10, 0, state.isOpen ? 1 : 0, 0, 0])
            case (0x1E, _): return .success([])
            case (0x1B, _):
                state.moves.append(cdb[4])
                state.isOpen = cdb[4] == 2
                return .success([])
            // Page 2Ah: reads and writes CD-R and CD-RW.
            case (0x5A, _) where cdb[2] & 0x3F == 0x2A:
                return .success(
                    [0, 28, 0, 0, 0, 0, 0, 0] + [0x2A, 20, 3, 3, 0, 0, mechanism] + [UInt8](repeating: 0, count: 15))
            case (0x00, _), (0x51, _): return .failure(Refusal(data: SenseData(2, 0x3A, 1)))
            default: return .failure(Refusal(data: SenseData(5, 0x20, 0)))
            }
        }
    }

    /// A registry with an empty drive.
    private func attach(_ drive: EmptyDrive, _ folder: TemporaryFolder) async throws -> (
        DriveRegistry, UnixSocketServer
    ) {
        let address = UnixSocketAddress(folder.path + "/drive")
        let server = try UnixSocketServer(address: address, target: drive)
        BlockingThread.start { try? server.run() }
        let registry = DriveRegistry()
        await registry.attach(.init(address: .unixSocket(address), label: "left"))
        return (registry, server)
    }

    @Test func `the tray of an empty drive goes out and comes back`() async throws {
        let (drive, folder) = (EmptyDrive(mechanism: 0x29), TemporaryFolder())
        let (registry, server) = try await attach(drive, folder)
        defer { server.stop() }
        let before = try await registry.status("left")
        #expect(before.media == nil && before.tray == .closed)
        let trays = Lock<[DriveStatus.Tray]>([])
        let watching = Task { for await status in registry.changes { trays.withLock { $0.append(status.tray) } } }
        let after = try await registry.identify("left")
        #expect(drive.state.withLock { $0.moves } == [2, 3])
        #expect(after.tray == .closed && after.state == .idle && after.media == nil)
        await registry.close()
        await watching.value
        #expect(trays.withLock { $0.contains(.open) })
    }

    @Test func `an empty drive that cannot close its tray is left shut`() async throws {
        // Mechanism 0: a caddy or a slot; it ejects.
        let (drive, folder) = (EmptyDrive(mechanism: 0x09), TemporaryFolder())
        let (registry, server) = try await attach(drive, folder)
        defer { server.stop() }
        await #expect(throws: DriveError.self) { try await registry.identify("left") }
        #expect(drive.state.withLock { $0.moves } == [])
        await registry.close()
    }

    @Test(arguments: [RecorderProfile.modern, .old, .quirky])
    func `a disc stays where it is, and turns`(_ profile: RecorderProfile) async throws {
        let drive = try RecorderInProcess(profile)
        let (registry, before) = await drive.attached()
        let after = try await registry.identify("left")
        #expect(after.media != nil && after.media == before.media && after.mediaGeneration == before.mediaGeneration)
        #expect(after.state == .idle && after.tray == .closed)
        await registry.close()
    }

    @Test func `a tray that is out already stays out`() async throws {
        let drive = try RecorderInProcess()
        let (registry, _) = await drive.attached()
        _ = try await registry.eject("left")
        await #expect(throws: DriveError.self) { try await registry.identify("left") }
        #expect(try await registry.status("left").tray == .open)
        await registry.close()
    }

    @Test func `a drive that a job has gives no sign`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        try await registry.claim("left", for: 7)
        await #expect(throws: DriveError.busy(status.id, lockedBy: DriveRegistry.ownName)) {
            try await registry.identify("left")
        }
        await registry.close()
    }
}
