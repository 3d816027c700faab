import DiscLayout
import SectorCoding
import TestSupport
import Testing

@Suite struct DataSectorTests {
    /// Two implementations that know nothing of each other and of this one agree on these.
    @Test(arguments: [
        // Mode 1, address 0, zeros.
        (
            DataBlock.mode1, 0, [UInt8](repeating: 0, count: 2048), "d9ee3c3ce5f425e5adb786706f65f363fd785695",
            [
                (0, "00 FF FF FF FF FF FF FF FF FF FF 00  00 02 00 01"), (2064, "C5 13 68 2B"),
                (2076, "00 F7 00 F5 00"), (2162, "00 F5 00 F4"), (2248, "00 41 00 00"), (2300, "00 43"),
                (2348, "00 C1 00 12"),
            ]
        ),
        (
            .mode1, 16, counting(2048), "aadccaada56bb68493eb1319a30e4605f79f5e9f",
            [
                (12, "00 02 16 01"), (2064, "5E 93 51 92"), (2076, "42 13 28 94 21 72 D5 86"),
                (2162, "8E DC 20 8A"), (2248, "46 E9 44 86 F1 2A E2 0B"), (2300, "81 2C E6 25"),
                (2348, "89 7C 8E 23"),
            ]
        ),
        (
            .form1(.data), 0, counting(2048), "66b7ca6d3e1cc31cd80fb374f639abe1bb098c4b",
            [
                (12, "00 02 00 02  00 00 08 00 00 00 08 00"), (2072, "E9 0C D0 59"),
                (2076, "59 FF 7F D9 A8 0E 3F 62"), (2162, "BD 1A 69 CE"), (2248, "13 FD 68 AA"),
                (2300, "73 9D CB 08"), (2348, "61 61 D3 87"),
            ]
        ),
        (
            .form2(.form2), 0, counting(2324), "426ae98166b4d4b4fa8e6f4e252b2869bef4260f",
            [(12, "00 02 00 02  00 00 20 00 00 00 20 00"), (2348, "BC 8D D9 95")]
        ),
    ])
    func `whole sectors`(block: DataBlock, lba: Int, data: [UInt8], digest: String, parts: [(Int, String)]) {
        let sector = sectors(block, lba: lba, data)
        for (offset, golden) in parts {
            let bytes = hex(golden)
            #expect(Array(sector[offset..<offset + bytes.count]) == bytes, "at \(offset)")
        }
        #expect(sha1(sector) == digest)
    }

    @Test func `sectors follow each other in address`() {
        let data = random(3 * 2048)
        let together = sectors(.mode1, lba: -1, count: 3, data)
        let single = (0..<3).flatMap { sectors(.mode1, lba: $0 - 1, Array(data[$0 * 2048..<($0 + 1) * 2048])) }
        #expect(together == single)
        #expect(Array(together[12..<16]) == hex("00 01 74 01"))
        #expect(Array(together[2352 + 12..<2352 + 16]) == hex("00 02 00 01"))
        // Lead-in addresses count down to 00:00:00.
        #expect(Array(sectors(.mode1Zero, lba: -151, [])[12..<16]) == hex("99 59 74 01"))
    }

    /// The same user data in every shape that a host can give it makes the same sector.
    @Test func `what the host sends beside user data does not matter`() {
        let data = random(2048)
        let mode1 = sectors(.mode1, lba: 77, data)
        #expect(sectors(.mode1Whole, lba: 77, random(16) + data + random(288)) == mode1)

        let subHeader = hex("01 02 08 03 01 02 08 03")
        let form1 = sectors(.form1(SubHeader(file: 1, channel: 2, submode: 8, coding: 3)), lba: 77, data)
        #expect(sectors(.form1WithSubHeader, lba: 77, subHeader + data) == form1)
        #expect(sectors(.xaWithSubHeader, lba: 77, subHeader + data + random(276)) == form1)
        #expect(sectors(.xa, lba: 77, subHeader + data + random(280)) == form1)
        #expect(sectors(.xaWhole, lba: 77, random(16) + subHeader + data + random(280)) == form1)

        let long = data + random(276)
        let second = hex("01 02 64 03 01 02 64 03")
        let form2 = sectors(.form2(SubHeader(file: 1, channel: 2, submode: 0x64, coding: 3)), lba: 77, long)
        #expect(sectors(.xaWithSubHeader, lba: 77, second + long) == form2)
        #expect(sectors(.xa, lba: 77, second + long + random(4)) == form2)
        #expect(sectors(.xaWhole, lba: 77, random(16) + second + long + random(4)) == form2)
    }

