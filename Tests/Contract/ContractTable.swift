import POSIX
import Testing

/// The table of members, as the documentation has it.
enum ContractTable {
    private static let here = #filePath

    /// Root of the package.
    static var root: String { "/" + here.split(separator: "/").dropLast(3).joined(separator: "/") }

    /// What members are here, by their ids.
    static func rows() throws -> [String: String] {
        let path = root + "/Sources/BurnAPI/BurnAPI.docc/Contract.md"
        let text = String(decoding: try DurableFile.contents(of: path, limit: 1 << 20), as: UTF8.self)
        var rows: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { cell in cell.drop { $0 == " " } }
            if cells.count >= 4 { rows[String(cells[0].prefix { $0 != " " })] = String(cells[2]) }
        }
        return rows
    }

    /// Whether each of these members is said not to be here, with a reason behind those words, be it that of another row.
    static func reason(of members: [String]) throws -> Bool {
        let rows = try rows()
        let words = "not on this system"
        return members.allSatisfy { member in
            guard let here = rows[member], here.hasPrefix(words) else { return false }
            return here.count > words.count + ", as D1".count - 1
        }
    }
}
