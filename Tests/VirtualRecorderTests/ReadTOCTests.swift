import BinaryCoding
import DiscLayout
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// READ TOC/PMA/ATIP of discs of several sessions, and of drives that do it in their own way.
@Suite struct ReadTOCTests {
    /// Tracks 5 (audio) and 6 (Mode 1) in session 1, 7 (audio) in session 2.
    private static let disc: LaidDisc = {
        var disc = LaidDisc(sessions: [[.audio, .mode1], [.audio]], firstNumber: 5)
        disc.disc.sessions[0].discType = 0x20
        return disc
    }()

    @Test func `format 0 has all tracks and the last lead-out`() throws {
        let bench = try Self.disc.bench()
        // Track 6: 450; lead-out of session 1: 750; session 2 from 12000, track 7 at 12150, lead-out 12450.
        let (five, six, seven) = ("0010050000000000", "00140600000001C2", "0010070000002F76")
        let leadOut = "0010AA00000030A2"
        #expect(
            bench.send("43 00 00 00 00 00 00 00 FF 00").data == hex("00 22 05 07 \(five) \(six) \(seven) \(leadOut)"))
        #expect(bench.send("43 00 00 00 00 00 06 00 FF 00").data == hex("00 1A 05 07 \(six) \(seven) \(leadOut)"))
        #expect(bench.send("43 00 00 00 00 00 AA 00 FF 00").data == hex("00 0A 05 07 \(leadOut)"))
        #expect(
            bench.send("43 02 00 00 00 00 07 00 FF 00").data == hex("00 12 05 07 0010070000022C00 0010AA0000023000"))
        for track in [8, 99, 0xA9, 0xAB, 0xFF] as [UInt8] {
            #expect(bench.send([0x43, 0, 0, 0, 0, 0, track, 0, 0xFF, 0]) == .refused(5, 0x24, 0))
        }
    }

    @Test func `format 1 has the first track of the last session`() throws {
        let bench = try Self.disc.bench()
        #expect(bench.send("43 00 01 00 00 00 00 00 FF 00").data == hex("00 0A 01 02 0010070000002F76"))
        #expect(bench.send("43 02 01 00 00 00 00 00 FF 00").data == hex("00 0A 01 02 0010070000022C00"))
        // The format in the last byte, as before MMC.
        #expect(bench.send("43 00 00 00 00 00 00 00 FF 40").data == hex("00 0A 01 02 0010070000002F76"))
    }

    @Test func `format 2 has every lead-in from a session on`() throws {
        let bench = try Self.disc.bench()
        let first = """
            01 10 00 A0 00 00 00 00 05 20 00   01 14 00 A1 00 00 00 00 06 00 00
            01 14 00 A2 00 00 00 00 00 0C 00   01 10 00 05 00 00 00 00 00 02 00
            01 14 00 06 00 00 00 00 00 08 00
            01 50 00 B0 02 2C 00 02 4F 3B 4A   // next program area 02:44:00, two pointers
            01 50 00 C0 00 00 00 00 61 1A 41
            """
        let second = """
            02 10 00 A0 00 00 00 00 07 00 00   02 10 00 A1 00 00 00 00 07 00 00
            02 10 00 A2 00 00 00 00 02 30 00   02 10 00 07 00 00 00 00 02 2C 00
            02 50 00 B0 FF FF FF 01 4F 3B 4A   // no further session
            """
        #expect(bench.send("43 00 02 00 00 00 01 00 FF 00").data == hex("00 86 01 02\n" + first + "\n" + second))
        #expect(bench.send("43 02 02 00 00 00 00 00 FF 00").data == hex("00 86 01 02\n" + first + "\n" + second))
        #expect(bench.send("43 00 02 00 00 00 02 00 FF 00").data == hex("00 39 01 02\n" + second))
        #expect(bench.send("43 00 02 00 00 00 03 00 FF 00") == .refused(5, 0x24, 0))
    }

    @Test func `a blank has no table of contents, but program memory and pre-groove`() throws {
        let bench = try Bench()
        for format in [0, 1, 2] as [UInt8] {
            #expect(bench.send([0x43, 0, format, 0, 0, 0, 0, 0, 0xFF, 0]) == .refused(5, 0x24, 0))
        }
        #expect(bench.send("43 00 03 00 00 00 00 00 FF 00").data == hex("00 02 00 00"))
        #expect(bench.send("43 00 04 00 00 00 00 00 FF 00").data.count == 28)
        for format in 6...15 as ClosedRange<UInt8> {
            #expect(bench.send([0x43, 0, format, 0, 0, 0, 0, 0, 0xFF, 0]) == .refused(5, 0x24, 0))
        }
    }

    @Test func `CD-TEXT comes as it is in the lead-in`() throws {
        let packs = (0..<36).map { UInt8($0) }
        var disc = LaidDisc(sessions: [[.audio]])
        disc.disc.sessions[0].textPacks = 2
        let bench = try disc.bench()
        try DurableFile.replace("\(bench.disc)/cd-text-1.cdt", with: packs)
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 26 00 00") + packs)
        #expect(bench.send("43 00 05 00 00 00 00 00 04 00").data == hex("00 26 00 00"))
        var profile = RecorderProfile.modern
        profile.capabilities.readsText = false
        #expect(try disc.bench(profile: profile).send("43 00 05 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
        #expect(
            try LaidDisc(sessions: [[.audio]]).bench().send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 02 00 00"))
    }

    @Test func `ATIP in BCD, of zeros, or not at all, where a drive does it so`() throws {
        func atip(_ quirk: Quirk) throws -> Bench.Answer {
            var profile = RecorderProfile.modern
            profile.quirks = [quirk]
            return try Bench(profile: profile).send("43 00 04 00 00 00 00 00 1C 00")
        }
        #expect(
            try atip(.atipInBCD).data
                == hex("00 1A 00 00 D0 00 80 00 97 26 65 00 79 59 74 00 00 00 00 00 00 00 00 00 00 00 00 00"))
        #expect(try atip(.atipZero).data == hex("00 1A") + [UInt8](repeating: 0, count: 26))
        #expect(try atip(.atipRefused) == .refused(5, 0x24, 0))
    }
}
