import FoundationEssentials
import POSIX

/// What a disc folder holds, read from its plain files by what their documentation says and nothing of burnd's.
struct PlainDisc {
    struct Index: Decodable, Equatable {
        let index: Int
        let lba: Int
    }

    struct Track: Decodable {
        let number: Int
        let control: Int
        let form: String
        let state: String
        let damaged: Bool
        let isrc: String?
        let first_copy: Bool?
        let indexes: [Index]
        let blocks: Int
    }

    struct Session: Decodable {
        let write_type: String
        let stage: String
        let mcn: String?
        let tracks: [Track]
        let lead_out: Int?
    }

    private struct Document: Decodable {
        let sessions: [Session]
    }

    let sessions: [Session]
    private let mainChannel: [UInt8]
    private let subChannel: [UInt8]
    /// CD-TEXT of the first session; empty without.
    let text: [UInt8]

    /// The first block of the files.
    private static let base = -150
    private static let limit = 1 << 30

    init(_ folder: String) throws {
        func bytes(_ name: String) throws -> [UInt8] {
            try DurableFile.contents(of: "\(folder)/\(name)", limit: Self.limit)
        }
        sessions = try JSONDecoder().decode(Document.self, from: Data(try bytes("disc.json"))).sessions
        (mainChannel, subChannel) = (try bytes("main.bin"), try bytes("sub.bin"))
        text = (try? bytes("cd-text-1.cdt")) ?? []
    }

    /// The main channel of a block.
    func main(_ lba: Int) -> ArraySlice<UInt8> { mainChannel.dropFirst((lba - Self.base) * 2352).prefix(2352) }

    /// The sub-channel of a block, 96 bytes, all channels interleaved; zeros behind the end of the file.
    private func sub(_ lba: Int) -> [UInt8] {
        let bytes = Array(subChannel.dropFirst((lba - Self.base) * 96).prefix(96))
        return bytes + [UInt8](repeating: 0, count: 96 - bytes.count)
    }

    /// Channels R to W of a block, a symbol of six bits a byte.
    func symbols(_ lba: Int) -> [UInt8] { sub(lba).map { $0 & 0x3F } }

    /// The twelve bytes of Q of a block.
    func q(_ lba: Int) -> [UInt8] {
        let bits = sub(lba).map { ($0 >> 6) & 1 }
        return (0..<12).map { byte in bits[byte * 8..<byte * 8 + 8].reduce(0) { $0 << 1 | $1 } }
    }

    /// CRC of Q: x¹⁶+x¹²+x⁵+1, inverted (ECMA-130, 22.3.6).
    static func hasCRC(_ q: [UInt8]) -> Bool {
        var crc: UInt16 = 0
        for byte in q[0..<10] {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        }
        return ~crc == UInt16(q[10]) << 8 | UInt16(q[11])
    }
}
