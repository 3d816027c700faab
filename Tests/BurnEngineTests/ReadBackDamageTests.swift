import BurnPlan
import DiscLayout
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// Each kind of difference ends the burn with its own problem and place.
@Suite(.timeLimit(.minutes(5))) struct ReadBackDamageTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: BurnProblem.Kind
        var lba: Int?
        let inflict: @Sendable (RecordedDisc) throws -> Void

        var testDescription: String { name }
    }

    /// Track 1: index 0 −150…149 (audible from 0 on), index 1 150…449, index 2 from 250; track 2: 450…524, 525…824, with
    /// sub-code; track 3, data: 825…974, 975…1274.
    private static let layout = SessionLayout(
        catalogNumber: try? CatalogNumber("4012345678901"),
        tracks: [
            SessionLayout.Track(
                number: 1, recordingCode: RecordingCode("DEABC1234567"), pregap: 300, sectors: 300, indexes: [100]),
            SessionLayout.Track(number: 2, copy: .permitted, pregap: 75, sectors: 300, subCode: .packs),
            SessionLayout.Track(number: 3, form: .mode1, pregap: 150, sectors: 300),
        ])

    private static let texts = (0..<4).map { number in
        TextPack(
            type: 0x80, track: 0, sequence: UInt8(number), characterPosition: 0,
            payload: [UInt8](repeating: UInt8(number + 65), count: 12))
    }

    /// Another frame with the same codes beside it.
    private static func position(
        _ frame: QFrame, track: Int? = nil, index: Int? = nil, later: Int = 0, relative: Int = 0, control: UInt8? = nil
    ) -> QFrame {
        guard case .position(let oldTrack, let oldIndex, let oldRelative, let absolute)? = frame.content else {
            return frame
        }
        return .position(
            control: control.map { TrackControl(rawValue: $0) } ?? frame.control, track: track ?? oldTrack,
            index: index ?? oldIndex, relative: MSF(frameCount: oldRelative.frameCount + relative),
            absolute: MSF(frameCount: absolute.frameCount + later))
    }

    private static func allFrames(
        _ disc: RecordedDisc, _ range: Range<Int>, _ change: (QFrame) -> QFrame
    ) throws {
        for lba in range { try disc.replaceQ(lba, change) }
    }

    static let damages = [
        Damage(name: "a byte of audio", kind: .verifyMismatch, lba: 200) {
            try $0.damageMain(200, 1000, [1, 2, 3, 4, 5])
        },
        Damage(name: "a byte of the hidden track", kind: .verifyMismatch, lba: 0) {
            try $0.damageMain(0, 0, [0xA5, 0x5A, 1])
        },
        Damage(name: "a byte of a pre-gap", kind: .verifyMismatch, lba: 470) { try $0.damageMain(470, 5, [9, 9, 9]) },
        Damage(name: "the last sample", kind: .verifyMismatch, lba: 824) {
            try $0.damageMain(824, 2348, [1, 2, 3, 4])
        },
        Damage(name: "a byte of data", kind: .readBackFailed, lba: 1000) {
            try $0.damageMain(1000, 100, [1, 2, 3, 4])
        },
        Damage(name: "all of a sector's data", kind: .verifyMismatch, lba: 1000) { disc in
            var sector = [UInt8](repeating: 7, count: 2352)
            sector.withUnsafeMutableBytes { DataSector.completeMode1(at: 1000, in: $0) }
            try disc.damageMain(1000, 0, sector)
        },
        Damage(name: "the ECC of a sector", kind: .verifyMismatch, lba: 1000) {
            try $0.damageMain(1000, 2300, [1, 2, 3])
        },
        Damage(name: "a header", kind: .verifyMismatch, lba: 1000) { disc in
            let main = disc.contents[2].main
            let start = (1000 - 825) * 2048
            var sector = [UInt8](repeating: 0, count: 16) + main[start..<start + 2048]
            sector += [UInt8](repeating: 0, count: 2352 - sector.count)
            sector.withUnsafeMutableBytes { DataSector.completeMode1(at: 1001, in: $0) }
            try disc.damageMain(1000, 0, sector)
        },
        Damage(name: "an index that begins three sectors late", kind: .subChannelMismatch, lba: 250) { disc in
            try allFrames(disc, 250..<253) { position($0, index: 1) }
        },
        Damage(name: "a pre-gap that begins early", kind: .subChannelMismatch, lba: 445) { disc in
            try allFrames(disc, 445..<450) { position($0, track: 2, index: 0) }
        },
        Damage(name: "times of a track that run off", kind: .subChannelMismatch, lba: 525) { disc in
            try allFrames(disc, 525..<825) { position($0, relative: 1) }
        },
        Damage(name: "addresses that run off", kind: .subChannelMismatch) { disc in
            try allFrames(disc, 440..<460) { position($0, later: 100) }
        },
        Damage(name: "control bits", kind: .subChannelMismatch, lba: 450) { disc in
            try allFrames(disc, 450..<825) { position($0, control: 0) }
        },
        Damage(name: "another catalogue number", kind: .subChannelMismatch) { disc in
            disc.link.change = { cdb, reply in cdb[0] == 0x42 && cdb[3] == 2 ? [UInt8](repeating: 0, count: 24) : reply
            }
            try allFrames(disc, 0..<825) { frame in
                guard case .catalogNumber? = frame.content else { return frame }
                return .catalogNumber(
                    [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 8], control: frame.control, absolute: MSF(lba: 0))
            }
        },
        Damage(name: "no catalogue number", kind: .subChannelMismatch) { disc in
            disc.link.change = { cdb, reply in cdb[0] == 0x42 && cdb[3] == 2 ? [UInt8](repeating: 0, count: 24) : reply
            }
            for lba in 0..<450 {
                try disc.replaceQ(lba) { frame in
                    guard frame.mode == 2 else { return frame }
                    return .position(
                        control: frame.control, track: 1, index: lba < 150 ? 0 : lba < 250 ? 1 : 2,
                        relative: MSF(frameCount: lba < 150 ? 149 - lba : lba - 150), absolute: MSF(lba: lba))
                }
            }
        },
        Damage(name: "another recording code", kind: .subChannelMismatch) { disc in
            disc.link.change = { cdb, reply in cdb[0] == 0x42 && cdb[3] == 3 ? [UInt8](repeating: 0, count: 24) : reply
            }
            try allFrames(disc, 150..<450) { frame in
                guard frame.mode == 3 else { return frame }
                return .recordingCode(Array("DEABC1234568".utf8), control: frame.control, absolute: MSF(lba: 0))
            }
        },
        Damage(name: "another pack of CD-TEXT", kind: .subChannelMismatch) { disc in
            try disc.replaceText(
                texts.dropLast() + [TextPack(type: 0x80, track: 0, sequence: 3, characterPosition: 0, payload: [1])])
        },
        Damage(name: "a pack of CD-TEXT whose CRC does not fit", kind: .subChannelMismatch) { disc in
            try disc.replaceText(texts.dropLast() + [TextPack(texts[3].bytes.dropLast() + [texts[3].bytes[17] ^ 1])])
        },
        Damage(name: "three symbols of a pack", kind: .subChannelMismatch, lba: 600) {
            try $0.damageSymbols(600, [0, 8, 16])
        },
        Damage(name: "a start in the table of contents", kind: .tocMismatch) { disc in
            disc.link.change = { cdb, reply in
                cdb[0] == 0x43 && cdb[2] == 2 && reply.count > 60 ? reply.dropLast() + [(reply.last ?? 0) ^ 1] : reply
            }
        },
        Damage(name: "the disc type", kind: .tocMismatch) { disc in
            disc.link.change = { cdb, reply in
                cdb[0] == 0x43 && cdb[2] == 2 && reply.count > 60 ? reply[..<13] + [0x20] + reply[14...] : reply
            }
        },
        Damage(name: "a disc that is not finalised", kind: .tocMismatch) { disc in
            disc.link.change = { cdb, reply in cdb[0] == 0x51 ? reply[..<2] + [0x01] + reply[3...] : reply }
        },
        Damage(name: "a place that cannot be read", kind: .readBackFailed, lba: 300) {
            try $0.fault("read-cd lba 300: bad-read")
        },
    ]

    @Test(arguments: damages) func `a disc that is not what was sent is not proven`(_ damage: Damage) throws {
        let disc = try RecordedDisc(Self.layout, text: Self.texts)
        try damage.inflict(disc)
        let verdict = try disc.readBack()
        #expect(verdict.kind == damage.kind, "\(verdict) \(disc.logged(""))")
        if let lba = damage.lba, case .failed(_, let found, _) = verdict { #expect(found == lba, "\(verdict)") }
    }

    @Test func `the same disc without damage is proven`() throws {
        let disc = try RecordedDisc(Self.layout, text: Self.texts)
        let verdict = try disc.readBack()
        #expect(
            verdict == .proven([.toc, .audio, .data, .indexes, .mcn, .isrc, .subCode, .cdText]), "\(disc.logged(""))")
    }

    @Test func `what parity corrects in packs is no difference`() throws {
        let disc = try RecordedDisc(Self.layout, text: Self.texts)
        try disc.damageSymbols(600, [30, 70])
        #expect(try disc.readBack().proofs.contains(.subCode))
        #expect(disc.logged("parity").count == 1)
    }

    @Test func `single frames with a broken CRC are no difference`() throws {
        let disc = try RecordedDisc(Self.layout, text: Self.texts)
        for lba in [150, 151, 452, 530] {
            try disc.replaceQ(lba) { QFrame($0.bytes.dropLast() + [$0.bytes[11] ^ 0xFF]) }
        }
        #expect(try disc.readBack().proofs.contains(.indexes), "\(disc.logged(""))")
    }

    @Test func `a place that reads slowly is read in the end, and the speed set back`() throws {
        let disc = try RecordedDisc(Self.layout, text: Self.texts)
        try disc.fault("read-cd lba 300 times 2: bad-read")
        #expect(try disc.readBack().proofs.contains(.audio))
        let speeds = disc.link.commands.filter { $0[0] == 0xBB }.map { Int($0[2]) << 8 | Int($0[3]) }
        #expect(speeds == [4 * 177, 0xFFFF])
    }
}
