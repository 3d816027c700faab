import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

/// Random legal discs: their streams say what they were made from.
@Suite struct RandomDiscTests {
    @Test(arguments: RawBlockType.allCases, 0..<6)
    func `a stream says what it was made from`(type: RawBlockType, round: Int) throws {
        var random = SystemRandomNumberGenerator()
        let layout = try randomLayout(type, &random)
        let text = type == .pq || Bool.random() ? [] : randomText()
        let leadIn = Int.random(in: 600...1500)
        let session = try session(layout, text: text, leadIn: -leadIn, type)
        let symbols = (0..<96).map { _ in UInt8.random(in: 1...63) }
        let stream = blocks(
            session, piece: Int.random(in: 1...100),
            main: { lba, count in Array(repeating: UInt8(lba & 0x3F), count: count) },
            subCode: { _ in symbols })
        #expect(stream.count == session.byteCount)
        let survey = try survey(stream, type, leadIn: leadIn)
        #expect(survey.faults == [], "\(layout)")
        #expect(survey.remarks == [], "\(layout)")
        #expect(survey.contents == layout.tableOfContents)
        var expected = layout
        if type == .raw {
            // Once interleaved, packs cannot be told from symbols of any other kind.
            for place in expected.tracks.indices where expected.tracks[place].subCode == .packs {
                expected.tracks[place].subCode = .raw
            }
        }
        #expect(survey.layout == expected)
        #expect(survey.textPacks == text)
        #expect(RawImageRules.faults(in: layout, type: type).allSatisfy { $0.isOfForm })
    }

    private func randomLayout(
        _ type: RawBlockType, _ random: inout SystemRandomNumberGenerator
    ) throws -> SessionLayout {
        let first = Int.random(in: 1...90)
        let count = Int.random(in: 1...9)
        let isMixed = Bool.random()
        let tracks = (0..<count).map { place -> SessionLayout.Track in
            let sectors = Int.random(in: 300...700)
            let indexes = stride(from: Int.random(in: 10...60), to: sectors - 10, by: Int.random(in: 10...90))
            let isData = isMixed && Bool.random()
            let pregaps = place == 0 ? [150, 151, 400] : [0, 0, 1, 2, 20, 150, 225]
            let subCodes: [SessionLayout.SubCode] =
                switch type {
                case .pq: [.none]
                case .cooked: [.none, .packs]
                case .raw: [.none, .packs, .raw]
                }
            return SessionLayout.Track(
                number: first + place, form: isData ? .mode1 : .audio,
                copy: isData ? .prohibited : [.prohibited, .permitted, .scms].randomElement() ?? .scms,
                hasPreEmphasis: !isData && Bool.random(),
                recordingCode: Bool.random() ? RecordingCode("DEABC\(1_000_000 + Int.random(in: 0...8_999_999))") : nil,
                pregap: pregaps.randomElement() ?? 150, sectors: sectors,
                indexes: Bool.random() ? Array(indexes.prefix(98)) : [], subCode: subCodes.randomElement() ?? .none)
        }
        let number = Bool.random() ? try CatalogNumber("4012345678901") : nil
        return SessionLayout(catalogNumber: number, tracks: tracks)
    }

    private func randomText() -> [TextPack] {
        (0..<UInt8.random(in: 1...60)).map { number in
            TextPack(
                type: 0x80, track: 1, sequence: number, characterPosition: 0,
                payload: (0..<6).map { _ in UInt8.random(in: 0x20...0x7E) })
        }
    }
}

extension RawImageRules.Fault {
    /// Mixed discs are legal on a disc, but the image creator makes none.
    fileprivate var isOfForm: Bool {
        if case .trackForm = self { true } else { false }
    }
}
