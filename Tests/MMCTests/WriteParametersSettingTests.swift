import BinaryCoding
import DiscLayout
import MMC
import SCSI
import TestSupport
import Testing

/// Complete MODE SELECT payloads of every write type, 60 bytes: 8 of header and 52 of page, made from a page full of leftovers.
@Suite struct WriteParametersSettingTests {
    typealias Page = WriteParametersPage
    typealias Session = WriteParametersPage.Session
    static let header = [UInt8](repeating: 0, count: 8)

    /// What goes to the drive after a change of the page that it reported: illegal pause, link size, packet size, copy and
    /// fixed-packet bits, and codes that are marked valid.
    func payload(_ change: (inout Page) -> Void) throws -> [UInt8] {
        var page = try #require(Page(from: try ModePage(parsing: ByteView(ReplyTests.writeParameters))))
        change(&page)
        return ModeSelect10(page.page).parameterList
    }

    func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    @Test func `the command names the length of the whole list`() throws {
        let page = try #require(Page(from: try ModePage(parsing: ByteView(ReplyTests.writeParameters))))
        #expect(ModeSelect10(page.page).cdb.bytes == hex("55 10 00 00 00 00 00 00 3C 00"))
    }

    @Test func `a TAO track with its codes, before a further session`() throws {
        let track = SessionLayout.Track(number: 1, recordingCode: RecordingCode("DEABC1234567"), sectors: 300)
        let session = Session(
            multiSession: .next, freeFromUnderrun: true, catalogNumber: try CatalogNumber("4012345678901"))
        let expected = hex(
            """
            05 32 41 C0 00 00 00 00 00 00 00 00 00 00 00 96    // BUFE, TAO; multi-session 11b; pause 150
            80 34 30 31 32 33 34 35 36 37 38 39 30 31 00 00    // MCN valid
            80 44 45 41 42 43 31 32 33 34 35 36 37 00 00 00    // ISRC valid
            00 00 00 00
            """)
        #expect(try payload { $0.setTrackAtOnce(track, session) } == Self.header + expected)
    }

    @Test func `a plain TAO track leaves nothing of another's codes`() throws {
        let expected = hex("05 32 41 00 00 00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
        let track = SessionLayout.Track(number: 1, sectors: 300)
        #expect(try payload { $0.setTrackAtOnce(track, Session(freeFromUnderrun: true)) } == Self.header + expected)
    }

    @Test func `a TAO track's control bits, its being a copy, and a test write`() throws {
        let emphasised = SessionLayout.Track(number: 1, copy: .permitted, hasPreEmphasis: true, sectors: 300)
        let first = try payload { $0.setTrackAtOnce(emphasised, Session(isTestWrite: true)) }
        #expect(Array(first[10...12]) == hex("11 03 00"))
        let copy = SessionLayout.Track(number: 1, copy: .scms, sectors: 300)
        let second = try payload { $0.setTrackAtOnce(copy, Session()) }
        #expect(Array(second[10...12]) == hex("01 10 00"))
    }

    @Test func `a TAO data track has blocks of 2048 bytes`() throws {
        let expected = hex("05 32 41 04 08 00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
        let track = SessionLayout.Track(number: 1, form: .mode1, sectors: 300)
        #expect(try payload { $0.setTrackAtOnce(track, Session(freeFromUnderrun: true)) } == Self.header + expected)
    }

    @Test func `a session at once`() throws {
        let expected = hex("05 32 42 00 00 00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
        #expect(try payload { $0.setSessionAtOnce(Session(freeFromUnderrun: true)) } == Self.header + expected)
        let test = hex("05 32 52 00 00 00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
        let tested = try payload { $0.setSessionAtOnce(Session(freeFromUnderrun: true, isTestWrite: true)) }
        #expect(tested == Self.header + test)
    }

    @Test(arguments: [(Page.MultiSession.none, 0x00), (.last, 0x40), (.next, 0xC0)] as [(Page.MultiSession, UInt8)])
    func `what may follow a session at once`(_ multiSession: Page.MultiSession, _ byte: UInt8) throws {
        #expect(try payload { $0.setSessionAtOnce(Session(multiSession: multiSession)) }[11] == byte)
    }

    @Test func `a session at once on an XA disc, its number in the page`() throws {
        let session = Session(
            format: .init(discType: 0x20), catalogNumber: try CatalogNumber("4012345678901"))
        let sent = try payload { $0.setSessionAtOnce(session) }
        #expect(sent[8 + 8] == 0x20)
        #expect(Array(sent[24..<39]) == hex("80 34 30 31 32 33 34 35 36 37 38 39 30 31 00"))
    }

    @Test func `a disc type that is none is a new disc's`() {
        #expect(Page.SessionFormat(discType: 0xFF) == .cdDAOrCDROM)
        #expect(Page.SessionFormat(discType: 0x10) == .cdI)
    }

    @Test(arguments: [(Page.RawBlock.pq, 1, 2368), (.packs, 2, 2448), (.raw, 3, 2448)])
    func `RAW with each of its blocks`(_ block: Page.RawBlock, _ type: UInt8, _ blockBytes: Int) throws {
        let expected = hex("05 32 43 00") + [type] + hex("00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
        let sent = try payload { $0.setRaw(block, freeFromUnderrun: true, isTestWrite: false) }
        #expect(sent == Self.header + expected)
        #expect(block.blockBytes == blockBytes)
    }

    @Test func `a probe sets nothing that could be refused for another reason, and leaves the page as it was`() throws {
        let page = try #require(Page(from: try ModePage(parsing: ByteView(ReplyTests.writeParameters))))
        let probe = page.probing(.raw)
        #expect(probe.page.bytes == hex("05 32 03 00 03 00 00 00 00 00 00 00 00 00 00 96") + zeros(36))
        #expect(page.page.bytes == Array(ReplyTests.writeParameters.dropFirst(8)))
    }

    @Test func `what is set can be read`() throws {
        var page = try #require(Page(from: try ModePage(parsing: ByteView(ReplyTests.writeParameters))))
        page.setSessionAtOnce(Session(multiSession: .last, freeFromUnderrun: true, isTestWrite: true))
        #expect(page.writeType == .sessionAtOnce && page.multiSession == .last && page.dataBlockType == 0)
        #expect(page.isFreeFromUnderrun && page.isTestWrite)
        page.setRaw(.packs, freeFromUnderrun: false, isTestWrite: false)
        #expect(page.writeType == .raw && page.dataBlockType == 2 && !page.isFreeFromUnderrun && !page.isTestWrite)
    }

    @Test func `a longer page keeps its vendor's bytes in every write type`() throws {
        let long = ModePage(bytes: hex("05 36") + [UInt8](repeating: 9, count: 50) + hex("DE AD BE EF"))
        var page = try #require(Page(from: long))
        page.setRaw(.raw, freeFromUnderrun: true, isTestWrite: true)
        #expect(page.page.bytes.count == 56 && Array(page.page.bytes.suffix(4)) == hex("DE AD BE EF"))
        page.setSessionAtOnce(Session())
        #expect(page.page.bytes.count == 56 && Array(page.page.bytes.suffix(4)) == hex("DE AD BE EF"))
    }
}
