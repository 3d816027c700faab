import DiscLayout

/// Orders that an earlier burnd stored lack what it did not know: they have the defaults then.
extension BurnOrder {
    enum CodingKeys: String, CodingKey {
        case title, owner, task, mode, gap, drive, speed, close, eject, verify, blank, erase, performer, tracks, image
        case clientName = "client_name"
        case sectorType = "sector_type"
        case isTest = "test_write"
        case isUnderrunProtectionOff = "buffer_underrun_free_disabled"
        case catalogNumber = "mcn"
        case firstTrackNumber = "first_track_number"
        case leadOutLimit = "start_of_leadout_limit"
        case textSheet = "text_sheet"
        case hasText = "cd_text"
        case subCode = "subcode"
    }

    /// Reads an order.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func optional<Value: Decodable>(_ key: CodingKeys, _ usual: Value) throws -> Value {
            try fields.decodeIfPresent(Value.self, forKey: key) ?? usual
        }
        self.init(
            title: try optional(.title, ""), owner: try optional(.owner, ""), task: try optional(.task, .burn),
            mode: try fields.decode(WriteMode.self, forKey: .mode), drive: try optional(.drive, Self.anyDrive),
            speed: try optional(.speed, .max), close: try optional(.close, .disc), eject: try optional(.eject, false),
            tracks: try optional(.tracks, []), image: try fields.decodeIfPresent(Image.self, forKey: .image))
        clientName = try optional(.clientName, Self.defaultClientName)
        sectorType = try fields.decodeIfPresent(RawSectorType.self, forKey: .sectorType)
        gap = try fields.decodeIfPresent(GapMode.self, forKey: .gap)
        isTest = try optional(.isTest, false)
        (verify, blank) = (try optional(.verify, .full), try optional(.blank, .required))
        erase = try optional(.erase, .quick)
        isUnderrunProtectionOff = try optional(.isUnderrunProtectionOff, false)
        catalogNumber = try fields.decodeIfPresent(String.self, forKey: .catalogNumber)
        firstTrackNumber = try optional(.firstTrackNumber, 1)
        leadOutLimit = try fields.decodeIfPresent(Int.self, forKey: .leadOutLimit)
        textSheet = try fields.decodeIfPresent(String.self, forKey: .textSheet)
        hasText = try optional(.hasText, true)
        performer = try fields.decodeIfPresent(String.self, forKey: .performer)
        subCode = try fields.decodeIfPresent(File.self, forKey: .subCode)
    }
}

extension BurnOrder.Track {
    enum CodingKeys: String, CodingKey {
        case file, name, form, title, performer, songwriter, composer, arranger, message, copy, gap, pregap, indexes
        case recordingCode = "isrc"
        case hasPreEmphasis = "preemphasis"
        case pregapSectors = "pregap_sectors"
        case graphics = "cdg"
    }

    /// Reads a track of an order.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String? { try fields.decodeIfPresent(String.self, forKey: key) }
        self.init(
            file: try fields.decode(String.self, forKey: .file), name: try fields.decode(String.self, forKey: .name),
            form: try fields.decodeIfPresent(SessionLayout.TrackForm.self, forKey: .form) ?? .audio,
            title: try text(.title), performer: try text(.performer))
        (songwriter, composer) = (try text(.songwriter), try text(.composer))
        (arranger, message, recordingCode) = (try text(.arranger), try text(.message), try text(.recordingCode))
        copy = try fields.decodeIfPresent(SessionLayout.CopyPermission.self, forKey: .copy)
        hasPreEmphasis = try fields.decodeIfPresent(Bool.self, forKey: .hasPreEmphasis) ?? false
        gap = try fields.decodeIfPresent(GapMode.self, forKey: .gap)
        pregapSectors = try fields.decodeIfPresent(Int.self, forKey: .pregapSectors)
        pregap = try fields.decodeIfPresent(BurnOrder.File.self, forKey: .pregap)
        indexes = try fields.decodeIfPresent([Int].self, forKey: .indexes) ?? []
        graphics = try fields.decodeIfPresent(BurnOrder.File.self, forKey: .graphics)
    }
}
