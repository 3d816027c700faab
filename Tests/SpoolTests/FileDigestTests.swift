import FoundationEssentials
import Spool
import Testing

@Suite struct FileDigestTests {
    /// FIPS 180-4, example of one block: "abc".
    static let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test func `the digest of abc is that of the standard`() {
        #expect(FileDigest.of(Array("abc".utf8)).description == Self.abc)
        let parts = SHA256()
        for letter in ["a", "", "bc"] { Array(letter.utf8).withUnsafeBytes { parts.update($0) } }
        #expect(parts.finalize().description == Self.abc)
    }

    @Test func `only the whole text form is a digest`() throws {
        #expect(try #require(FileDigest(Self.abc)).description == Self.abc)
        let digits = Self.abc.dropFirst(7)
        let wrong = [
            "", "sha256:", String(digits), "sha1:\(digits)", "SHA256:\(digits)", "sha256:\(digits.uppercased())",
            "sha256:\(digits.dropLast())", "sha256:\(digits)0", "sha256:\(digits.dropLast())g",
            "sha256:../\(digits.dropFirst(3))",
        ]
        for text in wrong { #expect(FileDigest(text) == nil, "\(text)") }
    }

    @Test func `in JSON it is its text form, and nothing else is one`() throws {
        let digest = FileDigest.of(Array("abc".utf8))
        let json = try JSONEncoder().encode([digest])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(Self.abc)\"]")
        #expect(try JSONDecoder().decode([FileDigest].self, from: json) == [digest])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([FileDigest].self, from: Data("[\"sha256:00\"]".utf8))
        }
    }
}
