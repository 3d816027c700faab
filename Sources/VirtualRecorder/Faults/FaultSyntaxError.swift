/// Why a line is no fault. It quotes the word at fault.
public enum FaultSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Longer than `Fault.maximumBytes`.
    case tooLong
    /// There is nothing that the fault does.
    case noAction
    /// No fault has this name.
    case unknownAction(String)
    /// No command has this name.
    case unknownCommand(String)
    /// The line ends behind this word, where this belongs.
    case missing(String, after: String)
    /// This word is not what belongs there.
    case malformed(String, expected: String)
    /// This condition has been given already.
    case repeated(String)
    /// Nothing belongs behind the fault.
    case surplus(String)
    /// This fault is about these commands only, and the line is about others.
    case notAbout(action: String, commands: String)
    /// `lba`, and a command that names no block.
    case noAddress(command: String)

    /// What is wrong, as a sentence without its full stop.
    public var description: String {
        switch self {
        case .tooLong: "a fault has at most \(Fault.maximumBytes) bytes"
        case .noAction: "there is no fault\(Self.hint), and the fault follows"
        case .unknownAction(let word):
            "no fault is called \(Self.quoted(word))" + (CommandNames.selection(word) == nil ? "" : Self.hint)
        case .unknownCommand(let word): "no command is called \(Self.quoted(word))"
        case .missing(let what, let word): "\(what) belongs behind \(Self.quoted(word))"
        case .malformed(let word, let expected): "\(Self.quoted(word)) is not \(expected)"
        case .repeated(let word): "\(Self.quoted(word)) is given twice"
        case .surplus(let word): "nothing belongs here: \(Self.quoted(word))"
        case .notAbout(let action, let commands): "\(Self.quoted(action)) is about \(commands)"
        case .noAddress(let command): "\(command) has no block address"
        }
    }

    /// What was meant when a command stands where the fault belongs.
    private static let hint = "; a command and conditions end with a colon"

    /// Longest piece of somebody's line that is shown.
    private static let longestQuote = 40

    /// A word from outside, fit for a terminal and for one line.
    private static func quoted(_ word: String) -> String {
        let shown = word.unicodeScalars.prefix(longestQuote).map { (0x20...0x7E).contains($0.value) ? $0 : "?" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: shown)
        return "\"\(String(text))\(word.unicodeScalars.count > longestQuote ? "…" : "")\""
    }
}
