import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

/// Whole replies of a drive with a blank 80-minute CD-R, and of one with tracks at 00:02:00 and 03:02:00.
@Suite struct GoldenReplyTests {
    /// Two tracks, the second with copy permitted; the lead-out at 06:02:00.
    private static func twoTracks(_ following: Disc.Following = .none) -> Disc {
        var disc = Disc(medium: .cdR80)
        disc.openTrack(control: [], isrc: nil, catalogNumber: nil, discType: 0)
        disc.changeTrack(disc.nextTrackNumber - 1) { $0.blocks = 13_348 }
        disc.closeTrack(disc.nextTrackNumber - 1)
        disc.openTrack(control: .copyPermitted, isrc: nil, catalogNumber: nil, discType: 0)
        disc.changeTrack(disc.nextTrackNumber - 1) { $0.blocks = 13_348 + 150 }
        disc.closeTrack(disc.nextTrackNumber - 1)
        disc.closeSession(following)
        return disc
    }

    @Test func `disc information of a blank`() throws {
        #expect(
            try Bench().send("51 00 00 00 00 00 00 00 22 00").data
                == hex(
                    """
                    00 20 00 01 01 01 01 20 00 00 00 00 00 00 00 00
                    00 61 1A 41      // lead-in 97:26:65
                    00 4F 3B 4A      // last lead-out 79:59:74
                    00 00 00 00 00 00 00 00 00 00
                    """))
    }

    @Test func `disc information of a finalized disc`() {
        #expect(
            Drive.discInformation(Self.twoTracks())
                == hex(
                    """
                    00 20 0E 01 01 01 02 20 00 00 00 00 00 00 00 00
                    FF FF FF FF FF FF FF FF 00 00 00 00 00 00 00 00 00 00
                    """))
    }

    @Test func `disc information counts the session and the track that can follow`() {
        #expect(
            Drive.discInformation(Self.twoTracks(.another))
                == hex(
                    """
                    00 20 01 01 02 03 03 20 00 00 00 00 00 00 00 00
                    00 07 20 00      // lead-in of session 2: 06:02:00 and a lead-out of 1:30 behind it
                    00 4F 3B 4A 00 00 00 00 00 00 00 00 00 00
                    """))
    }

    @Test func `track information of a blank`() throws {
        #expect(
            try Bench().send("52 01 00 00 00 FF 00 00 30 00").data
                == hex(
                    """
                    00 2E 01 01 00 04 4F 01        // track 1, session 1, blank, next writable address valid
                    00 00 00 00 00 00 00 00        // start, next writable address
                    00 05 7D A9 00 00 00 00        // free blocks, packet size
                    00 05 7D A9 00 00 00 00        // size, last recorded address
                    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                    """))
    }

    @Test func `TOC, LBA`() throws {
        #expect(
            try TableOfContentsReply.toc(Self.twoTracks(), from: 0, isMSF: false)
                == hex("00 1A 01 02  00 10 01 00 00000000  00 12 02 00 000034BC  00 12 AA 00 00006978"))
    }

    @Test func `TOC, MSF`() throws {
        #expect(
            try TableOfContentsReply.toc(Self.twoTracks(), from: 0, isMSF: true)
                == hex("00 1A 01 02  00 10 01 00 00000200  00 12 02 00 00030200  00 12 AA 00 00060200"))
    }

    @Test func `TOC from a track on counts only what follows, and still names first and last`() throws {
        #expect(
            try TableOfContentsReply.toc(Self.twoTracks(), from: 0xAA, isMSF: false)
                == hex("00 0A 01 02  00 12 AA 00 00006978"))
    }

    @Test func `session information`() throws {
        #expect(
            try TableOfContentsReply.sessions(Self.twoTracks(), isMSF: false)
                == hex("00 0A 01 01  00 10 01 00 00000000"))
    }

    @Test func `full TOC of a single session`() throws {
        #expect(
            try TableOfContentsReply.full(Self.twoTracks(), from: 1)
                == hex(
                    """
                    00 39 01 01  01 10 00 A0 00 00 00 00 01 00 00  01 12 00 A1 00 00 00 00 02 00 00
                    01 12 00 A2 00 00 00 00 06 02 00  01 10 00 01 00 00 00 00 00 02 00
                    01 12 00 02 00 00 00 00 03 02 00
                    """))
    }

    @Test func `full TOC points at the next session where one can follow`() throws {
        let reply = try TableOfContentsReply.full(Self.twoTracks(.another), from: 1)
        #expect(
            Array(reply.suffix(22))
                == hex(
                    """
                    01 50 00 B0 08 22 00 02 4F 3B 4A   // next program area 06:02:00 + 2:32:00, two pointers, 79:59:74
                    01 50 00 C0 00 00 00 00 61 1A 41   // lead-in of the pre-groove
                    """))
        let last = try TableOfContentsReply.full(Self.twoTracks(.last), from: 1)
        #expect(Array(last.suffix(22).prefix(11)) == hex("01 50 00 B0 FF FF FF 02 4F 3B 4A"))
    }

    @Test func `ATIP`() throws {
        #expect(
            try Bench().send("43 00 04 00 00 00 00 00 1C 00").data
                == hex("00 1A 00 00 D0 00 80 00 61 1A 41 00 4F 3B 4A 00 00 00 00 00 00 00 00 00 00 00 00 00"))
    }

    @Test(arguments: [2, 8, 16, 30]) func `MODE SENSE is cut at any allocation length`(length: Int) throws {
        let bench = try Bench()
        let whole = bench.send("5A 00 05 00 00 00 00 00 FF 00").data
        #expect(whole.count == 60)
        #expect(bench.send([0x5A, 0, 5, 0, 0, 0, 0, 0, UInt8(length), 0]).data == Array(whole.prefix(length)))
    }
}
