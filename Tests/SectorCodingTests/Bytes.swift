import CCrypto
import SectorCoding
import TestSupport
import Testing

/// `count` bytes that `body` fills; they are A5h before, so that what it leaves out is seen.
func filled(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xA5, count: count)
    bytes.withUnsafeMutableBytes { body($0) }
    return bytes
}

/// Sectors of `block` made from `source`.
func sectors(_ block: DataBlock, lba: Int = 0, count: Int = 1, _ source: [UInt8]) -> [UInt8] {
    filled(count * 2352) { target in
        source.withUnsafeBytes { DataSector.encode(block, from: lba, count: count, source: $0, into: target) }
    }
}

/// `count` bytes, each the low half of its number.
func counting(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 & 0xFF) } }

/// Random bytes.
func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

/// SHA-1 in hexadecimal digits: fingerprints of whole sectors come from elsewhere in it.
func sha1(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: 20)
    #expect(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1)
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 0x0F, radix: 16) }.joined()
}
