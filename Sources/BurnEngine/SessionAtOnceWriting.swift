import BurnPlan
import CDText
import DiscLayout
import MMC
import SCSI
import SectorCoding

/// Session at once: a cue sheet tells the drive of every index, the host sends the program area from the first pause on, and
/// CD-TEXT in front of it, and the drive makes lead-in, sub-channel and lead-out.
///
/// On a blank disc addresses begin at −150 whatever the drive calls its next writable address. In the empty session that
/// follows a closed one, index 0 of the first track lies at that address, and track numbers go on, as cdrdao does it.
final class SessionAtOnceRecording: Recording {
    private let engine: BurnEngine
    private let sources: [TrackSource]
    private let packs: [TextPack]
    /// The session as it was asked for, from where the drive begins it.
    private var asked: SessionLayout
    /// The session as the drive took it.
    private var layout: SessionLayout
    private var leadInStart: Int?

    init(_ engine: BurnEngine, _ sources: [TrackSource], _ packs: [TextPack]) {
        (self.engine, self.sources, self.packs) = (engine, sources, packs)
        asked = engine.plan.layout()
        layout = asked
    }

    private var plan: BurnPlan { engine.plan }
    private var isLater: Bool { engine.recorder?.disc.status == .incomplete }

    func problem(with recorder: RecorderFacts) -> BurnProblem? {
        let missing: String?
        let mastering = recorder.configuration.mastering
        // Drives older than the feature do not list it, and a cue sheet is refused before the laser is on.
        if mastering?.writesSessionAtOnce == false {
            missing = "write session at once (feature 002Eh says so)"
        } else if mastering?.isCurrent == false {
            missing = "write session at once on this disc (feature 002Eh is not current)"
        } else if plan.isTest, mastering?.hasTestWrite != true {
            // Only what the drive promises counts: one that ignores the bit would write.
            missing = "make test writes of sessions (feature 002Eh)"
        } else if !packs.isEmpty, recorder.disc.leadInStart == nil {
            missing = "say where the disc's lead-in begins, which CD-TEXT has to fill (READ DISC INFORMATION)"
        } else {
            missing = nil
        }
        if let missing { return BurnProblem(.modeNotSupported, "The drive does not \(missing).") }
        guard recorder.disc.status == .incomplete else { return nil }
        if recorder.disc.lastSessionState != .empty {
            return BurnProblem(
                .mediaNotBlank, "The disc has an open session: only single tracks can follow in it, track at once.")
        }
        return packs.isEmpty
            ? nil : BurnProblem(.modeNotSupported, "CD-TEXT can be written in a disc's first session only.")
    }

    func prepare() throws(BurnStop) {
        try setWriteParameters(catalogNumber: nil)
        try place()
        layout = asked
        let last = engine.recorder?.disc.capacity
        if let last, asked.leadOut > last {
            throw engine.failure(
                BurnProblem(
                    .mediaTooSmall, "The lead-out would begin at LBA \(asked.leadOut); the disc ends at LBA \(last)."))
        }
    }

    /// Where the session begins, and what its tracks are called.
    private func place() throws(BurnStop) {
        leadInStart = packs.isEmpty ? nil : engine.recorder?.disc.leadInStart
        guard isLater else {
            // Some drives want the question, and say nonsense.
            _ = try? engine.ask(ReadTrackInformation(.next))
            return
        }
        let next = try engine.nextTrack()
        engine.count(next)
        let number = (engine.earlierTracks.last?.number ?? 0) + 1
        guard let start = next.nextWritableAddress, number - 1 + plan.tracks.count <= RedBook.maximumTracks else {
            throw engine.failure(
                BurnProblem(
                    .mediaTooSmall,
                    "The drive gives no address for another session, or the disc has \(number - 1) tracks."))
        }
        asked = plan.layout(start: start)
        for place in asked.tracks.indices { asked.tracks[place].number = number + place }
    }

    private func setWriteParameters(catalogNumber: CatalogNumber?) throws(BurnStop) {
        _ = try engine.setWriteParameters(
            "the session",
            engine.underrunChoices.map { protects in
                PageAttempt(name: "\(protects ? "with" : "without") underrun protection") { [engine] page in
                    page.setSessionAtOnce(
                        engine.sessionParameters(freeFromUnderrun: protects, catalogNumber: catalogNumber))
                }
            })
    }

