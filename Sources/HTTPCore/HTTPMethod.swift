/// A request method (RFC 9110 §9). Method names are case-sensitive, so `get` is not `GET`.
public struct HTTPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The name as it stands in the request line.
    public let rawValue: String
    /// A method by its name, known or not.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The name.
    public var description: String { rawValue }

    /// GET.
    public static let get = HTTPMethod(rawValue: "GET")
    /// HEAD: GET without the content.
    public static let head = HTTPMethod(rawValue: "HEAD")
    /// POST.
    public static let post = HTTPMethod(rawValue: "POST")
    /// PUT.
    public static let put = HTTPMethod(rawValue: "PUT")
    /// DELETE.
    public static let delete = HTTPMethod(rawValue: "DELETE")
    /// PATCH (RFC 5789).
    public static let patch = HTTPMethod(rawValue: "PATCH")
    /// OPTIONS.
    public static let options = HTTPMethod(rawValue: "OPTIONS")

    /// Whether the method only reads: the safe methods of RFC 9110 §9.2.1. An unknown method counts as one that changes.
    public var isSafe: Bool { self == .get || self == .head || self == .options }
}
