import CFFmpeg
import DecodeContract
import Glibc

/// Frames of any sample format, rate and layout to the PCM of a CD. Owns libswresample's context, which is made anew
/// whenever the format changes.
final class PCMConverter {
    private let output: PCMWriter
    private var resampler: OpaquePointer?
    private var format: SampleFormat?
    private var room: UnsafeMutablePointer<UInt8>?
    private var roomFrames: Int32 = 0

    /// Channels that are mixed down; libavutil's layouts of files end there.
    private static let mostChannels: Int32 = 8
    /// Samples a second at the source.
    private static let rates: ClosedRange<Int32> = 4_000...384_000
    /// Bits that soxr computes with: its "high quality", 4 more than the disc has.
    private static let precision: Int64 = 20

    init(writing output: PCMWriter) { self.output = output }

    deinit {
        swr_free(&resampler)
        free(room)
    }

    /// Takes a frame.
    func take(_ frame: UnsafeMutablePointer<AVFrame>) throws(DecodeFailure) {
        let format = SampleFormat(frame)
        if format != self.format {
            try finish()
            resampler = format.isCompactDisc ? nil : try Self.resampler(from: format)
            self.format = format
        }
        guard let planes = frame.pointee.extended_data else { return }
        if format.isCompactDisc {
            let count = Int(frame.pointee.nb_samples) * DecodeContract.bytesPerFrame
            try output.take(UnsafeRawBufferPointer(start: planes[0], count: count))
        } else {
            try convert(planes, frame.pointee.nb_samples)
        }
    }

    /// Writes what the resampler still holds, as at the end of the sound.
    func finish() throws(DecodeFailure) {
        if resampler != nil { while try convert(nil, 0) > 0 {} }
        swr_free(&resampler)
        format = nil
    }

    @discardableResult
    private func convert(_ planes: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, _ count: Int32)
        throws(DecodeFailure)
        -> Int32
    {
        // Never 0: at the end there can be samples that it did not foresee.
        try makeRoom(max(swr_get_out_samples(resampler, count), Self.leastRoom))
        let channels = Int(max(1, format?.channels ?? 1))
        let made =
            if let planes {
                planes.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: channels) {
                    swr_convert(resampler, &room, roomFrames, $0, count)
                }
            } else {
                swr_convert(resampler, &room, roomFrames, nil, 0)
            }
        guard made >= 0 else { throw AudioDecoding.failure(made, "resampling", .internal) }
        try output.take(UnsafeRawBufferPointer(start: room, count: Int(made) * DecodeContract.bytesPerFrame))
        return made
    }

    private static let leastRoom: Int32 = 4096

    private func makeRoom(_ frames: Int32) throws(DecodeFailure) {
        if frames <= roomFrames { return }
        // Not Swift's allocation, which ends the process where malloc says no.
        guard let larger = realloc(room, Int(frames) * DecodeContract.bytesPerFrame) else {
            throw AudioDecoding.failure(CAV_NO_MEMORY, "resampling")
        }
        (room, roomFrames) = (larger.assumingMemoryBound(to: UInt8.self), frames)
    }

    private static func resampler(from format: SampleFormat) throws(DecodeFailure) -> OpaquePointer {
        guard rates.contains(format.rate) else {
            throw DecodeFailure(.unsupported, "\(format.rate) samples a second are not among those taken")
        }
        var source = try layout(of: format)
        var target = cav_default_layout(2)
        var made: OpaquePointer?
        var result = swr_alloc_set_opts2(
            &made, &target, AV_SAMPLE_FMT_S16, Int32(DecodeContract.sampleRate), &source, format.format, format.rate, 0,
            nil)
        if result >= 0 { result = cav_set_int(made, "resampler", Int64(SWR_ENGINE_SOXR.rawValue)) }
        if result >= 0 { result = cav_set_int(made, "precision", precision) }
        // Float in between, whatever comes in: see AudioDecoding.recipe.
        if result >= 0 { result = cav_set_format(made, "internal_sample_fmt", AV_SAMPLE_FMT_FLTP) }
        if result >= 0, let matrix = matrix(channels: format.channels) {
            result = swr_set_matrix(made, matrix, format.channels)
        }
        if result >= 0 { result = swr_init(made) }
        guard result >= 0, let made else {
            swr_free(&made)
            throw AudioDecoding.failure(result, "\(format.channels) channels at \(format.rate) Hz", .unsupported)
        }
        return made
    }

    /// One channel goes to both sides and two to their own, each unchanged. A matrix that is given also keeps libswresample
    /// from its short cut between integer formats, which cuts bits off where this rounds. Nil for its own matrix.
    private static func matrix(channels: Int32) -> [Double]? {
        switch channels {
        case 1: [1, 1]
        case 2: [1, 0, 0, 1]
        default: nil
        }
    }

    private static func layout(of format: SampleFormat) throws(DecodeFailure) -> AVChannelLayout {
        guard (1...mostChannels).contains(format.channels) else {
            throw DecodeFailure(.unsupported, "\(format.channels) channels are not among those taken")
        }
        var layout = cav_default_layout(format.channels)
        // Two channels are left and right, and one is the middle, whatever they are called.
        if format.layout != 0, format.channels > 2 { av_channel_layout_from_mask(&layout, format.layout) }
        guard layout.nb_channels == format.channels else {
            throw DecodeFailure(.unsupported, "what its \(format.channels) channels are is not said")
        }
        return layout
    }
}
