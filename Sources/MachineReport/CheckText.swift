/// The report for people.
public enum CheckText {
    /// Characters of a line: what a terminal shows, and mails and forums keep.
    static let width = 100
    private static let verdictWidth = 9

    /// A line or more for each check, what mends it below it, and how many there are at the end.
    public static func render(_ lines: [CheckLine]) -> String {
        let nameWidth = (lines.map(\.check.count).max() ?? 0) + 2
        let indent = String(repeating: " ", count: verdictWidth + nameWidth)
        var text: [String] = []
        for line in lines {
            let head = padded(line.verdict.rawValue, verdictWidth) + padded(line.check, nameWidth)
            let found = wrapped(printable(line.found), width - indent.count)
            text.append(head + (found.first ?? ""))
            text += found.dropFirst().map { indent + $0 }
            // Commands are never broken: they are to be copied.
            text += line.remedy.map { indent + "$ " + printable($0) }
            if let note = line.note { text += wrapped(printable(note), width - indent.count).map { indent + $0 } }
        }
        return (text + ["", summary(lines)]).joined(separator: "\n") + "\n"
    }

    static func summary(_ lines: [CheckLine]) -> String {
        func counted(_ verdict: CheckLine.Verdict, _ word: String) -> String? {
            let count = lines.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
        }
        let counts = [counted(.problem, "problem"), counted(.warning, "warning")].compactMap(\.self)
        return counts.isEmpty ? "All is well." : counts.joined(separator: ", ") + "."
    }

    /// Names and paths are whatever somebody chose: nothing in them may move a terminal's cursor.
    static func printable(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? $0 : " " })
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }

    /// Lines of at most `width` characters, broken at spaces; a longer word has a line of its own.
    static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
