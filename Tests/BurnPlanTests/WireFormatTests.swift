import BurnPlan
import FoundationEssentials
import Testing

@Suite struct WireFormatTests {
    @Test func `a time that was read is written as it was, to the millisecond`() throws {
        for millisecond in 0..<1000 {
            let digits = String(String(1000 + millisecond).dropFirst())
            let text = "2026-11-21T05:22:53.\(digits)Z"
            #expect(WireFormat.timestamp(try #require(WireFormat.date(text))) == text)
        }
    }

    @Test func `a time is written as its nearest millisecond`() {
        let second = Date(timeIntervalSince1970: 1_795_238_573)
        #expect(WireFormat.timestamp(second) == "2026-11-21T05:22:53.000Z")
        #expect(WireFormat.timestamp(second + 0.5836) == "2026-11-21T05:22:53.584Z")
        #expect(WireFormat.timestamp(second + 0.9996) == "2026-11-21T05:22:54.000Z")
    }
}