    @Test func `a block type of one form makes that form`() {
        let form1 = sectors(.form1(.form2), random(2048))
        let other = sectors(.form1WithSubHeader, hex("00 00 28 00 00 00 28 00") + random(2048))
        let form2 = sectors(.form2(.data), random(2324))
        for (sector, submode) in [(form1, 0x00 as UInt8), (other, 0x08), (form2, 0x28)] {
            #expect(sector[18] == submode)
            #expect(sector[22] == submode)
            #expect(sector.withUnsafeBytes { DataSector.defects(of: $0) } == [])
        }
    }

    @Test func `sectors of nothing are those of zeros`() {
        #expect(sectors(.mode1Zero, []) == sectors(.mode1, [UInt8](repeating: 0, count: 2048)))
        #expect(sectors(.xaZero(.data), []) == sectors(.form1(.data), [UInt8](repeating: 0, count: 2048)))
        #expect(sectors(.xaZero(.form2), []) == sectors(.form2(.form2), [UInt8](repeating: 0, count: 2324)))
        let formless = sectors(.mode2Zero, [])
        #expect(formless == sectors(.mode2, [UInt8](repeating: 0, count: 2336)))
        #expect(formless.prefix(16) == hex("00 FF FF FF FF FF FF FF FF FF FF 00  00 02 00 02")[...])
        #expect(sectors(.mode0, []) == Array(formless[..<15]) + [0] + [UInt8](repeating: 0, count: 2336))
    }

    @Test func `sectors without forms carry 2336 bytes`() {
        let data = random(2336)
        let sector = sectors(.mode2, lba: 150, data)
        #expect(sector == hex("00 FF FF FF FF FF FF FF FF FF FF 00  00 04 00 02") + data)
        #expect(sectors(.mode2Whole, lba: 150, random(16) + data) == sector)
    }

    @Test func `the EDC has its published check value`() {
        #expect(Array("123456789".utf8).withUnsafeBytes { ErrorDetection.code(of: $0) } == 0x6EC2_EDC4)
    }
}

@Suite struct DataSectorCheckTests {
    private static func defects(_ sector: [UInt8]) -> SectorDefects {
        sector.withUnsafeBytes { DataSector.defects(of: $0) }
    }

    @Test(arguments: [
        DataBlock.mode0, .mode1Zero, .mode1, .mode2Zero, .mode2, .xaZero(.data), .xaZero(.form2), .form1(.data),
        .form2(.form2),
    ])
    func `what is made is intact`(block: DataBlock) {
        #expect(Self.defects(sectors(block, lba: 1234, random(block.byteCount))) == [])
    }

    @Test func `a changed byte of Mode 1 is found by EDC and both parities`() {
        let sector = sectors(.mode1, random(2048))
        for offset in stride(from: 16, to: 2064, by: 7) {
            var damaged = sector
            damaged[offset] ^= 0x10
            #expect(Self.defects(damaged) == [.edc, .pParity, .qParity])
        }
    }

    @Test func `every part of Mode 1 is checked`() {
        let sector = sectors(.mode1, random(2048))
        let parts: [(Int, SectorDefects)] = [
            (5, .sync), (2066, [.edc, .pParity, .qParity]), (2070, [.zeros, .pParity, .qParity]),
            (2076, [.pParity, .qParity]), (2247, [.pParity, .qParity]), (2248, .qParity), (2351, .qParity),
        ]
        for (offset, expected) in parts {
            var damaged = sector
            damaged[offset] ^= 1
            #expect(Self.defects(damaged) == expected, "byte \(offset)")
        }
        var damaged = sector
        damaged[13] = 0x60  // seconds
        #expect(Self.defects(damaged) == [.header, .edc, .pParity, .qParity])
        damaged = sector
        damaged[15] = 3
        #expect(Self.defects(damaged) == .header)
    }

    @Test func `the header of Form 1 is not checked but for being one`() {
        let sector = sectors(.form1(.data), lba: 5, random(2048))
        var moved = sector
        moved[14] = 0x06
        #expect(Self.defects(moved) == [])
        moved[100] ^= 1
        #expect(Self.defects(moved) == [.edc, .pParity, .qParity])
    }

    @Test func `Form 2 may have no EDC, but no wrong one`() {
        var sector = sectors(.form2(.form2), random(2324))
        sector[1000] ^= 1
        #expect(Self.defects(sector) == .edc)
        sector.replaceSubrange(2348..<2352, with: [0, 0, 0, 0])
        #expect(Self.defects(sector) == [])
    }

