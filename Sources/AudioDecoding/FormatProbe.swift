import CFFmpeg
import DecodeContract

/// Which container a file is, by its content alone.
struct FormatProbe {
    let name: String
    let pointer: UnsafePointer<AVInputFormat>
    /// Where the file itself begins: behind the ID3v2 tags in front of it.
    let start: Int64

    /// The containers that are taken, as libavformat names them: WAVE (RIFF, RF64), AIFF and AIFF-C, FLAC, MPEG audio, MP4 and
    /// its kin, Ogg, and AAC in ADTS.
    static let taken = ["wav", "aiff", "flac", "mp3", "mov", "ogg", "aac"]

    /// Containers of audio that are not taken, so that their sender is told that rather than that it is no audio.
    private static let known: Set<String> = [
        "ac3", "aa", "aax", "ape", "asf", "amr", "au", "avi", "caf", "dsf", "dts", "dtshd", "eac3", "flv", "iff",
        "loas",
        "matroska", "mpc", "mpc8", "mpeg", "mpegts", "oma", "rm", "shn", "sox", "spdif", "tak", "tta", "voc", "w64",
        "wv",
        "xwma",
    ]

    /// The least score, of 100, that counts: below it libavformat itself would read on before it believes it. It takes MPEG
    /// audio some 7 frames, 0.2 s, to get there, which bytes by chance do not.
    private static let leastScore = AVPROBE_SCORE_MAX / 4
    /// Bytes looked at. Pictures in an ID3v2 tag can be larger, so tags are passed over before.
    private static let bytesLookedAt = 256 * 1024
    /// Tags in front of a file that are passed over; more than one is rare, more than a few is an attack on our patience.
    private static let mostTags = 8

    /// The container of a file.
    ///
    /// - Throws: `.empty` for no bytes at all, `.notAudio`, `.unsupported`.
    static func format(of input: InputFile) throws(DecodeFailure) -> FormatProbe {
        guard input.size > 0 else { throw DecodeFailure(.notAudio, "the file is empty") }
        let start = startBehindTags(input)
        var bytes = input.bytes(at: start, count: bytesLookedAt)
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Int(AVPROBE_PADDING_SIZE)))
        var score: Int32 = 0
        let found = bytes.withUnsafeMutableBufferPointer { buffer in
            "".withCString { noName in
                var data = AVProbeData(
                    filename: noName, buf: buffer.baseAddress, buf_size: Int32(count), mime_type: nil)
                return av_probe_input_format3(&data, 1, &score)
            }
        }
        guard let found, score >= leastScore else {
            throw DecodeFailure(.notAudio, "no audio format is recognised in it")
        }
        // Such as `mov,mp4,m4a,3gp,3g2,mj2`: one demuxer, its first name.
        let name = String(String(cString: found.pointee.name).prefix { $0 != "," })
        if taken.contains(name) { return FormatProbe(name: name, pointer: found, start: start) }
        if known.contains(name) { throw DecodeFailure(.unsupported, "the container \(name) is not among those taken") }
        throw DecodeFailure(.notAudio, "it looks like \(name)")
    }

    /// Passes over ID3v2 tags (id3.org, ID3v2.4 structure §3.1: 10 bytes of header, the size in four times 7 bits, and as
    /// many bytes again when there is a footer).
    private static func startBehindTags(_ input: InputFile) -> Int64 {
        var start: Int64 = 0
        for _ in 0..<mostTags {
            let header = input.bytes(at: start, count: 10)
            guard header.count == 10, header.starts(with: Array("ID3".utf8)), header[6...].allSatisfy({ $0 < 0x80 })
            else {
                break
            }
            let size = header[6...].reduce(Int64(0)) { $0 << 7 | Int64($1) }
            start += 10 + size + (header[5] & 0x10 != 0 ? 10 : 0)
        }
        return start
    }
}
