import BurnPlan
import FoundationEssentials
import Testing

/// What a record says of the machine's sleep, in the versions of burnd that there are.
@Suite struct PowerInhibitorTests {
    private func record(_ members: String) throws -> BurnRecord {
        try WireFormat.decode(BurnRecord.self, from: Array("{\"adjusted\":[],\"tracks\":[]\(members)}".utf8))
    }

    @Test func `a record of an earlier burnd says nothing of it`() throws {
        #expect(try record("").inhibitor == nil)
    }

    @Test(arguments: PowerInhibitor.Result.allCases)
    func `what came of asking is read as it was written`(result: PowerInhibitor.Result) throws {
        var record = BurnRecord()
        record.inhibitor = PowerInhibitor(result, words: "w")
        #expect(try WireFormat.decode(BurnRecord.self, from: WireFormat.encode(record)) == record)
    }

    @Test func `what a later burnd has a name for is a failure, and the record is read`() throws {
        let record = try record(",\"inhibitor\":{\"result\":\"hibernating\",\"words\":\"w\"}")
        #expect(record.inhibitor == PowerInhibitor(.failed, words: "w"))
    }

    /// The lines of a journal as a burnd reads them that knows no such member: none is of an event that it does not know.
    @Test func `the answer stands in a line that every burnd reads`() throws {
        var record = BurnRecord()
        record.inhibitor = PowerInhibitor(.granted)
        let line = String(
            decoding: try JournalLine(at: .init(timeIntervalSince1970: 0), .record(record)).encoded(), as: UTF8.self)
        #expect(line.contains("\"event\":\"record\"") && line.contains("\"inhibitor\":{\"result\":\"granted\""))
    }
}
