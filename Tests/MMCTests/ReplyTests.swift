import BinaryCoding
import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// Replies composed by hand from the tables of MMC-6 and SPC-4, and what is read out of them.
@Suite struct ReplyTests {
    static let inquiry = hex(
        """
        05 80 05 32 5B 00 00 00                     // CD device, removable, SPC-3, format 2
        42 55 52 4E 44 20 20 20                     // "BURND   "
        56 49 52 54 55 41 4C 20 43 44 2D 52 57 20 20 20  // "VIRTUAL CD-RW   "
        31 2E 30 20                                 // "1.0 "
        """)
    static let serial = hex("05 80 00 04  20 41 42 31")  // page 80h, 4 bytes: " AB1"
    static let configuration = hex(
        """
        00000024 0000 0009                          // 36 bytes follow; profile CD-R
        002D 09 04 5F 00 3F 0F                      // TAO: current; BUF, test write, CD-RW
        002E 04 04 6F 00 0C 80                      // Mastering: not current; cue sheet up to 3200
        0108 03 04 4C 45 46 54                      // serial number "LEFT"
        0107 0D 04 1A 00 00 00                      // RBCB, SCS, WSPD
        """)
    static let blankDisc = hex(
        """
        00 20              // bytes that follow
        00                 // not erasable; last session empty; disc empty
        01 01 01 01        // first track; sessions; first and last track of the last session
        20 FF 00 00 00     // unrestricted use; disc type undefined; high bytes of the three counts
        00 00 00 00        // disc identification, none
        00 61 22 17        // lead-in  97:34:23
        00 4F 3B 4A        // lead-out 79:59:74
        00 00 00 00 00 00 00 00 00 00   // no bar code, application code or OPC entries
        """)
    static let blankTrack = hex(
        """
        0022 01 01 00 04 4F 01      // track 1, session 1, control 4; blank, mode F; NWA valid
        00000000 00000000           // start, next writable address
        00057DA9 00000000 00057DA9  // free blocks; packet size; track size
        00000000 00 00 00 00        // last recorded address
        """)
    static let formattedTOC = hex(
        """
        001A 01 02
        00 10 01 00 00000000        // track 1, audio, LBA 0
        00 12 02 00 000034BC        // track 2, copy permitted, LBA 13500
        00 10 AA 00 00006978        // lead-out at 27000
        """)
    static let fullTOC = hex(
        """
        0039 01 01
        01 10 00 A0 00 00 00 00 01 00 00    // first track 1
        01 10 00 A1 00 00 00 00 02 00 00    // last track 2
        01 10 00 A2 00 00 00 00 06 02 00    // lead-out 06:02:00
        01 10 00 01 00 00 00 00 00 02 00    // track 1 00:02:00
        01 12 00 02 00 00 00 00 03 02 00    // track 2 03:02:00, copy permitted
        """)
    static let atip = hex(
        "001A 00 00  D0 00 80 00  61 1A 41 00  4F 3B 4A 00  00 00 00 00  00 00 00 00  00 00 00 00")
    static let buffer = hex("000A 00 00 00200000 00080000")  // 2 MiB, 512 KiB of them free
    static let performance = hex(
        """
        00000024 00 00 00 00                              // 4 + 2 × 16 bytes
        08 00 00 00 00057DA9 00001B90 00001B90            // 7056 kB/s, WRC 01b: CAV
        02 00 00 00 00057DA9 00001B90 000002C2            // 706 kB/s, exact
        """)
    static let mediaEvent = hex("0006 04 5E 02 02 00 00")  // media class; new medium; present, tray closed
    static let sense = hex("70 00 02 00 00 00 00 0A 00 00 00 00 04 08 00 80 40 00")  // 2/04/08, a quarter done
    /// A page 05h of 52 bytes behind a header without block descriptor; LG's illegal pause and leftovers in it.
    static let writeParameters =
        hex("003A 00 00 00 00 0000  85 32 62 E5 08 07 00 00 20 00 00 00 00 00 00 11")
        + [UInt8](repeating: 0xFF, count: 36)
    /// A page 2Ah of MMC-3 with two write speeds behind a block descriptor of 8 bytes.
    static let capabilities = hex(
        """
        0036 00 00 00 00 0008  00 00 00 00 00 00 08 00
        2A 26 3F 07 F1 63 29 23 1B90 0000 0800 1B90 00 00 1B90 0000 00 00 00 00  // reads, writes, buffer 2048 KiB
        00 01 0588 0002 00 01 1B90 00 00 0588                              // 8x is set, CAV; 40x CAV and 8x
        """)

