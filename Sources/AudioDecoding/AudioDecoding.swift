import CFFmpeg
public import DecodeContract
import Glibc

/// Audio files to the PCM of a CD, by the FFmpeg libraries.
///
/// Linked by `burnd-decode` alone: these libraries cost 26 MB and 29 ms wherever they are loaded, and what they read is
/// untrusted. It imports `CFFmpeg` for them and `DecodeContract` for what it answers. Nothing here opens a file.
///
/// Rules: what is no audio is never decoded into noise; what is cut short or broken is an error and never a shorter track;
/// lengths come from decoded samples only.
public enum AudioDecoding {
    /// What is made, and by what: two decoders that say the same here make the same bytes of the same file.
    ///
    /// 16-bit stereo at 44.1 kHz goes through unchanged. Everything else is computed in 32-bit float: one channel goes to both
    /// sides unchanged, two stay as they are, more are mixed down by libswresample's matrix, other rates go through soxr at
    /// 20 bits, and the result is rounded to the nearest 16-bit value without dither. So 16 bits in a 24-bit file come out
    /// as they were, silence stays silence, and the same file gives the same bytes: soxr's own dither, which comes with a
    /// 16-bit path, begins with the time of day.
    public static var recipe: String {
        let versions = [
            ("avformat", avformat_version()), ("avcodec", avcodec_version()), ("swr", swresample_version()),
        ]
        .map { name, version in "\(name)-\(version >> 16).\(version >> 8 & 0xFF).\(version & 0xFF)" }
        return (["burnd-decode-1", "s16le-44100-stereo", "float-round", "soxr-20"] + versions).joined(separator: " ")
    }

    /// Decodes a regular file into a descriptor.
    ///
    /// - Returns: what was decoded, with no wall of the cage named.
    /// - Throws: why there is no audio. What was written until then is worth nothing.
    public static func decode(_ input: InputFile, to output: PCMWriter) throws(DecodeFailure) -> DecodeReport {
        av_log_set_level(AV_LOG_QUIET)
        do throws(DecodeFailure) {
            return try decodeReadable(input, to: output)
        } catch {
            // A disk that fails looks like a file that is cut off.
            if input.failure == 0 { throw error }
            throw DecodeFailure(.internal, "reading the file: \(String(cString: strerror(input.failure)))")
        }
    }

    private static func decodeReadable(
        _ input: InputFile, to output: PCMWriter
    ) throws(DecodeFailure) -> DecodeReport {
        let found = try FormatProbe.format(of: input)
        let wave = found.name == "wav" ? WAVEData(in: input, from: found.start) : nil
        try wave?.check(input)
        let source = try Demuxer(input, format: found)
        let decoder = try AudioDecoder(source.stream)
        let sink = PCMConverter(writing: output)
        try DecodeLoop(
            source, decoder, sink,
            Completeness(of: source, in: input, endsAnywhere: wave.map { $0.length == nil } ?? false)
        ).run()
        try output.flush()
        guard output.frames > 0 else { throw DecodeFailure(.empty, "there is not one sample in it") }
        return DecodeReport(
            codec: source.codecName, container: found.name, sourceRate: Int(decoder.firstFormat?.rate ?? 0),
            channels: Int(decoder.firstFormat?.channels ?? 0), bitDepth: source.bitDepth, sampleFrames: output.frames,
            cage: [])
    }

    /// The failure that an FFmpeg error code means, where nothing better is known of it.
    static func failure(_ code: Int32, _ doing: String, _ otherwise: DecodeFailure.Kind = .damaged) -> DecodeFailure {
        switch code {
        case CAV_NO_MEMORY: DecodeFailure(.resources, "\(doing): the limit on memory was reached")
        case CAV_PATCH_WELCOME: DecodeFailure(.unsupported, "\(doing): a variant that the decoder does not know")
        default: DecodeFailure(otherwise, "\(doing): \(text(of: code))")
        }
    }

    private static func text(of code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_ERROR_MAX_STRING_SIZE)) { buffer in
            guard let start = buffer.baseAddress, av_strerror(code, start, buffer.count) == 0 else { return "\(code)" }
            return String(cString: start)
        }
    }
}
