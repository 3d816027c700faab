import DecodeContract

/// The chunk of a WAVE file that holds the sound (Microsoft RIFF specification; EBU Tech 3306 for RF64), and whether all of it
/// is there. libavformat takes what the file has for what it should have.
struct WAVEData: Equatable {
    /// Where the sound begins.
    let start: Int64
    /// Bytes of it as the file says; nil where a program that wrote into a pipe could not know: the sound then lasts to the
    /// end of the file.
    let length: Int64?

    /// Lengths that mean "not known": nothing, the largest number, and what sox writes for want of a better one.
    private static let unknown: Set<UInt64> = [0, 0xFFFF_FFFF, 0x7FFF_F000, .max]
    /// Chunks in front of the sound.
    private static let mostChunks = 1000

    /// Finds it, behind chunks of any other sort; nil when the file has none.
    init?(in input: InputFile, from start: Int64) {
        func number(_ at: Int64, _ count: Int) -> UInt64? {
            let bytes = input.bytes(at: at, count: count)
            return bytes.count == count ? bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } : nil
        }
        // "RIFF" or "RF64", four bytes of length, "WAVE"; then chunks of a name, a length, and as many bytes, made even.
        var offset = start + 12
        var longLength: UInt64?
        for _ in 0..<Self.mostChunks {
            let name = input.bytes(at: offset, count: 4)
            guard let length = number(offset + 4, 4) else { return nil }
            if name.elementsEqual("data".utf8) {
                let bytes = length == 0xFFFF_FFFF ? longLength ?? length : length
                self.start = offset + 8
                // A file whose own length is right was not written into a pipe: nothing means nothing then.
                let isFinished = number(start + 4, 4) == UInt64(clamping: input.size - start - 8)
                let isKnown = !Self.unknown.contains(bytes) || bytes == 0 && isFinished
                self.length = isKnown ? Int64(clamping: bytes) : nil
                return
            }
            // RF64: the lengths that 32 bits cannot hold; that of the file, then that of the sound.
            if name.elementsEqual("ds64".utf8) { longLength = number(offset + 16, 8) }
            offset += 8 + Int64(length + (length & 1))
        }
        return nil
    }

    /// Requires as much sound as the file says, and some.
    func check(_ input: InputFile) throws(DecodeFailure) {
        guard let length else { return }
        if length == 0 { throw DecodeFailure(.empty, "there is not one sample in it") }
        let there = max(0, input.size - start)
        guard there >= length else {
            throw DecodeFailure(.damaged, "it is cut off: \(there) of \(length) bytes are there")
        }
    }
}
