import CFFmpeg
public import DecodeContract
import Glibc

/// A regular file that is open, and FFmpeg's way of reading it.
public final class InputFile {
    let descriptor: Int32
    /// Its length in bytes, as it was when this was made.
    let size: Int64
    /// What a read failed with, 0 while none did. libavformat says EIO for the end of a file too.
    fileprivate(set) var failure: Int32 = 0
    private(set) var context: UnsafeMutablePointer<AVIOContext>?
    /// Bytes that libavformat reads at a time.
    private static let blockBytes: Int32 = 64 * 1024

    /// Takes a descriptor that stays open as long as this object lives.
    public init(descriptor: Int32) throws(DecodeFailure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DecodeFailure(.internal, "descriptor \(descriptor) is no regular file")
        }
        (self.descriptor, size) = (descriptor, Int64(status.st_size))
        guard let block = av_malloc(Int(Self.blockBytes)) else { throw AudioDecoding.failure(CAV_NO_MEMORY, "reading") }
        let buffer = block.assumingMemoryBound(to: UInt8.self)
        context = avio_alloc_context(
            buffer, Self.blockBytes, 0, Unmanaged.passUnretained(self).toOpaque(), readInput, nil, seekInput)
        if context == nil {
            av_free(block)
            throw AudioDecoding.failure(CAV_NO_MEMORY, "reading")
        }
    }

    deinit {
        // libavformat may have put another buffer in place of the first.
        if let context { av_free(context.pointee.buffer) }
        avio_context_free(&context)
    }

    /// Up to `count` bytes at `offset`; fewer at the end of the file. Where libavformat stands in it does not change.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, offset < size else { return [] }
        return [UInt8](unsafeUninitializedCapacity: min(count, Int(size - offset))) { buffer, initialized in
            initialized = 0
            while let start = buffer.baseAddress, initialized < buffer.count {
                let at = off_t(offset) + initialized
                let got = pread(descriptor, start + initialized, buffer.count - initialized, at)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                initialized += got
            }
        }
    }
}

private let readInput: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32 = {
    opaque, buffer, size in
    guard let opaque, let buffer, size > 0 else { return CAV_INVALID_ARGUMENT }
    let input = Unmanaged<InputFile>.fromOpaque(opaque).takeUnretainedValue()
    while true {
        let count = read(input.descriptor, buffer, Int(size))
        if count > 0 { return Int32(count) }
        if count == 0 { return CAV_EOF }
        if errno != EINTR {
            input.failure = errno
            return CAV_IO
        }
    }
}

private let seekInput: @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64 = { opaque, offset, whence in
    guard let opaque else { return Int64(CAV_INVALID_ARGUMENT) }
    let input = Unmanaged<InputFile>.fromOpaque(opaque).takeUnretainedValue()
    if whence & AVSEEK_SIZE != 0 { return input.size }
    let position = lseek(input.descriptor, off_t(offset), whence & ~AVSEEK_FORCE)
    return position < 0 ? Int64(CAV_INVALID_ARGUMENT) : Int64(position)
}
