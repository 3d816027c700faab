import BinaryCoding
import CCrypto
import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

/// The disc of two audio tracks of three minutes: 00:02:00, 03:02:00, lead-out 06:02:00.
let twoTracks = SessionLayout(
    tracks: [
        .init(number: 1, pregap: 150, sectors: 13_350),
        .init(number: 2, pregap: 150, sectors: 13_500),
    ])

/// 97:26:65, where the lead-ins of CMC's discs begin.
let leadInStart = -11_635

/// A session that must be possible.
func session(
    _ layout: SessionLayout, text: [TextPack] = [], leadIn: Int = leadInStart, _ type: RawBlockType,
    _ source: RawSession.SubCodeSource = .tracks
) throws -> RawSession {
    try RawSession(layout, textPacks: text, leadInStart: leadIn, type: type, subCodeSource: source)
}

/// Blocks of a session from an address on. User data and R to W are what `main` and `subCode` give for a sector.
func blocks(
    _ session: RawSession, from lba: Int? = nil, count: Int? = nil, piece: Int = 26,
    main: (Int, Int) -> [UInt8] = { Array(repeating: 0, count: $1) },
    subCode: (Int) -> [UInt8] = { _ in Array(repeating: 0, count: 96) }
) -> [UInt8] {
    var encoder = RawEncoder(session, from: lba)
    var left = count ?? encoder.remaining
    var stream: [UInt8] = []
    stream.reserveCapacity(left * session.type.blockBytes)
    while left > 0 {
        let range = encoder.position..<encoder.position + min(piece, left)
        var (user, symbols): ([UInt8], [UInt8]) = ([], [])
        for lba in range {
            let bytes = session.userBytes(in: lba..<lba + 1)
            if bytes > 0 { user += main(lba, bytes) }
            if session.subCodeBytes(in: lba..<lba + 1) > 0 { symbols += subCode(lba) }
        }
        var made = [UInt8](repeating: 0xA5, count: range.count * session.type.blockBytes)
        made.withUnsafeMutableBytes { target in
            user.withUnsafeBytes { user in
                symbols.withUnsafeBytes { encoder.encode(range.count, main: user, subCode: $0, into: target) }
            }
        }
        stream += made
        left -= range.count
    }
    return stream
}

/// One block.
func block(_ session: RawSession, at lba: Int) -> [UInt8] { blocks(session, from: lba, count: 1) }

/// The sub-channel of one block.
func subChannel(_ session: RawSession, at lba: Int) -> [UInt8] { Array(block(session, at: lba)[2352...]) }

/// The Q frame in the sub-channel of one block.
func frame(_ session: RawSession, at lba: Int) -> [UInt8] { q(subChannel(session, at: lba)) }

/// The Q frame in sub-channel of any type.
func q(_ channels: some Collection<UInt8>) -> [UInt8] {
    let bytes = Array(channels)
    return bytes.count == 16 ? Array(bytes[..<12]) : bytes.withUnsafeBytes { SubChannel.q(of: $0).bytes }
}

/// P in sub-channel of any type.
func p(_ channels: some Collection<UInt8>) -> Bool {
    let bytes = Array(channels)
    return bytes.count == 16 ? bytes[15] == 0x80 : bytes.allSatisfy { $0 & 0x80 != 0 }
}

/// SHA-1 in hexadecimal digits.
func sha1(_ bytes: some Collection<UInt8>) -> String {
    var digest = [UInt8](repeating: 0, count: 20)
    let bytes = Array(bytes)
    #expect(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1)
    return digest.hex()
}
