import Glibc

/// The target of a request as it stands in the library's memory, before anything is unescaped.
struct RequestLine: Sendable {
    let target: String
    /// Address of the byte behind the target, which is where the version begins when no NUL was sent inside the target:
    /// the library takes everything for a C string and would never tell.
    private let end: UInt

    init(_ uri: UnsafePointer<CChar>?) {
        target = uri.map { String(cString: $0) } ?? ""
        end = uri.map { UInt(bitPattern: $0) + UInt(strlen($0)) + 1 } ?? 0
    }

    /// Whether the target goes up to the version.
    func isWhole(upTo version: UnsafePointer<CChar>) -> Bool {
        version.pointee == 0 || UInt(bitPattern: version) == end
    }
}
