import DiscLayout

extension Fault {
    /// Reads a line: `[[COMMAND] [CONDITION…]:] FAULT`. `FaultListing` says what there is.
    public init(_ line: String) throws(FaultSyntaxError) {
        guard line.utf8.count <= Self.maximumBytes else { throw .tooLong }
        let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
        // Times have colons too, but none at the end.
        let colon = words.firstIndex { $0.hasSuffix(":") }
        var head = colon.map { Array(words[...$0]) } ?? []
        if let last = head.popLast(), last != ":" { head.append(String(last.dropLast())) }
        var tail = FaultWords(words[(colon.map { $0 + 1 } ?? 0)...])
        guard let name = tail.upcoming else { throw .noAction }
        let kind = try FaultKind(parsing: &tail)
        if let surplus = tail.upcoming { throw .surplus(surplus) }
        var condition = FaultCondition()
        var rest = FaultWords(head[...])
        let chosen = try Self.commands(&rest)
        condition.commands = try Self.merge(chosen, kind, name: name)
        if chosen == nil { condition.cdb = kind.cdb }
        try Self.conditions(&rest, into: &condition)
        try Self.checkAddress(condition)
        (description, self.condition, action) = (words.joined(separator: " "), condition, kind.action)
    }

    /// Words that end the name of a command.
    private static let keywords: Set<String> = ["call", "times", "lba", "laser", "cdb", "data"]

    /// Nil when the line names no command.
    private static func commands(_ words: inout FaultWords) throws(FaultSyntaxError) -> CommandNames.Selection? {
        var name: [String] = []
        while let word = words.upcoming, !keywords.contains(word) { name.append(try words.next("a command")) }
        if name.isEmpty { return nil }
        let text = name.joined(separator: " ")
        guard let selection = CommandNames.selection(text) else { throw .unknownCommand(text) }
        return selection
    }

    /// What the line says and what the fault can be about.
    private static func merge(
        _ chosen: CommandNames.Selection?, _ kind: FaultKind, name: String
    ) throws(FaultSyntaxError) -> CommandNames.Selection {
        guard let possible = kind.commands else { return chosen ?? .any }
        guard let chosen else { return .these(possible) }
        if case .these(let codes) = chosen, codes.isSubset(of: possible) { return chosen }
        let names = possible.sorted().map(CommandNames.name(of:)).joined(separator: ", ")
        throw .notAbout(action: name, commands: names)
    }

    private static func conditions(
        _ words: inout FaultWords, into condition: inout FaultCondition
    ) throws(FaultSyntaxError) {
        var seen: Set<String> = []
        while !words.isEmpty {
            let keyword = try words.next("a condition")
            guard seen.insert(keyword).inserted else { throw .repeated(keyword) }
            switch keyword {
            case "call": condition.calls = try words.numbers(1...Int(Int32.max))
            case "times": condition.times = try words.number(1...Int(Int32.max))
            case "lba": condition.blocks = try words.numbers(Int(Int32.min)...lastBlock)
            case "laser": condition.needsLaser = true
            case "cdb": condition.cdb += try words.maskedBytes()
            case "data": condition.data = try words.maskedBytes()
            default: throw .malformed(keyword, expected: "one of call, times, lba, laser, cdb, data")
            }
        }
    }

    private static func checkAddress(_ condition: FaultCondition) throws(FaultSyntaxError) {
        guard condition.blocks != nil, case .these(let codes) = condition.commands else { return }
        guard let other = codes.subtracting(CommandNames.addressed).min() else { return }
        throw .noAddress(command: CommandNames.name(of: other))
    }
}

/// The lines of a file: a fault each; `#` begins a comment, and empty lines mean nothing.
public struct FaultFile: Equatable, Sendable {
    /// The faults in their order.
    public let faults: [Fault]

    /// A line that is no fault.
    public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file, as it was named.
        public let path: String
        /// From 1 on.
        public let line: Int
        /// What is wrong with it.
        public let error: FaultSyntaxError

        /// `PATH:LINE: what is wrong`.
        public var description: String { "\(path):\(line): \(error)" }
    }

    /// Largest file that is taken.
    public static let maximumBytes = 1 << 20

    /// Reads a file's content; `path` is for errors.
    public init(_ content: [UInt8], path: String) throws(Malformed) {
        var faults: [Fault] = []
        let lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let text = String(decoding: bytes, as: UTF8.self).prefix { $0 != "#" }
            let line = text.split { $0.isWhitespace }.joined(separator: " ")
            if line.isEmpty { continue }
            do throws(FaultSyntaxError) {
                faults.append(try Fault(line))
            } catch {
                throw Malformed(path: path, line: index + 1, error: error)
            }
        }
        self.faults = faults
    }
}
