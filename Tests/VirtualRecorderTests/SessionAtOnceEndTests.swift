import BinaryCoding
import DiscLayout
import FoundationEssentials
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// How sessions at once begin and end, well or not.
@Suite struct SessionAtOnceEndTests {
    static func begun(_ list: [UInt8] = Bench.sao(), blocks: Range<Int> = -150..<327) throws -> Bench {
        let bench = try Bench()
        bench.select(list)
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        #expect(bench.send(blocks, Bench.block) == .good([]))
        return bench
    }

    /// That is how burning programs cancel.
    @Test func `SYNCHRONIZE CACHE in the middle breaks the session off`() throws {
        let bench = try Self.begun()
        #expect(bench.synchronize() == .good([]))
        let session = try #require(try StoredDisc.load(bench.disc).disc.sessions.first)
        #expect(session.stage == .spoiled && session.tracks.map(\.state) == [.complete, .cutOff])
        // Appendable by its status, and nothing can be added.
        #expect(bench.discState == 0b0101 && bench.nextWritableAddress == nil)
        #expect(bench.select(Bench.tao()) == .good([]))
    }

    @Test func `SYNCHRONIZE CACHE before the first block changes nothing`() throws {
        let bench = try Self.begun(blocks: -150 ..< -150)
        #expect(bench.synchronize() == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.discState == 0b1110)
    }

