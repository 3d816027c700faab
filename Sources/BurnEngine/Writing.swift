import BurnPlan
import DiscLayout
import MMC
import SCSI

/// A track while it is written.
struct OpenTrack {
    let track: BurnPlan.Track
    /// Where its first sector goes.
    let start: Int
    /// Sectors that the drive has taken.
    var sent = 0
    var next: Int { start + sent }
}

extension BurnEngine {
    /// Starts reading ahead; the laser goes on only when the ring is full.
    func startReader(_ sources: [TrackContent]) throws(BurnStop) -> ReadAheadBuffer {
        let reader = ReadAheadBuffer(sources)
        let capacity = ReadAheadBuffer.capacity
        log("read-ahead buffer: \(capacity >> 10) KiB, \(reader.lockedBytes >> 10) KiB of memory locked")
        do throws(ReadAheadBuffer.Failure) {
            try reader.waitUntilFull(limits.readAhead)
        } catch {
            reader.stop()
            throw failure(problem(of: error))
        }
        return reader
    }

    private func problem(of failure: ReadAheadBuffer.Failure) -> BurnProblem {
        switch failure {
        case .reading(let track, let error):
            BurnProblem(.planInvalid, "The audio of track \(plan.tracks[track].number) cannot be read: \(error).")
        case .truncated(let track):
            BurnProblem(
                .planInvalid, "The audio of track \(plan.tracks[track].number) became shorter while it was read.")
        case .timedOut:
            BurnProblem(
                .planInvalid, "The audio was not read within \(Int(limits.readAhead.inSeconds)) s: the disk hangs.")
        }
    }

    /// Writes all tracks, each with its end.
    func writeTracks(_ drive: RecorderFacts, from reader: ReadAheadBuffer) throws(BurnStop) {
        for (index, track) in plan.tracks.enumerated() {
            if index > 0 {
                try cancelBetweenTracks()
                do throws(BurnStop) {
                    try setWriteParameters(for: track, drive)
                } catch {
                    quietDown()
                    throw error
                }
            }
            let place = try placeOfTrack(track)
            if index == 0 { try turnLaserOn() }
            var open = OpenTrack(track: track, start: place)
            meter.begin(.writing, track: track.number, start: place, count: track.sectors, at: clock.now)
            while open.sent < track.sectors { try writeNextChunk(&open, from: reader) }
            try endTrack(open)
        }
        tell(.written)
    }

    /// The address that the drive gives for a track.
    ///
    /// Two drives are known to give −150 on a blank disc, the first sector of the pause, which the drive writes itself in
    /// this mode: the start of the track is right there.
    private func placeOfTrack(_ track: BurnPlan.Track) throws(BurnStop) -> Int {
        let next = try nextTrack()
        let stop: BurnStop
        if let address = next.nextWritableAddress {
            let place = max(address, next.start, 0)
            let end = tracks.last.map { $0.start + $0.sectors } ?? 0
            if place >= end, next.freeBlocks >= track.sectors { return place }
            stop = failure(
                BurnProblem(
                    place < end ? .driveRefused : .mediaTooSmall,
                    "The drive wants track \(track.number) at LBA \(place) with \(next.freeBlocks) free blocks; it takes "
                        + "\(track.sectors) sectors, and what is written ends at LBA \(end).", lba: place))
        } else {
            stop = failure(
                BurnProblem(.driveRefused, "The drive knows no next writable address for track \(track.number)."))
        }
        if laser == .on { quietDown() }
        throw stop
    }

    /// The last moment at which nothing has happened yet. From here on a crash counts as a spoiled disc.
    private func turnLaserOn() throws(BurnStop) {
        try stopIfCancelledBeforeLaser()
        begin(.burning)
        do {
            try journal.append(.laserPending)
        } catch {
            throw failure(
                BurnProblem(.planInvalid, "The burn's journal cannot be written (\(error)), so nothing was begun."))
        }
        laser = .pending
    }

    private func writeNextChunk(_ open: inout OpenTrack, from reader: ReadAheadBuffer) throws(BurnStop) {
        let chunk: ReadAheadBuffer.Chunk?
        do throws(ReadAheadBuffer.Failure) {
            chunk = try reader.next(limits.readAhead)
        } catch {
            // Without a first WRITE the disc is as it was.
            throw laser == .on ? abandon(problem(of: error)) : failure(problem(of: error))
        }
        guard let chunk, plan.tracks[chunk.track].number == open.track.number, chunk.offset == open.sent else {
            preconditionFailure("the reader delivers the plan's tracks in their order, all of each")
        }
        try write(chunk.bytes, sectors: chunk.sectors, &open)
        reader.release()
        meter.wrote(
            chunk.sectors, last: open.next - 1, waiting: reader.sectorsWaiting, capacity: ReadAheadBuffer.capacity)
        if meter.isDue(at: clock.now) {
            try askForBuffer()
            reportProgress()
        }
    }

