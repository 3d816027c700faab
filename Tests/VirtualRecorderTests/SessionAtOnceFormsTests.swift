import BinaryCoding
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Data forms of cue sheets, main channel and sub-channel.
@Suite struct SessionAtOnceFormsTests {
    /// One track of four seconds, the pause included all in one form.
    static func sheet(_ form: UInt8, pause: UInt8? = nil) -> [UInt8] {
        let control: UInt8 = form & 0x3F > 1 ? 0x41 : 0x01
        return [control, 0, 0, control == 0x41 ? 0x14 : 0x01, 0, 0, 0, 0]
            + [control, 1, 0, pause ?? form, 0, 0, 0, 0]
            + [control, 1, 1, form, 0, 0, 2, 0]
            + [control, 0xAA, 1, control == 0x41 ? 0x14 : 0x01, 0, 0, 6, 0]
    }

    /// So many bytes that say which block they are of.
    static func bytes(_ lba: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ lba) }
    }

    static func prepared(_ sheet: [UInt8]) throws -> Bench {
        let bench = try Bench()
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(sheet) == .good([]))
        return bench
    }

    /// Where in a block from the host, and where on the disc, the user data stands.
    struct Form: Sendable, CustomTestStringConvertible {
        let code: UInt8
        let hostBytes: Int
        let mode: UInt8
        let userData: Range<Int>
        /// Nil when the host's user data does not count.
        let source: Int?

        init(_ code: UInt8, _ hostBytes: Int, _ mode: UInt8, _ userData: Range<Int>, _ source: Int?) {
            (self.code, self.hostBytes, self.mode) = (code, hostBytes, mode)
            (self.userData, self.source) = (userData, source)
        }

        var testDescription: String { [code].hex() }
    }

    static let forms: [Form] = [
        Form(0x10, 2048, 1, 16..<2064, 0), Form(0x11, 2352, 1, 16..<2064, 16), Form(0x12, 2048, 1, 16..<2064, nil),
        Form(0x13, 2352, 1, 16..<2064, nil),
        Form(0x20, 2336, 2, 24..<2072, 8), Form(0x21, 2352, 2, 24..<2072, 24), Form(0x22, 2336, 2, 24..<2072, nil),
        Form(0x23, 2352, 2, 24..<2072, nil),
        Form(0x30, 2336, 2, 16..<2352, 0), Form(0x31, 2352, 2, 16..<2352, 16), Form(0x32, 2336, 2, 16..<2352, nil),
        Form(0x33, 2352, 2, 16..<2352, nil),
    ]

    /// What the host sends of a block; XA has sub-headers of Form 1.
    static func hostBlock(_ form: Form, _ lba: Int) -> [UInt8] {
        var block = bytes(lba, form.hostBytes)
        let subHeader = form.hostBytes == 2352 ? 16 : 0
        if form.code & 0x30 == 0x20 {
            for place in [subHeader, subHeader + 4] { block.replaceSubrange(place..<place + 4, with: [1, 2, 0x08, 3]) }
        }
        return block
    }

    @Test(arguments: forms)
    func `a data form makes whole sectors of what comes`(form: Form) throws {
        let bench = try Self.prepared(Self.sheet(form.code))
        #expect(bench.send(-150..<300) { Self.hostBlock(form, $0) } == .good([]))
        #expect(bench.synchronize() == .good([]))
        let main = try bench.file("main.bin")
        for lba in [-150, -1, 0, 16, 299] {
            let sector = Array(main[(lba + 150) * 2352..<(lba + 151) * 2352])
            let time = MSF(lba: lba)
            #expect(Array(sector[..<12]) == hex("00 FF FF FF FF FF FF FF FF FF FF 00"))
            #expect(Array(sector[12..<16]) == [time.minutes, time.seconds, time.frames].map(\.bcd) + [form.mode])
            let block = Self.hostBlock(form, lba)
            let expected = form.source.map { Array(block[$0..<$0 + form.userData.count]) }
            #expect(Array(sector[form.userData]) == expected ?? [UInt8](repeating: 0, count: form.userData.count))
            if form.code & 0x30 == 0x20 { #expect(Array(sector[16..<24]) == [1, 2, 8, 3, 1, 2, 8, 3]) }
            #expect(sector.withUnsafeBytes { DataSector.defects(of: $0) } == [])
        }
        let track = try #require(try StoredDisc.load(bench.disc).disc.tracks.first)
        #expect(track.control == .data && track.form == (form.mode == 1 ? .mode1 : form.code < 0x30 ? .xa : .mode2))
    }

    @Test(
        arguments: [(0x14, 0x10, 2048, 0x01), (0x24, 0x20, 2336, 0x02), (0x34, 0x30, 2336, 0x02)]
            as [(UInt8, UInt8, Int, UInt8)])
    func `the drive makes blocks of forms without host data, and WRITE passes over them`(
        pause: UInt8, form: UInt8, hostBytes: Int, mode: UInt8
    ) throws {
        let bench = try Self.prepared(Self.sheet(form, pause: pause))
        let block = [UInt8](repeating: 0, count: hostBytes)
        #expect(bench.write(block, at: -150, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.send(0..<300) { _ in block } == .good([]))
        #expect(bench.synchronize() == .good([]))
        for lba in [-150, -1] {
            let sector = try bench.mainChannel(lba)
            #expect(sector[14] == MSF(lba: lba).frames.bcd && sector[15] == mode)
            #expect(sector[24...].prefix(2000).allSatisfy { $0 == 0 })
            #expect(sector.withUnsafeBytes { DataSector.defects(of: $0) } == [])
        }
        #expect(bench.q(from: -150, blocks: 1)[0].starts(with: hex("41 01 00 00 01 74 00 00 00 00")))
    }

    /// Data, then behind two seconds that the drive makes and one from the host, audio.
    static let mixed = hex(
        """
        41 00 00 14 00 00 00 00
        41 01 00 14 00 00 00 00
        41 01 01 10 00 00 02 00
        01 02 00 01 00 00 06 00
        01 02 00 00 00 00 08 00
        01 02 01 00 00 00 09 00
        01 AA 01 01 00 00 0D 00
        """)

    @Test func `data and audio are recorded in one session`() throws {
        let bench = try Self.prepared(Self.mixed)
        #expect(bench.send(0..<300) { Self.bytes($0, 2048) } == .good([]))
        #expect(bench.write(at: 300, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.send(450..<825, Bench.block) == .good([]))
        #expect(bench.synchronize() == .good([]))
        #expect(
            bench.send("43 00 00 00 00 00 00 00 FF 00").data
                == hex("00 1A 01 02  00 14 01 00 00000000  00 10 02 00 0000020D  00 10 AA 00 00000339"))
        #expect(try bench.mainChannel(300).allSatisfy { $0 == 0 } && bench.mainChannel(450) == Bench.block(450))
        #expect(bench.q(from: 299, blocks: 2).map { $0[0] } == [0x41, 0x01])
        #expect(bench.q(from: 300, blocks: 1)[0].starts(with: hex("01 02 00 00 02 74 00 00 06 00")))
        #expect(try StoredDisc.load(bench.disc).disc.tracks.map(\.form) == [.mode1, .audio])
    }

    @Test func `one WRITE has one block size`() throws {
        let sheet = hex(
            """
            41 00 00 14 00 00 00 00
            41 01 00 10 00 00 00 00
            41 01 01 10 00 00 02 00
            01 02 01 00 00 00 03 00
            01 AA 01 01 00 00 04 00
            """)
        let bench = try Self.prepared(sheet)
        #expect(bench.send(-150..<74) { Self.bytes($0, 2048) } == .good([]))
        let both = Self.bytes(74, 2048) + Bench.block(75)
        #expect(bench.write(both, at: 74, blocks: 2) == .refused(5, 0x24, 0))
        #expect(bench.lastSense[15...17] == [0xC0, 0, 7])
        #expect(bench.write(Self.bytes(74, 2048), at: 74, blocks: 1) == .good([]))
        #expect(bench.write(Self.bytes(75, 2048), at: 75, blocks: 1) == .refused(5, 0x24, 0))
        #expect(bench.write(at: 75, blocks: 75) == .good([]))
    }

    /// 96 bytes with packs of TV graphics; all bits of P and Q set, and parity wrong.
    static func graphics(_ lba: Int) -> [UInt8] {
        (0..<4).flatMap { pack -> [UInt8] in
            let data = (0..<16).map { UInt8(truncatingIfNeeded: lba &* 4 &+ pack &+ $0) & 0x3F }
            return ([0x09, 0x06, 0, 0] + data + [1, 2, 3, 4]).map { $0 | 0xC0 }
        }
    }

    @Test func `raw R to W stay as they are, P and Q are the drive's`() throws {
        let bench = try Self.prepared(Self.sheet(0x40))
        #expect(bench.send(-150..<300) { Bench.block($0) + Self.graphics($0) } == .good([]))
        bench.synchronize()
        for lba in [-150, 0, 299] {
            let sub = try bench.subChannel(lba)
            #expect(sub.map { $0 & 0x3F } == Self.graphics(lba).map { $0 & 0x3F })
            #expect(try bench.mainChannel(lba) == Bench.block(lba))
        }
        #expect(bench.q(from: 0, blocks: 1)[0].starts(with: hex("01 01 01 00 00 00 00 00 02 00 5A 28")))
        #expect(bench.q(from: 1, blocks: 1)[0][15] == 0)
    }

    @Test func `packed R to W get parity and are interleaved, through to the blocks behind them`() throws {
        // Graphics for a second, silence without any for three.
        let sheet = hex(
            """
            01 00 00 01 00 00 00 00
            01 01 00 00 00 00 00 00
            01 01 01 C0 00 00 02 00
            01 02 01 00 00 00 03 00
            01 AA 01 01 00 00 06 00
            """)
        let bench = try Self.prepared(sheet)
        #expect(bench.send(-150..<0, Bench.block) == .good([]))
        #expect(bench.send(0..<75) { Bench.block($0) + Self.graphics($0) } == .good([]))
        #expect(bench.send(75..<300, Bench.block) == .good([]))
        bench.synchronize()
        let sub = Array(try bench.file("sub.bin")[(150 * 96)...])
        var packs = [UInt8](repeating: 0, count: sub.count)
        var interleaving = RWDeinterleaver()
        sub.withUnsafeBytes { source in
            packs.withUnsafeMutableBytes { interleaving.process(300, from: source, into: $0) }
        }
        // They come two blocks late.
        for lba in [0, 1, 40, 73, 74] {
            let block = Array(packs[(lba + 2) * 96..<(lba + 3) * 96])
            let sent = Self.graphics(lba).map { $0 & 0x3F }
            for pack in 0..<4 {
                let symbols = Array(block[pack * 24..<pack * 24 + 24])
                #expect(Array(symbols[4..<20]) == Array(sent[pack * 24 + 4..<pack * 24 + 20]))
                #expect(Array(symbols[..<4]) == [0x09, 0x06, 0x35, 0x3A])
                #expect(symbols.withUnsafeBytes { RWParity.isIntact($0) })
            }
        }
        #expect(packs[(77 * 96)...].allSatisfy { $0 == 0 })
        #expect(bench.q(from: 75, blocks: 1)[0].starts(with: hex("01 02 01 00 00 00 00 00 03 00")))
    }

    @Test func `data may come with sub-channel`() throws {
        let bench = try Self.prepared(Self.sheet(0x50))
        #expect(bench.send(-150..<300) { Self.bytes($0, 2048) + Self.graphics($0) } == .good([]))
        bench.synchronize()
        let sector = try bench.mainChannel(17)
        #expect(Array(sector[16..<2064]) == Self.bytes(17, 2048))
        #expect(sector.withUnsafeBytes { DataSector.defects(of: $0) } == [])
        #expect(try bench.subChannel(17).map { $0 & 0x3F } == Self.graphics(17).map { $0 & 0x3F })
    }

    @Test func `SCMS makes the copy bit alternate`() throws {
        var sheet = Self.sheet(0x00)
        for row in [1, 2] { sheet[row * 8 + 4] = 0x80 }
        let bench = try Self.prepared(sheet)
        #expect(bench.send(-150..<300, Bench.block) == .good([]))
        bench.synchronize()
        #expect(bench.q(from: 0, blocks: 10).map { $0[0] >> 4 } == [0, 0, 0, 0, 2, 2, 2, 2, 0, 0])
        #expect(try StoredDisc.load(bench.disc).disc.tracks.first?.isFirstCopy == true)
    }
}
