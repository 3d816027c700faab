import BurnPlan
import DiscLayout

/// The words for people: the place is said beside them.
extension OrderFault.Rule {
    /// The type of an RFC 9457 problem that the fault makes when it stands alone.
    public var slug: String {
        switch self {
        case .nothingToWrite: "missing-track"
        case .tooManyTracks, .lastTrackNumber: "too-many-tracks"
        case .discTooLong: "disc-too-long"
        case .unknownFile: "file-not-found"
        case .notAudio, .empty: "not-audio"
        default: "invalid-field"
        }
    }

    /// What is wrong, in a sentence.
    public var detail: String {
        switch self {
        case .nothingToWrite: "A disc needs at least one track, or an image."
        case .notForTask(let task): "An order to \(task.rawValue) a disc has none."
        case .needsDiscAtOnce: "Track at once cannot do this; mode=dao can."
        case .needsRaw: "Only raw recording can do this: mode=raw, or mode=dao."
        case .needsTrackAtOnce: "Disc at once cannot do this; mode=tao can."
        case .notRaw: "After a raw recording no session can follow: close=disc."
        case .conflict(let field): "It cannot go with \(field)."
        case .unknownFile: "No uploaded file has this digest."
        case .notAudio: "The file was never recognised as audio."
        case .empty: "The file is empty."
        case .audioOnly: "Only audio tracks have this."
        case .recordingCode: "An ISRC is CC-OOO-YY-NNNNN: two letters, three letters or digits, seven digits."
        case .catalogNumberForm: "A catalogue number has up to 13 digits."
        case .catalogNumberCheckDigit(let expected): "The last digit would have to be \(expected)."
        case .text(let words), .image(let words): words
        case .clientName: "1 to \(ClientName.longest) letters, digits, blanks and . , : ; - _"
        default: measure
        }
    }

    /// What is too long, too short or too many.
    private var measure: String {
        switch self {
        case .tooManyTracks(let count): "A disc has at most \(RedBook.maximumTracks) tracks, not \(count)."
        case .firstTrackNumber(let number): "The first track is numbered 1 to \(RedBook.maximumTracks), not \(number)."
        case .lastTrackNumber(let number):
            "The last track would be number \(number); there are \(RedBook.maximumTracks)."
        case .numberedData: "A disc with data begins with track 1."
        case .notAnImage: "It is no ISO image, and no raw image of this kind of sector."
        case .leadInSectors(let count): "\(count) sectors are no lead-in: 151 to 45150."
        case .imageLength(let bytes, let sectorBytes):
            "Its \(bytes) bytes are not whole sectors of \(sectorBytes)."
        case .trackTooShort(let sectors, let minimum): "The track has \(sectors) sectors; \(minimum) are the least."
        case .pregapTooShort(let sectors, let minimum):
            "The pre-gap has \(sectors) sectors; \(minimum) are the least here."
        case .pregapTooLong(let sectors): "A pre-gap of \(sectors) sectors fits on no disc."
        case .gapNeeded: "Here is a pause of two seconds always: silence."
        case .tooManyIndexes(let count): "A track has at most 99 indexes, not \(count)."
        case .indexTooClose(let offset): "The index at \(offset) is fewer than ten sectors behind the one before."
        case .indexTooLate(let offset, let sectors):
            "The index at \(offset) is fewer than ten sectors before the end of the track at \(sectors)."
        case .mixedImage: "A raw image is audio as a whole or data as a whole."
        case .discTooLong(let needed, let available):
            "The lead-out would begin at sector \(needed); it may begin at \(available) at the latest."
        case .leadOutLimit(let limit): "\(limit) is no last sector: 0 to \(DiscComposition.lastLeadOut - 1)."
        case .noRoomForSubCode: "Sectors of the kind pq have no room for R to W."
        case .subCodeLength(let bytes, let expected):
            "It has \(bytes) bytes; 96 for every sector from 95:00:00 to the end of the lead-out are \(expected)."
        case .subCodeBits(let offset): "The byte at \(offset) has bit 7 or 6 set, which are P and Q's."
        default: ""
        }
    }
}

extension Composition.Note {
    /// The note as a sentence.
    public var sentence: String {
        switch self {
        case .filledUp(let track, let sectors):
            "Track \(track + 1) is shorter than four seconds: \(sectors) sectors are added at its end."
        case .unevenData(let track): "The last sector of track \(track + 1) is filled up with zeros."
        case .gapForData(let track): "Two seconds stand before track \(track + 1), since data is next to it."
        case .graphicsCut(let track, let sectors):
            "The graphics of track \(track + 1) are longer than its sound: \(sectors) sectors are left out."
        case .graphicsShort(let track, let sectors):
            "The graphics of track \(track + 1) are shorter than its sound: \(sectors) sectors have none."
        case .graphicsUneven(let track): "The last pack of graphics of track \(track + 1) is not whole and is left out."
        case .noTextTrackAtOnce: "Titles are not written track at once; mode=dao writes them."
        }
    }
}
