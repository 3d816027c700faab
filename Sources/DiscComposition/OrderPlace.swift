/// A place in an order, as people who sent it can find it again.
public struct OrderPlace: Equatable, Hashable, Sendable {
    /// A field of the order.
    public enum Field: String, Sendable {
        case task, mode, gap, close, image, tracks, media, subcode
        case sectorType = "sector_type"
        case clientName = "client_name"
        case isTest = "test_write"
        case catalogNumber = "mcn"
        case firstTrackNumber = "first_track_number"
        case leadOutLimit = "start_of_leadout_limit"
        case leadInSectors = "stream_lead_in_sectors"
        case text = "cd_text"
        case textSheet = "text_sheet"

        /// It stands in `source` beside the tracks.
        var isInSource: Bool {
            switch self {
            case .image, .tracks, .subcode, .catalogNumber, .firstTrackNumber, .leadInSectors, .text, .textSheet: true
            case .task, .mode, .gap, .close, .media, .sectorType, .clientName, .isTest, .leadOutLimit: false
            }
        }
    }

    /// A field of a track.
    public enum TrackField: String, Sendable {
        case file, form, gap, pregap, indexes, copy, isrc, preemphasis, cdg
        case pregapSectors = "pregap_sectors"
        case title, performer, songwriter, composer, arranger, message
    }

    /// The field; `tracks` when the place is in a track.
    public let field: Field
    /// Which track, from 0 in the order's sequence.
    public let track: Int?
    /// The track's field.
    public let trackField: TrackField?
    /// Which element of the field, from 0.
    public let element: Int?

    private init(_ field: Field, _ track: Int?, _ trackField: TrackField?, _ element: Int?) {
        (self.field, self.track, self.trackField, self.element) = (field, track, trackField, element)
    }

    /// A field of the order.
    public static func field(_ field: Field) -> OrderPlace { OrderPlace(field, nil, nil, nil) }

    /// A track, or a field of it, or an element of that.
    public static func track(_ track: Int, _ field: TrackField? = nil, element: Int? = nil) -> OrderPlace {
        OrderPlace(.tracks, track, field, element)
    }

    /// The place in the JSON of an order, as a URI fragment (RFC 6901, 6): `#/source/tracks/3/isrc`.
    public var pointer: String {
        let head = field.isInSource ? ["source", field.rawValue] : [field.rawValue]
        let rest = [track.map(String.init), trackField?.rawValue, element.map(String.init)].compactMap { $0 }
        return "#/" + (head + rest).joined(separator: "/")
    }
}
