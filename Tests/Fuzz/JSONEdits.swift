/// Values of a JSON text put in place of one another.
enum JSONEdits {
    /// What files of somebody else may hold instead of a value.
    private static let oddities = [
        "null", "true", "[]", "{}", "\"\"", "0", "-1", "1e3", "1.5", "99", "100", "255", "256", "405000", "2147483647",
        "-2147483648", "4294967296", "9223372036854775807", "-9223372036854775808", "1e400", "\"open\"", "\"complete\"",
        "\"00:00:00\"", "\"99:59:74\"", "\"4012345678901\"", "\"\\u0000\"",
    ]

    /// Changes a text as the input says until it is empty: a byte chooses a value; another says whether an oddity (0), another
    /// value of the text (1), a signed byte (2) or a signed number of 32 bits (3) takes its place, and their bytes follow.
    static func apply(_ input: inout Input, to text: [UInt8]) -> [UInt8] {
        let values = values(of: text)
        var changes: [Int: [UInt8]] = [:]
        while !input.isEmpty, !values.isEmpty {
            let place = Int(input.byte()) % values.count
            changes[place] =
                switch input.byte() % 4 {
                case 0: Array(oddities[Int(input.byte()) % oddities.count].utf8)
                case 1: Array(text[values[Int(input.byte()) % values.count]])
                case 2: Array("\(Int8(bitPattern: input.byte()))".utf8)
                default: Array("\(input.int32())".utf8)
                }
        }
        var result: [UInt8] = []
        var end = 0
        for (index, value) in values.enumerated() {
            result += text[end..<value.lowerBound] + (changes[index] ?? Array(text[value]))
            end = value.upperBound
        }
        return result + text[end...]
    }

    /// Numbers and strings, names of fields too. The texts are our own: nothing is escaped in them.
    private static func values(of text: [UInt8]) -> [Range<Int>] {
        var values: [Range<Int>] = []
        var index = 0
        while index < text.count {
            let start = index
            if text[index] == UInt8(ascii: "\"") {
                index += 1
                while index < text.count, text[index] != UInt8(ascii: "\"") { index += 1 }
                index = min(index + 1, text.count)
                values.append(start..<index)
            } else if isOfNumber(text[index]) {
                while index < text.count, isOfNumber(text[index]) { index += 1 }
                values.append(start..<index)
            } else {
                index += 1
            }
        }
        return values
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }
}
