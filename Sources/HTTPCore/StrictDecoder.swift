import FoundationEssentials

/// Decodes a `JSONValue` and remembers which members were asked for, so that those that nobody knows can be refused: a
/// misspelt field must not silently be a default on a disc.
struct StrictDecoder: Decoder {
    /// Which members of which objects there were and which were asked for. One task uses it during one decoding.
    final class Visits {
        private var present: [[String]: Set<String>] = [:]
        private var asked: [[String]: Set<String>] = [:]

        func saw(_ object: [String: JSONValue], at path: [String]) { present[path] = Set(object.keys) }
        func asked(for name: String, at path: [String]) { asked[path, default: []].insert(name) }
        func askedForAll(at path: [String]) { asked[path] = present[path] }

        /// Paths of the members that nobody asked for.
        var unknown: [[String]] {
            present.flatMap { path, names in names.subtracting(asked[path] ?? []).map { path + [$0] } }
        }
    }

    let value: JSONValue
    let path: [any CodingKey]
    let visits: Visits

    var codingPath: [any CodingKey] { path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    var names: [String] { path.map(\.stringValue) }

    func mismatch(_ wanted: String) -> DecodingError {
        .typeMismatch(
            JSONValue.self, .init(codingPath: path, debugDescription: "\(wanted) is wanted, this is \(value.kind)"))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch("an object") }
        visits.saw(members, at: names)
        return KeyedDecodingContainer(Members(decoder: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return Elements(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

    func child(_ value: JSONValue, _ key: any CodingKey) -> StrictDecoder {
        StrictDecoder(value: value, path: path + [key], visits: visits)
    }

    /// Any value; a date by itself would be a number of seconds since 2001.
    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard type == Date.self else { return try Value(from: self) }
        guard let date = try? Date(string(), strategy: .iso8601), let value = date as? Value else {
            throw mismatch("a time such as 2026-11-21T22:00:00+01:00")
        }
        return value
    }

    func bool() throws -> Bool {
        guard case .bool(let value) = value else { throw mismatch("true or false") }
        return value
    }

    func string() throws -> String {
        guard case .string(let value) = value else { throw mismatch("a string") }
        return value
    }

    func double() throws -> Double {
        switch value {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw mismatch("a number")
        }
    }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard case .integer(let value) = value else { throw mismatch("a whole number") }
        guard let number = Number(exactly: value) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: path, debugDescription: "\(value) is not in \(Number.min)…\(Number.max)"))
        }
        return number
    }
}

extension StrictDecoder {
    struct Single: SingleValueDecodingContainer {
        let decoder: StrictDecoder
        var codingPath: [any CodingKey] { decoder.path }

        func decodeNil() -> Bool { decoder.value == .null }
        func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
        func decode(_ type: String.Type) throws -> String { try decoder.string() }
        func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
        func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double()) }
        func decode(_ type: Int.Type) throws -> Int { try decoder.integer(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer(type) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.decoded(type) }
    }

    struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: StrictDecoder
        let members: [String: JSONValue]
        var codingPath: [any CodingKey] { decoder.path }

        var allKeys: [Key] {
            decoder.visits.askedForAll(at: decoder.names)
            return members.keys.compactMap { Key(stringValue: $0) }
        }

        /// A dictionary's keys are data and are found as they are; a type's are matched in snake_case.
        private func find(_ key: any CodingKey) -> (name: String, value: JSONValue?) {
            if let value = members[key.stringValue] { return (key.stringValue, value) }
            let name = key.stringValue.snakeCased
            return (name, members[name])
        }

        private func child(_ key: any CodingKey) throws -> StrictDecoder {
            let (name, value) = find(key)
            decoder.visits.asked(for: name, at: decoder.names)
            guard let value else {
                throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "missing"))
            }
            return decoder.child(value, MemberName(name))
        }

        func contains(_ key: Key) -> Bool {
            let (name, value) = find(key)
            decoder.visits.asked(for: name, at: decoder.names)
            return value != nil
        }

        func decodeNil(forKey key: Key) throws -> Bool { try child(key).value == .null }
        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try child(key).bool() }
        func decode(_ type: String.Type, forKey key: Key) throws -> String { try child(key).string() }
        func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try child(key).double() }
        func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try child(key).double()) }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try child(key).integer(type) }
        func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try child(key).integer(type) }
        func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try child(key).integer(type) }
        func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try child(key).integer(type) }
        func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try child(key).integer(type) }
        func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try child(key).integer(type) }
        func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try child(key).integer(type) }
        func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try child(key).integer(type) }
        func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try child(key).integer(type) }
        func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try child(key).integer(type) }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try child(key).decoded(type)
        }
        func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> { try child(key).container(keyedBy: type) }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try child(key).unkeyedContainer()
        }
        func superDecoder() throws -> any Decoder { try child(MemberName("super")) }
        func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
    }

    struct Elements: UnkeyedDecodingContainer {
        let decoder: StrictDecoder
        let elements: [JSONValue]
        private(set) var currentIndex = 0

        init(decoder: StrictDecoder, elements: [JSONValue]) { (self.decoder, self.elements) = (decoder, elements) }

        var codingPath: [any CodingKey] { decoder.path }
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        private mutating func child() throws -> StrictDecoder {
            let key = MemberName(index: currentIndex)
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(
                    JSONValue.self, .init(codingPath: codingPath + [key], debugDescription: "missing"))
            }
            defer { currentIndex += 1 }
            return decoder.child(elements[currentIndex], key)
        }

        mutating func decodeNil() throws -> Bool {
            guard !isAtEnd, elements[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try child().decoded(type) }
        mutating func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type
        ) throws -> KeyedDecodingContainer<NestedKey> { try child().container(keyedBy: type) }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try child().unkeyedContainer() }
        mutating func superDecoder() throws -> any Decoder { try child() }
    }
}
