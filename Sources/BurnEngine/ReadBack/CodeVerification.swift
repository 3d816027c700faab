import BurnPlan
import DiscLayout
import MMC
import SCSI
import SectorCoding

/// Proves catalogue number and recording codes: by the drive's own search, and where that says nothing or something stale,
/// by the Q channel.
struct CodeVerification {
    /// Sectors that are searched for a code: one in a hundred must have it (ECMA-130, 22.3.4), and it may be damaged once.
    private static let searched = 208
    /// Sectors of them that must have come for a missing code to be missing on the disc.
    private static let enough = 150
    /// Times that the drive's search is asked: some answer with the code of the track that was asked for before.
    private static let questions = 2

    let engine: BurnEngine
    let reader: QReader
    let layout: SessionLayout

    private enum Verdict: Equatable {
        case proven
        case unproven
        /// What stands there instead.
        case wrong(String)
    }

    /// - Returns: false where nothing tells; nil when the disc is to have none.
    func verifyCatalogNumber() throws(BurnStop) -> Bool? {
        guard let number = layout.catalogNumber else { return nil }
        let told = try ask { () throws(SCSIError) in
            try engine.ask(ReadMediaCatalogNumber()).text
        } until: {
            $0 == number.description
        }
        let start = layout.trackStart(0)
        let verdict = try judge(told, number.description, start..<start + layout.tracks[0].sectors, mode: 2)
        return try result(verdict, "the catalogue number", number.description, track: nil)
    }

    /// - Returns: false where nothing tells of one or more; nil when the disc is to have none.
    func verifyRecordingCodes() throws(BurnStop) -> Bool? {
        var isProven: Bool?
        for (place, track) in layout.tracks.enumerated() {
            guard let code = track.recordingCode else { continue }
            try engine.stopIfCancelledWhileVerifying()
            let told = try ask { () throws(SCSIError) in
                try engine.ask(ReadTrackRecordingCode(track: UInt8(truncatingIfNeeded: track.number))).text
            } until: {
                $0 == code.description
            }
            let start = layout.trackStart(place)
            let verdict = try judge(told, code.description, start..<start + track.sectors, mode: 3)
            let own = try result(verdict, "the recording code", code.description, track: track.number)
            isProven = (isProven ?? true) && own
        }
        return isProven
    }

    /// What the drive's search says; nil when it found nothing or does not search.
    private func ask(
        _ question: () throws(SCSIError) -> String?, until isRight: (String?) -> Bool
    ) throws(BurnStop) -> String? {
        var told: String?
        for _ in 0..<Self.questions {
            do throws(SCSIError) {
                told = try question()
            } catch {
                engine.log("the drive does not search for codes: \(error.explanation)")
                guard error.transportKind == nil else {
                    throw engine.failure(
                        BurnProblem(.readBackFailed, "The codes of the disc could not be asked for", error),
                        disc: .unsure)
                }
                return nil
            }
            if isRight(told) { break }
        }
        return told
    }

    private func judge(
        _ told: String?, _ wanted: String, _ sectors: Range<Int>, mode: UInt8
    ) throws(BurnStop) -> Verdict {
        if told == wanted { return .proven }
        guard let manner = reader.manner else { return told.map { .wrong($0) } ?? .unproven }
        let range = sectors.lowerBound..<min(sectors.lowerBound + Self.searched, sectors.upperBound)
        guard let frames = try reader.frames(range) else { return .unproven }
        let codes = frames.values.filter { $0.mode == mode }.map(\.code)
        if let other = codes.first(where: { $0 != nil && $0 != wanted }), let other { return .wrong(other) }
        if codes.contains(wanted) { return .proven }
        // Drives that make Q in sixteen bytes may leave codes out; those that give every bit do not.
        let isComplete = manner.channel == .raw && manner.hasCRC && frames.count >= Self.enough
        return isComplete ? .wrong(told ?? "none") : .unproven
    }

    private func result(
        _ verdict: Verdict, _ name: String, _ wanted: String, track: Int?
    ) throws(BurnStop) -> Bool {
        switch verdict {
        case .proven: return true
        case .unproven:
            engine.log("\(name)\(track.map { " of track \($0)" } ?? "") could not be read back")
            return false
        case .wrong(let found):
            throw engine.subChannelMismatch("\(name) is \(found), not \(wanted)", track: track)
        }
    }
}

extension QFrame {
    /// The code in a frame of modes 2 and 3, as text.
    fileprivate var code: String? {
        switch content {
        case .catalogNumber(let digits, _): digits.map(String.init).joined()
        case .recordingCode(let characters, _): String(decoding: characters, as: UTF8.self)
        default: nil
        }
    }
}
