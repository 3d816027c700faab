import BurnPlan
import DiscLayout
import MMC
import SCSI

/// Track at once: each track is ended by itself, the drive puts a pause of two seconds in front of it, and closing the
/// session makes lead-in and lead-out. It goes onto a blank disc, behind the tracks of an open session, or into the empty
/// session that follows a closed one; the drive gives numbers and addresses.
final class TrackAtOnceRecording: Recording {
    private let engine: BurnEngine
    private let sources: [TrackSource]
    /// Number of the first track on the disc.
    private var firstNumber = 1
    /// Where tracks went, in order.
    private var starts: [Int] = []
    /// The drive took the codes of the page; nil as long as none was set.
    private var hasCatalogNumber = true
    private var codedTracks: Set<Int> = []

    init(_ engine: BurnEngine, _ sources: [TrackSource]) { (self.engine, self.sources) = (engine, sources) }

    private var plan: BurnPlan { engine.plan }

    func problem(with recorder: RecorderFacts) -> BurnProblem? {
        guard let tao = recorder.configuration.trackAtOnce else {
            return BurnProblem(.modeNotSupported, "The drive does not write Track-At-Once (feature 002Dh is missing).")
        }
        guard tao.isCurrent else {
            return BurnProblem(
                .modeNotSupported, "The drive does not write Track-At-Once on this disc (feature 002Dh is not current)."
            )
        }
        guard !plan.isTest || tao.hasTestWrite else {
            return BurnProblem(.modeNotSupported, "The drive does not make test writes of tracks (feature 002Dh).")
        }
        return nil
    }

    func prepare() throws(BurnStop) {
        try setWriteParameters(0)
        let next = try engine.nextTrack()
        engine.count(next)
        if let last = engine.earlierTracks.last { firstNumber = last.number + 1 }
        guard firstNumber - 1 + plan.tracks.count <= RedBook.maximumTracks else {
            throw engine.failure(
                BurnProblem(
                    .mediaTooSmall,
                    "The disc has \(firstNumber - 1) tracks, and \(plan.tracks.count) more are above the limit of "
                        + "\(RedBook.maximumTracks)."))
        }
        guard next.freeBlocks >= plan.sectorsNeeded else {
            throw engine.failure(
                BurnProblem(
                    .mediaTooSmall,
                    "The plan needs \(plan.sectorsNeeded) sectors and the disc has room for \(next.freeBlocks)."))
        }
    }

    /// Each track from 0 on: where it goes is known only when its turn has come.
    var sequence: BlockSequence {
        BlockSequence(
            sources.enumerated().map { place, source in
                Stretch(
                    0..<source.content.sectors, blockBytes: source.content.sectorBytes,
                    ContentBlocks(source.content, from: 0, place: place), continues: false)
            })
    }

    func write(from reader: ReadAheadBuffer) throws(BurnStop) {
        for (place, track) in plan.tracks.enumerated() {
            if place > 0 {
                try cancelBetweenTracks()
                try quietly { () throws(BurnStop) in try setWriteParameters(place) }
            }
            let start = try quietly { () throws(BurnStop) in try self.start(of: place) }
            let section = Section(
                addresses: start..<start + track.sectors, action: .writing, track: firstNumber + place)
            try engine.send([section], from: reader, shiftedBy: start) { [self] next in cancelTrack(section, next) }
            try end(section)
        }
    }

    /// A failure between two tracks: the drive is quieted down.
    private func quietly<Value>(_ body: () throws(BurnStop) -> Value) throws(BurnStop) -> Value {
        do throws(BurnStop) {
            return try body()
        } catch {
            if engine.laser == .on { engine.quietDown() }
            throw error
        }
    }

    /// Page 05h of a track, with its codes where the drive takes them.
    private func setWriteParameters(_ place: Int) throws(BurnStop) {
        let track = plan.layout().tracks[place]
        let catalogNumber = hasCatalogNumber ? plan.layout().catalogNumber : nil
        let hasCodes = catalogNumber != nil || track.recordingCode != nil
        var attempts: [(page: PageAttempt, withCodes: Bool)] = []
        for withCodes in hasCodes ? [true, false] : [false] {
            for protects in engine.underrunChoices {
                let name =
                    "\(withCodes ? "with" : "without") codes, \(protects ? "with" : "without") underrun protection"
                let attempt = PageAttempt(name: name) { [engine] page in
                    var track = track
                    if !withCodes { track.recordingCode = nil }
                    page.setTrackAtOnce(
                        track,
                        engine.sessionParameters(
                            freeFromUnderrun: protects, catalogNumber: withCodes ? catalogNumber : nil))
                }
                attempts.append((attempt, withCodes))
            }
        }
        let taken = try engine.setWriteParameters("track \(firstNumber + place)", attempts.map(\.page))
        if attempts[taken].withCodes {
            codedTracks.insert(place)
        } else if hasCodes {
            engine.log("the drive takes no codes track at once: the disc will lack them from track \(place + 1) on")
            hasCatalogNumber = false
        }
    }

    /// The address that the drive gives for a track.
    ///
    /// Two drives are known to give −150 on a blank disc, the first sector of the pause, which the drive writes itself in
    /// this mode: the start of the track is right there.
    private func start(of place: Int) throws(BurnStop) -> Int {
        let next = try engine.nextTrack()
        if place > 0 { engine.count(next) }
        let number = firstNumber + place
        let sectors = plan.tracks[place].sectors
        guard let address = next.nextWritableAddress else {
            throw engine.failure(
                BurnProblem(.driveRefused, "The drive knows no next writable address for track \(number)."))
        }
        let start = max(address, next.start, 0)
        // The drive's track of a test write goes back to where it was.
        let end = plan.isTest ? 0 : engine.tracks.last.map { $0.start + $0.sectors } ?? 0
        guard start >= end, next.freeBlocks >= sectors else {
            throw engine.failure(
                BurnProblem(
                    start < end ? .driveRefused : .mediaTooSmall,
                    "The drive wants track \(number) at LBA \(start) with \(next.freeBlocks) free blocks; it takes "
                        + "\(sectors) sectors, and what is written ends at LBA \(end).", lba: start))
        }
        return start
    }

