import BinaryCoding
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// The tray, and what the drive tells of it.
@Suite struct TrayTests {
    static let eject = "1B 00 00 00 02 00"
    static let load = "1B 00 00 00 03 00"
    static let ready = "00 00 00 00 00 00"
    static let mediaEvents = "4A 01 00 00 10 00 00 00 08 00"

    private static func burn(_ bench: Bench) {
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
    }

    @Test func `power-on is told once, and commands that must always work do not take it`() throws {
        let bench = try Bench(takingAttention: false)
        for cdb in ["12 00 00 00 24 00", "46 00 00 00 00 00 00 00 08 00", Self.mediaEvents] {
            #expect(bench.send(cdb).isGood)
        }
        #expect(bench.send("FF 00 00 00 00 00 00 00 00 00 00 00") == .refused(6, 0x29, 0))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `REQUEST SENSE takes an attention too`() throws {
        let bench = try Bench(takingAttention: false)
        #expect(bench.send("03 00 00 00 12 00").data == hex("70 00 06 00 00 00 00 0A 00 00 00 00 29 00 00 00 00 00"))
        #expect(bench.send("03 00 00 00 12 00").data == hex("70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00"))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `an open tray has no disc in it`() throws {
        let bench = try Bench()
        #expect(bench.send(Self.eject) == .good([]))
        for cdb in [Self.ready, "51 00 00 00 00 00 00 00 22 00", "2A 00 00 00 00 00 00 00 00 00", "1B 00 00 00 01 00"] {
            #expect(bench.send(cdb) == .refused(2, 0x3A, 2))
        }
        #expect(bench.send("BD 00 00 00 00 00 00 00 00 08 00 00").data == hex("00 10 00 00 00 00 00 00"))
    }

    @Test func `a change of disc is told once`() throws {
        let bench = try Bench()
        bench.send(Self.eject)
        bench.send(Self.load)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `media events are told once, the state of the tray always`() throws {
        let bench = try Bench()
        #expect(bench.send(Self.mediaEvents).data == hex("00 06 04 5E 02 02 00 00"))  // new medium, present
        #expect(bench.send(Self.mediaEvents).data == hex("00 06 04 5E 00 02 00 00"))
        bench.send(Self.eject)
        #expect(bench.send(Self.mediaEvents).data == hex("00 06 04 5E 03 01 00 00"))  // removal, tray open
        #expect(bench.send(Self.mediaEvents).data == hex("00 06 04 5E 00 01 00 00"))
        bench.send(Self.load)
        #expect(bench.send(Self.mediaEvents).data == hex("00 06 04 5E 02 02 00 00"))
        // A class that is not there.
        #expect(bench.send("4A 01 00 00 20 00 00 00 08 00").data == hex("00 02 80 5E"))
    }

    @Test func `a locked tray stays closed`() throws {
        let bench = try Bench()
        bench.send("1E 00 00 00 01 00")
        #expect(bench.send(Self.eject) == .refused(5, 0x53, 2))
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.send("5A 00 2A 00 00 00 00 00 FF 00").data[8 + 6] & 2 == 2)
        bench.send("1E 00 00 00 00 00")
        #expect(bench.send(Self.eject) == .good([]))
    }

    @Test func `loading a closed tray and ejecting an open one change nothing`() throws {
        let bench = try Bench()
        #expect(bench.send(Self.load) == .good([]))
        #expect(bench.send(Self.ready) == .good([]))
        bench.send(Self.eject)
        #expect(bench.send(Self.eject) == .good([]))
        #expect(bench.recorder.discInTray == nil)
    }

    @Test func `a blank that was ejected comes back`() throws {
        let bench = try Bench()
        bench.send(Self.eject)
        bench.send(Self.load)
        #expect(bench.recorder.discInTray == bench.disc)
    }

    @Test func `a burned disc stays as a folder, and a fresh blank goes in`() throws {
        let bench = try Bench()
        Self.burn(bench)
        for number in 2...3 {
            bench.send(Self.eject)
            bench.send(Self.load)
            bench.send(Self.ready)
            #expect(bench.recorder.discInTray == "\(bench.disc)-\(number)")
            #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
            Self.burn(bench)
        }
        #expect(try StoredDisc.load(bench.disc).disc.status == .finalized)
    }

