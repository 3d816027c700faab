import BinaryCoding
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

/// Whatever is written as a fault, and whatever comes while faults are set, the recorder lives.
@Suite struct HostileFaultTests {
    /// Xorshift (Marsaglia 2003): the same every time.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let examples = (FaultListing.conditions + FaultListing.faults).map(\.example)

    @Test func `a line with anything in it is a fault that reads the same again, or an error`() {
        var generator = Generator(state: 0x2545_F491_4F6C_DD1D)
        let words =
            Self.examples.flatMap { $0.split(separator: " ").map(String.init) } + ["-1", "9999999999", "/", "=", ""]
        var (good, bad) = (0, 0)
        for _ in 0..<20_000 {
            var line = Self.examples.randomElement(using: &generator)?.split(separator: " ").map(String.init) ?? []
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                let index = Int.random(in: 0..<line.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: line[index] = words.randomElement(using: &generator) ?? ""
                case 1: line.insert(words.randomElement(using: &generator) ?? "", at: index)
                case 2: line[index] = String(line[index].dropLast())
                default: line[index].append(Character(UnicodeScalar(UInt8.random(in: 0...127, using: &generator))))
                }
            }
            do throws(FaultSyntaxError) {
                let fault = try Fault(line.joined(separator: " "))
                #expect((try? Fault(fault.description)) == fault)
                good += 1
            } catch {
                #expect(error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                bad += 1
            }
        }
        #expect(good > 1000 && bad > 1000)
    }

    @Test(arguments: [1 as UInt64, 2])
    func `random commands are answered with every fault set, never with more than there is room for`(seed: UInt64)
        throws
    {
        var generator = Generator(state: seed &* 0x9E37_79B9_7F4A_7C15)
        let bench = try Bench.burned()
        for example in Self.examples where !example.hasSuffix("stuck") && !example.hasSuffix("remove") {
            // Without the conditions, so that each has something to do.
            let action = example.split(separator: ": ").last.map(String.init) ?? example
            let times = action.contains("/") || ["busy", "bad-read"].contains(action) ? "call 7..9: " : ""
            try bench.fault(times + action)
        }
        let codes: [UInt8] = [0x00, 0x12, 0x28, 0x2A, 0x43, 0x46, 0x51, 0x52, 0x5A, 0xA8, 0xAA, 0xB9, 0xBE, 0xFF]
        for _ in 0..<2000 {
            var cdb = (0..<12).map { _ in UInt8.random(in: 0...255, using: &generator) }
            cdb[0] = codes.randomElement(using: &generator) ?? 0
            for index in 1..<12 where Bool.random(using: &generator) { cdb[index] = 0 }
            let out = [UInt8](repeating: 0x55, count: [0, 0, 60, 2352, 2448].randomElement(using: &generator) ?? 0)
            let room = [0, 4, 100, 65_536].randomElement(using: &generator) ?? 0
            let (outcome, data) = bench.outcome(cdb, out: out, room: room)
            #expect(data.count <= room)
            #expect((0...max(room, out.count)).contains(outcome.residual), "\(cdb.hex(separator: " "))")
        }
        #expect(bench.recorder.faultRecords.count { $0.acted > 0 } > 15)
    }
}
