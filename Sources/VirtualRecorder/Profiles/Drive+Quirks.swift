import DiscLayout

/// Oddities of the drive's answers that are asked for by those who answer.
extension Drive {
    /// The next writable address of the invisible track as this drive tells it, which may not be where it can write.
    func told(nextAddress next: Int?, of disc: Disc) -> Int? {
        guard next != nil, disc.status == .blank else { return next }
        let isTrackAtOnce = parameters.writeType == .trackAtOnce
        if isTrackAtOnce, profile.quirks.contains(.nextAddressMinus150) { return -RedBook.pauseSectors }
        if !isTrackAtOnce, profile.quirks.contains(.nextAddressGarbage) { return Self.garbageAddress }
        return next
    }

    /// What a TSSTcorp SH-S223C says.
    private static let garbageAddress = 337_007

    /// Refuses CLOSE TRACK/SESSION where this drive does not have the function.
    func requireClosing(function: UInt8) throws(CheckCondition) {
        if function == 1, profile.quirks.contains(.closeTrackUnsupported) { throw .invalidOperationCode }
        if parameters.isTestWrite, profile.quirks.contains(.closeRefusedInTestWrite) { throw .commandSequenceError }
    }

    /// Refuses to be ready while a session has all of its blocks and waits for SYNCHRONIZE CACHE.
    func requireEnded() throws(CheckCondition) {
        guard profile.quirks.contains(.notReadyUntilSynchronized), recording?.isAllThere ?? false else { return }
        throw .longWriteInProgress(nil)
    }

    /// Refuses a disc that the drive can read only: a CD-RW that none of its speeds suits.
    func requireRecordable() throws(CheckCondition) {
        guard !speed.speeds.isEmpty else { throw .cannotWriteIncompatibleMedium }
    }
}
