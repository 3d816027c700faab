import DiscLayout
import SectorCoding

/// Follows the program area and the lead-out of a raw session block by block: where Q says that tracks and indexes begin,
/// codes, and what data there is. Q is compared with the table of contents, which wins, as in every drive and player.
struct RawProgram {
    /// Where a block is by its Q; track 0 stands for the lead-out.
    private struct Position: Equatable {
        var track: Int
        var index: Int
        var control: TrackControl
    }

    /// Nil when the lead-in had none that can be used: then nothing is compared.
    let contents: RawTableOfContents?
    /// By the last Q frame of mode 1 that could be read.
    private var position: Position?
    /// How many tracks of the table of contents have begun, the lead-out counted as one.
    private var begun = 0
    private var facts = [RawTrackFacts](repeating: RawTrackFacts(), count: RedBook.maximumTracks + 1)
    /// Thirteen values 0…9.
    private(set) var catalogNumber: [UInt8]?
    /// Where the lead-out begins by Q; nil as long as it has not.
    private(set) var leadOut: Int?
    private(set) var findings = RawFindings()

    init(_ contents: RawTableOfContents?) { self.contents = contents }

    /// What is known of a track, 1…99.
    func facts(of track: Int) -> RawTrackFacts { facts[track] }

    /// Takes a block: its Q frame and its main channel, which is descrambled if it is data with a sync pattern.
    mutating func take(_ frame: QFrame, _ main: UnsafeMutableRawBufferPointer, at lba: Int) {
        advance(to: lba)
        let here = MSF(frameCount: lba + RedBook.pauseSectors)
        switch frame.isIntact ? frame.content : nil {
        case .position(let track, let index, let relative, let absolute):
            follow(Position(track: track ?? 0, index: index, control: frame.control), at: lba)
            if absolute == here { check(relative, at: lba) } else { note(.time, at: lba) }
        case .catalogNumber(let digits, let frames):
            if frames != here.frames { note(.time, at: lba) }
            takeCatalogNumber(digits, at: lba)
        case .recordingCode(let code, let frames):
            if frames != here.frames { note(.time, at: lba) }
            takeRecordingCode(code, at: lba)
        case .tableOfContents, .multiSession: note(.leadInFrame, at: lba)
        case .other: break
        case nil: note(.unreadable, at: lba)
        }
        // Frames of other modes may have any control bits: those of the track's own frames count.
        if let position, position.control.contains(.data) { takeData(main, position, at: lba, here) }
    }

    /// Notes something of a block, which damages the track that it lies in.
    private mutating func note(_ kind: RawFindings.Kind, at lba: Int) {
        findings.note(kind, at: lba)
        guard let tracks = contents?.tracks else { return }
        facts[tracks[min(max(begun - 1, 0), tracks.count - 1)].number].isDamaged = true
    }

    private mutating func advance(to lba: Int) {
        guard let contents else { return }
        while begun < contents.tracks.count, contents.tracks[begun].start <= lba { begun += 1 }
        if begun == contents.tracks.count, contents.leadOut <= lba { begun += 1 }
    }

    private mutating func follow(_ new: Position, at lba: Int) {
        position = new
        if new.track == 0 {
            leadOut = leadOut ?? lba
        } else {
            facts[new.track].note(index: new.index, at: lba)
            if new.index > 0 { facts[new.track].note(new.control) }
        }
    }

    /// Compares track, index and relative time with the table of contents.
    private mutating func check(_ relative: MSF, at lba: Int) {
        guard let contents, let position else { return }
        let time = relative.frameCount
        if position.track == 0 {
            let isRight = begun > contents.tracks.count && lba - time == contents.leadOut && position.index == 1
            if !isRight { note(.place, at: lba) }
            return
        }
        guard let entry = contents.entry(position.track) else { return note(.place, at: lba) }
        let order = entry.number - contents.tracks[0].number
        if position.index == 0 {
            // It counts down to 0 or to 1 in the last block: both are in use.
            let left = entry.start - lba
            if begun != order || time != left && time != left - 1 { note(.place, at: lba) }
        } else {
            if begun != order + 1 || lba - time != entry.start { note(.place, at: lba) }
            let difference = position.control.symmetricDifference(entry.control)
            if !difference.subtracting(.copyPermitted).isEmpty { note(.control, at: lba) }
        }
    }

    private mutating func takeCatalogNumber(_ digits: [UInt8], at lba: Int) {
        // Zeros stand for no number on discs that have such frames all the same; so they do in recording codes.
        if digits.allSatisfy({ $0 == 0 }) { return }
        if catalogNumber == nil { catalogNumber = digits }
        if catalogNumber != digits { note(.code, at: lba) }
    }

    private mutating func takeRecordingCode(_ code: [UInt8], at lba: Int) {
        if code.allSatisfy({ $0 == UInt8(ascii: "0") }) { return }
        guard let track = position?.track, track > 0 else { return }
        if !facts[track].note(isrc: code) { note(.code, at: lba) }
    }

    private mutating func takeData(
        _ main: UnsafeMutableRawBufferPointer, _ position: Position, at lba: Int, _ here: MSF
    ) {
        let counts = position.track > 0 && position.index > 0
        guard DataSector.hasSync(UnsafeRawBufferPointer(main)) else {
            if counts { note(.sync, at: lba) }
            return
        }
        Scrambler.apply(1, to: main)
        guard counts, let identity = SectorIdentity(sector: UnsafeRawBufferPointer(main)) else { return }
        facts[position.track].note(identity)
        if case .reserved = identity.kind { return note(.header, at: lba) }
        if identity.address != here { note(.header, at: lba) }
    }
}
