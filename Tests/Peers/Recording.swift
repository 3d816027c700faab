import FoundationEssentials
import POSIX
import TestSupport
import Testing

/// Audio that is like no other: pseudo-random samples.
struct Recording {
    /// Little-endian, left first.
    let samples: [UInt8]

    /// So many stereo samples; the same seed gives the same.
    init(seed: UInt64, stereoSamples: Int) {
        // Xorshift (Marsaglia 2003): no two tracks or sectors are alike.
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stereoSamples * 4)
        for _ in 0..<stereoSamples {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            for shift: UInt64 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: state >> shift)) }
        }
        samples = bytes
    }

    /// A RIFF file of it, 16-bit stereo PCM at 44.1 kHz.
    var wav: [UInt8] {
        func field(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        var bytes = Array("RIFF".utf8) + field(samples.count + 36, 4) + Array("WAVEfmt ".utf8) + field(16, 4)
        bytes += field(1, 2) + field(2, 2) + field(44_100, 4) + field(176_400, 4) + field(4, 2) + field(16, 2)
        return bytes + Array("data".utf8) + field(samples.count, 4) + samples
    }

    /// Writes it into a folder.
    func write(to folder: TemporaryFolder, as name: String) throws {
        try DurableFile.replace("\(folder.path)/\(name)", with: wav)
    }

    /// The samples of a WAV file of 44 bytes of header.
    static func samples(of path: String) throws -> [UInt8] {
        Array(try DurableFile.contents(of: path, limit: 1 << 28).dropFirst(44))
    }

    /// Bytes of a whole number of sectors, and of at least `minimum` sectors, that hold the samples and zeros.
    func padded(minimum: Int = 300) -> [UInt8] {
        let sectors = max(minimum, (samples.count + 2351) / 2352)
        return samples + [UInt8](repeating: 0, count: sectors * 2352 - samples.count)
    }
}
