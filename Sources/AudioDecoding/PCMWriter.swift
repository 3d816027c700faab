import DecodeContract
import Glibc

/// PCM on its way to a descriptor, counted and bounded.
public final class PCMWriter {
    private let descriptor: Int32
    private let block: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Sample frames taken so far.
    public private(set) var frames = 0

    /// Bytes written at a time: large writes are what a file system is quick with.
    private static let blockBytes = 512 * 1024

    /// Writes to a descriptor that stays open as long as this object lives. Its memory is had here, before any limit.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
        block = .allocate(byteCount: Self.blockBytes, alignment: 16)
    }

    deinit { block.deallocate() }

    /// Takes whole frames.
    func take(_ bytes: UnsafeRawBufferPointer) throws(DecodeFailure) {
        frames += bytes.count / DecodeContract.bytesPerFrame
        guard frames <= DecodeContract.maximumFrames else {
            let minutes = DecodeContract.maximumFrames / DecodeContract.sampleRate / 60
            throw DecodeFailure(.tooLong, "it lasts more than \(minutes) minutes, longer than any disc")
        }
        var rest = bytes
        while !rest.isEmpty {
            let part = min(rest.count, block.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: block[filled...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
            filled += part
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            if filled == block.count { try flush() }
        }
    }

    /// Writes what is held.
    func flush() throws(DecodeFailure) {
        var done = 0
        while done < filled {
            let written = write(descriptor, block.baseAddress.map { $0 + done }, filled - done)
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure(errno)
            }
            done += written
        }
        filled = 0
    }

    private static func failure(_ number: Int32) -> DecodeFailure {
        let meaning = String(cString: strerror(number))
        return DecodeFailure(number == ENOSPC || number == EDQUOT ? .full : .internal, "writing: \(meaning)")
    }
}
