import DiscLayout
import MachineReport
import Testing

@testable import Drives

/// Drives as `burnd drives` prints them.
@Suite struct DriveTextTests {
    private func drive(_ change: (inout DriveStatus) -> Void = { _ in }) -> DriveStatus {
        var drive = DriveStatus(
            id: "pioneer-bd-rw-bdr-209m-k1", label: "BD-RW BDR-209M", address: "/dev/sr0",
            identity: DriveIdentity(vendor: "PIONEER", product: "BD-RW BDR-209M", firmware: "1.51", serial: "K1"),
            state: .idle, obstacle: nil, isEnabled: true, tray: .closed, media: nil, mediaGeneration: 0, job: nil,
            lockedBy: nil)
        drive.place = .init(
            node: "/dev/sr0", sgNode: "/dev/sg1", port: "pci-0000:00:17.0-ata-2", bus: "ata", serial: "K1")
        change(&drive)
        return drive
    }

    private var blank: DriveMedia {
        var media = DriveMedia(
            kind: "CD-R", status: .blank, isErasable: false, capacitySectors: 359_849, freeSectors: 359_849,
            trackCount: 0,
            sessionCount: 0, manufacturer: "CMC Magnetics")
        media.groove = .init(
            leadIn: MSF(minutes: 97, seconds: 26, frames: 66), lastLeadOut: MSF(minutes: 79, seconds: 59, frames: 74),
            isRewritable: false, isUnrestrictedUse: false)
        return media
    }

    @Test func `a drive is a line`() {
        let text = DriveText.table([
            drive { $0.media = blank }, drive { $0.tray = .open },
            drive { drive in
                (drive.obstacle, drive.state, drive.address) = (.inUseElsewhere, .stopped, "/dev/sr1")
                drive.holder = DriveHolder(program: "wodim", pid: 812, user: "anna", node: "/dev/sr1")
            },
        ])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 4 && lines[0].hasPrefix("DRIVE                   FIRMWARE  STATE   DISC "))
        #expect(lines[1].hasPrefix("PIONEER BD-RW BDR-209M  1.51      idle    blank CD-R, 79:57, CMC Magnetics "))
        #expect(lines[2].hasPrefix("PIONEER BD-RW BDR-209M  1.51      open    ") && lines[2].hasSuffix(" /dev/sr0"))
        #expect(lines[3].hasSuffix("in use  by wodim (process 812 of user anna)  /dev/sr1"))
    }

    @Test func `lines are a hundred characters at most, whatever the names are`() {
        let long = String(repeating: "x", count: 120)
        let drives = [
            drive { $0.address = "unix:/" + long + "/socket" },
            drive { $0.identity?.product = long },
            drive { ($0.obstacle, $0.state) = (.unreachable(long), .offline) },
            drive { ($0.identity, $0.media) = (nil, blank) },
        ]
        let lines = DriveText.table(drives).split(separator: "\n")
        #expect(lines.count == 5 && lines.allSatisfy { $0.count <= 100 })
        #expect(lines[1].hasSuffix("/socket"))
        for drive in drives {
            #expect(
                DriveText.details(drive).split(separator: "\n").dropFirst().count {
                    $0.count > 100 && $0.contains(" ") && !$0.contains(long.prefix(50))
                } == 0)
        }
    }

    @Test func `one drive tells everything`() {
        var can = DriveCapabilities()
        (can.supports.tao, can.supports.sao, can.supports.raw) = (true, true, true)
        (can.supports.testWrite, can.supports.erase, can.sectorTypes) = (true, false, [.pq, .raw])
        (can.interface, can.loading, can.canLoadMedia, can.canEjectMedia) = (.sata, .tray, true, true)
        (can.firmwareDate, can.bufferBytes, can.maximumCueSheetBytes) = ("2016-02-10T12:00:00", 4 << 20, 3200)
        can.speeds.write = [8468, 4234, 1764].map { RecordingSpeed(kilobytesPerSecond: $0) }
        (can.speeds.fastestWrite, can.speeds.fastestRead) = (8468, 7056)
        can.features = [.init(code: 0x2E, name: "cd-mastering", version: 0, isPersistent: false, isCurrent: true)]
        let text = DriveText.details(drive { ($0.capabilities, $0.media) = (can, blank) })
        #expect(text.hasPrefix("PIONEER BD-RW BDR-209M at /dev/sr0\n"))
        for line in [
            "firmware      1.51 of 2016-02-10", "serial        K1",
            "connected     sata, port pci-0000:00:17.0-ata-2, generic node /dev/sg1",
            "disc goes in  tray, opens by itself, closes by itself", "state         idle",
            "writes        track at once, session at once, raw (pq, raw)", "and           test write",
            "cannot        blanking CD-RW", "not known     CD-TEXT, CD+G, protection from underruns",
            "buffer        4096 KiB, cue sheets up to 3200 bytes", "features      cd-mastering",
            "speeds        48x 24x 10x", "at most       writes 48x, reads 40x",
            "disc          blank CD-R, 79:57, CMC Magnetics",
            "groove        lead-in 97:26:66, last lead-out 79:59:74, short pulses",
        ] { #expect(text.contains("  \(line)\n"), "\(line) in\n\(text)") }
    }

    @Test func `quirks have a reason and a source`() {
        let text = DriveText.details(drive { $0.identity?.vendor = "RICOH" })
        #expect(text.contains("quirks") && text.contains("cdrecord's notes on Ricoh drives"))
    }

    @Test func `what a drive calls itself moves no cursor`() {
        let odd = drive { $0.identity?.product = "a\u{1B}[2Jb" }
        #expect(
            !(DriveText.table([odd]) + DriveText.details(odd)).unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }
        )
    }
}
