// CD-TEXT (IEC 61866; MMC-6, annex "CD-TEXT format in the lead-in area"): what people write becomes the packs of a disc, and
// packs of a disc become texts. Values and pure functions, with one edge: characters are converted by the C library, so this
// imports POSIX besides the layout of discs and the coding of packs.

/// What a disc says about itself, in up to eight languages.
public struct DiscText: Codable, Equatable, Sendable {
    /// Most blocks, of which each is a language: their number has three bits.
    public static let maximumBlocks = 8

    /// In the order of the disc; players show the first, or the one in their own language.
    public var blocks: [Block]

    /// Texts in some languages.
    public init(blocks: [Block] = []) { self.blocks = blocks }

    /// Everything in one language.
    public struct Block: Codable, Equatable, Sendable {
        /// The language.
        public var language: TextLanguage
        /// How characters are to be coded; nil leaves it to the texts: MS-JIS when they are Japanese, else Latin.
        public var charset: TextCharset?
        /// What is said of the disc.
        public var disc: Entry
        /// What the publisher calls the disc.
        public var discID: String?
        /// The kind of music.
        public var genre: Genre?
        /// What no player shows (type 8Dh).
        public var closedInformation: String?
        /// The texts may not be copied (byte 3 of the size information).
        public var isCopyrighted: Bool
        /// What is said of each track, from the session's first on; those that are missing say nothing.
        public var tracks: [Entry]

        /// Texts in one language.
        public init(
            language: TextLanguage = .english, charset: TextCharset? = nil, disc: Entry = Entry(),
            discID: String? = nil, genre: Genre? = nil, closedInformation: String? = nil,
            isCopyrighted: Bool = false, tracks: [Entry] = []
        ) {
            (self.language, self.charset, self.disc, self.discID) = (language, charset, disc, discID)
            (self.genre, self.closedInformation) = (genre, closedInformation)
            (self.isCopyrighted, self.tracks) = (isCopyrighted, tracks)
        }

        enum CodingKeys: String, CodingKey {
            case language, charset, disc, genre, tracks
            case discID = "disc_id"
            case closedInformation = "closed_information"
            case isCopyrighted = "copyrighted"
        }

        /// Reads a block, in which everything may be missing.
        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                language: try fields.decodeIfPresent(TextLanguage.self, forKey: .language) ?? .english,
                charset: try fields.decodeIfPresent(TextCharset.self, forKey: .charset),
                disc: try fields.decodeIfPresent(Entry.self, forKey: .disc) ?? Entry(),
                discID: try fields.decodeIfPresent(String.self, forKey: .discID),
                genre: try fields.decodeIfPresent(Genre.self, forKey: .genre),
                closedInformation: try fields.decodeIfPresent(String.self, forKey: .closedInformation),
                isCopyrighted: try fields.decodeIfPresent(Bool.self, forKey: .isCopyrighted) ?? false,
                tracks: try fields.decodeIfPresent([Entry].self, forKey: .tracks) ?? [])
        }
    }

    /// What is said of a disc or of a track. An empty text is none.
    public struct Entry: Codable, Equatable, Sendable {
        /// What it is called.
        public var title: String?
        /// Who plays it.
        public var performer: String?
        /// Who wrote the words.
        public var songwriter: String?
        /// Who wrote the music.
        public var composer: String?
        /// Who arranged it.
        public var arranger: String?
        /// What else there is to say.
        public var message: String?

        /// Texts about a disc or a track.
        public init(
            title: String? = nil, performer: String? = nil, songwriter: String? = nil, composer: String? = nil,
            arranger: String? = nil, message: String? = nil
        ) {
            (self.title, self.performer, self.songwriter) = (title, performer, songwriter)
            (self.composer, self.arranger, self.message) = (composer, arranger, message)
        }
    }

    /// The kind of music: a number from a list and words of one's own.
    public struct Genre: Codable, Equatable, Sendable {
        /// 0 not used, 1 undefined, 2…1Bh from the list; written as it is.
        public var code: UInt16
        /// Further words, in ASCII.
        public var text: String?

        /// A kind of music.
        public init(code: UInt16, text: String? = nil) { (self.code, self.text) = (code, text) }
    }
}
