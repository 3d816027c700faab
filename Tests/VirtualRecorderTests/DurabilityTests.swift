import BinaryCoding
import DiscLayout
import FoundationEssentials
import Glibc
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// What a disc folder is after its recorder has ended, whichever way.
@Suite struct DurabilityTests {
    /// A copy of a bench's folder, as a recorder that was killed at this moment would leave it: nothing is told to the living
    /// one, and its locks do not reach the copy.
    private static func afterKill(_ bench: Bench) throws -> TemporaryFolder {
        let copy = TemporaryFolder(inMemory: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder.path) {
            try FileManager.default.copyItem(atPath: "\(bench.folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
        }
        return copy
    }

    @Test func `a finalized disc is the same after a restart`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        let again = try Bench(in: Self.afterKill(bench))
        for cdb in ["51 00 00 00 00 00 00 00 22 00", "43 00 02 00 00 00 00 00 FF 00", "52 01 00 00 00 01 00 00 30 00"] {
            #expect(again.send(cdb) == bench.send(cdb))
        }
        #expect(again.read(from: 0, blocks: 300) == bench.read(from: 0, blocks: 300))
    }

    @Test func `an open session goes on after a restart`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        let again = try Bench(in: Self.afterKill(bench))
        again.select(Bench.tao())
        #expect(again.nextWritableAddress == 452)
        again.track(at: 452, blocks: 300)
        #expect(again.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(again.read(from: 0, blocks: 1).data == Bench.block(0))
    }

    @Test func `a track cut off is damaged, not writable, and can be closed`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        let again = try Bench(in: Self.afterKill(bench))
        again.select(Bench.tao())
        let track = again.send("52 01 00 00 00 FF 00 00 30 00").data
        #expect(track[2] == 1 && track[5] & 0x20 == 0x20 && track[7] == 0)  // damage, no next writable address
        #expect(Array(track[24..<28]) == [0, 0, 0, 27])
        #expect(again.write(at: 27, blocks: 1) == .refused(5, 0x21, 2))
        #expect(again.send("5B 00 02 00 00 00 00 00 00 00") == .refused(5, 0x72, 3))
        #expect(again.send("5B 00 01 00 00 FF 00 00 00 00") == .good([]))
        #expect(again.nextWritableAddress == 452)
        #expect(again.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(again.read(from: 26, blocks: 1).data == Bench.block(26))
        let listing = try StoredDisc.load(again.disc).listing()
        #expect(listing.damage == ["Track 1 is not all that was sent."])
    }

    @Test func `a write that was cut off in a block counts whole blocks only`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        let copy = try Self.afterKill(bench)
        #expect(truncate("\(copy.path)/disc/main.bin", off_t((150 + 20) * 2352 + 100)) == 0)
        let track = try Bench(in: copy).send("52 01 00 00 00 01 00 00 30 00").data
        #expect(Array(track[24..<28]) == [0, 0, 0, 20])
    }

    @Test func `Q of a track that was cut off before its sub-channel was written is made when it is closed`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        let copy = try Self.afterKill(bench)
        #expect(truncate("\(copy.path)/disc/sub.bin", 96) == 0)
        let again = try Bench(in: copy)
        #expect(again.send("5B 00 01 00 00 FF 00 00 00 00") == .good([]))
        let q = again.read(from: -150, blocks: 452, flags: 0, sub: 2).data
        for block in 0..<452 {
            let frame = QFrame(q[block * 16..<block * 16 + 12])
            #expect(frame.isIntact && frame[2] == (block < 150 ? 0 : 1), "block \(block - 150)")
        }
    }

    @Test func `a recorder killed before the first block of a track leaves a track of none`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 1)
        let copy = try Self.afterKill(bench)
        for file in ["main.bin", "sub.bin"] { #expect(truncate("\(copy.path)/disc/\(file)", 0) == 0) }
        let again = try Bench(in: copy)
        #expect(Array(again.send("52 01 00 00 00 01 00 00 30 00").data[24..<28]) == [0, 0, 0, 0])
        #expect(again.send("5B 00 01 00 00 FF 00 00 00 00") == .good([]))
        #expect(again.nextWritableAddress == 452)
    }

    @Test(arguments: [[], ["main.bin"], ["main.bin", "sub.bin", "journal", "disc.json.new"]])
    func `a recorder killed while it made a blank leaves a folder that becomes one`(files: [String]) throws {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        for file in files { try DurableFile.replace("\(folder.path)/disc/\(file)", with: []) }
        #expect(try Bench(in: folder).nextWritableAddress == 0)
    }

    @Test func `the journal tells what happened, with times`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 1)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        let text = String(decoding: try DurableFile.contents(of: "\(bench.disc)/journal", limit: 4096), as: UTF8.self)
        #expect(
            text == """
                2026-11-18T11:06:40Z blank made: CD-R up to 79:59:74
                2026-11-18T11:06:40Z track 1 opened at 0, control 0, audio
                2026-11-18T11:06:40Z track 1 closed, 300 blocks
                2026-11-18T11:06:40Z session 1 closed, next: none

                """)
    }

    @Test func `the disc that was in last is in again`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send(TrayTests.eject)
        let open = try Bench(in: Self.afterKill(bench))
        #expect(open.recorder.discInTray == nil)
        open.send(TrayTests.load)
        #expect(open.recorder.discInTray == "\(open.disc)-2")
        let closed = try Bench(in: Self.afterKill(open))
        #expect(closed.recorder.discInTray == "\(closed.disc)-2")
    }

    @Test(arguments: [
        "2026-11-21T04:00:00Z closed disc-9", "garbage\n", "\u{0}\n", "2026 closed ../../etc\n", "2026 open\n",
    ])
    func `a line of the tray's memory that is cut off or makes no sense is passed over`(line: String) throws {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.replace("\(folder.path)/disc.tray", with: Array("2026 closed disc-2\n\(line)".utf8))
        let bench = try Bench(in: folder)
        #expect(bench.recorder.discInTray == "\(bench.disc)-2")
    }

    @Test func `a disc in use cannot be put into another recorder`() throws {
        let bench = try Bench()
        #expect(throws: DiscFolderError.inUse(path: bench.disc)) { _ = try Bench(in: bench.folder) }
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        // Not the disc that is in now by way of another tray either; the one that was ejected is free.
        let other = { (name: String) in
            try VirtualRecorder(.init(disc: "\(bench.folder.path)/\(name)", name: "other", maximumSpeed: nil))
        }
        #expect(throws: DiscFolderError.inUse(path: "\(bench.disc)-2")) { _ = try other("disc-2") }
    }

    @Test func `a folder of something else is left alone`() throws {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/letter.txt", with: [1])
        #expect(throws: DiscFolderError.notADisc(path: "\(folder.path)/disc")) { _ = try Bench(in: folder) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/disc") == ["letter.txt"])
    }
}

