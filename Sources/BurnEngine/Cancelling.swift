import BurnPlan
import DiscLayout

/// A burn that is stopped with the laser on, so that as much as possible of the disc is of use.
extension BurnEngine {
    /// Leaves the disc as it is after a whole track, when somebody asked for it.
    func cancelBetweenTracks() throws(BurnStop) {
        guard isCancelled(true) else { return }
        begin(.cancelling)
        throw cancelled(cut: nil)
    }

    /// Ends the running track where it is, filled to the shortest legal length, and leaves the disc as the plan says.
    func cancelTrack(_ open: OpenTrack) -> BurnStop {
        guard laser == .on else { return cancelledBeforeLaser() }
        begin(.cancelling)
        guard open.sent > 0 else { return cancelled(cut: nil) }
        var open = open
        let sent = open.sent
        do throws(BurnStop) {
            try fillToShortestTrack(&open)
            try flush("The cancelled track \(open.track.number) could not be ended", lba: open.next)
        } catch {
            return error
        }
        return cancelled(cut: (open, sent))
    }

    private func fillToShortestTrack(_ open: inout OpenTrack) throws(BurnStop) {
        let silence = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ReadAheadBuffer.chunkSectors * RedBook.sectorBytes, alignment: 4096)
        defer { silence.deallocate() }
        silence.initializeMemory(as: UInt8.self, repeating: 0)
        while open.sent < RedBook.minimumTrackSectors {
            let sectors = min(ReadAheadBuffer.chunkSectors, RedBook.minimumTrackSectors - open.sent)
            let bytes = UnsafeRawBufferPointer(rebasing: silence[..<(sectors * RedBook.sectorBytes)])
            try write(bytes, sectors: sectors, &open, mayCancel: false)
        }
    }

    /// Closes the session unless the plan leaves it open, and says what remains.
    private func cancelled(cut: (track: OpenTrack, sent: Int)?) -> BurnStop {
        let whole = tracks.map(\.number)
        var detail = "The burn was cancelled. Whole tracks on the disc: \(whole.isEmpty ? "none" : "\(whole)")."
        if let cut {
            detail +=
                " Track \(cut.track.track.number) was cut after \(cut.sent) of its \(cut.track.track.sectors) sectors."
        }
        if plan.close != .none {
            do throws(BurnStop) {
                try closeSession()
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