    @Test func `INQUIRY names the device`() throws {
        let identity = try DeviceIdentity(parsing: ByteView(Self.inquiry))
        #expect(identity.deviceType == DeviceIdentity.opticalDevice && identity.isRemovable)
        #expect(identity.vendor == "BURND" && identity.product == "VIRTUAL CD-RW" && identity.revision == "1.0")
        #expect(try SerialNumber(parsing: ByteView(Self.serial)).text == "AB1")
    }

    @Test func `features are walked and read`() throws {
        let configuration = try Configuration(parsing: ByteView(Self.configuration))
        #expect(configuration.currentProfile == Configuration.Profile.cdR && configuration.hasRecordableCD)
        let tao = try #require(configuration.trackAtOnce)
        #expect(tao.isCurrent && tao.hasBufferUnderrunProtection && tao.hasTestWrite && tao.writesCDRW)
        let mastering = try #require(configuration.mastering)
        #expect(!mastering.isCurrent && mastering.writesSessionAtOnce && mastering.writesRaw && mastering.writesRToW)
        #expect(mastering.longestCueSheet == 3200)
        #expect(configuration.serialNumber == "LEFT")
        let streaming = try #require(configuration.realTimeStreaming)
        #expect(streaming.setsSpeed && streaming.listsWriteSpeeds && streaming.readsBufferCapacityInBlocks)
    }

    @Test func `a blank CD-R has one empty session and room up to its last lead-out`() throws {
        let disc = try DiscInformation(parsing: ByteView(Self.blankDisc))
        #expect(disc.status == .empty && disc.lastSessionState == .empty && !disc.isErasable)
        #expect(disc.sessionCount == 1 && disc.lastTrackInLastSession == 1)
        #expect(disc.lastSessionLeadIn == MSF(minutes: 97, seconds: 34, frames: 23))
        #expect(disc.lastPossibleLeadOut == MSF(minutes: 79, seconds: 59, frames: 74))
    }

    @Test func `a finalised disc names no further lead-out`() throws {
        let reply =
            hex("00 20 0E 01 01 01 02 20 00 00 00 00 00000000 FFFFFFFF FFFFFFFF") + Array(repeating: 0, count: 10)
        let disc = try DiscInformation(parsing: ByteView(reply))
        #expect(disc.status == .finalized && disc.lastSessionState == .complete && disc.lastTrackInLastSession == 2)
        #expect(disc.lastPossibleLeadOut == nil && disc.lastSessionLeadIn == nil)
    }

    @Test func `the next track of a blank disc begins at 0`() throws {
        let track = try TrackInformation(parsing: ByteView(Self.blankTrack))
        #expect(track.isBlank && !track.isReserved && !track.isPacket && !track.isDamaged)
        #expect(track.start == 0 && track.nextWritableAddress == 0 && track.freeBlocks == 359_849)
    }

    @Test func `an address that is not valid is none`() throws {
        var reply = Self.blankTrack
        reply[7] = 0
        #expect(try TrackInformation(parsing: ByteView(reply)).nextWritableAddress == nil)
    }

    @Test func `the formatted and the raw table of contents agree`() throws {
        let formatted = try FormattedTOC(parsing: ByteView(Self.formattedTOC))
        let expected = TableOfContents(
            tracks: [
                .init(number: 1, control: [], start: 0), .init(number: 2, control: .copyPermitted, start: 13_500),
            ], leadOut: 27_000)
        #expect(formatted.tracks == expected.tracks && formatted.leadOut == expected.leadOut)
        let full = try FullTOC(parsing: ByteView(Self.fullTOC))
        #expect(full.tableOfContents(session: 1) == expected && full.lastSession == 1)
        #expect(full.tableOfContents(session: 2) == nil)
    }