/// disc.json with one thing wrong in it.
@Suite struct CorruptDiscTests {
    /// A disc with a closed session of two tracks and an open one of one track.
    private static let sound: String = {
        var disc = Disc(medium: .cdR80)
        for session in 1...2 {
            for _ in session...2 {
                disc.openTrack(control: [], isrc: nil, catalogNumber: nil, discType: 0)
                disc.changeTrack(disc.nextTrackNumber - 1) { $0.blocks = 300 }
                disc.closeTrack(disc.nextTrackNumber - 1)
            }
            if session == 1 { disc.closeSession(.another) }
        }
        return String(decoding: DiscDocument(disc).bytes, as: UTF8.self)
    }()

    @Test func `the sound one is read as it was written`() throws {
        let disc = try Disc.parse(Array(Self.sound.utf8))
        #expect(String(decoding: DiscDocument(disc).bytes, as: UTF8.self) == Self.sound)
        #expect(disc.tracks.map(\.number) == [1, 2, 3] && disc.sessions.count == 2)
    }

    @Test(arguments: [
        ("\"format\" : 2", "\"format\" : 3", "format"), ("\"base_lba\" : -150", "\"base_lba\" : 0", "base_lba"),
        ("\"type\" : \"CD-R\"", "\"type\" : \"LP\"", "medium.type"), ("97:26:65", "97:26:75", "medium.lead_in"),
        ("97:26:65", "89:59:74", "medium.lead_in"), ("79:59:74", "7:59:74", "medium.last_lead_out"),
        ("\"blocks\" : 300", "\"blocks\" : -1", "sessions[0].tracks[0].blocks"),
        ("\"blocks\" : 300", "\"blocks\" : 9223372036854775807", "sessions[0].tracks[0].blocks"),
        ("\"blocks\" : 300", "\"blocks\" : \"300\"", "sessions[0].tracks[0].blocks"),
        ("\"blocks\" : 300", "\"block\" : 300", "sessions[0].tracks[0].blocks"),
        ("\"blocks\" : 300", "\"blocks\" : 301", "sessions[0].tracks[1].indexes[0].lba"),
        ("\"lba\" : -150", "\"lba\" : -9223372036854775808", "sessions[0].tracks[0].indexes[0].lba"),
        ("\"index\" : 0", "\"index\" : 2", "sessions[0].tracks[0].indexes"),
        ("\"control\" : 0", "\"control\" : 16", "sessions[0].tracks[0].control"),
        ("\"state\" : \"complete\"", "\"state\" : \"open\"", "sessions[0].tracks[0].state"),
        ("\"state\" : \"complete\"", "\"state\" : \"lost\"", "sessions[0].tracks[0].state"),
        ("\"run_out\" : 2", "\"run_out\" : -2", "sessions[0].tracks[0].run_out"),
        ("\"disc_type\" : 0", "\"disc_type\" : 3", "sessions[0].disc_type"),
        ("\"following\" : \"another\"", "\"following\" : \"more\"", "sessions[0].following"),
        ("\"following\" : \"another\"", "\"following\" : \"none\"", "sessions[1].number"),
        ("\"lead_out\" : 754", "\"lead_out\" : 755", "sessions[0].lead_out"),
        ("\"lead_out\" : 754,", "", "sessions[0].lead_out"),
        ("\"sessions\" : [", "\"sessions\" : [ 7,", "sessions[0]"), ("{", "[", "whole file"),
        // What the second format added.
        ("\"spare_sectors\" : 2250", "\"spare_sectors\" : -1", "medium.spare_sectors"),
        ("\"spare_sectors\" : 2250", "\"spare_sectors\" : 90001", "medium.spare_sectors"),
        ("\"spare_sectors\" : 2250", "\"spare_sectors\" : 9223372036854775807", "medium.spare_sectors"),
        ("\"sub_type\" : 0", "\"sub_type\" : 4", "medium.sub_type"),
        ("\"speed_code\" : 0", "\"speed_code\" : 256", "medium.speed_code"),
        ("\"write_type\" : \"tao\"", "\"write_type\" : \"packet\"", "sessions[0].write_type"),
        ("\"stage\" : \"closed\"", "\"stage\" : \"recording\"", "sessions[0].stage"),
        ("\"stage\" : \"closed\"", "\"stage\" : \"done\"", "sessions[0].stage"),
        ("\"stage\" : \"closed\"", "\"stage\" : \"open\"", "sessions[0].lead_out"),
        ("\"start\" : -150", "\"start\" : -149", "sessions[0].start"),
        ("\"start\" : -150", "\"start\" : -9223372036854775808", "sessions[0].start"),
        ("\"text_packs\" : 0", "\"text_packs\" : 2049", "sessions[0].text_packs"),
        ("\"text_packs\" : 0", "\"text_packs\" : -1", "sessions[0].text_packs"),
        ("\"form\" : \"audio\"", "\"form\" : \"mode3\"", "sessions[0].tracks[0].form"),
        ("\"form\" : \"audio\"", "\"first_copy\" : 1", "sessions[0].tracks[0].first_copy"),
        ("\"form\" : \"audio\"", "\"reservation\" : 299", "sessions[0].tracks[0].reservation"),
        (
            "\"form\" : \"audio\"", "\"reservation\" : 9223372036854775807",
            "sessions[0].tracks[0].reservation"
        ),
        ("\"state\" : \"complete\"", "\"state\" : \"reserved\"", "sessions[0].tracks[0].state"),
        ("\"index\" : 1", "\"index\" : 9223372036854775807", "sessions[0].tracks[0].indexes"),
    ])
    func `names the field`(sound: String, corrupt: String, field: String) throws {
        let place = try #require(Self.sound.firstRange(of: sound))
        let text = String(Self.sound[..<place.lowerBound] + corrupt + Self.sound[place.upperBound...])
        let error = #expect(throws: DiscDocumentError.self) { _ = try Disc.parse(Array(text.utf8)) }
        #expect(error?.field == field, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func `no prefix of it is a disc, and none a crash`() {
        let bytes = Array(Self.sound.utf8)
        for length in stride(from: 0, to: bytes.count - 2, by: 7) {
            #expect(throws: DiscDocumentError.self) { _ = try Disc.parse(Array(bytes.prefix(length))) }
        }
    }
}