    @Test func `a test write is cancelled by SYNCHRONIZE CACHE and leaves a blank`() throws {
        let bench = try Self.begun(Bench.sao(isTest: true))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.discState == 0 && bench.select(Bench.tao()) == .good([]))
        #expect(bench.nextWritableAddress == 0)
    }

    @Test func `while a session is recorded the disc says so and nothing else can be done to it`() throws {
        let bench = try Self.begun()
        #expect(bench.discState == 0b0101)
        // No next track, nothing that could be written track by track.
        #expect(bench.nextWritableAddress == nil)
        #expect(bench.send("43 00 00 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
        #expect(bench.read(from: 0, blocks: 1) == .refused(5, 0x21, 0))
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .refused(5, 0x2C, 0))
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .refused(5, 0x2C, 0))
        #expect(bench.send("53 00 00 00 00 00 00 01 2C 00") == .refused(5, 0x2C, 0))
        #expect(bench.send(327..<750, Bench.block) == .good([]))
    }

    @Test func `CLOSE SESSION ends a session whose blocks are all there`() throws {
        let bench = try Self.begun(blocks: -150..<750)
        #expect(bench.discState == 0b0101)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.discState == 0b1110)
    }

    @Test func `the tray ends a session whose blocks are all there`() throws {
        let bench = try Self.begun(blocks: -150..<750)
        #expect(bench.send("1B 00 00 00 02 00") == .good([]))
        #expect(try StoredDisc.load(bench.disc).disc.sessions.first?.closing?.leadOut == 750)
    }

    @Test func `the tray spoils a session that is not all there`() throws {
        let bench = try Self.begun()
        #expect(bench.send("1B 00 00 00 02 00") == .good([]))
        let session = try #require(try StoredDisc.load(bench.disc).disc.sessions.first)
        #expect(session.stage == .spoiled)
        #expect(session.tracks.map(\.state) == [.complete, .cutOff])
        #expect(session.tracks[1].isDamaged && session.tracks[1].blocks == 0)
    }

    /// A copy of a bench's folder, as a recorder that was killed at this moment would leave it.
    private static func afterKill(_ bench: Bench) throws -> TemporaryFolder {
        let copy = TemporaryFolder(inMemory: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder.path) {
            try FileManager.default.copyItem(atPath: "\(bench.folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        return copy
    }

    @Test func `a session whose recorder was killed is spoiled for good`() throws {
        let again = try Bench(in: Self.afterKill(Self.begun()))
        let session = try #require(try StoredDisc.load(again.disc).disc.sessions.first)
        #expect(session.stage == .spoiled && session.tracks.map(\.state) == [.complete, .cutOff])
        again.select(Bench.sao())
        #expect(again.sendCueSheet(SessionAtOnceTests.sheet) == .refused(5, 0x2C, 0))
        #expect(again.write(at: 327, blocks: 1) == .refused(5, 0x2C, 0))
        #expect(again.send("5B 00 02 00 00 00 00 00 00 00") == .refused(5, 0x2C, 0))
    }

    @Test func `killed in the lead-in it has no tracks`() throws {
        let bench = try SessionAtOnceTextTests.prepared()
        let blocks = SessionAtOnceTextTests.blocks(SessionAtOnceTextTests.packs, 341)
        #expect(SessionAtOnceTextTests.send(blocks, from: SessionAtOnceTextTests.leadIn, to: bench) == .good([]))
        let again = try Bench(in: Self.afterKill(bench))
        let session = try #require(try StoredDisc.load(again.disc).disc.sessions.first)
        #expect(session.stage == .spoiled && session.tracks.isEmpty && session.textPacks == 0)
    }

    @Test func `a CD-RW with a spoiled session can be blanked and recorded`() throws {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(Disc(medium: .cdRW)).bytes)
        let bench = try Bench(in: folder)
        bench.select(Bench.sao())
        bench.sendCueSheet(SessionAtOnceTests.sheet)
        #expect(bench.send(-150..<327, Bench.block) == .good([]))
        let again = try Bench(in: Self.afterKill(bench))
        #expect(again.send("A1 01 00 00 00 00 00 00 00 00 00 00") == .good([]))
        again.select(Bench.sao())
        #expect(again.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        #expect(again.send(-150..<750, Bench.block) == .good([]))
        #expect(again.synchronize() == .good([]))
        #expect(again.discState == 0b1_1110)
    }

    @Test func `a test write takes everything and leaves a blank`() throws {
        let bench = try Self.begun(Bench.sao(isTest: true))
        #expect(bench.write(at: 326, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.discState == 0b0101)
        #expect(bench.send(327..<750, Bench.block) == .good([]))
        #expect(bench.write(at: 750, blocks: 1) == .refused(5, 0x21, 0))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.discState == 0)
        #expect(bench.nextWritableAddress == Int(UInt32(bitPattern: -150)))
        #expect(try bench.file("main.bin").isEmpty && bench.file("sub.bin").isEmpty)
        #expect(try StoredDisc.load(bench.disc).disc.sessions.isEmpty)
        // And now for good.
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        bench.synchronize()
        #expect(bench.discState == 0b1110)
    }

    @Test func `a test write with text leaves no file of it`() throws {
        let bench = try SessionAtOnceTextTests.prepared(Bench.sao(isTest: true))
        let blocks = SessionAtOnceTextTests.blocks(SessionAtOnceTextTests.packs, 11_485)
        #expect(SessionAtOnceTextTests.send(blocks, from: SessionAtOnceTextTests.leadIn, to: bench) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        bench.synchronize()
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.disc)
        #expect(Set(files) == ["disc.json", "main.bin", "sub.bin", "journal"])
    }

    @Test func `a session behind another is recorded by either kind of sheet`() throws {
        // The lead-out of the first is at 750, so the second begins at 12000, 02:42:00.
        let continued =
            "01 00 00 01 00 00 00 00  01 03 00 00 00 02 2A 00  01 03 01 00 00 02 2C 00  01 AA 01 01 00 02 30 00"
        let restarted =
            "01 00 00 01 00 00 00 00  01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00  01 AA 01 01 00 00 06 00"
        for sheet in [continued, restarted] {
            let bench = try SessionAtOnceTests.recorded(Bench.sao(multiSession: 3))
            bench.select(Bench.sao(multiSession: 1))
            #expect(bench.nextWritableAddress == 12_000)
            #expect(bench.sendCueSheet(hex(sheet)) == .good([]))
            #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x21, 2))
            #expect(bench.send(12_000..<12_450, Bench.block) == .good([]))
            #expect(bench.synchronize() == .good([]))
            #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2...6] == [0b1110, 1, 2, 3, 3])
            #expect(bench.send("43 00 01 00 00 00 00 00 0C 00").data == hex("00 0A 01 02  00 10 03 00 00002F76"))
            #expect(bench.q(from: 12_150, blocks: 1)[0].starts(with: hex("01 03 01 00 00 00 00 02 44 00")))
            #expect(bench.read(from: 12_449, blocks: 1).data == Bench.block(12_449))
            #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
        }
    }

    @Test func `session at once and track at once share a disc`() throws {
        let bench = try SessionAtOnceTests.recorded(Bench.sao(multiSession: 3))
        bench.select(Bench.tao())
        #expect(bench.nextWritableAddress == 12_150)
        bench.track(at: 12_150, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(try StoredDisc.load(bench.disc).disc.sessions.map(\.writeType) == [.sessionAtOnce, .trackAtOnce])
    }

    @Test func `lead-in and lead-out take their time`() throws {
        let bench = try Bench(speed: 8)
        bench.select(Bench.sao())
        bench.sendCueSheet(SessionAtOnceTests.sheet)
        var refusals = 0
        for lba in stride(from: -150, to: 750, by: 25) {
            // The buffer is full while the lead-in is being written.
            while bench.write(at: lba, blocks: 25) == .refused(2, 0x04, 0x08), refusals < 100 { refusals += 1 }
        }
        #expect((1..<100).contains(refusals))
        #expect(bench.synchronize() == .good([]))
        // Lead-in, pause and tracks, lead-out, at 600 sectors a second.
        let seconds = Double(11_485 + 900 + 6_750) / 600
        #expect(abs(bench.clock.waited / .seconds(1) - seconds) < 1)
    }

    @Test func `an odd drive is busy until the cache is synchronized`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.notReadyUntilSynchronized]
        let bench = try Bench(profile: profile)
        bench.select(Bench.sao())
        bench.sendCueSheet(SessionAtOnceTests.sheet)
        #expect(bench.send(-150..<749, Bench.block) == .good([]))
        #expect(bench.send("00 00 00 00 00 00") == .good([]))
        #expect(bench.write(at: 749, blocks: 1) == .good([]))
        #expect(bench.send("00 00 00 00 00 00") == .refused(2, 0x04, 0x08))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.send("00 00 00 00 00 00") == .good([]))
    }
}

