import DiscLayout
import POSIX

/// What a block of a track written by itself is: how much of it the host sends, and what the drive makes of that (MMC-6,
/// table 587: data block types).
struct BlockFormat: Equatable {
    /// What the track is.
    let form: SectorForm
    /// Bytes that the host sends for each block.
    let hostBytes: Int

    /// The format that the write parameters ask for.
    init(_ parameters: WriteParameters) throws(CheckCondition) {
        guard parameters.dataBlockType == 0, !parameters.control.contains(.data) else { throw .illegalModeForThisTrack }
        (form, hostBytes) = (.audio, RedBook.sectorBytes)
    }

    /// What a drive fills a track with.
    init(filling track: Disc.Track) {
        (form, hostBytes) = (track.form, RedBook.sectorBytes)
    }

    /// Records blocks as the host sent them.
    func record(
        _ bytes: UnsafeRawBufferPointer, count: Int, at lba: Int, _ subChannel: ProgramSubChannel, on folder: DiscFolder
    ) throws(SystemError) {
        try folder.record(bytes, at: lba, subChannel)
    }

    /// Records blocks of zeros.
    func recordZeros(
        _ count: Int, at lba: Int, _ subChannel: ProgramSubChannel, on folder: DiscFolder
    ) throws(SystemError) {
        try folder.recordSilence(count, at: lba, subChannel)
    }

    /// Records the pause before a track.
    func recordPause(of track: Disc.Track, on folder: DiscFolder) throws(SystemError) {
        try recordZeros(track.start - track.pauseStart, at: track.pauseStart, folder.subChannel(of: track), on: folder)
    }
}
