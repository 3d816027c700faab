import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

@Suite struct RWPlacingTests {
    /// Packs in the first track and, with R to W as on the disc, in the third.
    let layout = SessionLayout(
        tracks: [
            .init(number: 1, pregap: 150, sectors: 300, subCode: .packs),
            .init(number: 2, pregap: 0, sectors: 300),
        ])
    /// Memory preset colour 3, a tile, colour 0 and one of nothing, with something in bits 7 and 6 and no parity.
    static let given =
        hex("C9 41 FF FF 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF FF FF FF")
        + hex("09 06 00 00 02 05 03 0A 3F 21 21 21 3F 00 12 2D 1E 0C 33 2A 00 00 00 00")
        + hex("09 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")
        + Array(repeating: 0, count: 24)
    /// The same with it.
    static let whole =
        hex("09 01 3C 34 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 11 15 23")
        + hex("09 06 35 3A 02 05 03 0A 3F 21 21 21 3F 00 12 2D 1E 0C 33 2A 03 25 15 28")
        + hex("09 01 3C 34 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0D 07 2A 20")
        + Array(repeating: 0, count: 24)

    @Test func `raw blocks have packs with parity, interleaved also beyond the track`() throws {
        let session = try session(layout, leadIn: -160, .raw)
        let stream = blocks(session, subCode: { _ in Self.given })
        let symbols = stream.channels(.raw).flatMap { $0.map { $0 & 0x3F } }
        var (deinterleaver, packs) = (RWDeinterleaver(), [UInt8](repeating: 0, count: symbols.count))
        packs.withUnsafeMutableBytes { target in
            symbols.withUnsafeBytes { deinterleaver.process(session.sectors.count, from: $0, into: target) }
        }
        // Two sectors late.
        let sectors = (0..<session.sectors.count).map { packs[$0 * 96..<$0 * 96 + 96] }
        for lba in -150..<300 { #expect(sectors[lba + 162].elementsEqual(Self.whole)) }
        for lba in 300..<600 { #expect(sectors[lba + 162].allSatisfy { $0 == 0 }) }
        // On the disc itself symbols of the last packs are in two sectors of the next track.
        #expect(symbols[(300 + 160) * 96..<(301 + 160) * 96].contains { $0 != 0 })
        #expect(symbols[(301 + 160) * 96..<(302 + 160) * 96].contains { $0 != 0 })
        #expect(symbols[((302 + 160) * 96)...].allSatisfy { $0 == 0 })
        #expect(symbols[..<(10 * 96)].allSatisfy { $0 == 0 })
        // P and Q are none the worse.
        #expect(q(stream.channels(.raw)[160]) == hex("01 01 01 00 00 00 00 00 02 00 5A 28"))
    }

    @Test func `the last packs of a disc go on in its lead-out`() throws {
        var layout = layout
        layout.tracks.removeLast()
        let session = try session(layout, leadIn: -160, .raw)
        let used = blocks(session, subCode: { _ in Self.given }).channels(.raw).map { $0.contains { $0 & 0x3F != 0 } }
        let last = used.lastIndex(of: true)
        #expect(last == 301 + 160)
    }

    @Test func `cooked blocks have the packs as they are given`() throws {
        let session = try session(layout, leadIn: -160, .cooked)
        let channels = blocks(session, subCode: { _ in Self.given }).channels(.cooked)
        for lba in -150..<300 { #expect(channels[lba + 160].map { $0 & 0x3F } == Self.given.map { $0 & 0x3F }) }
        for lba in 300..<600 { #expect(channels[lba + 160].allSatisfy { $0 & 0x3F == 0 }) }
        #expect(q(channels[160]) == hex("01 01 01 00 00 00 00 00 02 00 5A 28"))
    }

    @Test func `symbols as on the disc are left alone`() throws {
        var layout = layout
        layout.tracks[1].subCode = .raw
        let session = try session(layout, leadIn: -160, .raw)
        let channels = blocks(session, subCode: { $0 < 300 ? Self.given : Array(repeating: 0xEA, count: 96) })
            .channels(.raw)
        for lba in 300..<600 { #expect(channels[lba + 160].allSatisfy { $0 & 0x3F == 0x2A }) }
        #expect(channels[600 + 160].allSatisfy { $0 & 0x3F == 0 })
    }

    @Test(arguments: [RawBlockType.cooked, .raw])
    func `R to W for every sector, lead-in and lead-out included`(type: RawBlockType) throws {
        let layout = SessionLayout(tracks: [.init(number: 1, pregap: 150, sectors: 300)])
        let session = try session(layout, leadIn: -160, type, .everySector)
        #expect(session.subCodeBytes(in: session.sectors) == session.sectors.count * 96)
        let channels = blocks(session, subCode: { lba in (0..<96).map { UInt8(($0 + lba) & 0x3F) } }).channels(type)
        for (lba, channel) in zip(session.sectors, channels) {
            #expect(channel.map { $0 & 0x3F } == (0..<96).map { UInt8(($0 + lba) & 0x3F) })
        }
    }
}
