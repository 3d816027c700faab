import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

@Suite struct RawSessionTests {
    @Test func `layouts that no disc can have`() {
        func fault(_ layout: SessionLayout, leadIn: Int = -200, _ type: RawBlockType = .raw) -> RawSession.Fault? {
            do {
                _ = try RawSession(layout, leadInStart: leadIn, type: type)
                return nil
            } catch {
                return error
            }
        }
        func one(_ track: SessionLayout.Track) -> SessionLayout { SessionLayout(tracks: [track]) }
        #expect(fault(SessionLayout(tracks: [])) == .trackNumbers)
        #expect(fault(one(.init(number: 0, pregap: 150, sectors: 300))) == .trackNumbers)
        #expect(fault(one(.init(number: .max, pregap: 150, sectors: 300))) == .trackNumbers)
        #expect(fault(one(.init(number: 99, pregap: 150, sectors: 300))) == nil)
        var three = SessionLayout(tracks: (98...100).map { .init(number: $0, pregap: 150, sectors: 300) })
        #expect(fault(three) == .trackNumbers)
        three.tracks.removeLast()
        #expect(fault(three) == nil)
        three.tracks.swapAt(0, 1)
        #expect(fault(three) == .trackNumbers)
        #expect(fault(SessionLayout(start: 11_400, tracks: twoTracks.tracks)) == .start(11_400))
        for track in [
            SessionLayout.Track(number: 1, pregap: 149, sectors: 300), .init(number: 1, pregap: 150, sectors: 0),
            .init(number: 1, pregap: .max, sectors: .max), .init(number: 1, pregap: 150, sectors: .max),
            .init(number: 1, pregap: 150, sectors: 300, indexes: [300]),
            .init(number: 1, pregap: 150, sectors: 300, indexes: [0]),
            .init(number: 1, pregap: 150, sectors: 300, indexes: [20, 20]),
            .init(number: 1, pregap: 150, sectors: 300, indexes: Array(1...99)),
        ] { #expect(fault(one(track)) == .track(1)) }
        #expect(fault(one(.init(number: 1, pregap: 150, sectors: 398_100))) == nil)
        #expect(fault(one(.init(number: 1, pregap: 150, sectors: 398_101))) == .tooLong(leadOut: 398_101))
        for address in [-150, 0, -45_151, Int.min] {
            #expect(fault(twoTracks, leadIn: address) == .leadInStart(address))
        }
        #expect(fault(one(.init(number: 1, pregap: 150, sectors: 300, subCode: .packs)), .pq) == .noRoomForSubCode)
        #expect(fault(one(.init(number: 1, pregap: 150, sectors: 300, subCode: .raw)), .cooked) == .rawSubCode)
    }

    @Test func `text has no room beside P and Q, nor beside R to W for every sector`() {
        let packs = [TextPack(hex("80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF"))]
        #expect(throws: RawSession.Fault.noRoomForSubCode) {
            try RawSession(twoTracks, textPacks: packs, type: .pq)
        }
        #expect(throws: RawSession.Fault.textTwice) {
            try RawSession(twoTracks, textPacks: packs, type: .raw, subCodeSource: .everySector)
        }
    }

    @Test func `areas are indexes in order without gaps`() throws {
        let layout = SessionLayout(
            tracks: [
                .init(number: 5, pregap: 200, sectors: 400, indexes: [10, 390], subCode: .packs),
                .init(number: 6, form: .mode1, pregap: 0, sectors: 300),
            ])
        let session = try session(layout, leadIn: -151, .raw)
        #expect(session.areas.map(\.sectors.lowerBound) == [-151, -150, 50, 60, 440, 450, 750])
        #expect(
            session.areas.map(\.part) == [
                .leadIn, .track(5, index: 0), .track(5, index: 1), .track(5, index: 2), .track(5, index: 3),
                .track(6, index: 1), .leadOut,
            ])
        #expect(
            zip(session.areas, session.areas.dropFirst()).allSatisfy { $0.sectors.upperBound == $1.sectors.lowerBound })
        #expect(session.sectors == -151..<7500)
        #expect(session.areas.map(\.userBytes) == [0, 2352, 2352, 2352, 2352, 2048, 0])
        for lba in session.sectors { #expect(session.areas[session.area(at: lba)].sectors.contains(lba)) }
        #expect(session.userBytes(in: 448..<452) == 2 * 2352 + 2 * 2048)
        #expect(session.subCodeBytes(in: 448..<452) == 2 * 96)
        #expect(session.subCodeBytes(in: -1000..<10_000) == 600 * 96)
        #expect(session.areas(in: 0..<0).isEmpty)
        #expect(session.areas(in: 49..<51).count == 2)
    }
}
