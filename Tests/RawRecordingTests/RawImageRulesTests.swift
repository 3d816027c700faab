import DiscLayout
import RawRecording
import TestSupport
import Testing

@Suite struct RawImageRulesTests {
    private func layout(_ tracks: SessionLayout.Track...) -> SessionLayout { SessionLayout(tracks: tracks) }
    private func audio(
        _ number: Int = 1, pregap: Int = 150, sectors: Int = 300, indexes: [Int] = []
    ) -> SessionLayout.Track {
        .init(number: number, pregap: pregap, sectors: sectors, indexes: indexes)
    }

    @Test func `what is allowed breaks nothing`() {
        for type in RawBlockType.allCases {
            #expect(RawImageRules.faults(in: layout(audio()), type: type) == [])
            #expect(RawImageRules.faults(in: layout(audio(sectors: 398_100)), type: type) == [])
            #expect(RawImageRules.faults(in: layout(audio(pregap: 397_950)), type: type) == [])
        }
        let many = SessionLayout(tracks: (1...99).map { audio($0, pregap: $0 == 1 ? 150 : 0) })
        #expect(RawImageRules.faults(in: many, type: .pq) == [])
        #expect(
            RawImageRules.faults(in: layout(audio(indexes: Array(stride(from: 10, through: 290, by: 10)))), type: .pq)
                == [])
        #expect(RawImageRules.faults(in: layout(audio()), type: .cooked, hasSubCode: true) == [])
    }

    @Test func `numbers of tracks`() {
        #expect(RawImageRules.faults(in: SessionLayout(tracks: []), type: .pq) == [.noTracks])
        let hundred = SessionLayout(tracks: (1...100).map { audio($0) })
        #expect(RawImageRules.faults(in: hundred, type: .pq) == [.tooManyTracks(100)])
        #expect(RawImageRules.faults(in: layout(audio(0)), type: .pq) == [.firstTrackNumber(0)])
        #expect(RawImageRules.faults(in: layout(audio(100)), type: .pq) == [.firstTrackNumber(100)])
        #expect(
            RawImageRules.faults(in: layout(audio(98), audio(99), audio(100)), type: .pq) == [.lastTrackNumber(100)])
    }

    @Test func `lengths`() {
        func faults(_ layout: SessionLayout, limit: Int = 398_099, sound: Bool = false) -> [RawImageRules.Fault] {
            RawImageRules.faults(in: layout, type: .pq, leadOutLimit: limit, hasSoundInPregaps: sound)
        }
        #expect(faults(layout(audio(sectors: 299))) == [.trackTooShort(track: 1, sectors: 299)])
        #expect(faults(layout(audio(pregap: 149))) == [.pregapTooShort(sectors: 149)])
        #expect(
            faults(layout(audio(pregap: 397_951)))
                == [
                    .pregapTooLong(track: 1, lastSector: 397_800),
                    .tooLong(track: 1, lastSector: 398_100, limit: 398_099),
                ])
        #expect(faults(layout(audio(sectors: 398_101))) == [.tooLong(track: 1, lastSector: 398_100, limit: 398_099)])
        #expect(faults(layout(audio(), audio(2)), limit: 749) == [])
        #expect(faults(layout(audio(), audio(2)), limit: 748) == [.tooLong(track: 2, lastSector: 749, limit: 748)])
        #expect(faults(layout(audio()), limit: 398_100) == [.leadOutLimit(398_100)])
        #expect(faults(layout(audio()), limit: -1).first == .leadOutLimit(-1))
        // The last two seconds of the first are the second's index 0.
        let shared = layout(audio(sectors: 150), audio(2, sectors: 300))
        #expect(faults(shared, sound: true) == [])
        #expect(faults(shared) == [.trackTooShort(track: 1, sectors: 150)])
        #expect(!faults(layout(audio(pregap: .max, sectors: .max), audio(2, pregap: .min, sectors: .min))).isEmpty)
    }

    @Test func `indexes`() {
        func faults(_ indexes: [Int]) -> [RawImageRules.Fault] {
            RawImageRules.faults(in: layout(audio(indexes: indexes)), type: .pq)
        }
        #expect(faults([9]) == [.indexTooClose(track: 1, index: 2, offset: 9)])
        #expect(faults([100, 109]) == [.indexTooClose(track: 1, index: 3, offset: 109)])
        #expect(faults([290]) == [])
        #expect(faults([291]) == [.indexTooLate(track: 1, index: 2, offset: 291)])
        #expect(faults([100, 90]) == [.indexTooClose(track: 1, index: 3, offset: 90)])
        #expect(!faults([.max, .min, .max]).isEmpty)
        let many = SessionLayout(tracks: [audio(sectors: 5000, indexes: (1...99).map { $0 * 10 })])
        #expect(RawImageRules.faults(in: many, type: .pq) == [.tooManyIndexes(track: 1, count: 100)])
    }

    @Test func `data`() {
        let data = SessionLayout.Track(number: 2, form: .mode1, pregap: 150, sectors: 300)
        #expect(RawImageRules.faults(in: layout(audio(), data), type: .pq) == [.trackForm(track: 2)])
        var first = data
        #expect(RawImageRules.faults(in: layout(first), type: .pq) == [.trackForm(track: 2)])
        first.number = 1
        #expect(RawImageRules.faults(in: layout(first, data), type: .pq) == [])
        #expect(RawImageRules.faults(in: layout(first, audio(2)), type: .pq) == [.trackForm(track: 2)])
        first.pregap = 151
        #expect(RawImageRules.faults(in: layout(first), type: .pq) == [.trackForm(track: 1)])
    }

    @Test func `R to W`() {
        #expect(RawImageRules.faults(in: layout(audio()), type: .pq, hasSubCode: true) == [.noRoomForSubCode])
        // Lead-in with pause 22 650, 300 sectors, lead-out 6750.
        #expect(RawImageRules.imageSectors(leadOut: 300) == 29_700)
        #expect(RawImageRules.subCodeFault(bytes: 29_700 * 96, leadOut: 300) == nil)
        let fault = RawImageRules.subCodeFault(bytes: 300 * 96, leadOut: 300)
        #expect(fault == .subCodeLength(bytes: 28_800, expected: 2_851_200))
        var piece = [UInt8](repeating: 0x3F, count: 96)
        piece.withUnsafeBytes { #expect(RawImageRules.subCodeFault(in: $0, at: 960) == nil) }
        for bit in [0x40, 0x80] as [UInt8] {
            piece[5] = bit
            piece.withUnsafeBytes { #expect(RawImageRules.subCodeFault(in: $0, at: 960) == .subCodeBits(offset: 965)) }
        }
    }

    @Test func `the expected table of contents is that of READ TOC`() {
        var layout = twoTracks
        layout.tracks[1].copy = .permitted
        let golden = hex(
            """
            00 1A 01 02              // 26 bytes follow, tracks 1 to 2
            00 10 01 00 00 00 00 00  // ADR before control; 0
            00 12 02 00 00 00 34 BC  // 13 500
            00 12 AA 00 00 00 69 78  // 27 000
            """)
        #expect(layout.tableOfContents.replyBytes == golden)
    }

    @Test func `an image is as long as it says, however it is taken`() throws {
        let layout = layout(audio(), SessionLayout.Track(number: 2, pregap: 150, sectors: 300, subCode: .packs))
        let session = try session(layout, leadIn: RawSession.imageStart, .raw)
        #expect(session.byteCount == RawImageRules.imageSectors(leadOut: 750) * 2448)
        let golden = blocks(
            session, main: { Array(repeating: UInt8($0 & 0xFF), count: $1) }, subCode: { _ in [UInt8](0..<96) })
        var stream = RawImageStream(session)
        #expect(stream.byteCount == session.byteCount)
        var image: [UInt8] = []
        var target = [UInt8](repeating: 0x77, count: 70 * 2448 + 13)
        while stream.remainingBytes > 0 {
            let count = target.withUnsafeMutableBytes { target in
                stream.next(
                    into: target,
                    main: { range, bytes in
                        var place = 0
                        for lba in range.clamped(to: session.program) {
                            for _ in 0..<2352 {
                                bytes[place] = UInt8(lba & 0xFF)
                                place += 1
                            }
                        }
                        #expect(place == bytes.count)
                    },
                    subCode: { _, bytes in for index in bytes.indices { bytes[index] = UInt8(index % 96) } })
            }
            image += target[..<count]
        }
        #expect(image == golden)
        target.withUnsafeMutableBytes { target in
            let count = stream.next(into: target, main: { _, _ in }, subCode: { _, _ in })
            #expect(count == 0)
        }
    }
}
