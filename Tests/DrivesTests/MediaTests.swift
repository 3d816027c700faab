import DiscLayout
import Drives
import POSIX
import Testing
import VirtualRecorder

/// What a drive tells of the disc in it.
@Suite struct MediaTests {
    /// Blocks of a track of four seconds, the shortest.
    private static let trackBlocks = 300

    /// Writes audio tracks of four seconds Track-At-Once, and closes the session when asked to.
    private func write(_ drive: RecorderInProcess, tracks: Int, closing: Bool, next: UInt8 = 0) {
        var page = drive.writeParameters
        (page[2], page[3], page[4]) = (0x01, next << 6, 0)
        (page[8], page[14], page[15]) = (0, 0, 150)
        drive.send([0x55, 0x10, 0, 0, 0, 0, 0, 0, UInt8(page.count + 8), 0], [UInt8](repeating: 0, count: 8) + page)
        for _ in 0..<tracks {
            let information = drive.send([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0], transfer: 36)
            var lba = information[12..<16].reduce(0) { $0 << 8 | Int($1) }
            for _ in 0..<Self.trackBlocks / 25 {
                let address = (0..<4).reversed().map { UInt8(truncatingIfNeeded: lba >> ($0 * 8)) }
                drive.send([0x2A, 0] + address + [0, 0, 25, 0], [UInt8](repeating: 0x11, count: 25 * 2352))
                lba += 25
            }
            drive.send([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        }
        if closing { drive.send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0]) }
    }

