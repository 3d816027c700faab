import FoundationEssentials
import POSIX
import TestSupport
import Testing

/// What a disc folder holds, read from its plain files by what their documentation says and nothing of burnd's: the judge of
/// what the programs burned.
struct BurnedDisc {
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
        let indexes: [Index]
        let blocks: Int

        /// Address of index 1.
        var start: Int { indexes[1].lba }
        var end: Int { start + blocks }
        /// Addresses from index 0 on, the whole of it.
        var lbas: [Int] { indexes.map(\.lba) }
    }

    struct Session: Decodable {
        let write_type: String
        let stage: String
        let mcn: String?
        let tracks: [Track]
        let lead_out: Int?
        let following: String?
    }

    private struct Document: Decodable {
        let state: String
        let sessions: [Session]
    }

    let folder: String
    let state: String
    let sessions: [Session]
    var tracks: [Track] { sessions.flatMap(\.tracks) }
    private let mainChannel: [UInt8]
    private let subChannel: [UInt8]

    /// The first block of the files.
    private static let base = -150
    private static let limit = 1 << 30

    init(_ folder: String) throws {
        self.folder = folder
        let document = try JSONDecoder().decode(
            Document.self, from: Data(try DurableFile.contents(of: "\(folder)/disc.json", limit: Self.limit)))
        (state, sessions) = (document.state, document.sessions)
        mainChannel = try DurableFile.contents(of: "\(folder)/main.bin", limit: Self.limit)
        subChannel = try DurableFile.contents(of: "\(folder)/sub.bin", limit: Self.limit)
    }

    /// The main channel of blocks, 2352 bytes each.
    func main(_ blocks: Range<Int>) -> [UInt8] {
        Array(mainChannel[(blocks.lowerBound - Self.base) * 2352..<(blocks.upperBound - Self.base) * 2352])
    }

    /// The main channel of a track from index 1 to its end.
    func main(of track: Track) -> [UInt8] { main(track.start..<track.end) }

    /// User data of a Mode 1 track.
    func userData(of track: Track) -> [UInt8] {
        (track.start..<track.end).flatMap { lba in main(lba..<lba + 1)[16..<2064] }
    }

    /// The sub-channel of a block, 96 bytes, all channels interleaved.
    func sub(_ lba: Int) -> [UInt8] { Array(subChannel[(lba - Self.base) * 96..<(lba - Self.base + 1) * 96]) }

    /// The twelve bytes of Q of a block.
    func q(_ lba: Int) -> [UInt8] {
        let bits = sub(lba).map { ($0 >> 6) & 1 }
        return (0..<12).map { byte in bits[byte * 8..<byte * 8 + 8].reduce(0) { $0 << 1 | $1 } }
    }

    /// Channels R to W of a block, one symbol of six bits a byte.
    func rw(_ lba: Int) -> [UInt8] { sub(lba).map { $0 & 0x3F } }

    /// CD-TEXT in the lead-in of a session, packs of 18 bytes; nil when there is none.
    func text(session: Int = 1) throws -> [[UInt8]]? {
        guard let bytes = try? DurableFile.contents(of: "\(folder)/cd-text-\(session).cdt", limit: Self.limit) else {
            return nil
        }
        try #require(bytes.count % 18 == 0)
        return stride(from: 0, to: bytes.count, by: 18).map { Array(bytes[$0..<$0 + 18]) }
    }

    /// CRC of ten bytes of Q: x¹⁶+x¹²+x⁵+1, inverted.
    static func crc(_ bytes: some Collection<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        }
        return ~crc
    }

    /// Every block from −150 to the lead-out has a Q whose CRC is right, and those that tell a place tell the right one: BCD
    /// of the absolute time, and the number and index that `disc.json` has for it.
    func expectSoundQ(session: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let session = sessions[session]
        let first = try #require(session.tracks.first)
        let leadOut = try #require(session.lead_out)
        func bcd(_ value: Int) -> UInt8 { UInt8((value / 10) << 4 | value % 10) }
        var wrong: [Int] = []
        for lba in first.indexes[0].lba..<leadOut {
            let q = q(lba)
            let isIntact = Self.crc(q[0..<10]) == UInt16(q[10]) << 8 | UInt16(q[11])
            guard isIntact else {
                wrong.append(lba)
                continue
            }
            guard q[0] & 0x0F == 1 else { continue }
            let absolute = lba + 150
            let time = [bcd(absolute / 4500), bcd(absolute / 75 % 60), bcd(absolute % 75)]
            let track = try #require(session.tracks.last { $0.indexes[0].lba <= lba })
            // An index 0 that is not there has the address of index 1.
            let index = try #require(track.indexes.last { $0.lba <= lba }).index
            if Array(q[7..<10]) != time || q[1] != bcd(track.number) || q[2] != bcd(index) { wrong.append(lba) }
        }
        #expect(wrong.isEmpty, "\(wrong.count) blocks, first \(wrong.prefix(3))", sourceLocation: sourceLocation)
    }
}
