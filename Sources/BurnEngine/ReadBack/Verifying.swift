import BurnPlan
import DiscLayout
import MMC
import RawRecording
import SCSI
import SectorCoding

extension BurnEngine {
    /// Proves the disc, as far as the plan asks for it and the drive can.
    ///
    /// - Returns: what was proven. What the drive does not give is left out, and said in the log.
    /// - Throws: the burn's end, at the first thing that is not what was written.
    func verify(_ disc: WrittenDisc) throws(BurnStop) -> [BurnOutcome.Proof] {
        guard plan.verify != .none else { return [] }
        isReadingBack = true
        try stopIfCancelledWhileVerifying()
        meter.begin(.reloading, at: clock.now)
        reportProgress()
        let information = try reload(disc)
        var proven: [BurnOutcome.Proof] = []
        if let proof = try TableVerification(engine: self, disc: disc, information: information).verify() {
            proven.append(proof)
        }
        guard plan.verify == .full else { return proven }
        return proven + (try ReadBack(self, disc).proofs())
    }

    /// Everything is written and nothing is proven: so much can be said of a burn cancelled here.
    func stopIfCancelledWhileVerifying() throws(BurnStop) {
        guard isCancelled(true) else { return }
        begin(.cancelling)
        throw BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: .unsure, tracksOnDisc: tracksOnDisc,
                problem: BurnProblem(
                    .cancelledByUser, "The disc was written completely, and then cancelled before it was proven.")))
    }

    // MARK: Reloading

    /// Stops and starts the disc, so that the drive reads it anew. The tray stays closed: slot and laptop drives do not
    /// take a disc back in. Only drives that read the lead-in of a raw disc in no other way have their tray moved.
    private func reload(_ disc: WrittenDisc) throws(BurnStop) -> DiscInformation {
        for action in [StartStopUnit.Action.stop, .start] { move(action) }
        let information = try waitForReload()
        guard disc.mode == .raw, !readsTable, hasTray else { return information }
        log("the drive does not read the lead-in that it has written: the tray is opened and closed")
        let wasLocked = isLocked
        unlock()
        for action in [StartStopUnit.Action.eject, .load] { move(action) }
        let again = try waitForReload()
        if wasLocked {
            do throws(SCSIError) {
                try ask(PreventAllowMediumRemoval(prevent: true))
                isLocked = true
            } catch {
                log("the tray cannot be locked again: \(error.explanation)")
            }
        }
        // Somebody may have taken the disc out: nothing can be said of it then.
        guard again.status != .empty else {
            let detail =
                "Since its tray was opened and closed the drive calls the disc blank: it is another one, or its "
                + "lead-in cannot be read."
            throw failure(BurnProblem(.readBackFailed, detail), disc: .unsure)
        }
        return again
    }

    private func move(_ action: StartStopUnit.Action) {
        do throws(SCSIError) {
            _ = try transport.perform(StartStopUnit(action))
        } catch {
            log("reloading, \(action): \(error.explanation)")
        }
    }

    private func waitForReload() throws(BurnStop) -> DiscInformation {
        do throws(WaitFailure) {
            return try waitUntilReady(limits.becomingReady, .forReload)
        } catch {
            throw failure(
                problem(of: error, .readBackFailed, "The written disc did not become ready"), disc: .unsure)
        }
    }

    private var readsTable: Bool {
        do throws(SCSIError) {
            _ = try repeating { () throws(SCSIError) in try transport.formattedTOC() }
            return true
        } catch {
            return !error.isRefusal
        }
    }

    /// Loading mechanism of page 2Ah: 1 is a tray, which comes back.
    private var hasTray: Bool {
        let page = try? repeating { () throws(SCSIError) in try transport.modePage(CapabilitiesPage.code) }
        return page.flatMap { CapabilitiesPage($0) }?.loadingMechanism == 1
    }
}

/// Reading everything back that a disc is to hold.
struct ReadBack {
    private let engine: BurnEngine
    private let disc: WrittenDisc
    private let programme: Programme
    private let reader: DiscReader

    init(_ engine: BurnEngine, _ disc: WrittenDisc) throws(BurnStop) {
        (self.engine, self.disc) = (engine, disc)
        reader = DiscReader(engine)
        do throws(ReadAheadBuffer.Failure) {
            programme = try Programme(disc)
        } catch {
            throw engine.sourceLost(error, track: 1)
        }
    }

    /// What is proven of it.
    func proofs() throws(BurnStop) -> [BurnOutcome.Proof] {
        guard try isReadable() else { return [] }
        var proven: [BurnOutcome.Proof] = []
        let subCode = SubCodeRun.all(of: disc, readable: programme.readable)
        engine.meter.willRead(programme.sectors + subCode.reduce(0) { $0 + $1.addresses.count })
        let runs = programme.audioRuns
        if !runs.isEmpty {
            let audio = AudioVerification(reader, runs)
            try audio.verifyAll()
            if let offset = audio.measuredOffset {
                engine.record.sampleOffset = offset
                engine.tellRecord()
            }
            proven.append(.audio)
        }
        let data = programme.data
        let hasData = !data.isEmpty
        let dataIsProven = hasData ? try DataVerification(reader, data).verifyAll() : true
        if hasData, dataIsProven { proven.append(.data) }
        let codes = try subChannelProofs(subCode)
        proven += codes + (try textProof())
        if disc.image != nil, dataIsProven, programme.unreadableTracks.isEmpty, codes.contains(.indexes) {
            proven.append(.image)
        }
        return proven
    }

