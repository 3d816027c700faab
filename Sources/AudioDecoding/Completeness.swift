import CFFmpeg
import DecodeContract

/// Whether all of the sound came: what was cut off or lost on the way must not become a shorter track.
///
/// What no format can tell: a bare stream of frames (MPEG without the table of its encoder, ADTS) that was cut exactly between
/// two of them is one that ends there.
struct Completeness {
    private let source: Demuxer
    private let input: InputFile
    private let endsAnywhere: Bool
    private var packets = 0
    private var goodPackets = 0
    private var failedInARow = 0
    private var mpegBytes: Int64 = 0
    private var sourceFrames: Int64 = 0

    /// Packets that may fail in front of the sound or behind it: tags that other programs put there look like that.
    private static let mostFailedAtEdge = 16

    /// - Parameter endsAnywhere: true where no header says how many samples are stored: they then end with the file, in the
    ///   middle of one too.
    init(of source: Demuxer, in input: InputFile, endsAnywhere: Bool) {
        (self.source, self.input, self.endsAnywhere) = (source, input, endsAnywhere)
    }

    private var isMPEG: Bool { ["mp1", "mp2", "mp3"].contains(source.codecName) }

    /// A packet came from the container.
    mutating func came(_ packet: UnsafeMutablePointer<AVPacket>) throws(DecodeFailure) {
        packets += 1
        if packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0, !endsAnywhere {
            throw DecodeFailure(.damaged, "it is cut off: packet \(packets) is not whole")
        }
        if isMPEG {
            try checkFrame(UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
        }
    }

    private mutating func checkFrame(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) {
        guard let header = MPEGAudioHeader(bytes) else { return }
        mpegBytes += Int64(bytes.count)
        if let whole = header.frameBytes, bytes.count < whole {
            throw DecodeFailure(.damaged, "it is cut off: frame \(packets) has \(bytes.count) of its \(whole) bytes")
        }
    }

    /// A frame of samples came out of the decoder.
    mutating func decoded(samples: Int32) { sourceFrames += Int64(samples) }

    /// A packet went through the decoder, with what libavcodec answered.
    mutating func ended(packet result: Int32) throws(DecodeFailure) {
        if result >= 0 {
            guard failedInARow == 0 || goodPackets == 0 else {
                throw DecodeFailure(.damaged, "\(failedInARow) packets before packet \(packets) cannot be decoded")
            }
            (goodPackets, failedInARow) = (goodPackets + 1, 0)
            return
        }
        failedInARow += 1
        let isTolerable =
            (isMPEG || endsAnywhere) && result == CAV_INVALID_DATA && failedInARow <= Self.mostFailedAtEdge
        if isTolerable { return }
        if source.isPCM { throw DecodeFailure(.damaged, "it is cut off in the middle of a sample") }
        throw AudioDecoding.failure(result, "packet \(packets)")
    }

    /// The file ended.
    func check() throws(DecodeFailure) {
        switch source.format.name {
        case "mp3": try checkMPEG()
        case "ogg": try OggPages.check(input, from: source.format.start)
        case "mov": try checkIndex()
        case "aiff", "flac": try checkDeclared()
        default: break
        }
    }

    /// The headers of these say how many samples there are, to the last one.
    private func checkDeclared() throws(DecodeFailure) {
        guard source.isPCM || source.format.name == "flac", let declared = source.declaredFrames else { return }
        guard sourceFrames >= declared else {
            throw DecodeFailure(.damaged, "it is cut off: \(sourceFrames) of \(declared) samples are there")
        }
    }

    /// The index of an MP4 file says how many packets there are.
    private func checkIndex() throws(DecodeFailure) {
        guard packets >= source.indexedPackets else {
            throw DecodeFailure(.damaged, "it is cut off: \(packets) of \(source.indexedPackets) packets are there")
        }
    }

    /// Most of the file is frames, and as much is there as its first frame says.
    private func checkMPEG() throws(DecodeFailure) {
        let start = source.format.start
        guard mpegBytes * 2 >= input.size - start else {
            throw DecodeFailure(.notAudio, "only \(mpegBytes) of its \(input.size - start) bytes are MPEG audio")
        }
        let first = input.bytes(at: start, count: Self.firstFrameBytes)
        guard let declared = MPEGInfoTag(firstFrame: first)?.bytes else { return }
        guard input.size - start >= Int64(declared) else {
            throw DecodeFailure(.damaged, "it is cut off: \(input.size - start) of \(declared) bytes are there")
        }
    }

    /// As far into a frame as its table can lie.
    private static let firstFrameBytes = 64
}
