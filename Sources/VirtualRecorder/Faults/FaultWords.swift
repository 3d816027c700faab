import DiscLayout

/// The words of a fault's line, read one after the other.
struct FaultWords {
    private var rest: ArraySlice<String>
    /// The word read last.
    private(set) var last = ""

    init(_ words: ArraySlice<String>) { rest = words }

    /// The next word, without reading it.
    var upcoming: String? { rest.first }
    var isEmpty: Bool { rest.isEmpty }

    /// Reads a word that must be there.
    mutating func next(_ what: String) throws(FaultSyntaxError) -> String {
        guard let word = rest.popFirst() else { throw .missing(what, after: last) }
        last = word
        return word
    }

    /// Reads the next word if it is this one.
    mutating func take(_ word: String) -> Bool {
        guard rest.first == word else { return false }
        last = word
        rest.removeFirst()
        return true
    }

    /// Reads a word and what it means.
    mutating func value<Value>(
        _ what: String, _ meaning: (String) -> Value?
    ) throws(FaultSyntaxError) -> Value {
        let word = try next(what)
        guard let value = meaning(word) else { throw .malformed(word, expected: what) }
        return value
    }

    /// A number in decimal.
    mutating func number(_ range: ClosedRange<Int>) throws(FaultSyntaxError) -> Int {
        try value("a number from \(range.lowerBound) to \(range.upperBound)") { Self.number($0, in: range) }
    }

    /// `5`, `5..8` or `5..`, in decimal.
    mutating func numbers(_ range: ClosedRange<Int>) throws(FaultSyntaxError) -> ClosedRange<Int> {
        try value("a number or a range such as 5..8 or 5.., from \(range.lowerBound) on") { Self.range($0, in: range) }
    }

    /// So many hexadecimal digits.
    mutating func hex<Number: FixedWidthInteger>(_ digits: Int) throws(FaultSyntaxError) -> Number {
        try value("\(digits) hexadecimal digits") { $0.count == digits ? Self.hex($0) : nil }
    }

    /// `3=0F` or `3=0C/0F`, several with commas between them: offsets in decimal, value and mask in hexadecimal.
    mutating func maskedBytes() throws(FaultSyntaxError) -> [MaskedByte] {
        try value("a byte such as 3=0F, or 3=0C/0F for some of its bits") { word in
            let bytes = word.split(separator: ",", omittingEmptySubsequences: false).map { Self.maskedByte($0) }
            return bytes.contains(nil) ? nil : bytes.compactMap { $0 }
        }
    }

    /// `mm:ss:ff`.
    mutating func time() throws(FaultSyntaxError) -> MSF {
        try value("a time such as 97:26:65") { word in
            let fields = word.split(separator: ":", omittingEmptySubsequences: false).map { UInt8($0) ?? .max }
            guard fields.count == 3, fields[0] < 100, fields[1] < 60, fields[2] < 75 else { return nil }
            return MSF(minutes: fields[0], seconds: fields[1], frames: fields[2])
        }
    }
}

extension FaultWords {
    static func number(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        // Int takes a plus sign, too.
        guard text.first != "+", let number = Int(text), range.contains(number) else { return nil }
        return number
    }

    static func range(_ text: some StringProtocol, in range: ClosedRange<Int>) -> ClosedRange<Int>? {
        guard let dots = separator(in: Array(text)) else { return number(text, in: range).map { $0...$0 } }
        let (first, last) = (text.prefix(dots), text.dropFirst(dots + 2))
        guard let lower = number(first, in: range) else { return nil }
        guard !last.isEmpty else { return lower...range.upperBound }
        guard let upper = number(last, in: range), lower <= upper else { return nil }
        return lower...upper
    }

    private static func separator(in text: [Character]) -> Int? {
        text.indices.dropLast().first { text[$0] == "." && text[$0 + 1] == "." }
    }

    static func hex<Number: FixedWidthInteger>(_ text: some StringProtocol) -> Number? {
        text.allSatisfy { $0.isASCII && $0.isHexDigit } ? Number(text, radix: 16) : nil
    }

    /// Largest offset of a byte in a CDB, parameter list or reply that anybody needs.
    private static let offsets = 0...0xFFFF

    private static func maskedByte(_ text: Substring) -> MaskedByte? {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2, let offset = number(sides[0], in: offsets) else { return nil }
        let parts = sides[1].split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.count == 2 }), let value: UInt8 = hex(parts[0])
        else { return nil }
        guard parts.count == 2 else { return MaskedByte(offset: offset, value: value) }
        guard let mask: UInt8 = hex(parts[1]) else { return nil }
        return MaskedByte(offset: offset, value: value, mask: mask)
    }
}