    var sequence: BlockSequence {
        var stretches: [Stretch] = []
        if let leadInStart {
            stretches.append(
                Stretch(
                    leadInStart..<LeadInText.end, blockBytes: LeadInText.blockBytes,
                    TextBlocks(LeadInText(packs, from: leadInStart))))
        }
        return BlockSequence(
            stretches + WrittenDisc.Segment.all(of: asked, sources).map { $0.stretch(continues: true) })
    }

    func announce() throws(BurnStop) {
        let leadIn = leadInStart.map { MSF(lba: $0) }
        let variants = CueSheet.variants(for: asked, leadIn: leadIn, hasText: leadIn != nil)
        var last: SCSIError?
        for variant in variants {
            do throws(SCSIError) {
                if !variant.hasCodes { moveCatalogNumber() }
                let sheet = CueSheet(asked, variant)
                try engine.patiently { () throws(SCSIError) in
                    try engine.transport.perform(SendCueSheet(sheet))
                }
                return accept(sheet)
            } catch {
                guard error.sense?.key == 5 else {
                    throw engine.failure(BurnProblem(.driveRefused, "The cue sheet could not be sent", error))
                }
                engine.log("refused: \(variant): \(error.explanation)")
                last = error
            }
        }
        guard let last else { preconditionFailure("a layout has a cue sheet") }
        throw engine.failure(
            BurnProblem(
                .layoutRefused, "The drive refused all \(variants.count) forms of the disc's cue sheet; the last one",
                last))
    }

    /// Where the sheet cannot hold the catalogue number, the write parameters may.
    private func moveCatalogNumber() {
        guard let number = asked.catalogNumber else { return }
        do throws(BurnStop) {
            try setWriteParameters(catalogNumber: number)
        } catch {
            engine.log("the drive does not take the catalogue number in its write parameters either")
            asked.catalogNumber = nil
        }
    }

    private func accept(_ sheet: CueSheet) {
        engine.log("taken: \(sheet.variant)")
        engine.record.layoutVariant = sheet.variant.description
        engine.tellRecord()
        layout = sheet.layout
        layout.catalogNumber = asked.catalogNumber
        guard !sheet.variant.hasCodes else { return }
        for place in layout.tracks.indices { layout.tracks[place].recordingCode = nil }
    }

    func write(from reader: ReadAheadBuffer) throws(BurnStop) {
        var sections = Section.tracks(of: asked)
        if let leadInStart {
            sections.insert(
                Section(addresses: leadInStart..<LeadInText.end, action: .writingLeadIn, track: nil), at: 0)
        }
        try engine.send(sections, from: reader) { [engine] _ in engine.cancelSession() }
        engine.begin(.finalizing)
        let start = engine.clock.now
        let disc = try engine.flushSession(lba: asked.leadOut)
        guard !plan.isTest else { return }
        engine.waitOutClosing(since: start)
        if let fault = CloseCheck.fault(disc, after: plan.close) {
            throw engine.abandon(
                BurnProblem(.closeFailed, "The drive wrote the session without an error, but \(fault)."))
        }
        engine.sessionIsWritten(layout)
    }

    /// The drive has closed the session with its lead-out.
    func close() { if !plan.isTest { engine.tell(.closed) } }

    var written: WrittenDisc {
        WrittenDisc(
            mode: .sao, layout: layout, segments: WrittenDisc.Segment.all(of: asked, sources),
            textPacks: packs, close: plan.close, earlierTracks: engine.earlierTracks)
    }
}

/// The lead-in's R to W as a drive takes them that makes the rest of it.
private final class TextBlocks: BlockSource {
    private let text: LeadInText

    init(_ text: LeadInText) { self.text = text }

    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) {
        text.write(from: blocks.lowerBound, count: blocks.count, into: target)
    }
}

extension BurnEngine {
    /// Has everything written that the drive still holds, and the lead-out that it makes.
    func flushSession(lba: Int) throws(BurnStop) -> DiscInformation {
        meter.begin(.flushing, at: clock.now)
        reportProgress()
        return try flush("The end of the session could not be written", lba: lba, within: limits.closing)
    }
}
