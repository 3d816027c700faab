import BinaryCoding
import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// What drives say of themselves: features, profiles, mode pages, speeds.
@Suite struct DriveReplyTests {
    static let configuration = hex(
        """
        0000004C 0000 0009                       // 76 bytes follow; profile CD-R
        0000 03 0C 0008 00 00 0009 01 00 000A 00 00  // profiles: CD-ROM, CD-R current, CD-RW
        0003 07 04 39 00 00 00                   // tray, loads, ejects, locks; version 1, persistent, current
        001E 05 04 83 00 00 00                   // CD Read: DAP, C2, CD-TEXT
        002D 09 04 5F 00 3F 0F                   // TAO: BUF, R-W raw, packed, test write, CD-RW, sub-code
        002E 05 04 6F 00 0C 80                   // Mastering: BUF, SAO, RAW, test write, CD-RW, R-W; 3200 bytes
        0107 0D 04 1A 00 00 00                   // RBCB, SCS, WSPD
        0108 03 04 4C 45 46 54                   // serial number "LEFT"
        FF00 00 04 00 00 00 00                   // a vendor's own
        """)
    static let pages = hex(
        """
        001A 00 00 00 00 0008                    // 26 bytes follow; a block descriptor of 8
        00 00 00 00 00 00 08 00
        81 06 01 02 03 04 05 06                  // page 01h, PS set
        2A 02 AA BB                              // page 2Ah
        """)

    static func configured(_ changes: [Int: UInt8] = [:]) throws -> Configuration {
        var reply = configuration
        for (offset, byte) in changes { reply[offset] = byte }
        return try Configuration(parsing: ByteView(reply))
    }

    @Test func `features are listed with what they say of themselves`() throws {
        let features = try Self.configured().featureList
        #expect(features.map(\.code) == [0, 3, 0x1E, 0x2D, 0x2E, 0x107, 0x108, 0xFF00])
        #expect(features.map(\.isCurrent) == [true, true, true, true, true, true, true, false])
        #expect(features.map(\.isPersistent) == [true, true, false, false, false, false, true, false])
        #expect(features.map(\.version) == [0, 1, 1, 2, 1, 3, 0, 0])
    }

    @Test func `profiles are listed, and which one the medium has`() throws {
        let profiles = try Self.configured().profiles
        #expect(profiles.map(\.number) == [8, 9, 10] && profiles.map(\.isCurrent) == [false, true, false])
        #expect(Configuration(currentProfile: 0, features: []).profiles.isEmpty)
        let cut = Configuration(currentProfile: 0, features: [.init(code: 0, isCurrent: true, data: [0, 8, 1])])
        #expect(cut.profiles.isEmpty)
    }

    @Test func `a mechanism says whether it loads, and an old one is taken at its kind`() throws {
        let tray = try #require(try Self.configured().removableMedium)
        #expect(tray.loadingMechanism == 1 && tray.loads && tray.ejects && tray.locks)
        // Bytes 24-31: version 1 without the Load bit; then version 0, a tray; then version 0, a caddy.
        #expect(try Self.configured([28: 0x29]).removableMedium?.loads == false)
        #expect(try Self.configured([26: 0x03, 28: 0x29]).removableMedium?.loads == true)
        #expect(try Self.configured([26: 0x03, 28: 0x09]).removableMedium?.loads == false)
    }

    @Test func `CD Read says whether text can be read`() throws {
        let read = try #require(try Self.configured().cdRead)
        #expect(read.isCurrent && read.readsText && read.hasC2Pointers && read.hasDigitalAudioPlay)
        #expect(try Self.configured([36: 0x82]).cdRead?.readsText == false)
    }

    @Test func `Track at Once says what it takes`() throws {
        let tao = try #require(try Self.configured().trackAtOnce)
        #expect(tao.isCurrent && tao.hasBufferUnderrunProtection && tao.hasTestWrite && tao.writesCDRW)
        #expect(tao.writesRawRToW && tao.writesPackedRToW && tao.writesRToW && tao.dataBlockTypes == 0x3F0F)
    }

