import BurnPlan
import DiscComposition
import DiscLayout
import HTTPCore

extension Problem {
    /// Everything that is wrong with an order, as one problem: its type is the fault's when there is one, and that there are
    /// several when there are.
    init(_ faults: OrderFaults, _ order: BurnOrder, in syntax: FieldPlace.Syntax) {
        let details = faults.faults.map { FieldPlace($0.place).detail($0.rule.detail, in: syntax) }
        let slugs = Set(faults.faults.map(\.rule.kind))
        let first = faults.faults.first
        let (type, title) = Self.name(slugs.count == 1 ? slugs.first ?? "" : "")
        self.init(
            .unprocessableContent, type: type, title: title,
            detail: faults.faults.count == 1
                ? details.map(\.detail).joined() : "\(faults.faults.count) things are wrong with the order.",
            errors: details)
        add(first?.rule.contractError(order))
        if case .discTooLong(let needed, let available)? = first?.rule {
            extensions["needed_sectors"] = .integer(needed)
            extensions["available_sectors"] = .integer(available)
            hint = "Spread the tracks over two discs."
            if faults.faults.count == 1 {
                detail = "\(Self.minutes(needed)) are needed; the disc may have \(Self.minutes(available))."
            }
        }
    }

    /// Minutes and seconds, however many: an MSF begins anew at 100 minutes.
    private static func minutes(_ sectors: Int) -> String {
        let seconds = sectors / RedBook.framesPerSecond
        return "\(seconds / 60) min \(seconds % 60) s"
    }

    /// Type and title of a kind of fault.
    private static func name(_ slug: String) -> (type: String, title: String) {
        switch slug {
        case "missing-track": (type: "missing-track", title: "The order has no track")
        case "too-many-tracks": (type: "too-many-tracks", title: "The order has too many tracks")
        case "disc-too-long": (type: "disc-too-long", title: "The programme does not fit on any disc")
        case "file-not-found": (type: "file-not-found", title: "There is no such file")
        case "not-audio": (type: "not-audio", title: "The file is not audio")
        case "image-invalid": (type: "image-invalid", title: "The image cannot be written on any disc")
        default: (type: "invalid-field", title: "A field has a value that it cannot have")
        }
    }
}

extension FieldPlace {
    /// A place of a composition's fault.
    init(_ place: OrderPlace) {
        if let track = place.track {
            self = .track(track, place.trackField?.rawValue)
            return
        }
        switch place.field {
        case .media: self = .media("blank")
        case .textSheet, .text: self = .source("cd_text")
        case .image, .tracks, .subcode, .catalogNumber, .firstTrackNumber, .leadInSectors:
            self = .source(place.field.rawValue)
        case .task, .mode, .gap, .close, .sectorType, .clientName, .isTest, .leadOutLimit:
            self = .order(place.field.rawValue)
        }
    }
}

extension OrderFault.Rule {
    /// The slug, with one of its own for images.
    fileprivate var kind: String {
        switch self {
        case .notAnImage, .imageLength, .image: "image-invalid"
        default: slug
        }
    }

    /// The contract's error for a rule that the contract has too.
    func contractError(_ order: BurnOrder) -> ContractError? {
        switch self {
        case .nothingToWrite: .image("NO_TRACKS", 0x03)
        case .tooManyTracks, .lastTrackNumber:
            .tooManyTracks(order.mode)
        case .mixedImage: .image("SECTOR_TYPE_NOT_SUPPORTED", 0x02)
        case .discTooLong:
            order.mode == .tao ? .trackAtOnce("NOT_ENOUGH_SPACE", 0x09) : .image("INSUFFICIENT_SPACE", 0x05)
        case .tooManyIndexes: .image("TOO_MANY_TRACK_INDEXES", 0x06)
        case .indexTooClose, .indexTooLate: .image("TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX", 0x0A)
        case .catalogNumberForm, .catalogNumberCheckDigit: .invalidCatalogNumber
        case .recordingCode: .invalidCode
        case .clientName: .recorder("CLIENT_NAME_IS_NOT_VALID", 0x11)
        case .notAnImage, .imageLength, .image: .raw("STREAM_NOT_SUPPORTED", 0x0D)
        case .notAudio, .empty: .writer(order.mode, "STREAM_NOT_SUPPORTED", tao: 0x0D, raw: 0x0D)
        case .firstTrackNumber, .leadInSectors, .leadOutLimit, .trackTooShort, .pregapTooShort, .pregapTooLong,
            .subCodeLength, .subCodeBits, .noRoomForSubCode:
            .invalidArgument
        case .notForTask, .numberedData, .needsDiscAtOnce, .needsRaw, .needsTrackAtOnce, .notRaw, .conflict,
            .unknownFile, .audioOnly, .gapNeeded, .text:
            nil
        }
    }
}
