import BurnPlan
import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// Everything that an album can have: codes, indexes, pre-gaps with and without content, a hidden track, texts, sub-code.
private let album = SessionLayout(
    catalogNumber: try? CatalogNumber("4012345678901"),
    tracks: [
        SessionLayout.Track(
            number: 1, recordingCode: RecordingCode("DEABC1234567"), pregap: 250, sectors: 400, indexes: [120, 130]),
        SessionLayout.Track(
            number: 2, copy: .permitted, hasPreEmphasis: true, recordingCode: RecordingCode("USRC17607839"), pregap: 75,
            sectors: 320),
        SessionLayout.Track(number: 3, copy: .scms, sectors: 310, subCode: .packs),
        SessionLayout.Track(number: 4, pregap: 10, sectors: 300),
    ])

private let texts = (0..<6).map { number in
    TextPack(
        type: 0x80, track: 0, sequence: UInt8(number), characterPosition: 0,
        payload: [UInt8](repeating: UInt8(number + 65), count: 12))
}

private let everything: [BurnOutcome.Proof] = [.toc, .audio, .indexes, .mcn, .isrc, .subCode, .cdText]

private func profile(_ change: (inout RecorderProfile) -> Void) -> RecorderProfile {
    var profile = RecorderProfile.modern
    change(&profile)
    return profile
}

/// A disc that is what it should be is proven, by whatever drive.
@Suite(.timeLimit(.minutes(5))) struct ReadBackTests {
    @Test func `all that an album holds is proven`() throws {
        let disc = try RecordedDisc(album, text: texts)
        let verdict = try disc.readBack()
        #expect(verdict == .proven(everything), "\(disc.logged(""))")
    }

    @Test func `the quick level proves the table of contents, and none nothing`() throws {
        let disc = try RecordedDisc(album, text: texts)
        #expect(try disc.readBack(verify: .quick) == .proven([.toc]))
        let commands = disc.link.commands.count
        #expect(try disc.readBack(verify: .none) == .proven([]))
        #expect(disc.link.commands.count == commands)
        #expect(!disc.link.commands.contains { $0[0] == 0xBE })
    }

    @Test(arguments: [(30, 0), (-30, 0), (667, 0), (0, 102), (0, -12), (30, -30), (-588, -1)])
    func `shifted audio is aligned over track borders, and the edges that cannot be read are counted`(
        _ read: Int, _ write: Int
    ) throws {
        let disc = try RecordedDisc(
            album, text: texts,
            profile: profile {
                $0.readOffset = read
                $0.writeOffset = write
            })
        #expect(try disc.readBack() == .proven(everything), "\(disc.logged(""))")
        #expect(disc.logged("could not be compared").count <= 1)
    }

    @Test(arguments: [
        [Quirk.binaryQ], [.zeroQCRC], [.neighbouringSubChannel], [.binaryQ, .neighbouringSubChannel, .zeroQCRC],
        [.recordingCodeStale], [.tocStaleAfterRaw],
    ])
    func `oddities of drives are seen through`(_ quirks: Set<Quirk>) throws {
        let disc = try RecordedDisc(album, text: texts, profile: profile { $0.quirks = quirks })
        #expect(try disc.readBack() == .proven(everything), "\(disc.logged(""))")
    }

    @Test(arguments: [[Quirk.binaryQ], [.zeroQCRC], [.binaryQ, .neighbouringSubChannel, .zeroQCRC], []])
    func `drives that give Q in sixteen bytes are enough for indexes`(_ quirks: Set<Quirk>) throws {
        let disc = try RecordedDisc(album, text: texts, profile: profile { $0.quirks = quirks })
        try disc.fault("read-cd cdb 10=01/07: sense 5/24/00")
        #expect(try disc.readBack() == .proven(everything), "\(disc.logged(""))")
    }

    @Test func `sub-channel that comes with the main channel alone is read`() throws {
        let disc = try RecordedDisc(album, text: texts)
        try disc.fault("read-cd cdb 9=00: sense 5/24/00")
        #expect(try disc.readBack() == .proven(everything), "\(disc.logged(""))")
    }

    @Test func `codes that the drive does not search for are found in Q`() throws {
        let disc = try RecordedDisc(album, text: texts)
        try disc.fault("read-sub-channel: sense 5/20/00")
        #expect(try disc.readBack() == .proven(everything), "\(disc.logged(""))")
    }

    @Test func `data is proven, beside audio too`() throws {
        let layout = SessionLayout(tracks: [
            SessionLayout.Track(number: 1, form: .mode1, pregap: 150, sectors: 320),
            SessionLayout.Track(number: 2, pregap: 150, sectors: 310),
            SessionLayout.Track(number: 3, form: .mode1, pregap: 150, sectors: 300),
        ])
        for offset in [0, 30] {
            let disc = try RecordedDisc(layout, profile: profile { $0.readOffset = offset })
            #expect(try disc.readBack() == .proven([.toc, .audio, .data, .indexes]), "\(disc.logged(""))")
        }
    }

    @Test func `where the drive gives no whole sectors, user data is enough`() throws {
        let disc = try RecordedDisc(
            SessionLayout(tracks: [SessionLayout.Track(number: 1, form: .mode1, pregap: 150, sectors: 320)]))
        try disc.fault("read-cd cdb 9=F8: sense 5/24/00")
        #expect(try disc.readBack() == .proven([.toc, .data, .indexes]), "\(disc.logged(""))")
        #expect(disc.link.commands.contains { $0[0] == 0x28 })
    }

    @Test(arguments: [0, 30]) func `an image is proven by its own bytes`(_ offset: Int) throws {
        let disc = try RecordedDisc(album, text: texts, profile: profile { $0.readOffset = offset })
        let verdict = try disc.readBack(try disc.image())
        #expect(verdict == .proven(everything + [.image]), "\(disc.logged(""))")
    }

    @Test(arguments: [RawBlockType.pq, .cooked]) func `an image of every type is proven`(_ type: RawBlockType) throws {
        let layout = SessionLayout(
            catalogNumber: try CatalogNumber("4012345678901"),
            tracks: [
                SessionLayout.Track(number: 1, form: .mode1, pregap: 150, sectors: 320),
                SessionLayout.Track(
                    number: 2, pregap: 150, sectors: 310, indexes: [40], subCode: type == .cooked ? .packs : .none),
            ])
        let disc = try RecordedDisc(layout, type: type)
        let codes: [BurnOutcome.Proof] = type == .cooked ? [.subCode] : []
        let verdict = try disc.readBack(try disc.image())
        #expect(verdict == .proven([.toc, .audio, .data, .indexes, .mcn] + codes + [.image]), "\(disc.logged(""))")
    }

    @Test func `symbols as they go onto the disc are proven one by one`() throws {
        let layout = SessionLayout(tracks: [
            SessionLayout.Track(number: 1, pregap: 150, sectors: 320),
            SessionLayout.Track(number: 2, sectors: 310, subCode: .raw),
        ])
        let disc = try RecordedDisc(layout)
        #expect(try disc.readBack() == .proven([.toc, .audio, .indexes, .subCode]), "\(disc.logged(""))")
        try disc.damageSymbols(500, [50])
        let verdict = try disc.readBack()
        #expect(verdict.kind == .subChannelMismatch, "\(verdict)")
    }

    @Test func `silence has no offset, and is compared as it comes`() throws {
        let layout = SessionLayout(tracks: [SessionLayout.Track(number: 1, pregap: 150, sectors: 320)])
        let silence = RecordedDisc.Content(main: [UInt8](repeating: 0, count: 470 * 2352))
        let disc = try RecordedDisc(layout, contents: [silence], profile: profile { $0.readOffset = 30 })
        #expect(try disc.readBack() == .proven([.toc, .audio, .indexes]))
        try disc.damageMain(200, 17, [1])
        #expect(try disc.readBack().kind == .verifyMismatch)
    }
}

