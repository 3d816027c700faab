import Drives
import POSIX
import Testing
import VirtualRecorder

/// What a drive says that it can do.
@Suite struct CapabilityTests {
    @Test func `F1: a modern recorder writes in every way, and blanks`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        let supports = status.capabilities.supports
        #expect(supports.tao == true && supports.sao == true && supports.raw == true && supports.erase == true)
        #expect(supports.testWrite == true && supports.cdText == true && supports.rwSubCode == true)
        #expect(supports.underrunProtection == true)
        #expect(status.capabilities.media(where: supports.raw) == ["CD-R", "CD-RW"])
        await registry.close()
    }

    @Test func `F1: an old recorder writes no RAW and no CD-TEXT, and SAO although no feature says so`() async throws {
        let drive = try RecorderInProcess(.old)
        let (registry, status) = await drive.attached()
        let supports = status.capabilities.supports
        #expect(supports.tao == true && supports.sao == true && supports.raw == false && supports.erase == true)
        #expect(supports.testWrite == false && supports.underrunProtection == false && supports.rwSubCode == false)
        #expect(status.capabilities.media(where: supports.raw) == [])
        #expect(status.capabilities.sectorTypes == [] && status.capabilities.readsCDText == false)
        #expect(status.capabilities.maximumCueSheetBytes == nil)
        await registry.close()
    }

    @Test func `F5 and Z1: a recorder that knows no CD-RW neither writes nor blanks them`() async throws {
        var profile = RecorderProfile.modern
        (profile.capabilities.rewritable, profile.rewriteSpeeds) = (false, [])
        let drive = try RecorderInProcess(profile)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.supports.erase == false)
        #expect(status.capabilities.media(where: status.capabilities.supports.tao) == ["CD-R"])
        await registry.close()
    }

    @Test func `R14: blocks of RAW are tried, and the page is put back`() async throws {
        var profile = RecorderProfile.modern
        profile.capabilities.rawBlockTypes = [1, 3]
        let drive = try RecorderInProcess(profile)
        let before = drive.writeParameters
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.sectorTypes == [.pq, .raw])
        #expect(drive.writeParameters == before)
        await registry.close()
    }

    @Test func `R14: nobody knows the blocks while the tray is open, and a blank tells them`() async throws {
        let drive = try RecorderInProcess()
        try drive.recorder.removeDisc()
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.sectorTypes == nil && status.tray == .open)
        let loaded = try await registry.load("left")
        #expect(loaded.capabilities.sectorTypes == [.pq, .cooked, .raw])
        await registry.close()
    }

    @Test func `K13: trays close by themselves, caddies do not`() async throws {
        let tray = try RecorderInProcess()
        let (first, closing) = await tray.attached()
        #expect(closing.capabilities.canLoadMedia == true && closing.capabilities.canEjectMedia == true)
        var profile = RecorderProfile.modern
        profile.loading = .caddy
        let caddy = try RecorderInProcess(profile)
        let (second, pushed) = await caddy.attached()
        #expect(pushed.capabilities.canLoadMedia == false && pushed.capabilities.canEjectMedia == true)
        await first.close()
        await second.close()
    }

    @Test func `K15 and K16: features have names, and the current ones change with the disc`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        func isCurrent(_ name: String, _ status: DriveStatus) -> Bool? {
            status.capabilities.features.first { $0.name == name }?.isCurrent
        }
        #expect(isCurrent("cd-track-at-once", status) == true && isCurrent("cd-read", status) == false)
        let core = try #require(status.capabilities.features.first { $0.code == 1 })
        #expect(core.name == "core" && core.isPersistent && core.isCurrent && core.version == 2)
        let open = try await registry.eject("left")
        #expect(isCurrent("cd-track-at-once", open) == false)
        await registry.close()
    }

    @Test func `K17 and K18: profiles have names, and the current one is that of the disc`() async throws {
        let drive = try RecorderInProcess(blank: .cdRW)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.profiles.map(\.name) == ["cd-rw", "cd-r", "cd-rom"])
        #expect(status.capabilities.profiles.filter(\.isCurrent).map(\.code) == [0x0A])
        let open = try await registry.eject("left")
        #expect(open.capabilities.profiles.filter(\.isCurrent).isEmpty)
        await registry.close()
    }

    @Test(arguments: [RecorderProfile.modern, .old, .quirky])
    func `K20: mode pages have names`(_ profile: RecorderProfile) async throws {
        let drive = try RecorderInProcess(profile)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.modePages.map(\.code) == [0x01, 0x05, 0x1A, 0x1D, 0x2A])
        #expect(
            status.capabilities.modePages.map(\.name)[1...] == [
                "write-parameters", "power-condition", "time-out-and-protect", "capabilities",
            ])
        await registry.close()
    }

    @Test func `K20: pages are asked for one by one where a drive does not send all of them`() async throws {
        var profile = RecorderProfile.modern
        profile.quirks.insert(.allPagesRefused)
        let drive = try RecorderInProcess(profile)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.modePages.map(\.code) == [0x01, 0x05, 0x1A, 0x1D, 0x2A])
        await registry.close()
    }

    @Test func `buffer and cue sheet have sizes`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.bufferBytes == 2 << 20 && status.capabilities.maximumCueSheetBytes == 3200)
        #expect(status.capabilities.readsCDText == true)
        await registry.close()
    }

    @Test func `a quirky recorder is tried all the same, and left with a page that it takes`() async throws {
        let drive = try RecorderInProcess(.quirky)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.supports.raw == true && status.capabilities.supports.sao == true)
        #expect(status.capabilities.sectorTypes?.contains(.pq) == true)
        #expect(drive.writeParameters[2] & 0x0F == 1)
        await registry.close()
    }
}
