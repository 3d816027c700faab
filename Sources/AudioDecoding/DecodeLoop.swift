import CFFmpeg
import DecodeContract

/// One run from the first packet to the last sample.
final class DecodeLoop {
    private let source: Demuxer
    private let decoder: AudioDecoder
    private let sink: PCMConverter
    private var completeness: Completeness
    private var packets = 0
    /// How many samples of the packet that is being decoded are sound; nil for all.
    private var soundOfPacket: Int64?

    init(_ source: Demuxer, _ decoder: AudioDecoder, _ sink: PCMConverter, _ completeness: Completeness) {
        (self.source, self.decoder, self.sink) = (source, decoder, sink)
        self.completeness = completeness
    }

    func run() throws(DecodeFailure) {
        var allocated = av_packet_alloc()
        defer { av_packet_free(&allocated) }
        guard let packet = allocated else { throw AudioDecoding.failure(CAV_NO_MEMORY, "reading the sound") }
        while try source.read(into: packet) {
            defer { av_packet_unref(packet) }
            try completeness.came(packet)
            packets += 1
            soundOfPacket = soundOfLastPacket(packet)
            try completeness.ended(packet: try decoder.decode(packet, take))
        }
        let drained = try decoder.decode(nil, take)
        guard drained >= 0 || drained == CAV_EOF else { throw AudioDecoding.failure(drained, "the last sound") }
        try sink.finish()
        try completeness.check()
    }

    /// The last AAC packet of an MP4 file is filled up with silence by the encoder, and the table of durations says how much
    /// of it is sound (ISO/IEC 14496-12 §8.6.1.2); libavformat leaves that to us.
    private func soundOfLastPacket(_ packet: UnsafeMutablePointer<AVPacket>) -> Int64? {
        guard source.format.name == "mov", source.codecName == "aac", packets == source.indexedPackets,
            packet.pointee.duration > 0, let rate = decoder.firstFormat?.rate, rate > 0
        else { return nil }
        return av_rescale_q(
            packet.pointee.duration, source.stream.pointee.time_base, AVRational(num: 1, den: rate))
    }

    private func take(_ frame: UnsafeMutablePointer<AVFrame>) throws(DecodeFailure) {
        completeness.decoded(samples: frame.pointee.nb_samples)
        if let sound = soundOfPacket, sound < frame.pointee.nb_samples { frame.pointee.nb_samples = Int32(sound) }
        try sink.take(frame)
    }
}
