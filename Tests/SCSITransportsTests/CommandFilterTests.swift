import SCSITransports
import Testing

@Suite struct CommandFilterTests {
    private func count(forWriting: Bool) -> Int {
        (0...255).count { CommandFilter.allows(UInt8($0), forWriting: forWriting) }
    }

    @Test func `a block node refuses 181 operation codes, and 212 when it is open for reading`() {
        #expect(count(forWriting: true) == 256 - 181)
        #expect(count(forWriting: false) == 256 - 212)
    }

    @Test func `all that a burn sends goes through the block node`() {
        let burn: [UInt8] = [
            0x04, 0x15, 0x1B, 0x1E, 0x2A, 0x35, 0x43, 0x46, 0x4A, 0x51, 0x52, 0x53, 0x54, 0x55, 0x58, 0x5A, 0x5B, 0x5C,
            0x5D, 0xA1, 0xA6, 0xAA, 0xAC, 0xAD, 0xB6, 0xBB, 0xBE, 0xB9, 0xBF, 0x3C,
        ]
        #expect(burn.allSatisfy { CommandFilter.allows($0) })
    }

    @Test func `MECHANISM STATUS, WRITE BUFFER and the makers' commands do not`() {
        let refused: [UInt8] = [0xBD, 0x3B, 0x85, 0x16, 0x17, 0x5E, 0x5F, 0xD8, 0xE9, 0xED]
        #expect(refused.allSatisfy { !CommandFilter.allows($0) })
    }

    @Test func `writing wants a node that is open for writing`() {
        for code: UInt8 in [0x2A, 0x5D, 0x55, 0xA1, 0x1E] {
            #expect(CommandFilter.allows(code) && !CommandFilter.allows(code, forWriting: false))
        }
    }
}
