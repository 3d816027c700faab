import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

extension Bench {
    /// MODE SELECT payload of a session at once.
    static func sao(multiSession: UInt8 = 0, isTest: Bool = false, changes: [Int: UInt8] = [:]) -> [UInt8] {
        tao(multiSession: multiSession, changes: [10: isTest ? 0x52 : 0x42].merging(changes) { $1 })
    }

    /// SEND CUE SHEET.
    @discardableResult
    func sendCueSheet(_ sheet: [UInt8]) -> Answer {
        send([0x5D, 0, 0, 0, 0, 0] + UInt32(sheet.count).bigEndianBytes.dropFirst() + [0], out: sheet)
    }

    /// WRITE (10) of bytes.
    @discardableResult
    func write(_ bytes: [UInt8], at lba: Int, blocks: Int) -> Answer {
        send([0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [0], out: bytes)
    }

    /// Blocks made one by one, in pieces of 27; returns the first answer that is not good.
    func send(_ blocks: Range<Int>, _ block: (Int) -> [UInt8]) -> Answer {
        var lba = blocks.lowerBound
        while lba < blocks.upperBound {
            let count = min(27, blocks.upperBound - lba)
            let answer = write((lba..<lba + count).flatMap(block), at: lba, blocks: count)
            guard answer == .good([]) else { return answer }
            lba += count
        }
        return .good([])
    }

    /// SYNCHRONIZE CACHE.
    @discardableResult
    func synchronize() -> Answer { send("35 00 00 00 00 00 00 00 00 00") }

    /// Byte 2 of READ DISC INFORMATION: state of the last session and of the disc.
    var discState: UInt8? { send("51 00 00 00 00 00 00 00 22 00").data.dropFirst(2).first }

    /// Formatted Q of blocks, 16 bytes each.
    func q(from lba: Int, blocks: Int) -> [[UInt8]] {
        let data = read(from: lba, blocks: blocks, flags: 0, sub: 2).data
        return stride(from: 0, to: data.count, by: 16).map { Array(data[$0..<$0 + 16]) }
    }
}

/// Sessions of audio recorded in one go.
@Suite struct SessionAtOnceTests {
    /// Two tracks: 4 s, then, behind a pause of a second, 5 s with an index 2; both with an ISRC, an MCN for all.
    static let sheet = hex(
        """
        02 34 30 31 32 33 34 35
        02 36 37 38 39 30 31 00
        01 00 00 01 00 00 00 00
        03 01 44 45 41 42 43 31
        03 01 32 33 34 35 36 37
        01 01 00 00 00 00 00 00
        01 01 01 00 00 00 02 00
        23 02 44 45 41 42 43 31
        23 02 32 33 34 35 36 38
        21 02 00 00 00 00 06 00    // 300
        21 02 01 00 00 00 07 00    // 375
        21 02 02 00 00 00 09 00    // 525
        01 AA 01 01 00 00 0C 00    // 750
        """)

    static func recorded(_ list: [UInt8] = Bench.sao()) throws -> Bench {
        let bench = try Bench()
        #expect(bench.select(list) == .good([]))
        #expect(bench.sendCueSheet(sheet) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        #expect(bench.synchronize() == .good([]))
        return bench
    }