    private func media(_ drive: RecorderInProcess) async throws -> (DriveMedia, DriveCapabilities) {
        let (registry, status) = await drive.attached()
        await registry.close()
        return (try #require(status.media), status.capabilities)
    }

    @Test func `F3 and F4: a blank CD-R is blank in both ways, a written one in neither`() async throws {
        let drive = try RecorderInProcess()
        let (blank, _) = try await media(drive)
        #expect(blank.isBlank && blank.isHeuristicallyBlank && blank.kind == "CD-R" && blank.physicalType == 2)
        write(drive, tracks: 1, closing: true)
        let (written, _) = try await media(drive)
        #expect(!written.isBlank && !written.isHeuristicallyBlank && written.status == .complete)
    }

    @Test func `T17: a CD-RW is one, and can be blanked`() async throws {
        let (disc, _) = try await media(try RecorderInProcess(blank: .cdRW))
        #expect(disc.kind == "CD-RW" && disc.physicalType == 3 && disc.isErasable && disc.groove?.isRewritable == true)
    }

    @Test func `F2: what can be written on a disc depends on how far it is`() async throws {
        let drive = try RecorderInProcess()
        let (blank, can) = try await media(drive)
        #expect(blank.usable(in: can) == .init(tao: true, sao: true, raw: true))
        write(drive, tracks: 1, closing: false)
        let (open, _) = try await media(drive)
        #expect(open.hasOpenSession && open.usable(in: can) == .init(tao: true, sao: false, raw: false))
        drive.send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0])
        let (complete, _) = try await media(drive)
        #expect(complete.usable(in: can) == .init(tao: false, sao: false, raw: false))
        var dvd = blank
        dvd.kind = "DVD-R"
        #expect(dvd.usable(in: can) == .init(tao: false, sao: false, raw: false))
    }

    @Test func `T11 to T13: sectors are total, free and used, and a track takes its gap too`() async throws {
        let drive = try RecorderInProcess(blank: .cdR74)
        let (blank, _) = try await media(drive)
        // 74:05:00 is 333 375 frames; the first 150 are the pause.
        #expect(blank.capacitySectors == 333_225 && blank.freeSectors == 333_225 && blank.usedSectors == 0)
        write(drive, tracks: 1, closing: false)
        let (open, _) = try await media(drive)
        // The track, two blocks of run-out, and the pause of the next track.
        #expect(open.usedSectors == 300 + 2 + 150 && open.nextWritableAddress == 452)
        #expect(open.freeSectors == 333_225 - 452 && open.capacitySectors == 333_225)
    }

    @Test func `T16: a blank has no table of contents, an open session an expected one, a closed one its own`()
        async throws
    {
        let drive = try RecorderInProcess()
        #expect(try await media(drive).0.contents == nil)
        write(drive, tracks: 2, closing: false)
        let expected = try #require(try await media(drive).0.contents)
        #expect(
            expected.isExpected && expected.tracks.map(\.number) == [1, 2] && expected.tracks.map(\.start) == [0, 452])
        #expect(expected.leadOut == 452 + 302)
        drive.send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0])
        let closed = try #require(try await media(drive).0.contents)
        #expect(!closed.isExpected && closed.tracks == expected.tracks && closed.leadOut == expected.leadOut)
        #expect(closed.bytes == expected.bytes)
    }

    @Test func `R11 and R12: the next session begins in the groove of a blank, and behind the last session later`()
        async throws
    {
        let drive = try RecorderInProcess()
        let (blank, _) = try await media(drive)
        // 97:26:65 is the start of the lead-in: 450 000 frames, less 2 minutes, 33 seconds and 10 frames, and the pause.
        #expect(blank.startOfNextSession == MSF(minutes: 97, seconds: 26, frames: 65).lba)
        #expect((blank.startOfNextSession ?? 0) < 0 && blank.lastPossibleStartOfLeadOut == 359_849)
        write(drive, tracks: 1, closing: true, next: 3)
        let (second, can) = try await media(drive)
        let start = try #require(second.startOfNextSession)
        #expect(start > 302 && second.lastPossibleStartOfLeadOut == 359_849 && !second.hasOpenSession)
        #expect(second.usable(in: can) == .init(tao: true, sao: true, raw: false) && second.sessionCount == 1)
        #expect(second.contents?.isExpected == false && (second.nextWritableAddress ?? 0) > start)
    }

    @Test func `R11: the question is asked for Track-At-Once, whatever page was left behind`() async throws {
        let drive = try RecorderInProcess()
        var page = drive.writeParameters
        (page[2], page[4]) = (0x43, 0x03)
        drive.send([0x55, 0x10, 0, 0, 0, 0, 0, 0, UInt8(page.count + 8), 0], [UInt8](repeating: 0, count: 8) + page)
        let (blank, _) = try await media(drive)
        #expect(blank.nextWritableAddress == 0 && blank.freeSectors == 359_849)
        #expect(drive.writeParameters[2] & 0x0F == 3 && drive.writeParameters[4] == 3)
    }

    @Test func `T22 to T25, R21 to R24 and W1 to W3: speeds are those of drive and disc`() async throws {
        let (disc, _) = try await media(try RecorderInProcess())
        #expect(disc.writeSpeeds.map(\.times) == [48, 40, 32, 24, 16, 8, 4])
        #expect(disc.writeSpeeds.map(\.sectorsPerSecond) == [3600, 3000, 2400, 1800, 1200, 600, 300])
        let current = try #require(disc.currentWriteSpeed)
        #expect(disc.writeSpeeds.contains(current) && !current.isPureCAV)
        let (rewritable, _) = try await media(try RecorderInProcess(blank: .cdRW))
        #expect(rewritable.writeSpeeds != disc.writeSpeeds && !rewritable.writeSpeeds.isEmpty)
    }

    @Test func `W2: a disc that turns at one speed is pure CAV`() async throws {
        var profile = RecorderProfile.modern
        profile.rotation = .constantAngular
        let (disc, _) = try await media(try RecorderInProcess(profile))
        #expect(disc.writeSpeeds.first?.isPureCAV == true && disc.writeSpeeds.last?.isPureCAV == false)
    }

    @Test func `T24: drives without lists of speeds tell the highest`() async throws {
        let (disc, _) = try await media(try RecorderInProcess(.old))
        #expect(disc.writeSpeeds.map(\.times) == [8] && disc.currentWriteSpeed?.times == 8)
    }

    @Test func `T24: drives that refuse GET PERFORMANCE list their speeds in a page`() async throws {
        let (disc, _) = try await media(try RecorderInProcess(.quirky))
        #expect(disc.writeSpeeds.map(\.times) == [40, 32, 24, 16, 8, 4])
        // The pause before the track is what this drive tells; and its groove is told in decimal digits.
        #expect(disc.nextWritableAddress == 0 && disc.manufacturer == "CMC Magnetics")
    }

    @Test func `a table that is cut short has the tracks that are whole`() {
        let reply: [UInt8] = [0, 26, 1, 2, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 2]
        let contents = DiscContents(reply: reply)
        #expect(contents.tracks.count == 1 && contents.leadOut == nil && contents.tracks[0].control == .data)
        #expect(DiscContents(reply: []).tracks.isEmpty && DiscContents(expecting: [], leadOut: 0) == nil)
    }
}
