import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

/// A drive that does not answer.
@Suite(.timeLimit(.minutes(1))) struct StuckDriveTests {
    private static let ready = CDB([0, 0, 0, 0, 0, 0])

    /// Sends TEST UNIT READY on a thread of its own.
    private static func send(_ recorder: VirtualRecorder, from initiator: SCSIInitiator = SCSIInitiator()) async
        -> SCSIOutcome
    {
        await BlockingThread.run {
            recorder.execute(ready, dataOut: UnsafeRawBufferPointer(start: nil, count: 0), transfer: 0, from: initiator)
                .outcome
        }
    }

    @Test func `a stuck drive goes on when the fault is cleared`() async throws {
        let bench = try Bench()
        let recorder = bench.recorder
        let fault = try bench.fault("test-unit-ready call 1: stuck")
        async let stuck = Self.send(recorder)
        #expect(await BlockingThread.run { recorder.waitForFault(fault) })
        #expect(recorder.clearFaults(fault) == 1)
        #expect(await stuck == SCSIOutcome())
    }

    @Test func `a stuck drive can be seen, and its tray opened by force`() async throws {
        let bench = try Bench()
        let recorder = bench.recorder
        let fault = try bench.fault("test-unit-ready: stuck")
        async let stuck = Self.send(recorder)
        #expect(await BlockingThread.run { recorder.waitForFault(fault) })
        #expect(recorder.faultRecords.map(\.acted) == [1])
        try recorder.removeDisc()
        #expect(recorder.discInTray == nil)
        recorder.clearFaults()
        #expect(await stuck.sense == CheckCondition.mediumNotPresentTrayOpen.senseData)
    }

    @Test func `an initiator that goes lets the others in, and its command was never carried out`() async throws {
        let bench = try Bench()
        let recorder = bench.recorder
        let fault = try bench.fault("test-unit-ready call 1: stuck")
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (near, far) = (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
        async let stuck = Self.send(recorder, from: SCSIInitiator(connection: near.number))
        #expect(await BlockingThread.run { recorder.waitForFault(fault) })
        async let other = Self.send(recorder)
        far.shutDownConnection()
        #expect(await stuck.hostStatus == SCSIOutcome.Host.error)
        #expect(await other == SCSIOutcome())
        withExtendedLifetime((near, far)) {}
    }

    @Test func `a drive that takes its time can be seen, and faults set in the meantime`() async throws {
        let folder = TemporaryFolder(inMemory: true)
        let (begun, over) = (try Pipe(), try Pipe())
        let manual = ManualClock()
        let clock = RecorderClock(
            now: manual.clock.now,
            wait: { duration in
                if duration > .seconds(30) {
                    try? begun.writing.writeAll([0])
                    Self.take(over.reading)
                }
                manual.advance(by: duration)
            }, secondsSince1970: { 0 })
        let recorder = try VirtualRecorder(
            VirtualRecorder.Configuration(disc: "\(folder.path)/disc", name: "slow", maximumSpeed: 1, clock: clock))
        // The disc has spun up by then.
        manual.advance(by: .seconds(60))
        async let burned: Void = BlockingThread.run {
            Self.burn(on: recorder, manual)
            try? begun.writing.writeAll([0])
        }
        await BlockingThread.run { Self.take(begun.reading) }
        #expect(recorder.status.executing == "CLOSE TRACK/SESSION" && recorder.status.heldBy == nil)
        #expect(recorder.setFault(try Fault("inquiry: busy")) == 1)
        try over.writing.writeAll([0])
        await burned
        #expect(recorder.status.executing == nil)
    }

    /// Waits for a byte.
    private static func take(_ source: FileDescriptor) {
        var byte: UInt8 = 0
        _ = try? withUnsafeMutableBytes(of: &byte) { try source.read(into: $0) }
    }

    /// A short track, and its session closed, which takes minutes at this speed.
    private static func burn(on recorder: VirtualRecorder, _ clock: ManualClock) {
        func send(_ cdb: String, _ out: [UInt8] = []) {
            out.withUnsafeBytes { _ = recorder.execute(CDB(hex(cdb)), dataOut: $0, transfer: 0) }
        }
        for _ in 0..<2 { send("00 00 00 00 00 00") }
        send("55 10 00 00 00 00 00 00 3C 00", Bench.tao())
        send("2A 00 00 00 00 00 00 00 1B 00", [UInt8](repeating: 0, count: 27 * 2352))
        send("35 02 00 00 00 00 00 00 00 00")
        clock.advance(by: .seconds(60))
        send("5B 00 02 00 00 00 00 00 00 00")
    }

    @Test func `waiting for a fault that is cleared ends`() async throws {
        let bench = try Bench()
        let recorder = bench.recorder
        let fault = try bench.fault("inquiry: busy")
        async let waited = BlockingThread.run { recorder.waitForFault(fault) }
        recorder.clearFaults(fault)
        #expect(await waited == false)
        #expect(recorder.waitForFault(99) == false)
    }
}

/// The button and the tray, by hand.
@Suite struct TrayByHandTests {
    private static let ready = "00 00 00 00 00 00"

    /// Code of the next media event, and the state of the tray.
    private static func event(_ bench: Bench) -> [UInt8] {
        Array(bench.send(TrayTests.mediaEvents).data.dropFirst(4).prefix(2))
    }

    @Test func `the button opens and closes the tray`() throws {
        let bench = try Bench()
        #expect(Self.event(bench) == [2, 2])  // the disc that has been in since power-on
        #expect(try bench.recorder.pressButton() == .opened)
        #expect(bench.recorder.discInTray == nil)
        #expect(Self.event(bench) == [3, 1])  // removal, tray open
        #expect(try bench.recorder.pressButton() == .closed)
        #expect(bench.recorder.discInTray == bench.disc)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
    }

    @Test func `the button of a locked drive is an event and an attention, told once`() throws {
        let bench = try Bench()
        #expect(Self.event(bench) == [2, 2])
        bench.send("1E 00 00 00 01 00")
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.recorder.discInTray == bench.disc)
        #expect(Self.event(bench) == [1, 2])  // eject request, present
        #expect(bench.send(Self.ready) == .good([]))
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.send(Self.ready) == .refused(6, 0x5A, 1))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `no command of a recording is refused for the button's sake`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.send("1E 00 00 00 01 00")
        #expect(Self.event(bench) == [2, 2])
        bench.write(at: 0, blocks: 10)
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.write(at: 10, blocks: 10) == .good([]))
        #expect(Self.event(bench) == [1, 2])
    }

    @Test func `a disc from elsewhere is loaded, and remembered`() throws {
        let bench = try Bench()
        let other = "\(bench.folder.path)/shelf/other"
        #expect(throws: VirtualRecorder.TrayError.closed) { try bench.recorder.loadDisc(other) }
        try bench.recorder.removeDisc()
        try DurableFile.makeFolder("\(bench.folder.path)/shelf")
        try bench.recorder.loadDisc(other)
        #expect(bench.recorder.discInTray == other)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        let record = try DurableFile.contents(of: "\(bench.disc).tray", limit: 4096)
        #expect(String(decoding: record, as: UTF8.self).hasSuffix(" closed \(other)\n"))
    }

    @Test func `a recorder that had a disc from elsewhere in it has it in again`() throws {
        let folder = TemporaryFolder(inMemory: true)
        let other = "\(folder.path)/other"
        try DurableFile.replace("\(folder.path)/disc.tray", with: Array("2026-11-21T07:00:00Z closed \(other)\n".utf8))
        #expect(try Bench(in: folder).recorder.discInTray == other)
    }

    @Test(arguments: ["", "a\0b", "/tmp/a\nb"]) func `a path that cannot be is not loaded`(path: String) throws {
        let bench = try Bench()
        try bench.recorder.removeDisc()
        #expect(throws: VirtualRecorder.TrayError.path) { try bench.recorder.loadDisc(path) }
    }

    @Test func `a folder that is no disc is not loaded`() throws {
        let bench = try Bench()
        let path = "\(bench.folder.path)/things"
        try DurableFile.makeFolder(path)
        try DurableFile.replace("\(path)/thing", with: [1])
        try bench.recorder.removeDisc()
        #expect(throws: VirtualRecorder.TrayError.disc(.notADisc(path: path))) { try bench.recorder.loadDisc(path) }
        #expect(bench.recorder.discInTray == nil)
        #expect(bench.send(Self.ready) == .refused(2, 0x3A, 2))
    }
}
