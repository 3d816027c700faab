import CFFmpeg
import DecodeContract

/// What samples are like; it may change from one frame to the next.
struct SampleFormat: Equatable {
    let format: AVSampleFormat
    let rate: Int32
    let channels: Int32
    /// Which channels, as a mask of libavutil; 0 when the source does not say.
    let layout: UInt64

    init(_ frame: UnsafeMutablePointer<AVFrame>) {
        format = AVSampleFormat(rawValue: frame.pointee.format)
        rate = frame.pointee.sample_rate
        channels = frame.pointee.ch_layout.nb_channels
        layout = frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_NATIVE ? frame.pointee.ch_layout.u.mask : 0
    }

    /// Already what a disc takes.
    var isCompactDisc: Bool { format == AV_SAMPLE_FMT_S16 && rate == DecodeContract.sampleRate && channels == 2 }
}

/// Packets to frames of samples. Owns libavcodec's context and the one frame it is filled into.
final class AudioDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    /// Of the first frame that came.
    private(set) var firstFormat: SampleFormat?

    /// The codecs of which every broken packet is lost sound that was there before: nothing is made up for it.
    private static let checked = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE
    /// Samples of one frame. The longest that our codecs have is 65,536 (FLAC); PCM comes in packets of less than that.
    private static let frameSamples: Int64 = 1 << 20

    /// Opens the decoder of a stream.
    init(_ stream: UnsafeMutablePointer<AVStream>) throws(DecodeFailure) {
        guard let parameters = stream.pointee.codecpar, let codec = avcodec_find_decoder(parameters.pointee.codec_id)
        else {
            throw DecodeFailure(.unsupported, "no decoder is there for its codec")
        }
        context = avcodec_alloc_context3(codec)
        frame = av_frame_alloc()
        guard let context, frame != nil else { throw AudioDecoding.failure(CAV_NO_MEMORY, "opening the decoder") }
        var result = avcodec_parameters_to_context(context, parameters)
        // The cage lets no thread be made.
        context.pointee.thread_count = 1
        // What libavcodec needs to drop the samples that encoders put before and after the sound.
        context.pointee.pkt_timebase = stream.pointee.time_base
        context.pointee.max_samples = Self.frameSamples
        if parameters.pointee.codec_id == AV_CODEC_ID_FLAC { context.pointee.err_recognition = Self.checked }
        if result >= 0 { result = avcodec_open2(context, codec, nil) }
        guard result >= 0 else { throw AudioDecoding.failure(result, "opening the decoder") }
    }

    deinit {
        av_frame_free(&frame)
        avcodec_free_context(&context)
    }

    /// Gives a packet, or nil at the end, and hands over every frame that came of it. What libavcodec answers is returned: 0, or
    /// the code of its error; a frame that is refused by `body` is thrown on.
    func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, _ body: (UnsafeMutablePointer<AVFrame>) throws(DecodeFailure) -> Void
    ) throws(DecodeFailure) -> Int32 {
        guard let frame else { return CAV_NO_MEMORY }
        let sent = avcodec_send_packet(context, packet)
        guard sent >= 0 else { return sent }
        while true {
            let received = avcodec_receive_frame(context, frame)
            if received == CAV_AGAIN || received == CAV_EOF { return 0 }
            guard received >= 0 else { return received }
            defer { av_frame_unref(frame) }
            if firstFormat == nil { firstFormat = SampleFormat(frame) }
            try body(frame)
        }
    }
}
