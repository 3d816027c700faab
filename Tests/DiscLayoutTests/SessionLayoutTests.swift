import DiscLayout
import Testing

@Suite struct SessionLayoutTests {
    typealias Track = SessionLayout.Track
    /// Three minutes, a gap of two seconds, three minutes: 00:02:00, 03:02:00, lead-out 06:02:00.
    static let album = SessionLayout(tracks: [
        Track(number: 1, pregap: 150, sectors: 13_350),
        Track(number: 2, copy: .permitted, pregap: 150, sectors: 13_500),
    ])

    @Test func `addresses count from the first gap`() {
        #expect(Self.album.pregapStart(0) == -150 && Self.album.trackStart(0) == 0)
        #expect(Self.album.pregapStart(1) == 13_350 && Self.album.trackStart(1) == 13_500)
        #expect(Self.album.leadOut == 27_000 && Self.album.sectors == 27_150)
    }

    @Test func `a table of contents names index 1 of each track`() {
        #expect(
            Self.album.tableOfContents
                == TableOfContents(
                    tracks: [
                        .init(number: 1, control: [], start: 0),
                        .init(number: 2, control: .copyPermitted, start: 13_500),
                    ], leadOut: 27_000))
    }

    @Test func `a hidden track lies before index 1 and makes the session longer`() {
        let layout = SessionLayout(tracks: [Track(number: 1, pregap: 150 + 9000, sectors: 300)])
        #expect(layout.trackStart(0) == 9000 && layout.leadOut == 9300 && layout.sectors == 9450)
        #expect(layout.tableOfContents.tracks[0].start == 9000)
    }

    @Test func `a track without gap begins where the one before ends`() {
        let layout = SessionLayout(tracks: [
            Track(number: 1, pregap: 150, sectors: 300), Track(number: 2, sectors: 301),
            Track(number: 3, pregap: 7, sectors: 302),
        ])
        #expect((0..<3).map(layout.pregapStart) == [-150, 300, 601])
        #expect((0..<3).map(layout.trackStart) == [0, 300, 608])
        #expect(layout.leadOut == 910)
    }

    @Test func `a later session begins where it is said to`() {
        let layout = SessionLayout(start: 38_250, tracks: [Track(number: 3, pregap: 150, sectors: 4500)])
        #expect(layout.trackStart(0) == 38_400 && layout.leadOut == 42_900)
        #expect(layout.tableOfContents.tracks == [.init(number: 3, control: [], start: 38_400)])
    }

    @Test func `the end is the sum of the lengths`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let tracks = (1...Int.random(in: 1...99, using: &random)).map { number in
                Track(
                    number: number, pregap: number == 1 ? 150 : Int.random(in: 0...300, using: &random),
                    sectors: Int.random(in: 300...4000, using: &random))
            }
            let layout = SessionLayout(tracks: tracks)
            let total = tracks.reduce(0) { $0 + $1.pregap + $1.sectors }
            #expect(layout.sectors == total && layout.leadOut == total - 150)
            #expect(layout.tableOfContents.tracks.map(\.start) == tracks.indices.map(layout.trackStart))
        }
    }

    @Test(
        arguments: [
            (Track(number: 1, sectors: 300), 0), (Track(number: 1, copy: .permitted, sectors: 300), 2),
            (Track(number: 1, copy: .scms, sectors: 300), 0), (Track(number: 1, hasPreEmphasis: true, sectors: 300), 1),
            (Track(number: 1, copy: .permitted, hasPreEmphasis: true, sectors: 300), 3),
            (Track(number: 1, form: .mode1, sectors: 300), 4),
            (Track(number: 1, form: .mode1, copy: .permitted, hasPreEmphasis: true, sectors: 300), 4),
        ] as [(Track, UInt8)]) func `control bits follow from what a track is`(_ track: Track, _ bits: UInt8)
    {
        #expect(track.control.rawValue == bits)
    }

    @Test func `sub-code in one track is sub-code in the session`() {
        #expect(!Self.album.hasSubCode)
        for subCode in [SessionLayout.SubCode.packs, .raw] {
            var layout = Self.album
            layout.tracks[1].subCode = subCode
            #expect(layout.hasSubCode)
        }
    }

    @Test func `a form says how much of a sector is the user's`() {
        #expect(SessionLayout.TrackForm.audio.userBytes == 2352 && SessionLayout.TrackForm.mode1.userBytes == 2048)
    }
}
