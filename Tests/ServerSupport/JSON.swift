import FoundationEssentials

/// Any JSON value, looked into by member names: `answer.json.problem.type.string`.
@dynamicMemberLookup
public enum JSON: Decodable, Equatable, Sendable {
    /// `null`, and what is not there.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// Any number.
    case number(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([JSON])
    /// Members.
    case object([String: JSON])

    /// Reads a text.
    public init(parsing bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSON.self, from: Data(bytes)) }

    /// Reads a value of any kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    /// A member; `null` where there is none.
    public subscript(dynamicMember name: String) -> JSON { self[name] }

    /// A member; `null` where there is none.
    public subscript(name: String) -> JSON {
        if case .object(let members) = self { members[name] ?? .null } else { .null }
    }

    /// An element; `null` where there is none.
    public subscript(index: Int) -> JSON { list.indices.contains(index) ? list[index] : .null }

    /// The elements of a list, none of anything else.
    public var list: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    /// The names of the members, in order.
    public var names: [String] { if case .object(let members) = self { members.keys.sorted() } else { [] } }
    /// The text, when it is one.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The whole number, when it is one.
    public var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
    /// The number, when it is one.
    public var double: Double? { if case .number(let number) = self { number } else { nil } }
    /// Truth, when it is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The texts of a list.
    public var strings: [String] { list.compactMap(\.string) }
}
