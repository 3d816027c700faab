import BurnPlan
import DiscLayout
import HTTPCore

/// An order on its way: what was said of it so far. Forms fill it field by field, JSON at once.
struct OrderDraft: Sendable {
    /// What a file of an order is for.
    enum Use: Sendable, Hashable {
        /// A track, by its place from 0.
        case track(Int)
        /// What stands before a track.
        case pregap(Int)
        /// The graphics of a track.
        case graphics(Int)
        /// An image in place of tracks.
        case image
        /// R to W of a whole image.
        case subCode

        /// Where an order names it.
        var place: FieldPlace {
            switch self {
            case .track(let index): .track(index, "file")
            case .pregap(let index): .track(index, "pregap")
            case .graphics(let index): .track(index, "cdg")
            case .image: .source("image")
            case .subCode: .source("subcode")
            }
        }
    }

    /// The order; its files have no digests yet.
    var order: BurnOrder
    /// What single members may be.
    let rules: FieldRules
    /// Sectors ahead of address 0 of an image, where somebody said.
    var leadInSectors: Int?
    /// Somebody said under which name the drive is to be taken.
    private var hasClientName = false

    init(_ syntax: FieldPlace.Syntax) {
        order = BurnOrder(mode: .dao, tracks: [])
        rules = FieldRules(syntax: syntax)
    }

    /// A further track.
    mutating func addTrack(_ name: String) throws(Problem) {
        let count = order.tracks.count
        guard count < RedBook.maximumTracks else {
            var problem = Problem(
                .unprocessableContent, type: "too-many-tracks", title: "The order has too many tracks",
                detail: "A disc has at most \(RedBook.maximumTracks) tracks.",
                errors: [FieldPlace.track(count).detail("one too many", in: rules.syntax)])
            problem.add(.tooManyTracks(order.mode))
            throw problem
        }
        order.tracks.append(BurnOrder.Track(file: "", name: name))
    }

    mutating func setClientName(_ value: String) throws(Problem) {
        order.clientName = try rules.clientName(value)
        hasClientName = true
    }

    mutating func setLeadInSectors(_ value: Int) throws(Problem) {
        leadInSectors = try rules.number(.source("stream_lead_in_sectors"), value, in: FieldRules.leadInSectors)
    }

    mutating func setFirstTrackNumber(_ value: Int) throws(Problem) {
        order.firstTrackNumber = try rules.number(
            .source("first_track_number"), value, in: 1...RedBook.maximumTracks)
    }

    mutating func setLeadOutLimit(_ value: Int) throws(Problem) {
        order.leadOutLimit = try rules.number(
            .order("start_of_leadout_limit"), value, in: FieldRules.leadOutLimits)
    }

    mutating func setPregapSectors(_ index: Int, _ value: Int) throws(Problem) {
        order.tracks[index].pregapSectors = try rules.number(
            .track(index, "pregap_sectors"), value, in: FieldRules.leadOutLimits)
    }

    /// Texts: written or not, or written with a sheet of more languages.
    mutating func setText(_ value: JSONValue) throws(Problem) {
        let place = FieldPlace.source("cd_text")
        switch value {
        case .bool(let isWritten): order.hasText = isWritten
        case .object:
            guard let bytes = try? JSONCoding.encode(value) else { throw rules.invalid(place, "a sheet of texts") }
            (order.hasText, order.textSheet) = (true, String(decoding: bytes, as: UTF8.self))
        default: throw rules.invalid(place, "true, false, or an object with blocks of texts")
        }
    }

    /// Puts a file where it belongs.
    mutating func put(_ file: BurnOrder.File, _ use: Use, isData: Bool) {
        switch use {
        case .track(let index):
            (order.tracks[index].file, order.tracks[index].name) = (file.file, file.name)
            order.tracks[index].form = isData ? .mode1 : .audio
        case .pregap(let index): order.tracks[index].pregap = file
        case .graphics(let index): order.tracks[index].graphics = file
        case .subCode: order.subCode = file
        case .image where isData && leadInSectors == nil:
            // An image of a file system is the data of one track, not an image of a disc.
            order.tracks = [BurnOrder.Track(file: file.file, name: file.name, form: .mode1)]
        case .image: order.image = BurnOrder.Image(file: file, leadInSectors: leadInSectors)
        }
    }

    /// The end of what can be said without looking into files.
    ///
    /// - Parameter hasImage: an image comes, or came.
    mutating func finish(hasImage: Bool) throws(Problem) {
        if !hasClientName { order.clientName = FieldRules.clientName(for: order.owner) }
        guard !order.tracks.isEmpty || hasImage else {
            throw Problem(
                .badRequest, type: "missing-track", title: "The order has no track",
                detail: "A disc needs at least one track, or an image.",
                hint: "Repeat -F track=@file in the order of the disc.")
        }
        guard order.tracks.isEmpty || !hasImage else {
            throw rules.invalid(.source("image"), "an order has tracks or an image, not both")
        }
        guard leadInSectors == nil || hasImage else {
            throw rules.invalid(.source("stream_lead_in_sectors"), "only an image has a lead-in of its own")
        }
    }
}
