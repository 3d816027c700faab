extension Sequence<UInt8> {
    /// Lower-case hexadecimal digits, two a byte, with `separator` between bytes.
    public func hex(separator: String = "") -> String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: separator)
    }
}