    @Test func `an ATIP names lead-in and capacity`() throws {
        let atip = try ATIP(parsing: ByteView(Self.atip))
        #expect(!atip.isRewritable && !atip.isUnrestrictedUse && atip.isPlausible)
        #expect(atip.leadIn == MSF(minutes: 97, seconds: 26, frames: 65))
        #expect(atip.lastPossibleLeadOut == MSF(minutes: 79, seconds: 59, frames: 74))
    }

    @Test func `an ATIP of a CD-R of our days names no speeds`() throws {
        let atip = try ATIP(parsing: ByteView(Self.atip))
        #expect(atip.subType == nil && atip.lowestSpeed == nil && atip.highestSpeed == nil)
    }

    /// Byte 6 (CD-RW, sub-type, which fields are valid), bytes 16 and 20 (speeds), and what they mean.
    @Test(
        arguments: [
            (0x84, 0x12, 0x00, nil, 2, 4),  // CD-R, A1: 2x to 4x
            (0xC4, 0x14, 0x00, .standard, 2, 8),  // CD-RW
            (0xCC, 0x24, 0x00, .highSpeed, 4, 10),  // high speed
            (0xD2, 0x00, 0x38, .ultraSpeed, 8, 24),  // ultra speed: A2
            (0xDA, 0x11, 0x39, .ultraSpeedPlus, 8, 32),  // A1 is there and is not for these discs
            (0xD4, 0x12, 0x00, .ultraSpeed, nil, nil),  // ultra speed without A2
            (0xE4, 0x12, 0x00, nil, 2, 4),  // a sub-type that is none
            (0xC4, 0x05, 0x00, .standard, nil, nil),  // indexes without a meaning
        ] as [(UInt8, UInt8, UInt8, ATIP.SubType?, Int?, Int?)])
    func `an ATIP names the kind of CD-RW and its speeds`(
        kind: UInt8, first: UInt8, second: UInt8, subType: ATIP.SubType?, lowest: Int?, highest: Int?
    ) throws {
        var reply = Self.atip
        (reply[6], reply[16], reply[20]) = (kind, first, second)
        let atip = try ATIP(parsing: ByteView(reply))
        #expect(atip.subType == subType && atip.lowestSpeed == lowest && atip.highestSpeed == highest)
    }

    @Test func `an ATIP without additional fields has no speeds`() throws {
        var reply = Array(Self.atip.prefix(15))
        reply[6] = 0x84
        #expect(try ATIP(parsing: ByteView(reply)).lowestSpeed == nil)
    }

    @Test func `features tell the wire and the day of the firmware`() {
        let configuration = Configuration(
            currentProfile: 0,
            features: [
                .init(code: 0x0001, isCurrent: true, data: hex("00000008 01 00 00 00")),  // USB
                .init(code: 0x010C, isCurrent: true, data: Array("20110409173059".utf8) + [0, 0]),
                .init(code: 0x0037, isCurrent: false, data: hex("00 07 00 00")),  // standard, high and ultra speed
            ])
        #expect(configuration.physicalInterface == 8 && configuration.rewritableSubTypes == [0, 1, 2])
        #expect(configuration.firmwareDate == "20110409173059")
    }

    @Test(arguments: [
        "00000000000000", "20111309173059", "20110400173059", "20110409240000", "2011", "2011040917305x", "",
    ])
    func `what is no date is no date`(text: String) {
        let feature = Configuration.Feature(code: 0x010C, isCurrent: true, data: Array(text.utf8))
        #expect(Configuration(currentProfile: 0, features: [feature]).firmwareDate == nil)
    }

    @Test func `an ATIP in BCD is converted`() throws {
        var reply = Self.atip
        reply.replaceSubrange(8..<11, with: [0x97, 0x26, 0x65])
        reply.replaceSubrange(12..<15, with: [0x79, 0x59, 0x74])
        let atip = try ATIP(parsing: ByteView(reply))
        #expect(atip.leadIn == MSF(minutes: 97, seconds: 26, frames: 65))
        #expect(atip.lastPossibleLeadOut == MSF(minutes: 79, seconds: 59, frames: 74))
    }

