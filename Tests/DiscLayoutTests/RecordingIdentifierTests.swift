import DiscLayout
import Testing

@Suite struct RecordingCodeTests {
    @Test(arguments: ["DEABC1234567", "DE-ABC-12-34567", "deabc1234567", "de-abc-12-34567"])
    func `a code is read with and without hyphens, in either case`(text: String) throws {
        let code = try #require(RecordingCode(text))
        #expect(code.description == "DEABC1234567" && code.hyphenated == "DE-ABC-12-34567")
        #expect(code.characters == Array("DEABC1234567".utf8))
    }

    @Test(arguments: ["US-S1Z-99-00001", "99XYZ0000000", "QM2409900001"])
    func `owners may have digits, and so may countries as discs have them`(text: String) throws {
        #expect(RecordingCode(try #require(RecordingCode(text)).hyphenated) == RecordingCode(text))
    }

    @Test(arguments: [
        "", "DEABC123456", "DEABC12345678", "DEABCX234567", "DEABC123456X", "DE-ABC1234567", "DEA-BC-12-34567",
        "DE-ABC-123-4567", "---DEABC1234567", "DEABC1234567---", "DEÄBC123456", "DE ABC 12 34567", "DE_ABC_12_34567",
    ]) func `what is no code is none`(text: String) { #expect(RecordingCode(text) == nil) }

    @Test func `every character that a place can hold is kept`() {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let digits = Array("0123456789")
        for place in 0..<12 {
            for character in place < 5 ? letters + digits : digits {
                var text = Array("DEABC1234567")
                text[place] = character
                #expect(RecordingCode(String(text))?.description == String(text))
            }
        }
    }
}

@Suite struct CatalogNumberTests {
    @Test func `the check digit of 401234567890 is 1`() throws {
        #expect(CatalogNumber.checkDigit(of: [4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]) == 1)
        let number = try CatalogNumber("4012345678901")
        #expect(number.description == "4012345678901" && number.characters == Array("4012345678901".utf8))
    }

    @Test(arguments: ["0012345678905", "0731452651525", "5099749534728", "0000000000000"])
    func `numbers with their check digit are taken`(text: String) throws {
        #expect(try CatalogNumber(text).description == text)
    }

    @Test func `missing digits are zeros in front`() throws {
        #expect(try CatalogNumber("12345678905").description == "0012345678905")
        #expect(try CatalogNumber("0").description == "0000000000000")
    }

    @Test func `a wrong last digit is named with the right one`() {
        #expect(throws: CatalogNumber.Fault.checkDigit(expected: 1)) { try CatalogNumber("4012345678902") }
    }

    @Test(arguments: ["", "40123456789011", "401234567890X", "-401234567890", "+1", "4012 345678901", "４０"])
    func `what is no number is an error of form`(text: String) {
        #expect(throws: CatalogNumber.Fault.form) { try CatalogNumber(text) }
    }
}
