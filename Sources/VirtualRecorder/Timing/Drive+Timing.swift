import DiscLayout

/// The drive's time: waiting for the buffer, for the laser, for the arm.
extension Drive {
    /// Longest that a WRITE waits for room in the buffer before it answers LONG WRITE IN PROGRESS: programs that only know
    /// waiting and programs that only know retrying both get on.
    private static let longestHold: Duration = .seconds(1)

    /// Waits until bytes of the host fit into the buffer, but not for long; in RAW as long as it takes, because a program
    /// that records so gives up when a WRITE is refused (cdrdao).
    func waitForRoom(for bytes: Int) throws(CheckCondition) {
        let time = speed.timeUntilRoom(for: bytes, at: clock.now())
        guard time > .zero else { return }
        if parameters.writeType == .raw { return clock.wait(time) }
        clock.wait(min(time, Self.longestHold))
        guard time <= Self.longestHold else { throw .longWriteInProgress(nil) }
    }

    /// The buffer has run empty in a recording that has no protection from it: the caller breaks it off and answers
    /// `CheckCondition.lossOfStreaming`.
    var hasUnderrun: Bool { speed.hasUnderrun(at: clock.now()) }

    /// Sectors go into the buffer: `bytes` of the host for all of them together, or none for those that the drive makes
    /// itself, such as pauses and lead-ins.
    func take(sectors: Int, bytes: Int = 0, at lba: Int) {
        mechanism.used(at: clock.now())
        speed.accept(
            sectors: sectors, bytes: bytes, from: lba, isProtected: parameters.isUnderrunFree, at: clock.now())
    }

    /// Lets the time pass that the laser needs for what is in the buffer and `sectors` more, from `lba` on or where it is
    /// then: at once for who waits, later for who does not. What was done is durable already, so an end of the recorder in
    /// between undoes nothing.
    func finish(sectors: Int, from lba: Int? = nil, isImmediate: Bool) {
        let end = speed.begin(sectors: sectors, from: lba, at: clock.now())
        mechanism.used(at: end)
        if !isImmediate, !profile.quirks.contains(.impliedImmed) { clock.wait(end - clock.now()) }
    }

    /// Lets the time pass that reading takes: spinning up, moving the arm, and the sectors.
    func spend(reading sectors: Int, from lba: Int) {
        guard speed.isTimed else { return }
        let access = mechanism.access(from: lba, sectors: sectors, at: clock.now())
        let end = clock.now() + access + speed.readingTime(from: lba, sectors: sectors)
        mechanism.used(at: end)
        clock.wait(end - clock.now())
    }
}

extension Drive {
    /// Breaks the recording off when the buffer has run empty without protection: called by every WRITE before it takes
    /// anything.
    ///
    /// - Parameter lba: the address behind the last block that was taken.
    func requireStreaming(at lba: Int, on folder: DiscFolder) throws(CheckCondition) {
        guard hasUnderrun else { return }
        speed.discard(at: clock.now())
        recording = nil
        folder.abandonRecording(at: lba, "the buffer ran empty")
        throw .lossOfStreaming
    }
}