    /// Not every drive reads what is not closed yet.
    private func isReadable() throws(BurnStop) -> Bool {
        guard disc.close == .none, let span = programme.spans.first(where: { !$0.isOptional }) else { return true }
        let form = span.isAudio ? DiscReader.Form.audio : .wholeData(.any)
        let one = UnsafeMutableRawBufferPointer.allocate(byteCount: form.sectorBytes, alignment: 16)
        defer { one.deallocate() }
        guard try reader.attempt(form, span.addresses.lowerBound, into: one) != nil else { return true }
        engine.log("the drive does not read an open session; only the track list is proven")
        return false
    }

    // MARK: Sub-channel

    private func subChannelProofs(_ runs: [SubCodeRun]) throws(BurnStop) -> [BurnOutcome.Proof] {
        guard let layout = disc.layout, !programme.readable.isEmpty else { return [] }
        let q = QReader(reader, readable: programme.readable)
        try q.findManner(Self.places(of: layout))
        var proven: [BurnOutcome.Proof] = []
        let map = QMap(layout, readable: programme.readable, pausesAreDriveMade: disc.mode == .tao)
        if q.manner != nil, try QVerification(reader: q, map: map, sent: sentFrame).verifyAll() {
            proven.append(.indexes)
        }
        let codes = CodeVerification(engine: engine, reader: q, layout: layout)
        if try codes.verifyCatalogNumber() == true { proven.append(.mcn) }
        if try codes.verifyRecordingCodes() == true { proven.append(.isrc) }
        if !runs.isEmpty, try SubCodeVerification(reader, q, readable: programme.readable).verifyAll(runs) {
            proven.append(.subCode)
        }
        return proven
    }

    /// Tracks in whose middle the way of reading sub-channel is found out: the first, the last and one between them.
    private static func places(of layout: SessionLayout) -> [Int] {
        Set([0, layout.tracks.count / 2, layout.tracks.count - 1]).sorted().map { place in
            layout.trackStart(place) + layout.tracks[place].sectors / 2
        }
    }

    /// The frame that an image has for a sector.
    private func sentFrame(_ lba: Int) throws(BurnStop) -> QFrame? {
        guard let image = disc.image, image.image.sectors.contains(lba) else { return nil }
        let sub: [UInt8]
        do throws(ReadAheadBuffer.Failure) {
            sub = try SectorBytes.subChannel(image, lba)
        } catch {
            throw engine.sourceLost(error, track: 1)
        }
        if sub.count == SubChannel.pqBytes { return QFrame(sub.prefix(QFrame.byteCount)).acceptingPlainCRC }
        return sub.withUnsafeBytes { SubChannel.q(of: $0) }
    }

    // MARK: CD-TEXT

    private func textProof() throws(BurnStop) -> [BurnOutcome.Proof] {
        let sent = disc.image?.survey.textPacks ?? disc.textPacks
        guard !sent.isEmpty, disc.close != .none else { return [] }
        var difference: String?
        for _ in 0..<max(engine.limits.readAttempts, 1) {
            guard let found = try readText() else { return [] }
            difference = TextCheck.difference(found, from: sent)
            if difference == nil { return [.cdText] }
        }
        throw engine.failure(
            BurnProblem(.subChannelMismatch, "The CD-TEXT is not what was written: \(difference ?? "it differs")."))
    }

    /// The packs; nil when the drive reads none, of this disc or of any.
    private func readText() throws(BurnStop) -> [TextPack]? {
        let packs: TextPacks
        do throws(SCSIError) {
            packs = try engine.repeating { () throws(SCSIError) in try engine.transport.textPacks() }
        } catch {
            guard error.transportKind == nil else {
                throw engine.failure(
                    BurnProblem(.readBackFailed, "The CD-TEXT could not be read back", error), disc: .unsure)
            }
            engine.log("the drive reads no CD-TEXT: \(error.explanation)")
            return nil
        }
        if packs.count == 0, !claimsText {
            engine.log("the drive gives no CD-TEXT, and does not claim that it could")
            return nil
        }
        return (0..<packs.count).map { TextPack(packs.bytes[$0 * TextPack.byteCount..<($0 + 1) * TextPack.byteCount]) }
    }

    private var claimsText: Bool {
        let configuration = try? engine.repeating { () throws(SCSIError) in try engine.transport.configuration() }
        return configuration?.cdRead?.readsText ?? false
    }
}
