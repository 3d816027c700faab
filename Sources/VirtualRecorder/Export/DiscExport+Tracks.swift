import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

extension DiscExport {
    /// Writes every complete track into a folder: index 1 to its end, without pauses and run-outs. Audio is `trackNN.wav`, data
    /// of 2048 bytes a sector (Mode 1, Form 1) `trackNN.iso`, any other data `trackNN.bin` of whole sectors.
    ///
    /// - Returns: the paths, in order of tracks.
    public static func export(_ stored: StoredDisc, to folder: String) throws(Failure) -> [String] {
        try system { () throws(SystemError) in try DurableFile.makeFolder(folder) }
        let reader = try system { () throws(SystemError) in try SectorReader(stored.path) }
        return try exporting { (files) throws(Failure) in
            for track in stored.disc.tracks where track.state == .complete {
                let isWhole = try system { () throws(SystemError) in
                    try write(track, reader, to: "\(folder)/track\(number(track.number))", files)
                }
                guard isWhole else { throw .truncated(track: track.number, path: stored.path) }
            }
        }
    }

    /// Two digits.
    static func number(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// False when the disc's file ends before the track does.
    private static func write(
        _ track: Disc.Track, _ reader: SectorReader, to path: String, _ files: ExportFiles
    ) throws(SystemError) -> Bool {
        switch track.form {
        case .audio:
            let file = try files.make("\(path).wav")
            try file.write(header(dataBytes: UInt32(clamping: track.blocks * RedBook.sectorBytes)))
            return try copy(track, reader, to: file)
        case .mode1, .xa:
            let file = try files.make("\(path).iso")
            switch try copyUserData(of: track, reader, to: file) {
            case .whole: return true
            case .short: return false
            case .otherSectors: files.removeLast()
            }
        case .mode0, .mode2: break
        }
        return try copy(track, reader, to: files.make("\(path).bin"))
    }

    private static func copy(_ track: Disc.Track, _ reader: SectorReader, to file: ExportFile) throws(SystemError)
        -> Bool
    {
        try reader.read(track.start..<track.end, needsSub: false) { (_, main, _) throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(main))
        }
    }

    private enum UserDataOutcome {
        case whole, short
        /// There are sectors with more or fewer than 2048 bytes.
        case otherSectors
    }

    private static let userDataBytes = 2048

    private static func copyUserData(
        of track: Disc.Track, _ reader: SectorReader, to file: ExportFile
    ) throws(SystemError) -> UserDataOutcome {
        var isUniform = true
        let isWhole = try reader.read(track.start..<track.end, needsSub: false) { (_, main, _) throws(SystemError) in
            guard isUniform else { return }
            let count = main.count / RedBook.sectorBytes
            for index in 0..<count {
                let sector = main.block(index, of: RedBook.sectorBytes)
                guard let place = userData(of: sector, track.form) else {
                    isUniform = false
                    return
                }
                // To the front of the buffer, which is never ahead of where the sectors are read from.
                UnsafeMutableRawBufferPointer(
                    rebasing: main[(index * userDataBytes)...][..<(index * userDataBytes + userDataBytes)]
                )
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: sector[place]))
            }
            try file.write(UnsafeRawBufferPointer(rebasing: main[..<(count * userDataBytes)]))
        }
        return isUniform ? (isWhole ? .whole : .short) : .otherSectors
    }

    /// Where 2048 bytes of user data stand. A sector that is damaged in a track of Mode 1 has them where all others do.
    private static func userData(of sector: UnsafeRawBufferPointer, _ form: SectorForm) -> Range<Int>? {
        guard let identity = SectorIdentity(sector: sector) else {
            return form == .mode1 ? 16..<16 + userDataBytes : nil
        }
        return identity.userData.count == userDataBytes ? identity.userData : nil
    }

    /// The 44 bytes of a RIFF header for 16-bit stereo PCM at 44.1 kHz; little-endian.
    static func header(dataBytes: UInt32) -> [UInt8] {
        func field<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { value.bigEndianBytes.reversed() }
        let rate = UInt32(RedBook.sampleRate)
        var bytes = Array("RIFF".utf8) + field(dataBytes &+ 36) + Array("WAVEfmt ".utf8) + field(UInt32(16))
        bytes += field(UInt16(1)) + field(UInt16(2)) + field(rate) + field(rate * UInt32(RedBook.sampleBytes))
        bytes += field(UInt16(RedBook.sampleBytes)) + field(UInt16(16))
        return bytes + Array("data".utf8) + field(dataBytes)
    }
}