    @Test func `a session is closed when all blocks are there and the cache is synchronized`() throws {
        let bench = try Self.recorded()
        #expect(bench.discState == 0b1110)
        #expect(
            bench.send("43 00 00 00 00 00 00 00 FF 00").data
                == hex("00 1A 01 02  00 10 01 00 00000000  00 12 02 00 00000177  00 12 AA 00 000002EE"))
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == hex("000002ED 00000800"))
        // Another SYNCHRONIZE CACHE does nothing.
        #expect(bench.synchronize() == .good([]))
        #expect(bench.write(at: 750, blocks: 1) == .refused(5, 0x30, 5))
        #expect(bench.sendCueSheet(Self.sheet) == .refused(5, 0x30, 5))
    }

    @Test func `the main channel is what was sent, pauses too`() throws {
        let bench = try Self.recorded()
        for lba in [-150, -1, 0, 299, 300, 374, 375, 525, 749] {
            #expect(bench.read(from: lba, blocks: 1).data == Bench.block(lba))
        }
        #expect(bench.read(from: 749, blocks: 2) == .refused(5, 0x21, 0))
    }

    @Test(arguments: [
        (-150, "01 01 00 00 01 74 00 00 00 00 AA B9  00 00 00 80"),
        (-1, "01 01 00 00 00 00 00 00 01 74 76 BB  00 00 00 80"),
        (0, "01 01 01 00 00 00 00 00 02 00 5A 28  00 00 00 80"), (299, "01 01 01 00 03 74 00 00 05 74"),
        (300, "21 02 00 00 00 74 00 00 06 00"), (374, "21 02 00 00 00 00 00 00 06 74"),
        (375, "21 02 01 00 00 00 00 00 07 00"), (524, "21 02 01 00 01 74 00 00 08 74"),
        (525, "21 02 02 00 02 00 00 00 09 00"), (749, "21 02 02 00 04 74 00 00 11 74"),
    ])
    func `Q says where a block is`(lba: Int, golden: String) throws {
        let frame = try Self.recorded().q(from: lba, blocks: 1)[0]
        #expect(frame.starts(with: hex(golden)), "\(frame.hex(separator: " "))")
    }

    @Test func `codes come once in a hundred blocks and P marks pauses`() throws {
        let frames = try Self.recorded().q(from: -150, blocks: 900)
        #expect(frames.allSatisfy { QFrame($0.prefix(12)).isIntact })
        let numbers = frames.indices.filter { frames[$0][0] & 15 == 2 }
        #expect(numbers == [98, 198, 298, 398, 498, 598, 698, 798, 898])
        #expect(Array(frames[98][0..<10]) == hex("02 40 12 34 56 78 90 10 00 23"))
        let codes = frames.indices.filter { frames[$0][0] & 15 == 3 }
        #expect(codes == [48, 148, 248, 348, 448, 548, 648, 748, 848])
        #expect(Array(frames[148][0..<9]) == hex("03 51 54 52 4C 12 34 56 70"))
        #expect(Array(frames[848][0..<9]) == hex("23 51 54 52 4C 12 34 56 80"))
        #expect(
            frames.indices.filter { frames[$0][15] == 0x80 } == Array(0...150) + Array(450...525))
    }

    @Test func `codes are read by READ SUB-CHANNEL`() throws {
        let bench = try Self.recorded()
        let number = bench.send("42 00 40 02 00 00 00 00 18 00").data
        #expect(number.count == 24 && String(decoding: number[9..<22], as: UTF8.self) == "4012345678901")
        let code = bench.send("42 00 40 03 00 00 02 00 18 00").data
        #expect(code.count == 24 && String(decoding: code[9..<21], as: UTF8.self) == "DEABC1234568")
    }

    @Test func `the disc is the same in the next recorder`() throws {
        let bench = try Self.recorded()
        let disc = try StoredDisc.load(bench.disc).disc
        let session = try #require(disc.sessions.first)
        #expect(session.writeType == .sessionAtOnce && session.catalogNumber == "4012345678901")
        #expect(session.closing == Disc.Closing(leadOut: 750, following: .none))
        #expect(session.tracks.map(\.indexes) == [[0], [375, 525]])
        #expect(session.tracks.map(\.pauseStart) == [-150, 300])
        #expect(session.tracks.allSatisfy { $0.state == .complete && !$0.isDamaged })
        #expect(try Disc.parse(DiscDocument(disc).bytes) == disc)
    }

    @Test func `what page 05h says of a next session is kept`() throws {
        #expect(try Self.recorded(Bench.sao(multiSession: 3)).discState == 0b0001)
        #expect(try Self.recorded(Bench.sao(multiSession: 1)).discState == 0b1110)
    }

    @Test func `the MCN of page 05h counts when the sheet has none`() throws {
        let bench = try Bench()
        var list = Bench.sao()
        list[24] = 0x80
        list.replaceSubrange(25..<38, with: Array("9780201379624".utf8))
        bench.select(list)
        #expect(bench.sendCueSheet(Array(Self.sheet[16...])) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        bench.synchronize()
        #expect(try StoredDisc.load(bench.disc).disc.sessions.first?.catalogNumber == "9780201379624")
    }
}
