public import SectorCoding

/// A file of packs (CDT), as programs write and read them: eighteen bytes a pack, with the header of READ TOC/PMA/ATIP in
/// front or without it, and in some a zero at the end.
public enum TextFile {
    /// Why a file is none of packs.
    public enum Fault: Error, Equatable, Sendable {
        /// Nothing in it, or a number of bytes that packs do not make.
        case size(Int)
        /// A header in front that tells another number of bytes.
        case header(told: Int, found: Int)
        /// More packs than eight blocks of 256.
        case tooManyPacks(Int)
    }

    /// Bytes of the header: a length of two, which counts all behind itself, and two reserved.
    private static let headerBytes = 4

    /// The packs in a file, whatever they say.
    ///
    /// - Throws: `Fault`.
    public static func packs(_ bytes: [UInt8]) throws(Fault) -> [TextPack] {
        let count = bytes.count / TextPack.byteCount
        guard count > 0 else { throw .size(bytes.count) }
        guard count <= DiscText.maximumBlocks * DiscText.maximumPacksOfBlock else { throw .tooManyPacks(count) }
        var start = 0
        switch bytes.count % TextPack.byteCount {
        case 0: break
        case 1 where bytes.last == 0: break
        case headerBytes:
            let told = Int(bytes[0]) << 8 | Int(bytes[1])
            guard told == bytes.count - 2 else { throw .header(told: told, found: bytes.count - 2) }
            start = headerBytes
        default: throw .size(bytes.count)
        }
        return (0..<count).map { index in
            let first = start + index * TextPack.byteCount
            return TextPack(bytes[first..<first + TextPack.byteCount])
        }
    }

    /// The packs as a file without a header.
    public static func bytes(_ packs: [TextPack]) -> [UInt8] { packs.flatMap(\.bytes) }
}
