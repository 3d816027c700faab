import DiscLayout
import Drives
import POSIX
import TestSupport
import Testing
import VirtualRecorder

/// What a drive tells of itself besides what it can do: speeds, wire, firmware, groove.
@Suite struct FactsTests {
    private func times(_ status: DriveStatus) -> [Int] { status.capabilities.speeds.write.map(\.times) }
    private func times(_ kilobytes: Int?) -> Int? { kilobytes.map { RecordingSpeed(kilobytesPerSecond: $0).times } }

    @Test func `speeds are told with a disc and without one`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        #expect(times(status) == [48, 40, 32, 24, 16, 8, 4])
        let empty = try await registry.eject("left")
        #expect(empty.media == nil && times(empty).first == 48)
        #expect(times(empty.capabilities.speeds.fastestWrite) == 48)
        #expect(times(empty.capabilities.speeds.fastestRead) == RecorderProfile.modern.readSpeed)
        await registry.close()
    }

    @Test func `the fastest stays what it was when a slower disc comes`() async throws {
        let drive = try RecorderInProcess()
        let (registry, status) = await drive.attached()
        let fastest = try #require(status.capabilities.speeds.fastestWrite)
        let slower = drive.folder.path + "/slower"
        _ = try StoredDisc.makeBlank(at: slower, .cdRW)
        try drive.recorder.removeDisc()
        try drive.recorder.loadDisc(slower)
        let changed = try await registry.load("left")
        #expect(changed.media?.kind == "CD-RW" && times(changed).max() == 4)
        #expect(times(fastest) == 48 && changed.capabilities.speeds.fastestWrite == fastest)
        await registry.close()
    }

    @Test func `an old recorder names its highest speed, no firmware date, and its wire`() async throws {
        let drive = try RecorderInProcess(.old)
        let (registry, status) = await drive.attached()
        #expect(times(status) == [8] && times(status.capabilities.speeds.fastestRead) == 24)
        #expect(status.capabilities.firmwareDate == nil && status.capabilities.interface == .atapi)
        #expect(status.capabilities.loading == .tray)
        await registry.close()
    }

    @Test func `a quirky recorder is on USB, and its firmware has a date`() async throws {
        let drive = try RecorderInProcess(.quirky)
        let (registry, status) = await drive.attached()
        #expect(status.capabilities.interface == .usb)
        #expect(status.capabilities.firmwareDate == "2026-11-21T00:00:00")
        #expect(times(status) == [40, 32, 24, 16, 8, 4])
        await registry.close()
    }

    @Test func `a groove says what a CD-RW is made for, and a CD-R has none of that`() async throws {
        let medium = Medium(
            kind: .cdRW, leadInStart: MSF(minutes: 97, seconds: 34, frames: 23),
            lastLeadOut: MSF(minutes: 74, seconds: 12, frames: 0), rewritability: .highSpeed, speedCode: 0x24)
        let drive = try RecorderInProcess(blank: medium)
        let (registry, status) = await drive.attached()
        let groove = try #require(status.media?.groove)
        #expect(groove.subType == .highSpeed && groove.lowestSpeed == 4 && groove.highestSpeed == 10)
        #expect(status.media?.manufacturer == "Mitsubishi")
        await registry.close()
        let (plain, disc) = await (try RecorderInProcess()).attached()
        #expect(disc.media?.groove?.subType == nil && disc.media?.groove?.highestSpeed == nil)
        await plain.close()
    }

    @Test(arguments: [(0, .long), (4, .long), (5, .short), (9, .short)] as [(UInt8, DiscManufacturer.Strategy)])
    func `the last digit of the groove's time tells the pulses`(digit: UInt8, strategy: DiscManufacturer.Strategy) {
        let leadIn = MSF(minutes: 97, seconds: 26, frames: 60 + digit)
        #expect(DiscManufacturer.strategy(leadIn: leadIn) == strategy)
        #expect(DiscManufacturer.name(leadIn: leadIn) == "CMC Magnetics")
    }
}
