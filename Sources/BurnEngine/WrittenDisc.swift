import BurnPlan
import DiscLayout
import POSIX
import RawRecording
import SectorCoding

/// A session as it was written: what reading the disc back has to find.
struct WrittenDisc {
    /// Consecutive sectors of the program area whose main channel the host has sent, all of one form and from one source.
    struct Segment {
        /// Place of the track in `layout` and in the plan. Where the drive took a cue sheet with an index 0 in every track,
        /// the last sector may count as the next track's.
        let place: Int
        /// Where they are on the disc.
        let addresses: Range<Int>
        /// What they hold.
        let form: SessionLayout.TrackForm
        /// Their bytes, 2352 or 2048 a sector, the first sector's first.
        let content: TrackContent
        /// The symbols of R to W that were sent with them, 96 a sector; nil where there are none.
        let symbols: TrackContent?
        /// The first sector's in `symbols`, counted in sectors.
        let firstSymbolSector: Int
    }

    /// A raw image and what it says of the disc.
    struct Image {
        /// By its length and place.
        let image: RawImage
        /// What it says.
        let survey: RawImage.Survey
        /// Its bytes.
        let file: FileDescriptor
        /// Address of the first sector that was sent: the beginning of the disc's lead-in.
        let start: Int
    }

    /// How it was written.
    let mode: RecordingMode
    /// Where tracks, gaps and indexes really are, with the numbers that they have on the disc and without the codes that the
    /// drive refused. A pre-gap of a session that was written track at once is all that lies between two tracks: the run-out
    /// of the one (0 to 2 sectors by the drive's table of contents) and the pause of the other, made by the drive.
    ///
    /// Of an image its survey's; nil where that has none.
    let layout: SessionLayout?
    /// What the main channel holds where the host has sent it, by rising address. Empty for an image.
    let segments: [Segment]
    /// The CD-TEXT that was sent; empty without.
    let textPacks: [TextPack]
    /// R to W of every sector from `RawSession.imageStart` on, 96 symbols each, in place of texts and of what tracks have.
    let wholeDiscSymbols: TrackContent?
    /// What raw blocks hold; nil in the other modes.
    let rawType: RawBlockType?
    /// The image that was written in place of tracks.
    let image: Image?
    /// What became of the session.
    let close: CloseMode
    /// Tracks that were on the disc before, with the numbers and addresses that the drive gives.
    let earlierTracks: [BurnRecord.Track]

    init(
        mode: RecordingMode, layout: SessionLayout?, segments: [Segment], textPacks: [TextPack] = [],
        wholeDiscSymbols: TrackContent? = nil, rawType: RawBlockType? = nil, image: Image? = nil, close: CloseMode,
        earlierTracks: [BurnRecord.Track] = []
    ) {
        (self.mode, self.layout, self.segments, self.textPacks) = (mode, layout, segments, textPacks)
        (self.wholeDiscSymbols, self.rawType, self.image) = (wholeDiscSymbols, rawType, image)
        (self.close, self.earlierTracks) = (close, earlierTracks)
    }
}
