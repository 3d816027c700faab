import CCrypto

/// SHA-256 (FIPS 180-4) over bytes as they come, by libcrypto.
///
/// Unchecked is not claimed: an object of it belongs to whoever made it, one thread at a time.
public final class SHA256 {
    private let context: OpaquePointer?

    /// A digest of nothing yet.
    public init() {
        context = EVP_MD_CTX_new()
        let result = EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(result == 1, "libcrypto has SHA-256, and fails here only for want of memory")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in more bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        let result = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(result == 1, "a digest that was begun and not finalized takes bytes")
    }

    /// The digest of all that came. Nothing may come after.
    public func finalize() -> FileDigest {
        var bytes = [UInt8](repeating: 0, count: 32)
        let result = EVP_DigestFinal_ex(context, &bytes, nil)
        precondition(result == 1, "a digest is finalized once")
        return FileDigest(bytes: bytes)
    }
}
