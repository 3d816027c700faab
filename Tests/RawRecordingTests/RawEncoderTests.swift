import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

@Suite struct RawEncoderTests {
    @Test(arguments: [(RawBlockType.pq, 2368), (.cooked, 2448), (.raw, 2448)])
    func `the disc of six minutes has 45385 blocks`(type: RawBlockType, blockBytes: Int) throws {
        let session = try session(twoTracks, type)
        #expect(type.blockBytes == blockBytes)
        #expect(session.sectors == -11_635..<33_750)
        #expect(session.sectors.count == 45_385)
        #expect(session.byteCount == 45_385 * blockBytes)
        #expect(session.userBytes(in: session.sectors) == 27_150 * 2352)
        #expect(session.subCodeBytes(in: session.sectors) == 0)
        #expect(RawEncoder(session).remaining == 45_385)
    }

    @Test(arguments: RawBlockType.allCases)
    func `pieces make no difference`(type: RawBlockType) throws {
        let layout = SessionLayout(
            catalogNumber: try CatalogNumber("4012345678901"),
            tracks: [
                .init(number: 1, copy: .scms, pregap: 160, sectors: 333, subCode: type == .pq ? .none : .packs),
                .init(number: 2, recordingCode: RecordingCode("USRC17607839"), pregap: 7, sectors: 305, indexes: [20]),
            ])
        let session = try session(layout, leadIn: -200, type)
        let main = { (lba: Int, count: Int) in Array(repeating: UInt8(lba & 0xFF), count: count) }
        let subCode = { (lba: Int) in (0..<96).map { UInt8(($0 &* 5 &+ lba) & 0xFF) } }
        let whole = blocks(session, piece: .max, main: main, subCode: subCode)
        for piece in [1, 2, 26, 75] { #expect(blocks(session, piece: piece, main: main, subCode: subCode) == whole) }
        // A block alone is as in the row, as long as no packs are in progress.
        let alone = blocks(session, from: 400, count: 300, main: main, subCode: subCode)
        let tail = Array(whole[(600 * type.blockBytes)..<(900 * type.blockBytes)])
        if type != .raw { #expect(alone == tail) }
    }

    @Test func `user data that stands in its place already`() throws {
        let layout = SessionLayout(
            tracks: [
                .init(number: 1, form: .mode1, pregap: 150, sectors: 300),
                .init(number: 2, pregap: 150, sectors: 300),
            ])
        let session = try session(layout, leadIn: -160, .raw)
        let copied = blocks(session, main: { lba, count in Array(repeating: UInt8(lba & 0xFF), count: count) })
        var inPlace = [UInt8](repeating: 0x5A, count: session.byteCount)
        for lba in session.program {
            let area = session.areas[session.area(at: lba)]
            let start = (lba + 160) * 2448 + area.userOffset
            for offset in start..<start + area.userBytes { inPlace[offset] = UInt8(lba & 0xFF) }
        }
        var encoder = RawEncoder(session)
        inPlace.withUnsafeMutableBytes { encoder.complete(session.sectors.count, in: $0) }
        #expect(inPlace == copied)
        #expect(encoder.remaining == 0)
    }

    @Test(arguments: RawBlockType.allCases)
    func `P of tracks with and without pre-gaps, and of the lead-out`(type: RawBlockType) throws {
        let layout = SessionLayout(
            tracks: [
                .init(number: 1, pregap: 150, sectors: 1000),
                .init(number: 2, pregap: 0, sectors: 1000, indexes: [100]),
                .init(number: 3, pregap: 50, sectors: 1000),
            ])
        // Starts: 0, 1000, 2050; lead-out 3050.
        let session = try session(layout, leadIn: -1000, type)
        let flags = blocks(session).channels(type).map { p($0) }
        let set = zip(session.sectors, flags).filter(\.1).map(\.0)
        let program = Array(-150...0) + Array(850...1000) + Array(1900...2050) + Array(2900...3050)
        let leadOut = (3200..<session.sectors.upperBound).filter { ($0 - 3200) % 38 < 19 }
        #expect(set == program + leadOut)
    }

    @Test func `the alternating copy bit`() throws {
        let layout = SessionLayout(
            tracks: [
                .init(number: 1, copy: .scms, pregap: 150, sectors: 300),
                .init(number: 2, copy: .scms, hasPreEmphasis: true, pregap: 150, sectors: 300),
            ])
        let session = try session(layout, .pq)
        for lba in [-150, -147, -1, 0, 3, 8, 299] { #expect(frame(session, at: lba)[0] == 0x01) }
        for lba in [4, 7, 12, 292] { #expect(frame(session, at: lba)[0] == 0x21) }
        #expect(frame(session, at: 451)[0] == 0x11)
        #expect(frame(session, at: 452)[0] == 0x31)
        // The table of contents has it clear, the lead-out has none.
        #expect(frame(session, at: leadInStart)[0] == 0x01)
        #expect(frame(session, at: 800)[0] == 0x01)
    }

    @Test(arguments: RawBlockType.allCases)
    func `codes stand in one of a hundred sectors, and not where an index begins or ends`(type: RawBlockType) throws {
        let code = try #require(RecordingCode("DEABC1234567"))
        let layout = SessionLayout(
            catalogNumber: try CatalogNumber("4012345678901"),
            tracks: [
                // The first ends at 798 of absolute time, an index begins at 398, one ends there.
                .init(number: 1, recordingCode: code, pregap: 150, sectors: 648, indexes: [98, 199]),
                .init(number: 2, pregap: 1, sectors: 400),
                .init(number: 3, recordingCode: code, pregap: 20, sectors: 500),
            ])
        let session = try session(layout, leadIn: -1000, type)
        let frames = Array(zip(session.sectors, blocks(session).channels(type).map { q($0) }))
        let catalog = frames.filter { $0.1[0] & 0x0F == 2 }.map { $0.0 + 150 }
        let recording = frames.filter { $0.1[0] & 0x0F == 3 }.map { $0.0 + 150 }
        let leadOut = session.program.upperBound + 150
        #expect(zip(catalog, catalog.dropFirst()).allSatisfy { $1 - $0 <= 103 && $1 - $0 >= 97 })
        #expect(catalog.count { $0 < leadOut } == 17)
        #expect(catalog.last.map { $0 >= session.sectors.upperBound + 50 } == true)
        // 248 begins index 2; 349 is index 3's first and 348 index 2's last; 798 is track 2's index 0, one sector long.
        #expect(recording.starts(with: [249, 350, 448, 548, 648, 748]))
        #expect(catalog.starts(with: [98, 198, 298, 398, 498, 598, 698, 800]))
        #expect(recording.allSatisfy { ($0 >= 150 && $0 < 798) || ($0 >= 1199 && $0 < 1719) })
        let edges = Set(session.areas.flatMap { [$0.sectors.lowerBound + 150, $0.sectors.upperBound + 149] })
        #expect(edges.isDisjoint(with: catalog + recording))
    }

    @Test func `Mode 1 sectors are whole and scrambled`() throws {
        let data = SessionLayout(tracks: [.init(number: 1, form: .mode1, pregap: 150, sectors: 300)])
        for type in RawBlockType.allCases {
            let session = try session(data, type)
            #expect(sha1(block(session, at: 0)[..<2352]) == "5d6926fd53a6c19a5898806069460996b0e37904")
            let counting = blocks(session, from: 16, count: 1) { _, count in (0..<count).map { UInt8($0 & 0xFF) } }
            #expect(sha1(counting[..<2352]) == "107da9a7d8d0f5f7e11a02acd705854b7b419ee5")
        }
    }

    @Test(arguments: [-11_635, -151, 600, 7000])
    func `lead-in and lead-out of data are empty sectors of it`(lba: Int) throws {
        let data = SessionLayout(tracks: [.init(number: 1, form: .mode1, pregap: 150, sectors: 300)])
        var sector = Array(block(try session(data, .raw), at: min(lba, 7049))[..<2352])
        sector.withUnsafeMutableBytes { bytes in
            Scrambler.apply(1, to: bytes)
            #expect(DataSector.defects(of: UnsafeRawBufferPointer(bytes)) == [])
            let identity = SectorIdentity(sector: UnsafeRawBufferPointer(bytes))
            #expect(identity?.address == MSF(lba: lba))
            #expect(identity?.kind == .mode1)
        }
        #expect(sector[16..<2064].allSatisfy { $0 == 0 })
    }

    @Test func `a mixed disc begins as data and ends as audio`() throws {
        let mixed = SessionLayout(
            tracks: [
                .init(number: 1, form: .mode1, pregap: 150, sectors: 300),
                .init(number: 2, copy: .permitted, pregap: 150, sectors: 300),
            ])
        let session = try session(mixed, .pq)
        #expect(block(session, at: -1000)[1] == 0xFF)
        #expect(block(session, at: 299)[1] == 0xFF)
        #expect(block(session, at: 300)[..<2352].allSatisfy { $0 == 0 })
        #expect(block(session, at: 750)[..<2352].allSatisfy { $0 == 0 })
        // Control bits of A0, A1, A2, 1 and 2.
        let first = (0..<5).map { frame(session, at: leadInStart + 3 * $0)[0] }
        #expect(first == [0x41, 0x21, 0x21, 0x41, 0x21])
    }
}
