import DiscLayout
import POSIX
import SectorCoding

/// Main channel of consecutive blocks as it is on the disc, and what they are.
struct Sectors {
    /// 2352 bytes for each.
    let main: [UInt8]
    /// One for each; nil for a data block without a header that makes sense.
    let kinds: [SectorKind?]
}

extension DiscFolder {
    /// Reads blocks and finds out what they are. Nil when the files are shorter than what is recorded.
    ///
    /// - Precondition: all of them are readable.
    func sectors(_ blocks: Range<Int>) throws(SystemError) -> Sectors? {
        let main = try bytes(blocks.count * RedBook.sectorBytes) { (buffer) throws(SystemError) in
            try readMain(at: blocks.lowerBound, into: buffer)
        }
        guard let main else { return nil }
        var kinds: [SectorKind?] = []
        kinds.reserveCapacity(blocks.count)
        for (part, nature) in disc.natures(of: blocks) {
            // Only a pause beside data has to be asked whether it is data.
            var sub: [UInt8] = []
            if case .unclear = nature {
                guard let bytes = try subChannel(of: part) else { return nil }
                sub = bytes
            }
            let first = (part.lowerBound - blocks.lowerBound) * RedBook.sectorBytes
            main.withUnsafeBytes { main in
                let part = UnsafeRawBufferPointer(rebasing: main[first..<first + part.count * RedBook.sectorBytes])
                kinds += Self.kinds(of: part, nature, sub)
            }
        }
        return kinds.count == blocks.count ? Sectors(main: main, kinds: kinds) : nil
    }

    /// - Parameter sub: sub-channel of the same blocks if they are unclear.
    private static func kinds(
        of main: UnsafeRawBufferPointer, _ nature: Disc.Nature, _ sub: [UInt8]
    ) -> [SectorKind?] {
        (0..<main.count / RedBook.sectorBytes).map { index in
            let start = index * RedBook.sectorBytes
            let sector = UnsafeRawBufferPointer(rebasing: main[start..<start + RedBook.sectorBytes])
            switch nature {
            case .audio: return .audio
            case .data(let form): return SectorKind(sector, in: form)
            case .unclear(let form):
                let start = index * RedBook.subChannelBytes
                let frame = sub.withUnsafeBytes { sub in
                    SubChannel.q(of: UnsafeRawBufferPointer(rebasing: sub[start..<start + RedBook.subChannelBytes]))
                }
                // Drives go by the Q channel; one that cannot be read leaves nothing but the sync pattern to go by.
                let isData = frame.isIntact ? frame.control.contains(.data) : DataSector.hasSync(sector)
                return isData ? SectorKind(sector, in: form) : .audio
            }
        }
    }

    /// Audio as a drive gives it whose readings are late by `offset` samples: what comes from outside the stretch of audio
    /// is zero. Nil when the files are shorter than what is recorded.
    ///
    /// - Precondition: all blocks are readable, and audio.
    func audio(_ blocks: Range<Int>, offset: Int) throws(SystemError) -> [UInt8]? {
        let count = blocks.count * RedBook.sectorBytes
        guard offset != 0 else {
            return try bytes(count) { (buffer) throws(SystemError) in
                try readMain(at: blocks.lowerBound, into: buffer)
            }
        }
        let reach = (abs(offset) + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        let run = try audioRun(around: blocks, reach: reach)
        let start = blocks.lowerBound * RedBook.sectorBytes - offset * RedBook.sampleBytes
        let wanted = start..<start + count
        let there = wanted.clamped(to: run.lowerBound * RedBook.sectorBytes..<run.upperBound * RedBook.sectorBytes)
        return try bytes(count) { (buffer) throws(SystemError) in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            if there.isEmpty { return true }
            let place = there.lowerBound - start..<there.upperBound - start
            return try readMain(
                fromByte: there.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: buffer[place]))
        }
    }

    /// Audio blocks and up to `reach` more on either side, as far as it goes on as audio.
    private func audioRun(around blocks: Range<Int>, reach: Int) throws(SystemError) -> Range<Int> {
        let wide = blocks.lowerBound - reach..<blocks.upperBound + reach
        guard let area = disc.readableAreas.first(where: { $0.overlaps(blocks) })?.clamped(to: wide) else {
            return blocks
        }
        if disc.isAudio(area) { return area }
        let front = try sectors(area.lowerBound..<blocks.lowerBound)?.kinds ?? []
        let back = try sectors(blocks.upperBound..<area.upperBound)?.kinds ?? []
        let before = front.reversed().prefix { $0 == .audio }.count
        return blocks.lowerBound - before..<blocks.upperBound + back.prefix { $0 == .audio }.count
    }

    /// So many bytes, read without being set to zero first; nil when there are not so many.
    func bytes(
        _ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool
    ) throws(SystemError) -> [UInt8]? {
        // Array's own closure form forgets the type of what is thrown.
        var result = Result<Bool, SystemError>.success(true)
        let array = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            result = Result { () throws(SystemError) in try read(target) }
            // What was not read is not shown: the whole is thrown away then.
            initialized = result == .success(true) ? count : 0
        }
        return try result.get() ? array : nil
    }
}
