import BurnPlan
import DiscLayout
import Glibc
import POSIX
import RawRecording
import SectorCoding

/// A raw image with a lead-in of its own: what stands in front of the disc's lead-in is left out, the rest goes to the drive
/// as it is. It is looked at from end to end first, since a disc of nonsense is no disc.
final class RawImageRecording: Recording {
    private let engine: BurnEngine
    private let image: RawImage
    private let file: FileDescriptor
    private let survey: RawImage.Survey
    private let contents: TableOfContents
    /// Address of the first sector that is sent.
    private var start = 0

    init(_ engine: BurnEngine, _ plan: BurnPlan.Image) throws(BurnStop) {
        self.engine = engine
        let type = (engine.plan.sectorType ?? .cooked).blockType
        do throws(SystemError) {
            file = try FileDescriptor(opening: plan.file, O_RDONLY)
            let size = try file.size()
            posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL)
            image = try Self.image(type, plan, size: size, engine)
        } catch {
            throw engine.failure(BurnProblem(.planInvalid, "The image cannot be read: \(error)."))
        }
        let file = file
        do throws(ReadAheadBuffer.Failure) {
            survey = try image.survey { (offset, target) throws(ReadAheadBuffer.Failure) in
                try file.fill(target, at: offset, place: 0)
            }
        } catch {
            throw engine.failure(engine.problem(of: error))
        }
        for remark in survey.remarks { engine.log("image: \(remark)") }
        if let fault = survey.faults.first {
            throw engine.failure(
                BurnProblem(.imageInvalid, "The image makes no good disc: \(fault.explanation).", lba: fault.address))
        }
        guard let contents = survey.contents else {
            throw engine.failure(BurnProblem(.imageInvalid, "The image has no table of contents."))
        }
        self.contents = contents
    }

    private static func image(
        _ type: RawBlockType, _ plan: BurnPlan.Image, size: Int, _ engine: BurnEngine
    ) throws(SystemError) -> RawImage {
        do throws(RawImage.Fault) {
            return try RawImage(type: type, leadInSectors: plan.leadInSectors, byteCount: size)
        } catch {
            throw SystemError(call: "image", number: EINVAL, subject: "\(error)")
        }
    }

    func problem(with recorder: RecorderFacts) -> BurnProblem? { RawCheck.problem(recorder, engine.plan) }

    func prepare() throws(BurnStop) {
        _ = try engine.selectRawBlocks([image.type])
        start = try engine.rawLeadInStart()
        do throws(RawImage.Fault) {
            let skipped = try image.skippedSectors(discStart: start)
            engine.log("the image's first \(skipped) sectors lie in front of the disc's lead-in at LBA \(start)")
        } catch {
            throw engine.failure(
                BurnProblem(
                    .leadInTooShort,
                    "The disc's lead-in begins at LBA \(start) (\(MSF(lba: start))); the image begins at LBA "
                        + "\(image.sectors.lowerBound).", lba: start))
        }
        try engine.checkRawRoom(leadOut: contents.leadOut)
    }

    var sequence: BlockSequence {
        BlockSequence([
            Stretch(
                start..<image.sectors.upperBound, blockBytes: image.type.blockBytes,
                FileBlocks(file, from: image.sectors.lowerBound, blockBytes: image.type.blockBytes))
        ])
    }

    func write(from reader: ReadAheadBuffer) throws(BurnStop) {
        try engine.writeRaw(start..<image.sectors.upperBound, tracks: sections, from: reader)
        guard !engine.plan.isTest else { return }
        engine.sessionIsWritten(layout)
    }

    /// By the table of contents where index 0 is not known.
    private var layout: SessionLayout {
        if let layout = survey.layout { return layout }
        var end = -RedBook.pauseSectors
        let ends = contents.tracks.dropFirst().map(\.start) + [contents.leadOut]
        return SessionLayout(
            tracks: zip(contents.tracks, ends).map { track, next in
                defer { end = next }
                return SessionLayout.Track(
                    number: track.number, form: track.control.contains(.data) ? .mode1 : .audio,
                    pregap: max(track.start - end, 0), sectors: next - track.start)
            })
    }

    private var sections: [Section] { Section.tracks(of: layout) }

    func close() throws(BurnStop) { try engine.closeRaw() }

    var written: WrittenDisc {
        WrittenDisc(
            mode: .raw, layout: survey.layout, segments: [], textPacks: survey.textPacks, rawType: image.type,
            image: WrittenDisc.Image(image: image, survey: survey, file: file, start: start),
            close: engine.plan.close)
    }
}

extension RawImage.Survey.Fault {
    /// In words.
    var explanation: String {
        switch self {
        case .noTableOfContents: "its lead-in holds no table of contents"
        case .trackMissing(let number): "its table of contents does not name track \(number)"
        case .unreadable(let broken, let count, let first):
            "the CRC of \(broken) of \(count) Q frames does not fit, the first at LBA \(first)"
        case .misplaced(let distance):
            "its Q channel says addresses that are \(distance) greater: the number of lead-in sectors is wrong"
        case .trackStart(let track, let entry, let found?):
            "track \(track) begins at LBA \(entry) by the table of contents and at LBA \(found) by the Q channel"
        case .trackStart(let track, let entry, nil):
            "track \(track) is to begin at LBA \(entry) and never does by the Q channel"
        case .leadOutStart(let entry, let found):
            "the lead-out begins at LBA \(entry) by the table of contents and at LBA \(found) by the Q channel"
        case .noLeadOut: "it has no lead-out"
        case .impossibleLayout: "its tracks overlap, are empty, or begin before 00:02:00"
        case .jumbled(let lba): "its Q channel changes track and index more often than a disc can, last at LBA \(lba)"
        case .notScrambled(let track): "the data of track \(track) is not scrambled: no drive would read it"
        }
    }

    /// Where it is, when it is somewhere.
    var address: Int? {
        switch self {
        case .unreadable(_, _, let first): first
        case .trackStart(_, let entry, _), .leadOutStart(let entry, _): entry
        case .jumbled(let lba): lba
        case .noTableOfContents, .trackMissing, .misplaced, .noLeadOut, .impossibleLayout, .notScrambled: nil
        }
    }
}
