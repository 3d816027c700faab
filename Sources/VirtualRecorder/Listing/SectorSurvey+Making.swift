import DiscLayout
import Glibc
public import POSIX
import SectorCoding

extension StoredDisc {
    /// Looks at every sector that is recorded.
    ///
    /// - Parameter progress: told now and then how many sectors are done, of how many.
    public func survey(
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(SystemError) -> SectorSurvey {
        let end = try recordedEnd()
        let reader = try SectorReader(path)
        var survey = SectorSurvey()
        survey.leadIn = try surveyLeadIn()
        let spans = disc.sessions.flatMap { session in
            session.tracks.map { TrackSpan($0, in: session, recordedEnd: end) }
        }
        let total = spans.reduce(0) { $0 + $1.blocks.count }
        var done = 0
        for span in spans {
            var surveyor = TrackSurveyor(span)
            _ = try reader.read(span.blocks) { (lba, main, sub) throws(SystemError) in
                let count = main.count / RedBook.sectorBytes
                for index in 0..<count {
                    surveyor.look(
                        at: lba + index, main.block(index, of: RedBook.sectorBytes),
                        sub.block(index, of: RedBook.subChannelBytes))
                }
                done += count
                progress(done, total)
            }
            survey.tracks.append(surveyor.track)
        }
        survey.betweenSessions = zip(disc.sessions, disc.sessions.dropFirst()).reduce(0) { sum, pair in
            sum + pair.1.start - (pair.0.closing?.leadOut ?? pair.1.start)
        }
        return survey
    }

    /// The sub-channel of the first lead-in; nil when there is none.
    private func surveyLeadIn() throws(SystemError) -> SectorSurvey.LeadIn? {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor(opening: "\(path)/\(DiscFolder.leadInSub)", O_RDONLY)
        } catch {
            if error.number == ENOENT { return nil }
            throw error
        }
        // No more than there is room for before the program area, however long the file is.
        let room = DiscFolder.baseLBA - disc.medium.leadInStart.lba
        let count = min(try file.size() / RedBook.subChannelBytes, room)
        var leadIn = SectorSurvey.LeadIn(sectors: count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: RedBook.subChannelBytes, alignment: 8)
        defer { buffer.deallocate() }
        for block in 0..<count {
            guard try file.readAll(into: buffer, at: block * RedBook.subChannelBytes) else { break }
            let sub = UnsafeRawBufferPointer(buffer)
            // What the host did not send is zero.
            if !sub.isZero, !SubChannel.q(of: sub).isIntact { leadIn.qCRC += 1 }
            if sub.hasPacks { leadIn.packs += 1 }
        }
        return leadIn
    }
}

/// The recorded blocks of a track, and how they are divided.
private struct TrackSpan {
    let track: Disc.Track
    /// Pause to run-out, as far as there are any in the files.
    let blocks: Range<Int>
    /// Where the run-out begins.
    let contentEnd: Int
    let missing: Int

    init(_ track: Disc.Track, in session: Disc.Session, recordedEnd: Int) {
        self.track = track
        contentEnd = track.start + track.recordedBlocks(in: session, end: recordedEnd)
        let isRecorded = track.state != .reserved || track.blocks > 0
        let end = isRecorded ? contentEnd + (track.state == .complete ? track.runOut : 0) : track.pauseStart
        let stop = max(track.pauseStart, min(end, recordedEnd))
        blocks = track.pauseStart..<stop
        missing = session.stage == .recording || track.state == .open ? 0 : max(0, end - stop)
    }
}

/// Looks at the sectors of one track.
private struct TrackSurveyor {
    private let span: TrackSpan
    private var pause = SectorSurvey.Tally()
    private var content = SectorSurvey.Tally()
    private var runOut = SectorSurvey.Tally()

    init(_ span: TrackSpan) { self.span = span }

    var track: SectorSurvey.Track {
        SectorSurvey.Track(
            number: span.track.number, pause: pause.counts, content: content.counts, runOut: runOut.counts,
            missing: span.missing)
    }

    mutating func look(at lba: Int, _ main: UnsafeRawBufferPointer, _ sub: UnsafeRawBufferPointer) {
        if lba < span.track.start {
            look(at: lba, main, sub, &pause)
        } else if lba < span.contentEnd {
            look(at: lba, main, sub, &content)
        } else {
            look(at: lba, main, sub, &runOut)
        }
    }

    private func look(
        at lba: Int, _ main: UnsafeRawBufferPointer, _ sub: UnsafeRawBufferPointer, _ tally: inout SectorSurvey.Tally
    ) {
        let isContent = lba >= span.track.start && lba < span.contentEnd
        if span.track.form == .audio {
            tally.add(main.isZero ? .silent : .audio)
        } else if let identity = SectorIdentity(sector: main) {
            look(at: lba, main, identity, &tally)
        } else if isContent {
            tally.add(.withoutSync)
            tally.add(.sync)
        } else {
            // Before data a pause may be of audio.
            tally.add(main.isZero ? .silent : .audio)
        }
        lookAtQ(of: sub, at: lba, &tally)
        if sub.hasPacks { tally.packs += 1 }
    }

    private func look(
        at lba: Int, _ main: UnsafeRawBufferPointer, _ identity: SectorIdentity, _ tally: inout SectorSurvey.Tally
    ) {
        var defects = DataSector.defects(of: main)
        // Without forms nothing tells user data from sub-headers, and there is nothing to check.
        let isFormless = span.track.form == .mode2 && [.form1, .form2].contains(identity.kind)
        if isFormless { defects.formIntersection(.header) }
        tally.add(isFormless ? .mode2 : SectorSurvey.Kind(identity.kind))
        if identity.address != MSF(lba: lba) { defects.insert(.header) }
        if defects.contains(.edc) { tally.add(.edc) }
        if !defects.isDisjoint(with: [.pParity, .qParity]) { tally.add(.ecc) }
        if defects.contains(.zeros) { tally.add(.zeros) }
        if defects.contains(.header) { tally.add(.header) }
    }

    private func lookAtQ(of sub: UnsafeRawBufferPointer, at lba: Int, _ tally: inout SectorSurvey.Tally) {
        let frame = SubChannel.q(of: sub)
        guard frame.isIntact else { return tally.add(.qCRC) }
        guard frame.mode == 1 else { return }
        let track = span.track
        let index = lba < track.start ? 0 : track.indexes.lastIndex { $0 <= lba }.map { $0 + 1 } ?? 1
        guard case .position(track.number, index, _, let absolute) = frame.content, absolute == MSF(lba: lba) else {
            return tally.add(.qPosition)
        }
    }
}
