import CFFmpeg
import DecodeContract

/// The one audio stream of a file, packet by packet. Owns libavformat's context.
final class Demuxer {
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let input: InputFile
    private let index: Int32
    /// The stream; it lives as long as this object.
    let stream: UnsafeMutablePointer<AVStream>
    /// Name of the codec.
    let codecName: String
    let format: FormatProbe
    /// Sample frames that the header claims, nil where it says nothing. Taken before libavformat begins to estimate.
    let declaredFrames: Int64?

    /// The codecs that are taken, as libavcodec names their decoders, beside the PCM in `pcmDecoders`.
    private static let decoders = [
        "mp3float", "mp3", "mp2float", "mp2", "mp1float", "mp1", "aac", "alac", "flac", "vorbis", "opus",
    ]
    private static let pcmDecoders = [
        "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le",
        "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw",
    ]
    /// Names of codecs, which for MPEG audio differ from those of the decoders.
    private static let codecs = Set(["mp3", "mp2", "mp1", "aac", "alac", "flac", "vorbis", "opus"] + pcmDecoders)
    /// Streams in a file: sound, a few pictures, chapters.
    private static let mostStreams = "64"

    /// Reads the head of a file, as far as is needed to know its audio.
    init(_ input: InputFile, format: FormatProbe) throws(DecodeFailure) {
        var allocated = avformat_alloc_context()
        guard let context = allocated else { throw AudioDecoding.failure(CAV_NO_MEMORY, "opening") }
        context.pointee.pb = input.context
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in Self.options { av_dict_set(&options, name, value, 0) }
        let opened = avformat_open_input(&allocated, nil, format.pointer, &options)
        // It has freed the context when it failed.
        guard opened >= 0 else { throw AudioDecoding.failure(opened, "the head of the \(format.name) file") }
        do throws(DecodeFailure) {
            let declared = Self.durations(context)
            let (index, stream) = try Self.audioStream(of: context)
            (self.index, self.stream) = (index, stream)
            codecName = String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
            guard Self.codecs.contains(codecName) else {
                throw DecodeFailure(.unsupported, "the codec \(codecName) is not among those taken")
            }
            declaredFrames = declared[index].map { duration in
                let rate = AVRational(num: 1, den: max(1, stream.pointee.codecpar.pointee.sample_rate))
                return av_rescale_q(duration, stream.pointee.time_base, rate)
            }
            (self.context, self.input, self.format) = (context, input, format)
        } catch {
            avformat_close_input(&allocated)
            throw error
        }
    }

    deinit { avformat_close_input(&context) }

    private static var options: [(String, String)] {
        [
            ("format_whitelist", FormatProbe.taken.joined(separator: ",") + ",mp4,m4a,3gp,3g2,mj2"),
            ("codec_whitelist", (decoders + pcmDecoders).joined(separator: ",")),
            // No protocol has this name, so none is opened for whatever a file refers to.
            ("protocol_whitelist", "none"),
            ("max_streams", mostStreams),
        ]
    }

    /// The duration that the header gives each stream, in units of its time base.
    private static func durations(_ context: UnsafeMutablePointer<AVFormatContext>) -> [Int32: Int64] {
        var durations: [Int32: Int64] = [:]
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let stream = context.pointee.streams[index], stream.pointee.duration != CAV_NO_TIME else { continue }
            if stream.pointee.duration > 0 { durations[Int32(index)] = stream.pointee.duration }
        }
        return durations
    }

    private static func audioStream(
        of context: UnsafeMutablePointer<AVFormatContext>
    ) throws(DecodeFailure) -> (Int32, UnsafeMutablePointer<AVStream>) {
        let analysed = avformat_find_stream_info(context, nil)
        guard analysed >= 0 else { throw AudioDecoding.failure(analysed, "the beginning of the sound") }
        let index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0, let stream = context.pointee.streams[Int(index)] else {
            throw DecodeFailure(.notAudio, "there is no sound in it")
        }
        // Pictures of the cover, video, chapters: not read at all.
        for other in 0..<Int(context.pointee.nb_streams) where other != Int(index) {
            context.pointee.streams[other]?.pointee.discard = AVDISCARD_ALL
        }
        return (index, stream)
    }

    /// Bits of a source sample, 0 where the codec has no such thing.
    var bitDepth: Int {
        // Lossy codecs carry a number there that means nothing.
        guard isPCM || ["flac", "alac"].contains(codecName) else { return 0 }
        let parameters = stream.pointee.codecpar.pointee
        return Int(
            parameters.bits_per_raw_sample > 0 ? parameters.bits_per_raw_sample : parameters.bits_per_coded_sample)
    }

    /// Samples are stored as they are.
    var isPCM: Bool { Self.pcmDecoders.contains(codecName) }

    /// Packets that the index of the container knows of, 0 where it has none.
    var indexedPackets: Int { Int(avformat_index_get_entries_count(stream)) }

    /// Reads the next packet of the stream; false at the end of the file.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws(DecodeFailure) -> Bool {
        while true {
            let result = av_read_frame(context, packet)
            if result == CAV_EOF {
                if let error = input.context?.pointee.error, error < 0, error != CAV_EOF {
                    throw AudioDecoding.failure(error, "reading")
                }
                return false
            }
            guard result >= 0 else { throw AudioDecoding.failure(result, "reading the sound") }
            if packet.pointee.stream_index == index { return true }
            av_packet_unref(packet)
        }
    }
}
