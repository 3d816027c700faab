import DiscLayout
import MMC
import Testing

/// What the order rules of SEND CUE SHEET demand of every sheet.
@Suite struct CueSheetRuleTests {
    typealias Track = SessionLayout.Track

    static func randomLayout(_ random: inout SystemRandomNumberGenerator) throws -> SessionLayout {
        let tracks = (1...Int.random(in: 1...20, using: &random)).map { number in
            var track = Track(
                number: number, form: Bool.random(using: &random) ? .audio : .mode1, sectors: 300,
                indexes: Array(stride(from: 75, to: Int.random(in: 75...300, using: &random), by: 50)))
            track.pregap =
                number == 1 ? Int.random(in: 150...500, using: &random) : Int.random(in: 0...2, using: &random)
            track.copy = SessionLayout.CopyPermission.allCases.randomElement(using: &random) ?? .permitted
            track.subCode = [.none, .packs, .raw].randomElement(using: &random) ?? .none
            track.recordingCode = Bool.random(using: &random) ? RecordingCode("DEABC1234567") : nil
            return track
        }
        return SessionLayout(
            catalogNumber: Bool.random(using: &random) ? try CatalogNumber("4012345678901") : nil, tracks: tracks)
    }

    @Test func `every sheet of every variant rises in time, track and index, and covers the session`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let layout = try Self.randomLayout(&random)
            for variant in CueSheet.variants(for: layout, leadIn: CueSheetTests.leadIn, hasText: true) {
                let sheet = CueSheet(layout, variant)
                #expect(sheet.bytes.count == sheet.rows.count * 8)
                let positions = sheet.rows.map(\.bytes).filter { $0[0] & 0x0F == 1 }
                let program = positions.dropFirst()
                let times = program.map { MSF(minutes: $0[5], seconds: $0[6], frames: $0[7]).lba }
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
                #expect(times.first == -150 && times.last == layout.leadOut)
                let places = program.map { Int($0[1]) << 8 | Int($0[2]) }
                #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
                #expect(positions.first?[1] == 0 && positions.last?[1] == 0xAA)
                #expect(sheet.layout.tableOfContents == layout.tableOfContents)
                #expect(sheet.areas.first?.addresses.lowerBound == -150)
                #expect(sheet.areas.last?.addresses.upperBound == layout.leadOut)
                #expect(zip(sheet.areas, sheet.areas.dropFirst()).allSatisfy(Self.meet))
            }
        }
    }

    static func meet(_ first: CueSheet.Area, _ second: CueSheet.Area) -> Bool {
        first.addresses.upperBound == second.addresses.lowerBound && first.form != second.form
    }

    @Test func `a code's rows stand right before the first position of its track`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let rows = CueSheet(try Self.randomLayout(&random)).rows.map(\.bytes)
            for (place, row) in rows.enumerated() where row[0] & 0x0F == 3 {
                let next = rows[place + 1]
                let isFirstHalf = next[0] & 0x0F == 3
                #expect(next[1] == row[1])
                #expect(isFirstHalf || next[0] & 0x0F == 1)
                #expect(!rows[..<place].contains { $0[0] & 0x0F == 1 && $0[1] == row[1] })
            }
        }
    }
}

@Suite struct CueSheetAreaTests {
    typealias Track = SessionLayout.Track

    @Test(arguments: [
        (0x00, 2352), (0x01, 0), (0x10, 2048), (0x14, 0), (0x40, 2448), (0xC0, 2448), (0x50, 2144), (0xD0, 2144),
    ]) func `a form says how long a block is`(_ form: UInt8, _ bytes: Int) {
        #expect(DataForm(rawValue: form).blockBytes == bytes)
    }

    @Test func `areas meet where the form changes, and a gap goes with its track`() {
        let sheet = CueSheet(
            SessionLayout(tracks: [
                Track(number: 1, form: .mode1, pregap: 150, sectors: 4350),
                Track(number: 2, pregap: 150, sectors: 4350),
                Track(number: 3, pregap: 10, sectors: 4350),
                Track(number: 4, sectors: 300, subCode: .raw),
            ]))
        #expect(
            sheet.areas == [
                .init(addresses: -150..<4350, form: .mode1), .init(addresses: 4350..<13_210, form: .audio),
                .init(addresses: 13_210..<13_510, form: DataForm(rawValue: 0x40)),
            ])
        #expect(sheet.form(at: -150)?.blockBytes == 2048)
        #expect(sheet.form(at: 4350)?.blockBytes == 2352)
        #expect(sheet.form(at: 13_509)?.blockBytes == 2448)
        #expect(sheet.form(at: 13_510) == nil && sheet.form(at: -151) == nil)
        #expect(sheet.areas.reduce(0) { $0 + $1.addresses.count } == sheet.layout.sectors)
    }
}
