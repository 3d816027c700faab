import Drives
import POSIX
import SCSITransports
import TestSupport
import Testing
import VirtualRecorder

/// One look at a drive, without a station.
@Suite struct LookTests {
    @Test(arguments: [RecorderProfile.modern, .old, .quirky])
    func `a look finds what a station finds`(_ profile: RecorderProfile) async throws {
        let drive = try RecorderInProcess(profile)
        let address = drive.address
        let look = await BlockingThread.run { DriveLook(at: address) }
        let (registry, status) = await drive.attached()
        #expect(look.isPermitted && look.status.state == .idle && look.status.id == status.id)
        #expect(look.status.identity == status.identity && look.status.media == status.media)
        #expect(look.status.capabilities == status.capabilities && look.status.tray == status.tray)
        await registry.close()
    }

    @Test func `a drive that somebody has is left alone, and is free for him again at once`() async throws {
        let drive = try RecorderInProcess()
        let address = drive.address
        let other = try address.open(exclusive: true)
        let before = drive.writeParameters
        let look = await BlockingThread.run { DriveLook(at: address) }
        #expect(look.status.obstacle == .inUseElsewhere && look.status.state == .stopped && look.status.media == nil)
        #expect(drive.writeParameters == before)
        withExtendedLifetime(other) {}
    }

    @Test func `after a look the drive is nobody's`() async throws {
        let drive = try RecorderInProcess()
        let address = drive.address
        _ = await BlockingThread.run { DriveLook(at: address) }
        _ = try address.openOnce(exclusive: true)
    }

    @Test func `where there is no drive, one is told so`() async throws {
        let folder = TemporaryFolder()
        let address = try DriveAddress("unix:\(folder.path)/nobody")
        let look = await BlockingThread.run { DriveLook(at: address) }
        #expect(look.isPermitted && look.status.state == .offline && look.status.identity == nil)
        guard case .unreachable = look.status.obstacle else {
            Issue.record("\(look)")
            return
        }
    }
}