/// Files beside disc.json that are not what they should be.
@Suite struct OddFilesTests {
    private static let readText = "43 00 05 00 00 00 00 04 00 00"

    /// A bench with a finished album whose lead-in has CD-TEXT.
    private static func bench(_ change: (MadeDisc) throws -> Void) throws -> Bench {
        let made = try MadeDisc(MadeDisc.album(), text: TextBlockTests.album)
        try change(made)
        return try Bench(in: made.folder)
    }

    @Test func `CD-TEXT is read from its file`() throws {
        #expect(try Self.bench { _ in }.send(Self.readText).data == [0, 146, 0, 0] + TextBlockTests.album)
    }

    @Test func `CD-TEXT that is missing cannot be read, and nothing else suffers`() throws {
        let bench = try Self.bench { unlink("\($0.path)/cd-text-1.cdt") }
        #expect(bench.send(Self.readText) == .refused(3, 0x11, 0))
        #expect(bench.send("43 00 02 00 00 00 00 00 FF 00").isGood && bench.read(from: 0, blocks: 1).isGood)
    }

    @Test func `of CD-TEXT that ends early there is what there is`() throws {
        let bench = try Self.bench { #expect(truncate("\($0.path)/cd-text-1.cdt", 50) == 0) }
        #expect(bench.send(Self.readText).data.starts(with: [0, 52, 0, 0] + TextBlockTests.album.prefix(50)))
    }

    @Test(arguments: [0, 1, 95, 1 << 40]) func `files of a lead-in of any length leave the disc readable`(length: Int)
        throws
    {
        let bench = try Self.bench { made in
            for name in ["lead-in-main.bin", "lead-in-sub.bin"] {
                try DurableFile.replace("\(made.path)/\(name)", with: [])
                #expect(truncate("\(made.path)/\(name)", off_t(length)) == 0)
            }
        }
        for cdb in ["51 00 00 00 00 00 00 00 22 00", "43 00 02 00 00 00 00 00 FF 00", "43 00 00 00 00 00 00 00 FF 00"] {
            #expect(bench.send(cdb).isGood)
        }
        #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
        #expect(try StoredDisc.load(bench.disc).checkedListing().damage.isEmpty)
    }

    @Test func `a session that was being written in one go is spoiled by whoever opens the disc next`() throws {
        var disc = MadeDisc.album()
        disc.sessions[0].stage = .recording
        let made = try MadeDisc(disc)
        #expect(truncate("\(made.path)/main.bin", off_t((150 + 600) * 2352)) == 0)
        let bench = try Bench(in: made.folder)
        let session = try #require(StoredDisc.load(bench.disc).disc.sessions.first)
        #expect(session.stage == .spoiled && session.tracks.map(\.state) == [.complete, .cutOff])
        #expect(session.tracks.last?.end == 600 && bench.nextWritableAddress == nil)
    }
}
