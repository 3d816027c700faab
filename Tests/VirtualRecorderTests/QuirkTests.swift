import TestSupport
import Testing

@testable import VirtualRecorder

/// Oddities of recording commands; others are tested with the commands that have them.
@Suite struct QuirkTests {
    private static let track = "52 01 00 00 00 FF 00 00 30 00"

    private static func bench(_ quirk: Quirk) throws -> Bench {
        try Bench(profile: Bench.profile { $0.quirks = [quirk] })
    }

    @Test func `the next address of a blank is 150 too low in track-at-once, and writing there is refused`() throws {
        let bench = try Self.bench(.nextAddressMinus150)
        bench.select(Bench.tao())
        // Start 0, next writable address −150.
        #expect(Array(bench.send(Self.track).data[7..<16]) == hex("01 00 00 00 00 FF FF FF 6A"))
        #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x21, 2))
        bench.track(at: 0, blocks: 300)
        #expect(bench.nextWritableAddress == 452)
    }

    @Test func `the next address of a blank is nonsense in session-at-once and RAW`() throws {
        let bench = try Self.bench(.nextAddressGarbage)
        for changes in [[10: 0x42], [10: 0x43, 12: 1]] as [[Int: UInt8]] {
            bench.select(Bench.tao(changes: changes))
            #expect(Array(bench.send(Self.track).data[12..<16]) == hex("00 05 24 6F"))  // 337007
        }
        bench.select(Bench.tao())
        #expect(bench.nextWritableAddress == 0)
    }

    @Test func `without OPC there is no such operation`() throws {
        #expect(try Self.bench(.opcUnsupported).send("54 01 00 00 00 00 00 00 00 00") == .refused(5, 0x20, 0))
    }

    @Test func `without CLOSE TRACK a track is closed by SYNCHRONIZE CACHE, and sessions are closed as ever`() throws {
        let bench = try Self.bench(.closeTrackUnsupported)
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 300)
        #expect(bench.send("5B 00 01 00 00 FF 00 00 00 00") == .refused(5, 0x20, 0))
        bench.send("35 00 00 00 00 00 00 00 00 00")
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
    }

    @Test func `a test write that cannot be closed leaves a blank all the same`() throws {
        let bench = try Self.bench(.closeRefusedInTestWrite)
        bench.select(Bench.tao(changes: [10: 0x51]))
        bench.track(at: 0, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .refused(5, 0x2C, 0))
        bench.select(Bench.tao())
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
    }
}
