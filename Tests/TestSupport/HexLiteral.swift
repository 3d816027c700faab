/// Bytes written as in a datasheet: hexadecimal digits, spaces and line breaks as one likes, `//` begins a comment.
///
/// - Precondition: nothing but that; it is a literal.
public func hex(_ text: String) -> [UInt8] {
    let digits = text.split(whereSeparator: \.isNewline)
        .map { line in line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line }
        .joined().filter { !$0.isWhitespace }
    precondition(digits.count % 2 == 0, "whole bytes have two digits")
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16) else {
            preconditionFailure("no hexadecimal digits: \(rest.prefix(2))")
        }
        bytes.append(byte)
        rest = rest.dropFirst(2)
    }
    return bytes
}
