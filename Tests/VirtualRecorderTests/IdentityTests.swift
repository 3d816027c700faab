import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

/// What the drive says that it is: INQUIRY, GET CONFIGURATION and page 2Ah.
@Suite struct IdentityTests {
    private static let configuration = "46 00 00 00 00 00 00 FF FF 00"

    @Test func `inquiry names maker, product and, on page 80h, the label`() throws {
        let bench = try Bench()
        #expect(
            bench.send("12 00 00 00 60 00").data
                == hex(
                    """
                    05 80 05 02 5B 00 00 00             // CD device, removable, SPC-3, response format 2, 91 more
                    42 55 52 4E 44 20 20 20             // "BURND   "
                    56 49 52 54 55 41 4C 20 43 44 2D 52 57 20 20 20   // "VIRTUAL CD-RW   "
                    31 2E 30 20                         // "1.0 "
                    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                    03 00 04 20                         // version descriptors: SPC-3, MMC-5
                    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                    """))
        #expect(bench.send("12 01 80 00 60 00").data == hex("05 80 00 05") + Array("bench".utf8))
        #expect(bench.send("12 01 00 00 60 00").data == hex("05 00 00 02 00 80"))
        #expect(bench.send("12 00 00 00 05 00").data == hex("05 80 05 02 5B"))
    }

    @Test func `names and serial number are those of the profile`() throws {
        let profile = Bench.profile {
            ($0.vendor, $0.product, $0.revision, $0.serial) = ("ACME", "CD-RW 40x", "1A02", "A 1")
            $0.interface = .atapi
        }
        let bench = try Bench(profile: profile)
        let reply = bench.send("12 00 00 00 24 00").data
        #expect(String(decoding: reply[8..<36], as: UTF8.self) == "ACME    CD-RW 40x       1A02")
        // ATAPI drives say response format 1.
        #expect(reply[3] == 1)
        #expect(bench.send("12 01 80 00 60 00").data == hex("05 80 00 03") + Array("A 1".utf8))
        #expect(bench.send("46 02 01 08 00 00 00 00 40 00").data.suffix(8) == hex("01 08 03 04 41 20 31 20")[...])
        #expect(
            bench.send("46 02 00 01 00 00 00 00 40 00").data.suffix(12)
                == hex("00 01 0B 08 00 00 00 02 01 00 00 00")[...])
    }

    @Test func `all features of a modern drive with a blank CD-R`() throws {
        #expect(
            try Bench().send(Self.configuration).data
                == hex(
                    """
                    00 00 00 90  00 00  00 09           // 144 bytes follow; CD-R
                    00 00 03 0C  00 0A 00 00  00 09 01 00  00 08 00 00   // profiles CD-RW, CD-R (current), CD-ROM
                    00 01 0B 08  00 00 00 07  01 00 00 00   // core: serial ATA; busy events
                    00 02 07 04  02 00 00 00            // morphing: operational changes, polled
                    00 03 07 04  39 00 00 00            // removable: tray, loads, ejects, locks
                    00 10 00 08  00 00 08 00  00 01 01 00   // random readable, not now: 2048 bytes, page 01h
                    00 1D 00 00                         // multi-read, not now
                    00 1E 08 04  03 00 00 00            // CD read, not now: C2, CD-TEXT
                    00 2D 09 04  46 00 3F 01            // TAO: BUF, test write, CD-RW; types 0, 8…13
                    00 2E 05 04  6F 00 0C 80            // mastering: BUF, SAO, RAW, test, CD-RW, R-W; 3200 bytes of cue sheet
                    00 37 00 04  00 0F 00 00            // CD-RW of sub-types 0…3, not now
                    01 00 03 00                         // power management
                    01 05 03 00                         // time-out
                    01 07 0D 04  1E 00 00 00            // streaming: blocks of buffer, SET CD SPEED, page 2Ah, write speeds
                    01 08 03 08  62 65 6E 63 68 20 20 20   // serial number "bench"
                    01 0C 03 10  32 30 32 36 31 31 32 31 30 30 30 30 30 30 00 00   // firmware date
                    """))
    }

    @Test func `all features of an old drive without a disc`() throws {
        let bench = try Bench(profile: .old)
        bench.send("1B 00 00 00 02 00")
        #expect(
            bench.send(Self.configuration).data
                == hex(
                    """
                    00 00 00 74  00 00  00 00           // 116 bytes follow; no medium
                    00 00 03 0C  00 0A 00 00  00 09 00 00  00 08 00 00
                    00 01 0B 08  00 00 00 02  01 00 00 00   // ATAPI
                    00 02 07 04  02 00 00 00
                    00 03 07 04  39 00 00 00
                    00 10 00 08  00 00 08 00  00 01 01 00
                    00 1D 00 00
                    00 1E 08 04  00 00 00 00            // neither C2 nor CD-TEXT
                    00 2D 08 04  02 00 05 01            // TAO: CD-RW; types 0, 8, 10
                    00 37 00 04  00 03 00 00            // CD-RW of sub-types 0 and 1, by its speeds of 4 and 2
                    01 00 03 00
                    01 05 03 00
                    01 07 0D 04  18 00 00 00            // no list of speeds
                    01 08 03 08  62 65 6E 63 68 20 20 20
                    """))
    }

    /// Whether features 0010h, 001Eh, 002Dh, 002Eh and 0037h are there and current.
    private static func currency(_ bench: Bench) -> [Bool] {
        ["00 10", "00 1E", "00 2D", "00 2E", "00 37"].map { code in
            bench.send("46 02 \(code) 00 00 00 00 10 00").data.dropFirst(10).first.map { $0 & 1 == 1 } ?? false
        }
    }

    @Test func `what is current goes with the disc`() throws {
        let bench = try Bench()
        #expect(Self.currency(bench) == [false, false, true, true, false])
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        #expect(Self.currency(bench) == [true, true, true, true, false])
        bench.select(Bench.tao())
        bench.send("5B 00 06 00 00 00 00 00 00 00")
        #expect(Self.currency(bench) == [true, true, false, false, false])
        bench.send("1B 00 00 00 02 00")
        #expect(Self.currency(bench) == [false, false, false, false, false])
        #expect(bench.send("46 02 00 2D 00 00 00 00 08 00").data == hex("00 00 00 0C 00 00 00 00"))
    }

    @Test func `a CD-RW can be written whatever is on it`() throws {
        let bench = try Bench(blank: .cdRW)
        #expect(
            bench.send("46 02 00 00 00 00 00 00 FF 00").data
                == hex("00 00 00 14 00 00 00 0A 00 00 03 0C 00 0A 01 00 00 09 00 00 00 08 00 00"))
        #expect(Self.currency(bench) == [false, false, true, true, true])
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 06 00 00 00 00 00 00 00")
        #expect(Self.currency(bench) == [true, true, true, true, true])
    }

    @Test func `a CD-RW that no speed of the drive suits can be read only`() throws {
        let withoutRewriting = Bench.profile { ($0.capabilities.rewritable, $0.rewriteSpeeds) = (false, []) }
        for (profile, disc, flags) in [(withoutRewriting, Medium.cdRW, 0x44), (.old, .cdRWUltraSpeed, 0x02)]
            as [(RecorderProfile, Medium, UInt8)]
        {
            let bench = try Bench(profile: profile, blank: disc)
            #expect(Self.currency(bench).suffix(3).allSatisfy { !$0 })
            #expect(Array(bench.send("46 02 00 2D 00 00 00 00 FF 00").data[10...12]) == [0x08, 0x04, flags])
            bench.select(Bench.tao(changes: [10: 0x01]))
            for cdb in [
                "54 01 00 00 00 00 00 00 00 00", "A1 01 00 00 00 00 00 00 00 00 00 00", "2A 00 00 00 00 00 00 00 00 00",
            ] {
                #expect(bench.send(cdb) == .refused(5, 0x30, 5))
            }
        }
    }

    @Test func `a request type chooses features, and the reply is cut at the allocation length`() throws {
        let bench = try Bench()
        let whole = bench.send(Self.configuration).data
        #expect(bench.send("46 00 00 00 00 00 00 00 08 00").data == Array(whole.prefix(8)))
        #expect(bench.send("46 00 01 07 00 00 00 00 FF 00").data.prefix(4) == hex("00 00 00 2C")[...])
        let current = bench.send("46 01 00 00 00 00 00 00 FF 00").data
        #expect(current.count == whole.count - 12 - 4 - 8 - 8)
        #expect(bench.send("46 02 0F FF 00 00 00 00 FF 00").data == hex("00 00 00 04 00 00 00 09"))
        #expect(bench.send("46 03 00 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
    }

    @Test func `a drive that keeps quiet about mastering still records sessions`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.masteringFeatureMissing] })
        #expect(bench.send("46 02 00 2E 00 00 00 00 FF 00").data.count == 8)
        #expect(bench.select(Bench.tao(changes: [10: 0x42])) == .good([]))
    }

    @Test func `page 2Ah of a modern drive`() throws {
        #expect(
            try Bench(speed: 48).send("5A 00 2A 00 00 00 00 00 FF 00").data.dropFirst(8)
                == hex(
                    """
                    2A 3A
                    03 07 F0 7F             // reads CD-R(W); writes CD-R, CD-RW, test; BUF, multi-session, Mode 2; audio
                    29 20                   // tray, ejects, locks; R-W in the lead-in
                    21 13 00 00 08 00       // reads at 8467 kB/s; no volume levels; 2048 KiB of buffer
                    21 13 00 00             // reads now at 8467 kB/s
                    21 13 21 13             // writes at 8467 kB/s, and now
                    00 00 00 00 00 00       // no copy management; rotation CLV
                    21 13 00 07             // writes now at 8467 kB/s; seven speeds
                    00 00 21 13  00 00 1B 90  00 00 16 0C  00 00 10 89  00 00 0B 06  00 00 05 83  00 00 02 C1
                    """)[...])
    }

    @Test(arguments: [(RecorderProfile.CapabilitiesPage.mmc1, 0x14 as UInt8), (.mmc2, 0x18)])
    func `page 2Ah of an old drive ends where its standard ended`(
        edition: RecorderProfile.CapabilitiesPage, length: UInt8
    ) throws {
        let bench = try Bench(profile: Bench.profile(.old) { $0.capabilitiesPage = edition })
        let golden = hex(
            """
            03 03 70 6F             // no test write, no BUF, no C2
            29 00
            10 89 00 00 02 00       // reads at 24×, 512 KiB
            10 89 00 00
            05 83 05 83             // writes at 8×
            """)
        // A block descriptor comes first in this drive: blocks of 2048 bytes.
        let reply = bench.send("5A 00 2A 00 00 00 00 00 FF 00").data
        let header = [0, 16 + length] + hex("00 00 00 00 00 08  00 00 00 00 00 00 08 00")
        #expect(Array(reply.prefix(16)) == header)
        let page = [0x2A, length] + golden + [UInt8](repeating: 0, count: Int(length) - 20)
        #expect(Array(reply.dropFirst(16)) == page)
        // Not when it is told to leave them out.
        #expect(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8) == reply.dropFirst(16))
    }

    @Test func `page 2Ah follows the medium and the lock`() throws {
        let bench = try Bench(blank: .cdRW)
        bench.send("1E 00 00 00 01 00")
        let page = Array(bench.send("5A 00 2A 00 00 00 00 00 FF 00").data.dropFirst(8))
        #expect(page[6] == 0x2B)
        // A standard CD-RW: 4× alone, of 24, 16, 10 and 4.
        #expect(Array(page[28...]) == hex("02 C1 00 01 00 00 02 C1"))
    }
}
