/// Header fields in the order in which they came; names compare without case (RFC 9110 §5.1), repeated ones are kept.
public struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral, Sequence {
    /// One field line.
    public struct Field: Sendable, Equatable {
        /// Its name as it was written.
        public let name: String
        /// Its value, without the white space around it.
        public let value: String
        /// A field line.
        public init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    private var fields: [Field]

    /// Fields in this order.
    public init(_ fields: [Field] = []) { self.fields = fields }
    /// Fields in this order.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first field of this name; setting replaces all of them, setting nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.equal($0.name, name) }?.value }
        set {
            let first = fields.firstIndex { Self.equal($0.name, name) }
            fields.removeAll { Self.equal($0.name, name) }
            if let newValue {
                fields.insert(Field(name: name, value: newValue), at: Swift.min(first ?? fields.count, fields.count))
            }
        }
    }

    /// All values of this name, in order.
    public func values(of name: String) -> [String] {
        fields.filter { Self.equal($0.name, name) }.map(\.value)
    }

    /// Adds a field line after the others.
    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// The fields, for `for … in`.
    public func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }
    /// How many field lines there are.
    public var count: Int { fields.count }

    /// ASCII case is the only one that field names have.
    static func equal(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count
            && zip(one.utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension String {
    /// ASCII letters in lower case, everything else as it is: what HTTP calls case-insensitive.
    var asciiLowercased: String { String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) }
    /// Without the spaces and tabs around it (OWS of RFC 9110 §5.6.3).
    var trimmingOptionalWhitespace: String {
        let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = utf8.firstIndex(where: { !blank($0) }), let last = utf8.lastIndex(where: { !blank($0) })
        else {
            return ""
        }
        return String(self[first...last])
    }
}