    /// One WRITE, sent again as long as the drive's buffer is full.
    ///
    /// - Parameter mayCancel: false for the filling that a cancelled track needs.
    func write(
        _ bytes: UnsafeRawBufferPointer, sectors: Int, _ open: inout OpenTrack, mayCancel: Bool = true
    ) throws(BurnStop) {
        let command = Write10(lba: Int32(truncatingIfNeeded: open.next), blocks: UInt16(sectors))
        let end = clock.now + limits.bufferFull
        var attentions = limits.unitAttentions
        while true {
            if mayCancel, isCancelled(laser == .on) { throw cancelTrack(open) }
            let refusal: SCSIError
            do throws(SCSIError) {
                try transport.send(command, bytes)
                break
            } catch {
                refusal = error
            }
            switch WriteReaction(refusal) {
            case .resendLater:
                guard clock.now < end else {
                    throw abandon(
                        BurnProblem(
                            .driveTimeout,
                            "The drive's buffer stayed full for \(Int(limits.bufferFull.inSeconds)) s at "
                                + "LBA \(open.next) of track \(open.track.number)", refusal, lba: open.next))
                }
                reportProgress()
                clock.sleep(limits.bufferFullPause)
            case .resendNow where attentions > 0: attentions -= 1
            case .resendNow, .fail:
                let kind: BurnProblem.Kind =
                    if case .fail(let kind) = WriteReaction(refusal) { kind } else { .writeError }
                throw abandon(
                    BurnProblem(
                        kind, "Writing \(sectors) sectors at LBA \(open.next) of track \(open.track.number) failed",
                        refusal, lba: open.next),
                    disc: refusal.leavesOutcomeUnknown ? .unsure : nil)
            }
        }
        open.sent += sectors
        if laser != .on {
            laser = .on
            tell(.laserOn)
        }
    }

    /// How full the drive's buffer is. Drives that do not say are not asked again; a deferred error is one of the burn's.
    private func askForBuffer() throws(BurnStop) {
        guard meter.asksDriveBuffer else { return }
        do throws(SCSIError) {
            meter.driveBufferPercent = try transport.perform(ReadBufferCapacity()).percentFull
        } catch {
            if let sense = error.sense, sense.isDeferred {
                throw abandon(BurnProblem(.writeError, "An earlier WRITE of this track failed", error))
            }
            if error.transportKind != nil {
                throw abandon(BurnProblem(.driveOffline, "The drive was lost", error), disc: .unsure)
            }
            meter.asksDriveBuffer = false
            meter.driveBufferPercent = nil
        }
    }

    /// SYNCHRONIZE CACHE ends the track: run-out, and an entry in the PMA.
    private func endTrack(_ open: OpenTrack) throws(BurnStop) {
        meter.begin(
            .closingTrack, track: open.track.number, start: open.start, count: open.sent, at: clock.now)
        reportProgress()
        try flush("The end of track \(open.track.number) could not be written", lba: open.next)
        let written = WrittenTrack(number: open.track.number, start: open.start, sectors: open.sent)
        tracks.append(written)
        tell(.trackWritten(written))
        log("track \(written.number): \(written.sectors) sectors from LBA \(written.start)")
    }

    /// Flushes what the drive holds and waits for it.
    func flush(_ what: String, lba: Int) throws(BurnStop) {
        do throws(SCSIError) {
            _ = try transport.perform(SynchronizeCache())
        } catch {
            // Still writing: the wait below ends when it has ended. Everything else means that data was lost.
            guard ReadinessReaction(error, writing: true) == .wait else {
                throw abandon(
                    BurnProblem(WriteReaction(error).problemKind, what, error, lba: lba),
                    disc: error.leavesOutcomeUnknown ? .unsure : nil)
            }
        }
        do throws(WaitFailure) {
            _ = try waitUntilReady(limits.trackEnd, .forWriting)
        } catch {
            throw abandon(
                problem(of: error, .writeError, what, lba: lba), disc: error.leavesOutcomeUnknown ? .unsure : nil)
        }
    }

    func problem(of failure: WaitFailure, _ kind: BurnProblem.Kind, _ what: String, lba: Int? = nil) -> BurnProblem {
        switch failure {
        case .refused(let error): BurnProblem(kind, what, error, lba: lba)
        case .cancelled: BurnProblem(.cancelledByUser, what, lba: lba)
        case .timedOut(let limit, let last):
            BurnProblem(.driveTimeout, "\(what): still not ready after \(Int(limit.inSeconds)) s", last, lba: lba)
        }
    }

    /// The end of a burn that failed while the laser was on. The drive is quieted down first.
    func abandon(_ problem: BurnProblem, disc: BurnOutcome.Disc? = nil) -> BurnStop {
        log("\(problem.type.rawValue): \(problem.detail)")
        // A first WRITE that was refused may have reached the disc all the same.
        if laser == .pending { laser = .on }
        let stop = failure(problem, disc: disc)
        quietDown()
        return stop
    }
}

extension WriteReaction {
    /// The kind when flushing fails so.
    var problemKind: BurnProblem.Kind {
        if case .fail(let kind) = self { kind } else { .writeError }
    }
}

extension WaitFailure {
    var leavesOutcomeUnknown: Bool {
        switch self {
        case .refused(let error): error.leavesOutcomeUnknown
        case .timedOut: true
        case .cancelled: false
        }
    }
}
