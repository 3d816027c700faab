/// Memory to send: nothing of it is zero for long, so that no disk or file system can save itself the work.
final class Noise {
    private let memory: UnsafeMutableRawBufferPointer

    /// So many bytes of noise (xorshift, Marsaglia 2003).
    init(bytes: Int) {
        memory = .allocate(byteCount: bytes, alignment: 4096)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in memory.indices {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            memory[index] = UInt8(truncatingIfNeeded: state)
        }
    }

    deinit { memory.deallocate() }

    /// The noise.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

    /// One of the blocks that it is sent as.
    func block(_ index: Int, of size: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[index * size..<(index + 1) * size])
    }
}
