import BinaryCoding
import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

/// Whatever comes as a command, the drive answers it and lives.
@Suite struct HostileCommandTests {
    /// Xorshift (Marsaglia 2003): the same commands every time.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let lengths = [6, 10, 12, 16]

    @Test(arguments: [1 as UInt64, 2])
    func `random commands are answered, never with more than there is room for`(
        seed: UInt64
    ) throws {
        var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let bench = try Bench(speed: seed % 2 == 0 ? 48 : nil)
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        let known = Array(Drive.commands.keys).sorted()
        var good = 0
        for _ in 0..<2000 {
            let length = Self.lengths.randomElement(using: &generator) ?? 10
            var cdb = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Mostly operations that exist, with many small fields.
            if Int.random(in: 0..<10, using: &generator) > 0 { cdb[0] = known.randomElement(using: &generator) ?? 0 }
            for index in 1..<length where Bool.random(using: &generator) { cdb[index] = 0 }
            let out = [UInt8](repeating: 0x55, count: [0, 0, 12, 60, 2352].randomElement(using: &generator) ?? 0)
            let room = [0, 4, 100, 65_536].randomElement(using: &generator) ?? 0
            let answer = bench.send(cdb, out: out, room: room)
            #expect(answer.data.count <= room, "\(cdb.hex(separator: " "))")
            if answer.isGood { good += 1 }
        }
        // They are not all refused at the door.
        #expect(good > 100)
    }

    @Test func `the first and the last address that a CDB can hold are out of range`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        for lba in [Int(Int32.min), Int(Int32.max), -151, 302] {
            #expect(bench.read(from: lba, blocks: 1) == .refused(5, 0x21, 0))
            #expect(bench.read(from: lba, blocks: 0xFFFF) == .refused(5, 0x21, 0))
            let byAddress = [0x52, 0] + Int32(lba).bigEndianBytes + [0, 0, 48, 0]
            #expect(bench.send(byAddress) == .refused(5, 0x21, 0))
        }
    }
}
