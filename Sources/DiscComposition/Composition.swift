public import BurnPlan
public import CDText
public import DiscLayout
import RawRecording
public import SectorCoding

/// What a disc will be, before it is known which drive writes it.
public struct Composition: Equatable, Sendable {
    /// What a person may want to know about it; nothing of it is an error. Tracks count from 0 in the order's sequence.
    public enum Note: Equatable, Hashable, Sendable {
        /// The track was shorter than four seconds: so many sectors of silence or zeros were added.
        case filledUp(track: Int, sectors: Int)
        /// The last sector of a data track is not whole: zeros were added.
        case unevenData(track: Int)
        /// A gap of 150 sectors stands before the track, since data is next to it.
        case gapForData(track: Int)
        /// The graphics are longer than the sound: so many sectors of them are left out.
        case graphicsCut(track: Int, sectors: Int)
        /// The graphics are shorter than the sound: so many sectors have none.
        case graphicsShort(track: Int, sectors: Int)
        /// The last pack of graphics is not whole and is left out.
        case graphicsUneven(track: Int)
        /// Titles are not written track at once.
        case noTextTrackAtOnce
    }

    /// The disc's catalogue number.
    public var catalogNumber: CatalogNumber?
    /// As the worker gets them; empty for an image, for erasing and for closing.
    public var tracks: [BurnPlan.Track] = []
    /// A raw image in place of tracks.
    public var image: BurnPlan.Image?
    /// R to W of the whole disc, from 95:00:00 to the end of the lead-out.
    public var symbols: BurnPlan.Piece?
    /// Addresses on an empty disc; nil for an image, for erasing and for closing. Track at once run-out and pause are the
    /// next track's index 0.
    public var layout: SessionLayout?
    /// The table of contents that an empty disc gets.
    public var tableOfContents: TableOfContents?
    /// CD-TEXT.
    public var text: [TextPack] = []
    /// Each text that is not on the disc as it was written.
    public var textChanges: [DiscText.Change] = []
    /// What it needs of drive and disc.
    public var demand = ContentDemand()
    /// What there is to say about it, in the order of the tracks.
    public var notes: [Note] = []

    /// Nothing: erasing and closing.
    init() {}

    /// The last address that has user data, and is behind no gap; nil when there is none.
    public var lastUserSector: Int? { tableOfContents.map { $0.leadOut - 1 } }

    /// Sectors of the raw image that the disc is as a file, from 95:00:00 on.
    public var imageSectors: Int? { layout.map { RawImageRules.imageSectors(leadOut: $0.leadOut) } }

    /// The plan of one burn of it.
    ///
    /// - Parameters:
    ///   - drive: where the recorder is: `unix:PATH` or a device node.
    ///   - choice: how that drive writes it.
    public func plan(job: Int, burn: Int, drive: String, _ order: BurnOrder, _ choice: ModeChoice) -> BurnPlan {
        let isBurn = order.task == .burn
        let erase: EraseMode? =
            order.task == .erase || isBurn && order.blank == .eraseIfRewritable ? order.erase : nil
        return BurnPlan(
            job: job, burn: burn, drive: drive, task: order.task, mode: choice.mode, sectorType: choice.sectorType,
            speed: order.speed, close: order.close, eject: order.eject, isTest: order.isTest,
            verify: order.isTest ? .none : order.verify, erase: erase,
            mayAppend: isBurn && order.blank == .appendIfOpen,
            isUnderrunProtectionOff: order.isUnderrunProtectionOff, catalogNumber: catalogNumber?.description,
            text: choice.writesText ? text.map(Self.digits) : [], tracks: tracks, image: image, symbols: symbols)
    }

    private static func digits(_ pack: TextPack) -> String {
        pack.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}