/// Sequences that a drive refuses.
@Suite struct SessionAtOnceRefusalTests {
    @Test func `a sheet needs the write type and a disc that can take it`() throws {
        let bench = try Bench()
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .refused(5, 0x2C, 0))
        bench.select(Bench.sao())
        #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x2C, 0))
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
    }

    @Test func `a sheet for a disc with an open session is out of sequence`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .refused(5, 0x2C, 0))
    }

    @Test func `the length of a sheet is that of whole rows, as announced, and not too great`() throws {
        var profile = RecorderProfile.modern
        profile.maximumCueSheetBytes = SessionAtOnceTests.sheet.count
        let bench = try Bench(profile: profile)
        bench.select(Bench.sao())
        let sheet = SessionAtOnceTests.sheet
        #expect(bench.sendCueSheet(sheet + [1]) == .refused(5, 0x24, 0))
        #expect(bench.lastSense[15...17] == [0xC0, 0, 6])
        #expect(bench.sendCueSheet(sheet + sheet[..<8]) == .refused(5, 0x24, 0))
        #expect(bench.send("5D 00 00 00 00 00 00 00 00 00") == .refused(5, 0x24, 0))
        #expect(bench.send("5D 00 00 00 00 00 00 00 60 00", out: sheet) == .refused(5, 0x1A, 0))
        #expect(bench.sendCueSheet(sheet) == .good([]))
    }

    @Test func `a wrong sheet leaves the one before it in force`() throws {
        let bench = try Bench()
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        var wrong = SessionAtOnceTests.sheet
        wrong[6 * 8 + 7] = 75
        #expect(bench.sendCueSheet(wrong) == .refused(5, 0x26, 0))
        #expect(bench.lastSense[15...17] == [0x80, 0, 55])
        #expect(bench.write(at: -150, blocks: 1) == .good([]))
    }

    @Test func `a new sheet takes the place of one that has not begun, new parameters take it away`() throws {
        let bench = try Bench()
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(SessionAtOnceTextTests.sheet()) == .good([]))
        #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        bench.select(Bench.sao())
        #expect(bench.write(at: 0, blocks: 1) == .refused(5, 0x21, 2))
        bench.select(Bench.sao(multiSession: 3))
        #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x2C, 0))
    }

    @Test(arguments: [(0, 1), (-149, 1), (-151, 1), (750, 1), (-11_635, 1), (Int(Int32.max), 1), (Int(Int32.min), 1)])
    func `a session begins with its first block`(lba: Int, blocks: Int) throws {
        let bench = try Bench()
        bench.select(Bench.sao())
        bench.sendCueSheet(SessionAtOnceTests.sheet)
        #expect(bench.write(at: lba, blocks: blocks) == .refused(5, 0x21, 2))
        #expect(bench.discState == 0)
    }

    @Test func `holes, repetitions and blocks too many are refused and change nothing`() throws {
        let bench = try SessionAtOnceEndTests.begun(blocks: -150..<0)
        #expect(bench.write(at: 1, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(at: -1, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(at: -27, blocks: 27) == .refused(5, 0x21, 2))
        #expect(bench.write(Array(Bench.block(0).dropLast()), at: 0, blocks: 1) == .refused(5, 0x24, 0))
        #expect(bench.lastSense[15...17] == [0xC0, 0, 7])
        #expect(bench.write(Bench.block(0) + [0], at: 0, blocks: 1) == .refused(5, 0x24, 0))
        #expect(bench.write([], at: 0, blocks: 0) == .good([]))
        #expect(bench.send(0..<740, Bench.block) == .good([]))
        #expect(bench.write(at: 740, blocks: 11) == .refused(5, 0x21, 0))
        #expect(bench.write(at: 740, blocks: 10) == .good([]))
        #expect(bench.write(at: 750, blocks: 1) == .refused(5, 0x21, 0))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.discState == 0b1110)
        #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
    }

    @Test func `an odd drive refuses sheets for later sessions, or before it was asked about the track`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.laterSessionAtOnceRefused, .cueSheetNeedsTrackInformation]
        let bench = try Bench(profile: profile)
        bench.select(Bench.sao(multiSession: 3))
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .refused(5, 0x2C, 0))
        #expect(bench.nextWritableAddress == Int(UInt32(bitPattern: -150)))
        #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        bench.synchronize()
        #expect(bench.sendCueSheet(CueSheetLaterSessionTests.restarted) == .refused(5, 0x30, 5))
    }
}
