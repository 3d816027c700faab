/// The error detection code of data sectors: a CRC of (x¹⁶+x¹⁵+x²+1)(x¹⁶+x²+x+1), least significant bit first, starting from
/// zero (ECMA-130, 14.3).
public enum ErrorDetection {
    /// The code over some bytes; sectors hold it least significant byte first.
    public static func code(of bytes: UnsafeRawBufferPointer) -> UInt32 { VectorCoding.best.edc(of: bytes) }
}
