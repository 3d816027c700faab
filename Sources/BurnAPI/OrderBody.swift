import BurnPlan
import DiscLayout
import HTTPCore

/// An order as JSON, as it is sent and, with every member that has a value, as it is changed.
struct OrderBody: Codable, Sendable {
    struct Source: Codable, Sendable {
        var tracks: [Track]?
        var image: String?
        var leadInSectors: Int?
        var mcn: String?
        var firstTrackNumber: Int?
        var subCode: String?
        var text: JSONValue?

        enum CodingKeys: String, CodingKey {
            case tracks, image, mcn
            case leadInSectors = "stream_lead_in_sectors"
            case firstTrackNumber = "first_track_number"
            case subCode = "subcode"
            case text = "cd_text"
        }
    }

    struct Track: Codable, Sendable {
        var file: String
        var title: String?
        var performer: String?
        var songwriter: String?
        var composer: String?
        var arranger: String?
        var message: String?
        var isrc: String?
        var copy: SessionLayout.CopyPermission?
        var preemphasis: Bool?
        var gap: GapMode?
        var pregap: String?
        var pregapSectors: Int?
        var indexes: [Int]?
        var graphics: String?

        enum CodingKeys: String, CodingKey {
            case file, title, performer, songwriter, composer, arranger, message, isrc, copy, preemphasis, gap, pregap
            case indexes
            case pregapSectors = "pregap_sectors"
            case graphics = "cdg"
        }
    }

    struct Media: Codable, Sendable {
        var blank: BlankPolicy?
        var erase: EraseMode?
    }

    var title: String?
    var owner: String?
    var performer: String?
    var clientName: String?
    var mode: WriteMode?
    var sectorType: RawSectorType?
    var gap: GapMode?
    var drive: String?
    var speed: WriteSpeed?
    var close: CloseMode?
    var eject: Bool?
    var isTest: Bool?
    var verify: VerifyLevel?
    var media: Media?
    var isUnderrunProtectionOff: Bool?
    var leadOutLimit: Int?
    var source: Source

    enum CodingKeys: String, CodingKey {
        case title, owner, performer, mode, gap, drive, speed, close, eject, verify, media, source
        case clientName = "client_name"
        case sectorType = "sector_type"
        case isTest = "test_write"
        case isUnderrunProtectionOff = "buffer_underrun_free_disabled"
        case leadOutLimit = "start_of_leadout_limit"
    }

    /// What is said, with the defaults for what is not.
    func draft() throws(Problem) -> OrderDraft {
        var draft = OrderDraft(.json)
        let rules = draft.rules
        draft.order.title = try rules.text(.order("title"), title ?? "")
        draft.order.owner = try rules.text(.order("owner"), owner ?? "")
        draft.order.performer = try rules.optionalText(.order("performer"), performer)
        draft.order.drive = try rules.text(.order("drive"), drive ?? BurnOrder.anyDrive)
        if let clientName { try draft.setClientName(clientName) }
        draft.order.mode = mode ?? .dao
        (draft.order.sectorType, draft.order.gap) = (sectorType, gap)
        (draft.order.speed, draft.order.close) = (speed ?? .max, close ?? .disc)
        (draft.order.eject, draft.order.isTest) = (eject ?? false, isTest ?? false)
        draft.order.verify = verify ?? .full
        (draft.order.blank, draft.order.erase) = (media?.blank ?? .required, media?.erase ?? .quick)
        draft.order.isUnderrunProtectionOff = isUnderrunProtectionOff ?? false
        if let leadOutLimit { try draft.setLeadOutLimit(leadOutLimit) }
        if let sectors = source.leadInSectors { try draft.setLeadInSectors(sectors) }
        if let mcn = source.mcn { draft.order.catalogNumber = try rules.catalogNumber(mcn) }
        if let number = source.firstTrackNumber { try draft.setFirstTrackNumber(number) }
        if let text = source.text { try draft.setText(text) }
        for track in source.tracks ?? [] { try add(track, to: &draft) }
        return draft
    }

    private func add(_ body: Track, to draft: inout OrderDraft) throws(Problem) {
        try draft.addTrack(body.file)
        let index = draft.order.tracks.count - 1
        let rules = draft.rules
        func text(_ name: String, _ value: String?) throws(Problem) -> String? {
            try rules.optionalText(.track(index, name), value)
        }
        var track = draft.order.tracks[index]
        (track.title, track.performer) = (try text("title", body.title), try text("performer", body.performer))
        (track.songwriter, track.composer) = (
            try text("songwriter", body.songwriter), try text("composer", body.composer)
        )
        (track.arranger, track.message) = (try text("arranger", body.arranger), try text("message", body.message))
        if let isrc = body.isrc { track.recordingCode = try rules.recordingCode(index, isrc) }
        (track.copy, track.hasPreEmphasis, track.gap) = (body.copy, body.preemphasis ?? false, body.gap)
        track.indexes = try rules.indexes(index, body.indexes ?? [])
        draft.order.tracks[index] = track
        if let sectors = body.pregapSectors { try draft.setPregapSectors(index, sectors) }
    }

    /// The files that are named, and what for, in the order of the disc.
    var references: [(use: OrderDraft.Use, file: String)] {
        var references: [(OrderDraft.Use, String)] = []
        for (index, track) in (source.tracks ?? []).enumerated() {
            references.append((.track(index), track.file))
            if let pregap = track.pregap { references.append((.pregap(index), pregap)) }
            if let graphics = track.graphics { references.append((.graphics(index), graphics)) }
        }
        if let image = source.image { references.append((.image, image)) }
        if let subCode = source.subCode { references.append((.subCode, subCode)) }
        return references
    }
}

extension OrderBody {
    /// An order that was accepted, as it would be sent again.
    init(_ order: BurnOrder) {
        source = Source(
            tracks: order.image == nil ? order.tracks.map(Track.init) : nil, image: order.image?.file.file,
            leadInSectors: order.image?.leadInSectors,
            mcn: order.catalogNumber, firstTrackNumber: order.firstTrackNumber, subCode: order.subCode?.file,
            text: Self.text(order))
        (title, owner, performer, clientName) = (order.title, order.owner, order.performer, order.clientName)
        (mode, sectorType, gap, drive) = (order.mode, order.sectorType, order.gap, order.drive)
        (speed, close, eject, isTest) = (order.speed, order.close, order.eject, order.isTest)
        (verify, media) = (order.verify, Media(blank: order.blank, erase: order.erase))
        isUnderrunProtectionOff = order.isUnderrunProtectionOff
        leadOutLimit = order.leadOutLimit
    }

    /// The sheet, or whether there are texts at all.
    static func text(_ order: BurnOrder) -> JSONValue {
        let sheet = order.textSheet.flatMap { try? WireFormat.decode(JSONValue.self, from: Array($0.utf8)) }
        return order.hasText ? sheet ?? true : false
    }
}

extension OrderBody.Track {
    /// A track of an order that was accepted.
    init(_ track: BurnOrder.Track) {
        file = track.file
        (title, performer, songwriter) = (track.title, track.performer, track.songwriter)
        (composer, arranger, message) = (track.composer, track.arranger, track.message)
        (isrc, copy, preemphasis) = (track.recordingCode, track.copy, track.hasPreEmphasis)
        (gap, pregap, pregapSectors) = (track.gap, track.pregap?.file, track.pregapSectors)
        (indexes, graphics) = (track.indexes, track.graphics?.file)
    }
}
