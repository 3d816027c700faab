import DiscLayout
import Glibc
import POSIX
import SectorCoding

/// Audio that lands beside where it belongs, as every real drive records it. Data blocks stay in their place: they have a
/// sync pattern to be found by, which is also what tells them apart here.
extension DiscFolder {
    /// Records blocks of the program area, audio among them `writeOffset` samples late. What would fall into data in front or
    /// before the first block is lost; what comes behind overwrites what is too late.
    ///
    /// - Precondition: whole blocks, the first not before `baseLBA`.
    func recordShifted(_ bytes: UnsafeRawBufferPointer, at lba: Int) throws(SystemError) {
        let count = bytes.count / RedBook.sectorBytes
        func isData(_ index: Int) -> Bool {
            DataSector.hasSync(UnsafeRawBufferPointer(rebasing: bytes[(index * RedBook.sectorBytes)...]))
        }
        var first = 0
        while first < count {
            let isDataRun = isData(first)
            var end = first + 1
            while end < count, isData(end) == isDataRun { end += 1 }
            let run = UnsafeRawBufferPointer(
                rebasing: bytes[first * RedBook.sectorBytes..<end * RedBook.sectorBytes])
            if isDataRun {
                try main.writeAll(run, at: Self.place(of: lba + first))
            } else {
                try recordShiftedAudio(run, at: lba + first)
            }
            first = end
        }
    }

    private static func place(of lba: Int) -> Int { (lba - baseLBA) * RedBook.sectorBytes }

    private func recordShiftedAudio(_ bytes: UnsafeRawBufferPointer, at lba: Int) throws(SystemError) {
        let start = Self.place(of: lba) + writeOffset * RedBook.sampleBytes
        let lost = min(max(0, try endOfData(before: lba) - start), bytes.count)
        try main.writeAll(UnsafeRawBufferPointer(rebasing: bytes[lost...]), at: start + lost)
        // Audio that came too early leaves the last block unfinished.
        let end = Self.place(of: lba) + bytes.count
        if try main.size() < end, ftruncate(main.number, off_t(end)) != 0 { throw .last("ftruncate", path) }
    }

    /// Where the data end into which audio that comes early could fall; 0 when there are none.
    private func endOfData(before lba: Int) throws(SystemError) -> Int {
        guard writeOffset < 0 else { return 0 }
        let reach = (-writeOffset + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        for block in stride(from: lba - 1, through: max(lba - reach, Self.baseLBA), by: -1) {
            let sync = try bytes(Self.syncBytes) { (buffer) throws(SystemError) in
                try readMain(fromByte: block * RedBook.sectorBytes, into: buffer)
            }
            if let sync, sync.withUnsafeBytes({ DataSector.hasSync($0) }) { return Self.place(of: block + 1) }
        }
        return 0
    }

    /// Bytes of a sync pattern.
    private static let syncBytes = 12
}
