import FoundationEssentials
import POSIX
import Testing

/// The contract table of the API's documentation: every member of the two Windows interfaces and of those around them has
/// one row, which says what it is here and which test shows it.
@Suite struct ContractTableTests {
    struct Row {
        let id: String
        let here: String
        let test: String
    }

    static let root = #filePath.components(droppingLast: 3)

    static func rows() throws -> [Row] {
        let path = root + "/Sources/BurnAPI/BurnAPI.docc/Contract.md"
        let text = String(decoding: try DurableFile.contents(of: path, limit: 1 << 20), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| ") }.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard cells.count == 4, cells[0] != "id", !cells[0].hasPrefix("-") else { return nil }
            return Row(id: cells[0], here: cells[2], test: cells[3])
        }
    }

    /// Members by family: letter, and the numbers that it has.
    static let members: [String] = {
        let families: [(String, [ClosedRange<Int>])] = [
            ("F", [1...5]), ("T", [1...25]), ("R", [1...24]), ("E", [1...6]), ("A", [1...12]), ("V", [1...1]),
            ("W", [1...3]), ("C", [1...14, 20...29]), ("M", [1...4]), ("K", [1...21]), ("Q", [1...7]), ("Z", [1...5]),
            ("D", [1...14]),
        ]
        return families.flatMap { letter, ranges in ranges.flatMap { $0.map { "\(letter)\($0)" } } }
    }()

    /// The only ones that may be answered with a reason in place of a function.
    static let absent: Set<String> = Set(
        ["K5", "K6", "K11", "K12", "K14", "E4", "A12"] + (1...7).map { "Q\($0)" } + (1...14).map { "D\($0)" })

    @Test func `every member has one row`() throws {
        let ids = try Self.rows().map(\.id)
        #expect(ids.sorted() == Self.members.sorted())
    }

    @Test func `no row is empty`() throws {
        for row in try Self.rows() {
            #expect(row.here.count > 3 && row.test.count > 3, "\(row.id)")
        }
    }

    @Test func `only members that may be absent are said to be so`() throws {
        for row in try Self.rows() {
            let isAbsent = row.here.hasPrefix("not on this system")
            #expect(isAbsent == Self.absent.contains(row.id), "\(row.id): \(row.here)")
        }
    }

    @Test func `every test that a row names is there`() throws {
        let sources = try Self.testSources()
        for row in try Self.rows() {
            let name = "func \(row.test)("
            #expect(sources.contains { $0.contains(name) }, "\(row.id) names \(row.test)")
        }
    }

    private static func testSources() throws -> [String] {
        let tests = root + "/Tests"
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: tests).flatMap { target in
            let names = (try? files.contentsOfDirectory(atPath: "\(tests)/\(target)")) ?? []
            return try names.filter { $0.hasSuffix(".swift") }.map { name in
                let bytes = try DurableFile.contents(of: "\(tests)/\(target)/\(name)", limit: 1 << 20)
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension String {
    fileprivate func components(droppingLast count: Int) -> String {
        "/" + split(separator: "/").dropLast(count).joined(separator: "/")
    }
}