/// What a drive cannot do is left out, and said.
@Suite(.timeLimit(.minutes(5))) struct ReadBackAbilityTests {
    private func proofs(without: [BurnOutcome.Proof]) -> RecordedDisc.Verdict {
        .proven(everything.filter { !without.contains($0) })
    }

    @Test func `without CD-TEXT`() throws {
        let disc = try RecordedDisc(album, text: texts, profile: profile { $0.capabilities.readsText = false })
        #expect(try disc.readBack() == proofs(without: [.cdText]))
        #expect(!disc.logged("CD-TEXT").isEmpty)
    }

    @Test func `without any sub-channel`() throws {
        let disc = try RecordedDisc(album, text: texts)
        for form in ["01", "02", "04"] { try disc.fault("read-cd cdb 10=\(form)/07: sense 5/24/00") }
        #expect(try disc.readBack() == proofs(without: [.indexes, .subCode]), "\(disc.logged(""))")
        try disc.fault("read-sub-channel: sense 5/20/00")
        #expect(try disc.readBack() == proofs(without: [.indexes, .subCode, .mcn, .isrc]))
    }

    @Test func `without R to W`() throws {
        let disc = try RecordedDisc(album, text: texts)
        try disc.fault("read-cd cdb 10=01/07: sense 5/24/00")
        try disc.fault("read-cd cdb 10=04/07: sense 5/24/00")
        #expect(try disc.readBack() == proofs(without: [.subCode]), "\(disc.logged(""))")
    }

    @Test func `with R to W that are always zero, unless the drive claims to read them`() throws {
        let disc = try RecordedDisc(album, text: texts)
        disc.link.change = { cdb, reply in
            cdb[0] == 0xBE && cdb[10] == 1 ? reply.map { $0 & 0xC0 } : reply
        }
        let claims = try disc.readBack()
        try disc.fault("page 2A 5=00/04")
        let claimsNothing = try disc.readBack()
        #expect(Set([claims.kind, claimsNothing.kind]).isSubset(of: [nil, .subChannelMismatch]))
        #expect(claimsNothing == proofs(without: [.subCode]), "\(disc.logged(""))")
    }
}
