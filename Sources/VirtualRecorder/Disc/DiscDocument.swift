import DiscLayout
import FoundationEssentials

/// `disc.json` as it is written: plain numbers and words, nothing checked beyond their types.
struct DiscDocument: Codable {
    /// The format that is written here.
    static let format = 2
    /// Formats that are read: the first knew audio in track-at-once on CD-R only, and all of its fields are still there.
    static let knownFormats = 1...2
    /// Largest file that is read: 99 tracks take a few ten thousand bytes.
    static let maximumBytes = 1 << 20

    struct MediumDocument: Codable {
        var type: String
        var leadIn: String
        var lastLeadOut: String
        var spareSectors: Int?
        var rewritability: Int?
        var speedCode: Int?

        enum CodingKeys: String, CodingKey {
            case type
            case leadIn = "lead_in"
            case lastLeadOut = "last_lead_out"
            case spareSectors = "spare_sectors"
            case rewritability = "sub_type"
            case speedCode = "speed_code"
        }
    }

    struct SessionDocument: Codable {
        var number: Int
        var writeType: String?
        var start: Int?
        var stage: String?
        var discType: Int
        var catalogNumber: String?
        var textPacks: Int?
        var tracks: [TrackDocument]
        var leadOut: Int?
        var following: String?

        enum CodingKeys: String, CodingKey {
            case number
            case writeType = "write_type"
            case start
            case stage
            case textPacks = "text_packs"
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
        var form: String?
        var state: String
        var damaged: Bool
        var isrc: String?
        var firstCopy: Bool?
        var indexes: [IndexDocument]
        var blocks: Int
        var runOut: Int
        var reservation: Int?

        enum CodingKeys: String, CodingKey {
            case number
            case control
            case form
            case firstCopy = "first_copy"
            case reservation
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
            lastLeadOut: disc.medium.lastLeadOut.description, spareSectors: disc.medium.spareSectors,
            rewritability: disc.medium.rewritability.rawValue, speedCode: Int(disc.medium.speedCode))
        baseLBA = DiscFolder.baseLBA
        sessions = disc.sessions.map(SessionDocument.init)
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

extension DiscDocument.SessionDocument {
    init(_ session: Disc.Session) {
        (number, writeType, start) = (session.number, session.writeType.rawValue, session.start)
        (discType, catalogNumber) = (Int(session.discType), session.catalogNumber)
        textPacks = session.textPacks
        tracks = session.tracks.map(DiscDocument.TrackDocument.init)
        stage = session.stage.name
        (leadOut, following) = (session.closing?.leadOut, session.closing?.following.rawValue)
    }
}

extension Disc.Stage {
    /// The word of `disc.json` and of listings.
    var name: String {
        switch self {
        case .open: "open"
        case .recording: "recording"
        case .spoiled: "spoiled"
        case .closed: "closed"
        }
    }
}

extension DiscDocument.TrackDocument {
    init(_ track: Disc.Track) {
        (number, control, form) = (track.number, Int(track.control.rawValue), track.form.rawValue)
        (state, damaged, isrc) = (track.state.rawValue, track.isDamaged, track.isrc)
        firstCopy = track.isFirstCopy ? true : nil
        indexes =
            [.init(index: 0, lba: track.pauseStart)]
            + track.indexes.enumerated().map { .init(index: $0.offset + 1, lba: $0.element) }
        (blocks, runOut, reservation) = (track.blocks, track.runOut, track.reservation)
    }
}
