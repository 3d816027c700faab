import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

@Suite struct MediumTests {
    @Test func `media have names`() {
        for (name, medium) in Medium.named { #expect(Medium(name: name) == medium && medium.name == name) }
        #expect(Medium(name: "lp") == nil)
    }

    @Test func `a medium tells its maker and its speeds`() {
        #expect(Medium.cdR80.manufacturer == "CMC Magnetics" && Medium.cdR80.speeds == (nil, nil))
        #expect(Medium.cdRW.speeds == (2, 4))
        #expect(Medium.cdRWHighSpeed.speeds == (4, 10) && Medium.cdRWHighSpeed.manufacturer == "Mitsubishi")
        #expect(Medium.cdRWUltraSpeed.speeds == (8, 24))
    }

    @Test func `another pre-groove makes another medium, within what times can say`() throws {
        let odd = try #require(
            Medium.cdR80.with(leadInStart: MSF(text: "97:15:17"), lastLeadOut: MSF(text: "00:30:00")))
        #expect(odd.capacity == 2_100 && odd.manufacturer == "Ritek" && odd.name == nil)
        #expect(Medium.cdR80.with(leadInStart: MSF(text: "89:59:74")) == nil)
        #expect(Medium.cdR80.with(lastLeadOut: MSF(text: "90:00:00")) == nil)
        #expect(Medium.cdR80.with(lastLeadOut: MSF(text: "00:02:00")) == nil)
        let long = try #require(Medium.cdR99.with(lastLeadOut: MSF(text: "89:59:74")))
        #expect(try Disc.parse(DiscDocument(Disc(medium: long)).bytes).medium == long)
    }

    @Test(arguments: Medium.named) func `a recorder makes blanks of the medium it is told`(
        name: String, medium: Medium
    ) throws {
        let folder = TemporaryFolder(inMemory: true)
        let recorder = try VirtualRecorder(
            .init(disc: "\(folder.path)/disc", name: name, blank: medium, maximumSpeed: nil))
        #expect(try StoredDisc.load(recorder.discInTray ?? "").disc == Disc(medium: medium))
    }
}
