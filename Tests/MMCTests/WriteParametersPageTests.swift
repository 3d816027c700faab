import BinaryCoding
import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// The complete MODE SELECT payloads of the reference, 60 bytes: 8 of header and 52 of page.
@Suite struct WriteParametersPageTests {
    static let zeros36 = [UInt8](repeating: 0, count: 36)
    static let header = [UInt8](repeating: 0, count: 8)

    func payload(
        _ reported: ModePage, _ multiSession: WriteParametersPage.MultiSession, control: TrackControl = [],
        bufe: Bool = true
    ) throws -> [UInt8] {
        var page = try #require(WriteParametersPage(from: reported))
        page.setTrackAtOnceAudio(control: control, multiSession: multiSession, freeFromUnderrun: bufe)
        return ModeSelect10(page.page).parameterList
    }

    var reported: ModePage { get throws { try ModePage(parsing: ByteView(ReplyTests.writeParameters)) } }

    @Test func `TAO audio that closes the disc, whatever the drive had there`() throws {
        //                      PS=0  BUFE|TAO  multi|CTL  block type … session format … audio pause 150
        let expected = hex("05 32 41 00 00 00 00 00 00 00 00 00 00 00 00 96")
        #expect(try payload(reported, .none) == Self.header + expected + Self.zeros36)
    }

    @Test func `TAO audio before a further session`() throws {
        let expected = hex("05 32 41 C0 00 00 00 00 00 00 00 00 00 00 00 96")
        #expect(try payload(reported, .next) == Self.header + expected + Self.zeros36)
    }

    @Test func `control bits go into the track mode, and no BUFE to a drive without`() throws {
        let expected = hex("05 32 01 03 00 00 00 00 00 00 00 00 00 00 00 96")
        #expect(
            try payload(reported, .none, control: [.preEmphasis, .copyPermitted], bufe: false)
                == Self.header + expected + Self.zeros36)
    }

    @Test func `a longer page keeps its length and its vendor's bytes`() throws {
        let long = ModePage(bytes: hex("05 36") + [UInt8](repeating: 9, count: 50) + hex("DE AD BE EF"))
        let sent = try payload(long, .none)
        #expect(sent.count == 64 && Array(sent[8...9]) == [0x05, 0x36] && Array(sent.suffix(4)) == hex("DE AD BE EF"))
    }

    @Test func `what is no write parameters page is refused`() {
        #expect(WriteParametersPage(from: ModePage(bytes: [0x05, 0x32] + Self.zeros36)) == nil)
        #expect(WriteParametersPage(from: ModePage(bytes: [0x2A] + [UInt8](repeating: 0, count: 60))) == nil)
    }
}

@Suite struct TwoStepQueryTests {
    @Test func `the configuration is asked for its length first, then whole`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("46 00 0000 00 00 00 0008 00"), reply: ReplyTests.configuration),
            .init(cdb: hex("46 00 0000 00 00 00 0028 00"), reply: ReplyTests.configuration),
        ])
        #expect(try drive.configuration().trackAtOnce != nil)
        #expect(drive.isExhausted)
    }

    @Test func `a mode page is asked for its length first, then whole`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("5A 00 05 00 00 00 00 0012 00"), reply: ReplyTests.writeParameters),
            .init(cdb: hex("5A 00 05 00 00 00 00 003C 00"), reply: ReplyTests.writeParameters),
        ])
        #expect(try drive.modePage(WriteParametersPage.code).bytes.count == 52)
        #expect(drive.isExhausted)
    }

    @Test func `a raw table of contents is asked for its length first, then whole`() throws {
        let drive = ScriptedTransport([
            .init(cdb: hex("43 00 02 00 00 00 01 0004 00"), reply: ReplyTests.fullTOC),
            .init(cdb: hex("43 00 02 00 00 00 01 003B 00"), reply: ReplyTests.fullTOC),
        ])
        #expect(try drive.fullTOC().tableOfContents(session: 1)?.leadOut == 27_000)
        #expect(drive.isExhausted)
    }

    @Test func `a configuration that claims four gigabytes is asked for no more than a reply can be`() {
        let drive = ScriptedTransport([
            .init(cdb: hex("46 00 0000 00 00 00 0008 00"), reply: hex("FFFFFFFF 0000 0009")),
            .init(cdb: hex("46 00 0000 00 00 00 FFFE 00"), reply: hex("FFFFFFFF 0000 0009")),
        ])
        #expect(throws: SCSIError.self) { try drive.configuration() }
        #expect(drive.isExhausted)
    }
}

@Suite struct BulkCommandTests {
    func outcome(residual: Int) -> ScriptedTransport {
        ScriptedTransport([
            .init(cdb: hex("2A 00 00000000 00 0001 00"), outcome: SCSIOutcome(residual: residual))
        ])
    }

    @Test func `a WRITE that moved less than all is an error`() {
        let sector = [UInt8](repeating: 1, count: 2352)
        #expect(throws: SCSIError.shortTransfer(command: "WRITE(10)", moved: 2351, of: 2352)) {
            try sector.withUnsafeBytes { try outcome(residual: 1).send(Write10(lba: 0, blocks: 1), $0) }
        }
        #expect(throws: Never.self) {
            try sector.withUnsafeBytes { try outcome(residual: 0).send(Write10(lba: 0, blocks: 1), $0) }
        }
    }

    @Test func `a READ CD that brings less than all is an error`() {
        let drive = ScriptedTransport([.init(cdb: hex("BE 04 00000000 000001 10 00 00"), reply: [1, 2, 3])])
        var sector = [UInt8](repeating: 0, count: 2352)
        #expect(throws: SCSIError.shortTransfer(command: "READ CD", moved: 3, of: 2352)) {
            try sector.withUnsafeMutableBytes { try drive.receive(ReadCD(lba: 0, blocks: 1), into: $0) }
        }
    }
}