    @Test func `Mastering has a bit for each way to write`() throws {
        let mastering = try #require(try Self.configured().mastering)
        #expect(mastering.writesSessionAtOnce && mastering.writesRaw && !mastering.writesRawMultiSession)
        #expect(mastering.longestCueSheet == 3200 && mastering.hasTestWrite && mastering.writesRToW)
        let bits: [(UInt8, KeyPath<Configuration.Mastering, Bool>)] = [
            (0x40, \.hasBufferUnderrunProtection), (0x20, \.writesSessionAtOnce), (0x10, \.writesRawMultiSession),
            (0x08, \.writesRaw), (0x04, \.hasTestWrite), (0x02, \.writesCDRW), (0x01, \.writesRToW),
        ]
        for (bit, path) in bits {
            let alone = try #require(try Self.configured([52: bit]).mastering)
            #expect(bits.map { alone[keyPath: $0.1] } == bits.map { $0.1 == path })
        }
    }

    @Test func `features that are missing are nil`() {
        let bare = Configuration(currentProfile: 0, features: [])
        #expect(bare.removableMedium == nil && bare.cdRead == nil && bare.trackAtOnce == nil && bare.mastering == nil)
        #expect(bare.realTimeStreaming == nil && bare.serialNumber == nil && bare.featureList.isEmpty)
    }

    @Test func `a feature without data can nothing`() throws {
        let empty = Configuration(currentProfile: 0, features: [.init(code: 0x2E, isCurrent: true, data: [])])
        let mastering = try #require(empty.mastering)
        #expect(!mastering.writesRaw && !mastering.writesSessionAtOnce && mastering.longestCueSheet == 0)
    }

    @Test func `all mode pages are walked`() throws {
        let pages = try ModePages(parsing: ByteView(Self.pages)).pages
        #expect(pages.map(\.code) == [0x01, 0x2A] && pages.map(\.bytes.count) == [8, 4])
    }

    @Test func `a sub-page has a length of two bytes, and a page of the vendor's form ends the list`() throws {
        let reply = hex("0012 00 00 00 00 0000  59 01 0002 AA BB  00 06 01 02 03 04")
        let pages = try ModePages(parsing: ByteView(reply)).pages
        #expect(pages.map(\.bytes) == [hex("59 01 0002 AA BB")])
    }

    @Test func `all mode pages are asked for their length first`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("5A 00 3F 00 00 00 00 0008 00"), reply: Self.pages),
            .init(cdb: hex("5A 00 3F 00 00 00 00 001C 00"), reply: Self.pages),
        ])
        #expect(try drive.modePages().count == 2)
        #expect(drive.isExhausted)
    }

    @Test func `speeds are counted first, then asked for`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("AC 00 00000000 00 00 0001 03 00"), reply: ReplyTests.performance),
            .init(cdb: hex("AC 00 00000000 00 00 0002 03 00"), reply: ReplyTests.performance),
        ])
        #expect(try drive.writeSpeeds().speeds.count == 2)
        #expect(drive.isExhausted)
    }

    @Test func `a drive that claims a thousand million speeds is asked for sixty-four`() {
        let lie = hex("FFFFFFFF 00 00 00 00") + [UInt8](repeating: 0, count: 16)
        let drive = ScriptedTransport([
            .init(cdb: hex("AC 00 00000000 00 00 0001 03 00"), reply: lie),
            .init(cdb: hex("AC 00 00000000 00 00 0040 03 00"), reply: lie),
        ])
        #expect(throws: SCSIError.self) { try drive.writeSpeeds() }
        #expect(drive.isExhausted)
    }

    @Test func `speeds that are nothing or come twice are left out`() throws {
        let reply = hex(
            """
            00000034 00 00 00 00
            00 00 00 00 00057DA9 00001B90 00000000
            00 00 00 00 00057DA9 00001B90 00000583
            00 00 00 00 00057DA9 00001B90 00000583
            """)
        let speeds = try WriteSpeedDescriptors(parsing: ByteView(reply)).speeds
        #expect(speeds == [RecordingSpeed(kilobytesPerSecond: 1411)])
        #expect(try WriteSpeedDescriptors(parsing: ByteView(hex("00000000 00000000"))).speeds.isEmpty)
    }
}
