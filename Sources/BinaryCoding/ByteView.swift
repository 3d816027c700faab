/// Bytes from outside, read field by field with every access checked.
///
/// Multi-byte fields are big-endian, as everywhere in SCSI and on a CD.
public struct ByteView: Sendable {
    /// A field lies outside the bytes that arrived.
    public struct OutOfBounds: Error, Equatable, Sendable {
        /// Offset of the field's first byte.
        public let offset: Int
        /// Length of the field in bytes.
        public let length: Int
        /// Bytes that there are.
        public let available: Int

        /// A field at `offset` of `length` bytes, where there are `available`.
        public init(offset: Int, length: Int, available: Int) {
            (self.offset, self.length, self.available) = (offset, length, available)
        }
    }

    /// What is viewed.
    public let bytes: ArraySlice<UInt8>

    /// A view of a whole array.
    public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    /// A view of a part of an array; offsets count from the part's beginning.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Number of bytes.
    public var count: Int { bytes.count }

    /// `length` bytes from `offset` on.
    public func slice(at offset: Int, count length: Int) throws(OutOfBounds) -> ArraySlice<UInt8> {
        guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else {
            throw OutOfBounds(offset: offset, length: length, available: bytes.count)
        }
        let start = bytes.startIndex + offset
        return bytes[start..<start + length]
    }

    /// One byte.
    public func uint8(at offset: Int) throws(OutOfBounds) -> UInt8 {
        let field = try slice(at: offset, count: 1)
        return field[field.startIndex]
    }

    /// Two bytes, big-endian.
    public func uint16(at offset: Int) throws(OutOfBounds) -> UInt16 {
        UInt16(truncatingIfNeeded: try unsigned(at: offset, count: 2))
    }

    /// Three bytes, big-endian.
    public func uint24(at offset: Int) throws(OutOfBounds) -> UInt32 { try unsigned(at: offset, count: 3) }

    /// Four bytes, big-endian.
    public func uint32(at offset: Int) throws(OutOfBounds) -> UInt32 { try unsigned(at: offset, count: 4) }

    /// Four bytes, big-endian, two's complement: a logical block address, which is negative in a lead-in.
    public func int32(at offset: Int) throws(OutOfBounds) -> Int32 { Int32(bitPattern: try uint32(at: offset)) }

    /// Fixed-width ASCII text without its trailing spaces and NULs. Bytes that are no printable ASCII become `?`.
    public func ascii(at offset: Int, count length: Int) throws(OutOfBounds) -> String {
        var field = try slice(at: offset, count: length)
        while let last = field.last, last == 0x20 || last == 0 { field.removeLast() }
        return String(decoding: field.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }

    private func unsigned(at offset: Int, count: Int) throws(OutOfBounds) -> UInt32 {
        try slice(at: offset, count: count).reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension UInt8 {
    /// The bits of a closed range, bit 0 the least significant, shifted down to bit 0.
    public func bits(_ range: ClosedRange<Int>) -> UInt8 {
        precondition(range.lowerBound >= 0 && range.upperBound <= 7, "a byte has bits 0 to 7")
        let width = range.count
        return (self >> UInt8(range.lowerBound)) & UInt8(truncatingIfNeeded: (1 << width) - 1)
    }

    /// One bit.
    public func bit(_ index: Int) -> Bool { bits(index...index) == 1 }
}

extension FixedWidthInteger {
    /// The value's bytes, most significant first.
    public var bigEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}
