import DiscLayout
import FoundationEssentials

/// `disc.json` as it is written: plain numbers and words, nothing checked beyond their types.
struct DiscDocument: Codable {
    /// The format that is written here.
    static let format = 1
    /// Largest file that is read: 99 tracks take a few ten thousand bytes.
    static let maximumBytes = 1 << 20

    struct MediumDocument: Codable {
        var type: String
        var leadIn: String
        var lastLeadOut: String

        enum CodingKeys: String, CodingKey {
            case type
            case leadIn = "lead_in"
            case lastLeadOut = "last_lead_out"
        }
    }

    struct SessionDocument: Codable {
        var number: Int
        var discType: Int
        var catalogNumber: String?
        var tracks: [TrackDocument]
        var leadOut: Int?
        var following: String?

        enum CodingKeys: String, CodingKey {
            case number
            case discType = "disc_type"
            case catalogNumber = "mcn"
            case tracks
            case leadOut = "lead_out"
            case following
        }
    }

    struct TrackDocument: Codable {
        var number: Int
        var control: Int
        var state: String
        var damaged: Bool
        var isrc: String?
        var indexes: [IndexDocument]
        var blocks: Int
        var runOut: Int

        enum CodingKeys: String, CodingKey {
            case number
            case control
            case state
            case damaged
            case isrc
            case indexes
            case blocks
            case runOut = "run_out"
        }
    }

    struct IndexDocument: Codable {
        var index: Int
        var lba: Int
    }

    var format: Int
    /// For people; the state follows from the sessions.
    var state: String?
    var medium: MediumDocument
    var baseLBA: Int
    var sessions: [SessionDocument]

    enum CodingKeys: String, CodingKey {
        case format
        case state
        case medium
        case baseLBA = "base_lba"
        case sessions
    }
}

extension DiscDocument {
    init(_ disc: Disc) {
        format = Self.format
        state = "\(disc.status)"
        medium = MediumDocument(
            type: disc.medium.kind.rawValue, leadIn: disc.medium.leadInStart.description,
            lastLeadOut: disc.medium.lastLeadOut.description)
        baseLBA = DiscFolder.baseLBA
        sessions = disc.sessions.map { session in
            SessionDocument(
                number: session.number, discType: Int(session.discType), catalogNumber: session.catalogNumber,
                tracks: session.tracks.map(TrackDocument.init), leadOut: session.closing?.leadOut,
                following: session.closing?.following.rawValue)
        }
    }

    /// The bytes of the file.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return Array(try encoder.encode(self)) + [0x0A]
        } catch {
            preconditionFailure("integers, words and lists always encode: \(error)")
        }
    }
}

extension DiscDocument.TrackDocument {
    init(_ track: Disc.Track) {
        (number, control) = (track.number, Int(track.control.rawValue))
        (state, damaged, isrc) = (track.state.rawValue, track.isDamaged, track.isrc)
        indexes = [.init(index: 0, lba: track.pauseStart), .init(index: 1, lba: track.start)]
        (blocks, runOut) = (track.blocks, track.runOut)
    }
}
