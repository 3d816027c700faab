// From what was asked for to what the disc will be: a pure function of an order and of what is known of its files. It opens no
// file: pieces of files stand for their bytes. It imports the order and the plan, the layout of discs, the rules of raw
// images and the coding of texts, all of them values.

public import BurnPlan
import DiscLayout
import RawRecording

/// Composes discs.
public enum DiscComposition {
    /// What a disc is composed for.
    public enum Purpose: Sendable {
        /// A burn: short tracks are filled up.
        case job
        /// A raw image as a file, by the rules of `IRawCDImageCreator`: short and mixed tracks are refused.
        case image
    }

    /// What of a file goes onto the disc.
    public enum Source: Hashable, Sendable {
        /// The samples that it decodes to, by its digest.
        case audio(String)
        /// Its bytes as they are.
        case bytes(String)
    }

    /// Where the lead-out begins at the latest, so that it ends by 89:59:74.
    public static let lastLeadOut = RawImageRules.lastTrackSector + 1

    /// Composes a disc.
    ///
    /// Without gaps (`none`, `index0`) tracks are joined sample by sample: the sectors are cut anew from the joined stream,
    /// a track begins with the sector that its first sample lies in, and only the end of the stream is filled up with
    /// silence. Every other track is filled up at its own end. At every change between audio and data, and before every
    /// data track, stands a pre-gap of 150 sectors in the form of the track that follows; the post-gap that the standard
    /// has behind data is left to it, as burning programs do.
    ///
    /// - Parameters:
    ///   - files: what is known of the files that the order names, by their digests.
    ///   - path: where what is needed of a file lies. Where only the layout is wanted, the default will do.
    /// - Throws: everything that is wrong with the order.
    public static func compose(
        _ order: BurnOrder, files: [String: FileFacts], for purpose: Purpose = .job,
        path: @escaping (Source) -> String = { source in
            switch source {
            case .audio(let digest), .bytes(let digest): digest
            }
        }
    ) throws(OrderFaults) -> Composition {
        let order = dataTrack(of: order, files)
        let faults = OrderRules(order: order, files: files).faults()
        guard faults.isEmpty else { throw OrderFaults(faults) }
        guard order.task == .burn else { return Composition() }
        if let image = order.image { return try Self.image(image, order, files, path) }
        var composer = TrackComposer(order: order, files: files, purpose: purpose, path: path)
        composer.composeTracks()
        var composition = try composer.composition()
        try addText(to: &composition, order)
        return composition
    }

    /// An ISO image is one data track.
    static func dataTrack(of order: BurnOrder, _ files: [String: FileFacts]) -> BurnOrder {
        guard let image = order.image, order.tracks.isEmpty, order.sectorType == nil, image.leadInSectors == nil,
            files[image.file.file]?.isISO == true
        else { return order }
        var order = order
        order.image = nil
        order.tracks = [.init(file: image.file.file, name: image.file.name, form: .mode1)]
        return order
    }

    private static func image(
        _ image: BurnOrder.Image, _ order: BurnOrder, _ files: [String: FileFacts], _ path: (Source) -> String
    ) throws(OrderFaults) -> Composition {
        let type = order.sectorType ?? .cooked
        let lead = image.leadInSectors ?? RawImage.standardLeadInSectors
        guard let facts = files[image.file.file], let found = facts.image, let leadOut = found.leadOut else {
            throw OrderFaults([OrderFault(.notAnImage, at: .field(.image))])
        }
        var composition = Composition()
        composition.image = BurnPlan.Image(
            file: path(.bytes(image.file.file)), sectors: facts.bytes / type.blockBytes, leadInSectors: lead)
        composition.tableOfContents = TableOfContents(
            tracks: found.tracks.map {
                .init(number: $0.number, control: TrackControl(rawValue: UInt8(clamping: $0.control)), start: $0.start)
            }, leadOut: leadOut)
        composition.demand = ContentDemand(sectors: leadOut, tracks: found.tracks.count, hasImage: true)
        return composition
    }
}
