import FoundationEssentials

/// What is on a disc, as `burnd disc` prints it and gives it as JSON: keys are the names of the properties in snake case
/// unless a property says otherwise, and what is nil is left out.
public struct DiscListing: Encodable, Equatable, Sendable {
    /// The groove.
    public struct Medium: Encodable, Equatable, Sendable {
        /// The name by which such a blank can be asked for, such as `cd-r-80`.
        public let name: String?
        /// Who made it, by where its lead-in begins.
        public let manufacturer: String?
        /// Sectors from 0 to the last lead-out.
        public let capacity: Int
        /// Sectors of groove behind that.
        public let spareSectors: Int
        /// Of a CD-RW: `standard`, `high speed`, `ultra speed` or `ultra speed plus`.
        public let subType: String?
        /// The slowest speed that the groove names, as a multiple of 75 sectors a second.
        public let lowestSpeed: Int?
        /// The fastest.
        public let highestSpeed: Int?
    }

    /// Where an index begins.
    public struct Index: Encodable, Equatable, Sendable {
        /// 0 is the pause.
        public let index: Int
        /// Its address.
        public let lba: Int
        /// The same as a time on the disc.
        public let msf: String
    }

    /// One track.
    public struct Track: Encodable, Equatable, Sendable {
        /// 1…99.
        public let number: Int
        /// `reserved`, `open`, `complete` or `cut-off`.
        public let state: String
        /// `audio`, `mode0`, `mode1`, `mode2` or `xa`.
        public let form: String
        /// Address of index 1.
        public let start: Int
        /// The same as minutes, seconds and frames on the disc.
        public let startMSF: String
        /// Sectors from index 1 on, run-out not counted.
        public let blocks: Int
        /// The same in seconds.
        public let seconds: Double
        /// The four control bits.
        public let control: UInt8
        /// The copy bit alternates: a copy of the first generation.
        public let firstCopy: Bool
        /// Sectors of the pause before it.
        public let pause: Int
        /// Link blocks behind it.
        public let runOut: Int
        /// Sectors that are kept for it by RESERVE TRACK.
        public let reservation: Int?
        /// All indexes; index 0 only if there is a pause.
        public let indexes: [Index]
        /// Its recording code.
        public let isrc: String?
        /// Something in it is not as it was sent, or missing.
        public let damaged: Bool
    }

    /// CD-TEXT in one language.
    public struct Texts: Encodable, Equatable, Sendable {
        /// 0…7.
        public let block: Int
        /// Such as `en`; nil for a code that is not on the list.
        public let language: String?
        /// EBU code; 0 for unknown.
        public let languageCode: UInt8
        /// Such as `ISO 8859-1`; nil for a set that is not known here. Texts of it are given as hexadecimal digits.
        public let characterSet: String?
        /// Its code.
        public let characterSetCode: UInt8
        /// The texts are protected by copyright.
        public let copyrighted: Bool
        /// Number of packs.
        public let packs: Int
        /// Those of the disc.
        public let disc: TextItems
        /// Those of tracks that have any.
        public let tracks: [TrackTexts]
    }

    /// Texts of one track.
    public struct TrackTexts: Encodable, Equatable, Sendable {
        /// 1…99.
        public let number: Int
        /// The texts.
        public let texts: TextItems
    }

    /// Texts of a disc or a track; those that there are not are nil.
    public struct TextItems: Encodable, Equatable, Sendable {
        /// Packs of type 80h.
        public var title: String?
        /// Type 81h.
        public var performer: String?
        /// Type 82h.
        public var songwriter: String?
        /// Type 83h.
        public var composer: String?
        /// Type 84h.
        public var arranger: String?
        /// Type 85h.
        public var message: String?
        /// Type 86h, only of a disc.
        public var discID: String?
        /// The name of the genre by its code, type 87h; only of a disc.
        public var genre: String?
        /// The code.
        public var genreCode: Int?
        /// What the disc says of its genre beside the code.
        public var genreText: String?
        /// Type 8Dh, only of a disc.
        public var closed: String?
        /// Type 8Eh of a disc.
        public var upcEAN: String?
        /// Type 8Eh of a track.
        public var isrc: String?

        enum CodingKeys: String, CodingKey {
            case title, performer, songwriter, composer, arranger, message, genre, genreCode, genreText, closed, isrc
            case discID = "disc_id"
            case upcEAN = "upc_ean"
        }
    }

    /// One session.
    public struct Session: Encodable, Equatable, Sendable {
        /// 1 or more.
        public let number: Int
        /// `tao`, `sao` or `raw`.
        public let writeType: String
        /// `open`, `recording`, `spoiled` or `closed`.
        public let stage: String
        /// Where its lead-in begins, as a time: from 90 minutes on for the first session.
        public let leadIn: String
        /// Address of its first block, which is that of the pause before its first track.
        public let start: Int
        /// Where its lead-out begins; nil while it is open.
        public let leadOut: Int?
        /// The same as a time.
        public let leadOutMSF: String?
        /// What its lead-in says of a next session: `none`, `last` or `another`; nil while it is open.
        public let following: String?
        /// 0 CD-DA or CD-ROM, 16 CD-i, 32 CD-ROM XA.
        public let discType: UInt8
        /// Media catalogue number; `mcn` in JSON.
        public let catalogNumber: String?
        /// Its tracks.
        public let tracks: [Track]
        /// CD-TEXT in its lead-in, a language each.
        public let texts: [Texts]

        enum CodingKeys: String, CodingKey {
            case number, writeType, stage, leadIn, start, leadOut, leadOutMSF, following, discType, tracks, texts
            case catalogNumber = "mcn"
        }
    }

    /// The folder.
    public let path: String
    /// Such as `CD-R`.
    public let medium: String
    /// What else is known of the medium.
    public let mediumDetails: Medium
    /// Where the lead-in begins, by the pre-groove.
    public let leadIn: String
    /// Where a lead-out may begin at the latest, by the pre-groove.
    public let lastLeadOut: String
    /// `blank`, `appendable` or `finalized`.
    public let state: String
    /// Its sessions; none on a blank.
    public let sessions: [Session]
    /// What is wrong with it, a sentence each.
    public internal(set) var damage: [String]
    /// What its sectors are; nil when nobody asked.
    public internal(set) var check: SectorSurvey?
}

extension DiscListing {
    /// The listing as JSON, keys in alphabetical order.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("numbers, words and lists always encode: \(error)")
        }
    }
}
