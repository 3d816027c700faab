import BurnPlan
import DiscLayout
import MMC
import SCSI

extension BurnEngine {
    /// Starts reading ahead; the laser goes on only when the ring is full.
    func startReader(_ sequence: BlockSequence) throws(BurnStop) -> ReadAheadBuffer {
        let reader = ReadAheadBuffer(sequence, writeLimit: transport.maximumTransfer)
        meter.willWrite(sequence.blocks)
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

    func problem(of failure: ReadAheadBuffer.Failure) -> BurnProblem {
        func what(_ place: Int) -> String {
            plan.tracks.indices.contains(place) ? "The content of track \(plan.tracks[place].number)" : "The image"
        }
        return switch failure {
        case .reading(let place, let error): BurnProblem(.planInvalid, "\(what(place)) cannot be read: \(error).")
        case .truncated(let place): BurnProblem(.planInvalid, "\(what(place)) became shorter while it was read.")
        case .timedOut:
            BurnProblem(
                .planInvalid, "Nothing was read within \(Int(limits.readAhead.inSeconds)) s: the disk hangs.")
        }
    }

    /// The last moment at which nothing has happened yet. From here on a crash counts as a spoiled disc.
    func turnLaserOn() throws(BurnStop) {
        try stopIfCancelledBeforeLaser()
        begin(.burning)
        if plan.isTest { return }
        do {
            try journal.append(.laserPending)
        } catch {
            throw failure(
                BurnProblem(.planInvalid, "The burn's journal cannot be written (\(error)), so nothing was begun."))
        }
        laser = .pending
    }

    /// Sends the blocks of sections that lie one behind the other. A WRITE may hold the end of one and the beginning of the
    /// next.
    ///
    /// - Parameters:
    ///   - shift: what is added to the addresses that the reader gives.
    ///   - cancelled: what follows when somebody asked to stop, of the address that would be next.
    func send(
        _ sections: [Section], from reader: ReadAheadBuffer, shiftedBy shift: Int = 0,
        cancelled: @escaping (_ next: Int) -> BurnStop
    ) throws(BurnStop) {
        var place = 0
        hasDriveBufferFilled = false
        guard var position = sections.first?.addresses.lowerBound, let end = sections.last?.addresses.upperBound else {
            return
        }
        begin(sections[place])
        while position < end {
            let chunk = try nextChunk(reader, at: position - shift)
            if position >= sections[place].addresses.upperBound {
                place = sections[place...].firstIndex { $0.addresses.contains(position) } ?? place
                begin(sections[place])
            }
            let addresses = position..<position + chunk.addresses.count
            try write(chunk.bytes, to: addresses, of: sections[place], cancelled: cancelled)
            position = addresses.upperBound
            reader.release()
            noteReadAhead(chunk)
            meter.wrote(addresses, chunk.bytes.count, waiting: chunk.bytesWaiting - chunk.bytes.count)
            if meter.isDue(at: clock.now) {
                try askForBuffer()
                reportProgress()
            }
        }
    }

    private func begin(_ section: Section) {
        meter.begin(
            section.action, track: section.track, start: section.addresses.lowerBound,
            count: section.addresses.count, at: clock.now)
    }

    /// How full our own buffer is. Once all is read it empties as it should.
    private func noteReadAhead(_ chunk: ReadAheadBuffer.Chunk) {
        guard !chunk.isAllRead else { return }
        let percent = Double(chunk.bytesWaiting) * 100 / Double(ReadAheadBuffer.capacity)
        record.lowestReadAheadPercent = min(record.lowestReadAheadPercent ?? 100, percent)
    }

    private func nextChunk(_ reader: ReadAheadBuffer, at position: Int) throws(BurnStop) -> ReadAheadBuffer.Chunk {
        let chunk: ReadAheadBuffer.Chunk?
        do throws(ReadAheadBuffer.Failure) {
            chunk = try reader.next(limits.readAhead)
        } catch {
            // Without a first WRITE the disc is as it was.
            throw laser == .on ? abandon(problem(of: error)) : failure(problem(of: error))
        }
        guard let chunk, chunk.addresses.lowerBound == position else {
            preconditionFailure("the reader delivers the sequence in its order, all of it")
        }
        return chunk
    }

    /// One WRITE, sent again as long as the drive's buffer is full.
    ///
    /// - Parameter cancelled: as of `send`; nil where that has been obeyed already.
    func write(
        _ bytes: UnsafeRawBufferPointer, to addresses: Range<Int>, of section: Section, cancelled: ((Int) -> BurnStop)?
    ) throws(BurnStop) {
        if let cancelled, isCancelled(laser == .on) { throw cancelled(addresses.lowerBound) }
        let command = Write10(
            lba: Int32(truncatingIfNeeded: addresses.lowerBound), blocks: UInt16(addresses.count))
        do throws(SCSIError) {
            try transport.send(command, bytes)
        } catch {
            try insist(on: command, bytes, addresses, section, after: error, cancelled)
        }
        if laser != .on, !plan.isTest {
            laser = .on
            tell(.laserOn)
        }
    }

    /// Sends a WRITE again that the drive had no room for, up to a limit.
    private func insist(
        on command: Write10, _ bytes: UnsafeRawBufferPointer, _ addresses: Range<Int>, _ section: Section,
        after first: SCSIError, _ cancelled: ((Int) -> BurnStop)?
    ) throws(BurnStop) {
        let end = clock.now + limits.bufferFull
        var attentions = limits.unitAttentions
        var refusal = first
        while true {
            switch WriteReaction(refusal) {
            case .resendLater:
                guard clock.now < end else { throw bufferStayedFull(at: addresses.lowerBound, of: section, refusal) }
                reportProgress()
                clock.sleep(limits.bufferFullPause)
            case .resendNow where attentions > 0: attentions -= 1
            case .resendNow: throw failedWrite(.writeError, addresses, section, refusal)
            case .fail(let kind): throw failedWrite(kind, addresses, section, refusal)
            }
            if let cancelled, isCancelled(laser == .on) { throw cancelled(addresses.lowerBound) }
            do throws(SCSIError) {
                return try transport.send(command, bytes)
            } catch {
                refusal = error
            }
        }
    }

    private func bufferStayedFull(at lba: Int, of section: Section, _ refusal: SCSIError) -> BurnStop {
        abandon(
            BurnProblem(
                .driveTimeout,
                "The drive's buffer stayed full for \(Int(limits.bufferFull.inSeconds)) s at LBA \(lba) of "
                    + section.name, refusal, lba: lba))
    }

    private func failedWrite(
        _ kind: BurnProblem.Kind, _ addresses: Range<Int>, _ section: Section, _ refusal: SCSIError
    ) -> BurnStop {
        let what = "Writing \(addresses.count) sectors at LBA \(addresses.lowerBound) of \(section.name) failed"
        // Some drives take a cue sheet that promises CD-TEXT and then no address in the lead-in. Whether they would take the
        // session without is not tried: an order with texts is not fulfilled by a disc without.
        let isRefusedLeadIn =
            section.action == .writingLeadIn && plan.mode == .sao && kind == .mediaTooSmall && laser != .on
        let problem = BurnProblem(isRefusedLeadIn ? .layoutRefused : kind, what, refusal, lba: addresses.lowerBound)
        return abandon(problem, disc: refusal.leavesOutcomeUnknown ? .unsure : nil, after: refusal)
    }

    /// How full the drive's buffer is. Drives that do not say are not asked again; a deferred error is one of the burn's.
    private func askForBuffer() throws(BurnStop) {
        guard meter.asksDriveBuffer else { return }
        do throws(SCSIError) {
            let percent = try transport.perform(ReadBufferCapacity()).percentFull
            meter.driveBufferPercent = percent
            // Empty is how it begins: that is no low point.
            if let percent, percent >= 50 { hasDriveBufferFilled = true }
            if let percent, hasDriveBufferFilled {
                record.lowestBufferPercent = min(record.lowestBufferPercent ?? percent, percent)
            }
        } catch {
            if let sense = error.sense, sense.isDeferred {
                throw abandon(BurnProblem(.writeError, "An earlier WRITE failed", error))
            }
            if error.transportKind != nil {
                throw abandon(BurnProblem(.driveOffline, "The drive was lost", error), disc: .unsure)
            }
            meter.asksDriveBuffer = false
            meter.driveBufferPercent = nil
        }
    }

    /// Flushes what the drive holds, and waits until it and everything that the drive adds by itself is on the disc.
    ///
    /// - Returns: what the drive says of the disc then.
    @discardableResult
    func flush(_ what: String, lba: Int, within limit: Duration) throws(BurnStop) -> DiscInformation {
        let end = clock.now + limit
        while true {
            let isTaken = try flushUnlessBusy(what, lba: lba, until: end)
            let disc: DiscInformation
            do throws(WaitFailure) {
                disc = try waitUntilReady(limit, .forWriting)
            } catch {
                throw abandon(
                    problem(of: error, .writeError, what, lba: lba),
                    disc: error.leavesOutcomeUnknown ? .unsure : nil)
            }
            if isTaken { return disc }
            clock.sleep(limits.longestPoll)
        }
    }

    /// - Returns: false when the drive was still writing, so that nobody knows whether it took the command.
    private func flushUnlessBusy(_ what: String, lba: Int, until end: Duration) throws(BurnStop) -> Bool {
        do throws(SCSIError) {
            try synchronize()
            return true
        } catch {
            // Everything else than being busy means that data was lost.
            if ReadinessReaction(error, writing: true) == .wait, clock.now < end {
                log("\(error.command): \(error.explanation); sent again once the drive is ready")
                return false
            }
            throw abandon(
                BurnProblem(WriteReaction(error).problemKind, what, error, lba: lba),
                disc: error.leavesOutcomeUnknown ? .unsure : nil)
        }
    }

    /// SYNCHRONIZE CACHE that returns at once, so that the wait for it has our limit; a drive that knows no Immed keeps us.
    private func synchronize() throws(SCSIError) {
        do throws(SCSIError) {
            _ = try transport.perform(SynchronizeCache(immediate: true))
        } catch {
            guard error.sense?.key == 5, error.sense?.code == 0x24 else { throw error }
            _ = try transport.perform(SynchronizeCache())
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
    ///
    /// - Parameter refusal: the WRITE's, when it was one.
    func abandon(_ problem: BurnProblem, disc: BurnOutcome.Disc? = nil, after refusal: SCSIError? = nil) -> BurnStop {
        log("\(problem.type.rawValue): \(problem.detail)")
        if laser == .pending {
            // A first WRITE that was refused may have reached the disc all the same, unless the drive called it illegal and
            // describes the disc as before. It is not flushed then: there is nothing to flush, and a flush could begin a
            // session.
            let isIllegal = refusal?.sense.map { $0.key == 5 && !$0.isDeferred } ?? false
            if isIllegal, let before = recorder?.disc, quietDown(flushing: false) == before { return failure(problem) }
            laser = .on
        }
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