    /// SYNCHRONIZE CACHE ends the track: run-out, and an entry in the PMA.
    private func end(_ section: Section) throws(BurnStop) {
        let (start, number) = (section.addresses.lowerBound, section.track ?? 0)
        engine.meter.begin(
            .closingTrack, track: number, start: start, count: section.addresses.count, at: engine.clock.now)
        engine.reportProgress()
        try engine.flush(
            "The end of track \(number) could not be written", lba: section.addresses.upperBound,
            within: engine.limits.trackEnd)
        let written = WrittenTrack(number: number, start: start, sectors: section.addresses.count)
        engine.tracks.append(written)
        starts.append(start)
        if !plan.isTest { engine.tell(.trackWritten(written)) }
        engine.log("track \(written.number): \(written.sectors) sectors from LBA \(written.start)")
        if let layout = layout(ofTracks: starts.count), !plan.isTest { engine.countTracks(layout) }
        engine.tellRecord()
    }

    func close() throws(BurnStop) {
        engine.begin(.finalizing)
        if plan.isTest { return engine.closeTest() }
        if plan.close != .none {
            try engine.closeSession()
        } else if let next = try? engine.ask(ReadTrackInformation(.next)) {
            engine.count(next)
        }
    }

    /// The session as far as so many tracks: gaps are what lies between the addresses that the drive gave.
    private func layout(ofTracks count: Int) -> SessionLayout? {
        guard count > 0 else { return nil }
        var layout = plan.layout(start: starts[0] - RedBook.pauseSectors)
        if !hasCatalogNumber { layout.catalogNumber = nil }
        layout.tracks = Array(layout.tracks[..<count])
        for place in layout.tracks.indices {
            layout.tracks[place].number = firstNumber + place
            layout.tracks[place].pregap =
                place == 0
                ? RedBook.pauseSectors : starts[place] - starts[place - 1] - layout.tracks[place - 1].sectors
            if !codedTracks.contains(place) { layout.tracks[place].recordingCode = nil }
        }
        return layout
    }

    var written: WrittenDisc {
        let layout = layout(ofTracks: starts.count)
        return WrittenDisc(
            mode: .tao, layout: layout, segments: layout.map { WrittenDisc.Segment.all(of: $0, sources) } ?? [],
            close: plan.close, earlierTracks: engine.earlierTracks)
    }
}

/// A burn that is stopped track at once, so that as much as possible of the disc is of use.
extension TrackAtOnceRecording {
    /// Leaves the disc as it is after a whole track, when somebody asked for it.
    private func cancelBetweenTracks() throws(BurnStop) {
        guard engine.isCancelled(engine.laser == .on) else { return }
        engine.begin(.cancelling)
        throw cancelled(cut: nil)
    }

    /// Ends the running track where it is, filled to the shortest legal length, and leaves the disc as the plan says.
    private func cancelTrack(_ section: Section, _ next: Int) -> BurnStop {
        if plan.isTest { return engine.cancelTest() }
        guard engine.laser == .on else { return engine.cancelledBeforeLaser() }
        engine.begin(.cancelling)
        let sent = next - section.addresses.lowerBound
        guard sent > 0 else { return cancelled(cut: nil) }
        do throws(BurnStop) {
            let end = try fill(section, from: next)
            try engine.flush(
                "The cancelled \(section.name) could not be ended", lba: end, within: engine.limits.trackEnd)
        } catch {
            return error
        }
        return cancelled(cut: (section, sent))
    }

    /// Zeros up to the shortest track; returns where it ends.
    private func fill(_ section: Section, from next: Int) throws(BurnStop) -> Int {
        let blockBytes = plan.tracks[(section.track ?? firstNumber) - firstNumber].form.userBytes
        let most = BlockSequence.blocksOfWrite(blockBytes, within: engine.transport.maximumTransfer)
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: most * blockBytes, alignment: 4096)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        let end = max(next, section.addresses.lowerBound + RedBook.minimumTrackSectors)
        var position = next
        while position < end {
            let count = min(most, end - position)
            let bytes = UnsafeRawBufferPointer(rebasing: zeros[..<(count * blockBytes)])
            try engine.write(bytes, to: position..<position + count, of: section, cancelled: nil)
            position += count
        }
        return end
    }

    /// Closes the session unless the plan leaves it open, and says what remains.
    private func cancelled(cut: (section: Section, sent: Int)?) -> BurnStop {
        if plan.isTest { return engine.cancelTest() }
        let whole = engine.tracksOnDisc
        var detail = "The burn was cancelled. Whole tracks on the disc: \(whole.isEmpty ? "none" : "\(whole)")."
        if let cut {
            detail +=
                " Track \(cut.section.track ?? 0) was cut after \(cut.sent) of its \(cut.section.addresses.count) sectors."
        }
        if plan.close != .none {
            do throws(BurnStop) {
                try engine.closeSession()
            } catch {
                return error
            }
        } else {
            detail += " The session was left open."
        }
        return BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: .open, tracksOnDisc: whole, problem: BurnProblem(.cancelledByUser, detail)))
    }
}