    @Test func `a buffer of two MiB with a quarter free is three quarters full`() throws {
        #expect(try BufferCapacity(parsing: ByteView(Self.buffer)).percentFull == 75)
        let lie = hex("000A 00 00 00000010 00000020")
        #expect(try BufferCapacity(parsing: ByteView(lie)).percentFull == 50)
        let nothing = hex("000A 00 00 00000000 00000000")
        #expect(try BufferCapacity(parsing: ByteView(nothing)).percentFull == nil)
    }

    @Test func `write speeds are listed in the drive's order`() throws {
        let list = try WriteSpeedDescriptors(parsing: ByteView(Self.performance))
        #expect(
            list.speeds == [
                RecordingSpeed(kilobytesPerSecond: 7056, isPureCAV: true), RecordingSpeed(kilobytesPerSecond: 706),
            ])
        let first = try #require(list.descriptors.first)
        #expect(first.endAddress == 359_849 && first.readKilobytesPerSecond == 7056 && !first.isExact)
        #expect(list.descriptors.last?.isExact == true)
    }

    @Test func `a media event tells of tray and disc`() throws {
        let status = try MediaStatus(parsing: ByteView(Self.mediaEvent))
        #expect(status.state == .init(event: .newMedia, isMediumPresent: true, isTrayOpen: false))
        #expect(try MediaStatus(parsing: ByteView(hex("0002 80 00"))).state == nil)
    }

    @Test func `requested sense carries progress`() throws {
        let sense = try #require(try RequestedSense(parsing: ByteView(Self.sense)).sense)
        #expect((sense.key, sense.code, sense.qualifier) == (2, 4, 8) && sense.progress == 0.25)
    }

    @Test func `a capabilities page is found behind a block descriptor`() throws {
        let page = try #require(CapabilitiesPage(ModePage(parsing: ByteView(Self.capabilities))))
        #expect(page.abilities.isSuperset(of: [.readsCDR, .readsCDRW, .writesCDR, .writesCDRW, .testWrite]))
        #expect(page.abilities.isSuperset(of: [.bufferUnderrunProtection, .multiSession, .audioPlay]))
        #expect(page.abilities.isSuperset(of: [.accurateStream, .readsCDDA, .ejects, .locks, .readsRToWInLeadIn]))
        #expect(page.abilities.isDisjoint(with: [.isLocked, .correctsRToW, .readsRToW, .c2Pointers, .readsBarCode]))
        #expect(page.loadingMechanism == 1 && page.bufferKiB == 2048)
        #expect(page.maximumReadSpeed == 7056 && page.currentReadSpeed == 7056 && page.maximumWriteSpeed == 7056)
        #expect(page.currentWrite == RecordingSpeed(kilobytesPerSecond: 1416, isPureCAV: true))
        #expect(
            page.speeds == [
                RecordingSpeed(kilobytesPerSecond: 7056, isPureCAV: true), RecordingSpeed(kilobytesPerSecond: 1416),
            ])
    }

    @Test(arguments: 2...7) func `each bit of a capabilities page is its own`(_ byte: Int) throws {
        for bit in 0...7 {
            var bytes = hex("2A 06 00 00 00 00 00 00")
            bytes[byte] = 1 << bit
            let page = try #require(CapabilitiesPage(ModePage(bytes: bytes)))
            #expect(page.abilities == .init(rawValue: 1 << UInt64((byte - 2) * 8 + bit)))
        }
        #expect(CapabilitiesPage.Abilities.testWrite.rawValue == 0x0400)  // byte 3, bit 2
        #expect(CapabilitiesPage.Abilities.readsRToWInLeadIn.rawValue == 0x2000_0000_0000)  // byte 7, bit 5
    }

    @Test func `a short capabilities page leaves what it lacks unknown`() throws {
        let page = try #require(
            CapabilitiesPage(ModePage(bytes: hex("2A 12 00 00 71 60 29") + Array(repeating: 0, count: 13))))
        #expect(page.bufferKiB == nil && page.currentWrite == nil && page.speeds.isEmpty)
        #expect(CapabilitiesPage(ModePage(bytes: hex("2A 02 00 00"))) == nil)
    }

    @Test func `what is read out of random bytes can be asked for everything`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &random) }
            let capabilities = CapabilitiesPage(ModePage(bytes: [0x2A] + bytes))
            _ = capabilities?.speeds.map { ($0.sectorsPerSecond, $0.request, $0.times) }
            if let disc = try? DiscInformation(parsing: ByteView(bytes)) {
                _ = (disc.leadInStart, disc.leadInSectors, disc.leadOutSectors, disc.capacity)
            }
            var page = WriteParametersPage(from: ModePage(bytes: [0x05] + bytes))
            page?.setRaw(.raw, freeFromUnderrun: true, isTestWrite: true)
            #expect(page?.writeType == .raw)
            let speeds = try? WriteSpeedDescriptors(parsing: ByteView([0, 0, 0, 0x44] + bytes))
            _ = speeds?.speeds.map { ($0.sectorsPerSecond, $0.request, $0.times) }
            let features = (0..<8).map { Configuration.Feature(code: $0, isCurrent: true, data: bytes) }
            _ = Configuration(currentProfile: 9, features: features).profiles
        }
    }

    typealias Parser = @Sendable ([UInt8]) throws -> Void
    static func parser<Reply: SCSIReply>(_: Reply.Type) -> Parser { { _ = try Reply(parsing: ByteView($0)) } }

    /// Reply, its parser, and how many bytes of it hold fields that are read.
    static let replies: [(name: String, bytes: [UInt8], needed: Int, parse: Parser)] = [
        ("INQUIRY", inquiry, 36, parser(DeviceIdentity.self)),
        ("serial number", serial, 8, parser(SerialNumber.self)),
        ("GET CONFIGURATION", configuration, 40, parser(Configuration.self)),
        ("READ DISC INFORMATION", blankDisc, 24, parser(DiscInformation.self)),
        ("READ TRACK INFORMATION", blankTrack, 28, parser(TrackInformation.self)),
        ("formatted TOC", formattedTOC, 28, parser(FormattedTOC.self)),
        ("raw TOC", fullTOC, 59, parser(FullTOC.self)),
        ("ATIP", atip, 15, parser(ATIP.self)),
        ("READ BUFFER CAPACITY", buffer, 12, parser(BufferCapacity.self)),
        ("GET PERFORMANCE", performance, 40, parser(WriteSpeedDescriptors.self)),
        ("media event", mediaEvent, 6, parser(MediaStatus.self)),
        ("REQUEST SENSE", sense, 14, parser(RequestedSense.self)),
        ("page 05h", writeParameters, 60, parser(ModePage.self)),
        ("page 2Ah", capabilities, 56, parser(ModePage.self)),
        ("features", DriveReplyTests.configuration, 80, parser(Configuration.self)),
        ("all mode pages", DriveReplyTests.pages, 28, parser(ModePages.self)),
        ("session information", DiscReplyTests.sessions, 12, parser(SessionInformation.self)),
        ("PMA", DiscReplyTests.programMemory, 26, parser(ProgramMemoryArea.self)),
        ("raw TOC of two sessions", DiscReplyTests.multiSession, 48, parser(FullTOC.self)),
        ("CD-TEXT", DiscReplyTests.text, 22, parser(TextPacks.self)),
        ("current position", DiscReplyTests.position, 16, parser(CurrentPosition.self)),
        ("catalogue number", DiscReplyTests.catalogNumber, 22, parser(MediaCatalogNumber.self)),
        ("recording code", DiscReplyTests.recordingCode, 21, parser(TrackRecordingCode.self)),
        ("READ CAPACITY", DiscReplyTests.capacity, 8, parser(Capacity.self)),
    ]

    @Test(arguments: replies.indices) func `a reply cut short at any length is an error, not a crash`(_ index: Int)
        throws
    {
        let reply = Self.replies[index]
        for length in 0..<reply.needed {
            #expect(throws: ByteView.OutOfBounds.self, "\(reply.name) cut to \(length)") {
                try reply.parse(Array(reply.bytes.prefix(length)))
            }
        }
        try reply.parse(Array(reply.bytes.prefix(reply.needed)))
    }

    @Test(arguments: replies.indices) func `no reply of random bytes makes a parser crash`(_ index: Int) {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let length = Int.random(in: 0...80, using: &random)
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = try? Self.replies[index].parse(bytes)
        }
    }
}