    @Test func `mode 0 holds zeros`() {
        var sector = sectors(.mode0, [])
        sector[2351] = 1
        #expect(Self.defects(sector) == .zeros)
    }

    @Test func `bytes that are no sector never trap`() {
        for _ in 0..<200 {
            var bytes = random(2352)
            #expect(Self.defects(bytes) == .sync)
            bytes.replaceSubrange(0..<12, with: hex("00 FF FF FF FF FF FF FF FF FF FF 00"))
            bytes[15] &= 3
            if Bool.random() { bytes.replaceSubrange(20..<24, with: bytes[16..<20]) }
            if bytes[15] == 1 { #expect(Self.defects(bytes).isSuperset(of: [.pParity, .qParity])) }
            _ = Self.defects(bytes)
        }
    }
}

@Suite struct SectorIdentityTests {
    private static func identity(_ sector: [UInt8]) -> SectorIdentity? {
        sector.withUnsafeBytes { SectorIdentity(sector: $0) }
    }

    @Test(arguments: [
        (DataBlock.mode0, SectorIdentity.Kind.mode0, nil as SubHeader?, 16..<2352),
        (.mode1Zero, .mode1, nil, 16..<2064),
        (.mode2, .mode2, nil, 16..<2352), (.form1(.data), .form1, .data, 24..<2072),
        (.form2(.form2), .form2, .form2, 24..<2348),
    ])
    func `mode, form, address and sub-header`(
        block: DataBlock, kind: SectorIdentity.Kind, subHeader: SubHeader?, userData: Range<Int>
    ) {
        let identity = Self.identity(sectors(block, lba: 4350, counting(block.byteCount)))
        #expect(identity?.kind == kind)
        #expect(identity?.address == MSF(minutes: 1, seconds: 0, frames: 0))
        #expect(identity?.subHeader == subHeader)
        #expect(identity?.userData == userData)
    }

    @Test func `a mode that is none, and marks of packets`() {
        var sector = sectors(.mode1Zero, [])
        sector[15] = 0xE1
        #expect(Self.identity(sector)?.kind == .mode1)
        sector[15] = 7
        #expect(Self.identity(sector)?.kind == .reserved(7))
        sector[12] = 0xAA
        #expect(Self.identity(sector)?.address == nil)
        sector[0] = 1
        #expect(Self.identity(sector) == nil)
    }

    @Test func `a sync pattern is found wherever it is`() {
        let sync = hex("00 FF FF FF FF FF FF FF FF FF FF 00")
        for offset in [0, 1, 3, 2340, 2351] {
            let bytes = [UInt8](repeating: 0, count: offset) + sync
            #expect(bytes.withUnsafeBytes { DataSector.firstSync(in: $0) } == offset)
            #expect(bytes.withUnsafeBytes { DataSector.hasSync($0) } == (offset == 0))
        }
        #expect(sync.dropLast().withUnsafeBytes { DataSector.firstSync(in: $0) } == nil)
        #expect([UInt8]().withUnsafeBytes { DataSector.hasSync($0) } == false)
    }
}

@Suite struct ScramblerTests {
    private static func scrambled(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { Scrambler.apply($0.count / 2352, to: $0) }
        return bytes
    }

    @Test func `the scrambler's output`() {
        let output = Self.scrambled([UInt8](repeating: 0, count: 2352))
        #expect(output.prefix(12).allSatisfy { $0 == 0 })
        #expect(
            Array(output[12..<44])
                == hex(
                    "01 80 00 60 00 28 00 1E 80 08 60 06 A8 02 FE 81 80 60 60 28 28 1E 9E 88 68 66 AE AA FC 7F 01 E0"))
        #expect(output.suffix(4) == hex("72 DD E5 99")[...])
        #expect(sha1(Array(output[12...])) == "b15ecfca323199d7bc3edffbf7df669bedf5f0bf")
    }

    @Test func `sectors scrambled`() {
        let zeros = Self.scrambled(sectors(.mode1Zero, []))
        #expect(sha1(zeros) == "5d6926fd53a6c19a5898806069460996b0e37904")
        let counting = Self.scrambled(sectors(.mode1, lba: 16, counting(2048)))
        #expect(Array(counting[12..<28]) == hex("01 82 16 61 00 29 02 1D 84 0D 66 01 A0 0B F4 8A"))
        #expect(sha1(counting) == "107da9a7d8d0f5f7e11a02acd705854b7b419ee5")
        #expect(
            Self.scrambled(zeros + counting) == sectors(.mode1Zero, [])
                + sectors(.mode1, lba: 16, SectorCodingTests.counting(2048)))
    }
}