    @Test func `a number that is taken is passed over`() throws {
        let bench = try Bench()
        Self.burn(bench)
        try DurableFile.makeFolder("\(bench.disc)-2")
        bench.send(Self.eject)
        bench.send(Self.load)
        #expect(bench.recorder.discInTray == "\(bench.disc)-3")
    }

    @Test func `stop and start leave the disc in`() throws {
        let bench = try Bench()
        Self.burn(bench)
        #expect(bench.send("1B 00 00 00 00 00") == .good([]))
        #expect(bench.send("1B 00 00 00 01 00") == .good([]))
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.recorder.discInTray == bench.disc)
        #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
    }

    @Test func `ejecting in the middle of a track closes the track first`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        #expect(bench.send(Self.eject) == .good([]))
        let disc = try StoredDisc.load(bench.disc).disc
        #expect(disc.tracks.map(\.state) == [.complete] && disc.tracks[0].blocks == 300)
    }
}

/// A disc carried from one recorder to another.
@Suite struct CarriedDiscTests {
    private static func closeSession(_ bench: Bench) {
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
    }

    @Test func `a session of one recorder and one of another make one disc`() throws {
        let (first, second) = (try Bench(), try Bench())
        first.select(Bench.tao(multiSession: 3))
        first.track(at: 0, blocks: 300)
        Self.closeSession(first)
        first.send(TrayTests.eject)
        second.send(TrayTests.eject)
        try second.recorder.loadDisc(first.disc)
        #expect(second.send(TrayTests.ready) == .refused(6, 0x28, 0))
        second.select(Bench.tao())
        let start = try #require(second.nextWritableAddress)
        second.track(at: start, blocks: 310)
        Self.closeSession(second)
        second.send(TrayTests.eject)
        try first.recorder.loadDisc(first.disc)
        first.send(TrayTests.ready)
        for lba in [0, 299, start, start + 309] {
            #expect(first.read(from: lba, blocks: 1).data == Bench.block(lba), "block \(lba)")
        }
        let listing = try StoredDisc.load(first.disc).checkedListing()
        #expect(listing.state == "finalized" && listing.sessions.count == 2 && listing.damage.isEmpty)
    }

    @Test func `a disc that is in one recorder does not go into another, whose tray stays open`() throws {
        let (first, second) = (try Bench(), try Bench())
        second.send(TrayTests.eject)
        #expect(throws: VirtualRecorder.TrayError.disc(.inUse(path: first.disc))) {
            try second.recorder.loadDisc(first.disc)
        }
        #expect(second.recorder.discInTray == nil)
        second.send(TrayTests.load)
        #expect(second.recorder.discInTray == second.disc)
    }

    @Test func `a disc from elsewhere is in again after a restart, and behind it the stack goes on`() throws {
        let bench = try Bench()
        let elsewhere = TemporaryFolder(inMemory: true)
        let path = "\(elsewhere.path)/\(String(repeating: "x", count: 200))/disc"
        bench.send(TrayTests.eject)
        try bench.recorder.loadDisc(path)
        bench.send(TrayTests.ready)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        Self.closeSession(bench)
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        #expect(bench.recorder.discInTray == "\(bench.disc)-2")
        bench.send(TrayTests.ready)
        bench.send(TrayTests.eject)
        try bench.recorder.loadDisc(path)
        let record = try DurableFile.contents(of: "\(bench.disc).tray", limit: 1 << 16)
        let copy = TemporaryFolder(inMemory: true)
        try DurableFile.replace("\(copy.path)/disc.tray", with: record)
        bench.send(TrayTests.ready)
        bench.send(TrayTests.eject)
        #expect(try Bench(in: copy).recorder.discInTray == path)
    }

    @Test func `a blank of another medium is made when a path is loaded that nothing has`() throws {
        let folder = TemporaryFolder(inMemory: true)
        let recorder = try VirtualRecorder(
            .init(disc: "\(folder.path)/disc", name: "other", blank: .cdRW, maximumSpeed: nil))
        try recorder.removeDisc()
        try recorder.loadDisc("\(folder.path)/new")
        #expect(try StoredDisc.load("\(folder.path)/new").disc == Disc(medium: .cdRW))
    }
}
