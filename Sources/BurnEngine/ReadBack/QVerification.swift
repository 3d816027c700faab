import BurnPlan
import DiscLayout
import SectorCoding

/// Compares the Q channel around every border of tracks and indexes with what it is to say.
struct QVerification {
    /// Sectors from a border in which a frame must name its side: codes stand in the place of positions, but never in two
    /// sectors one after the other (ECMA-130, 22.3.4).
    private static let nearness = 4

    let reader: QReader
    let map: QMap
    /// The frame that the host has sent for a sector, where it made sub-channel by itself from an image: what stands there is
    /// right, whatever it is.
    let sent: (_ lba: Int) throws(BurnStop) -> QFrame?

    /// Compares everything.
    ///
    /// - Returns: false where the drive did not give enough to tell.
    /// - Throws: the burn's end, at the first place that is wrong.
    func verifyAll() throws(BurnStop) -> Bool {
        var isProven = true
        for window in map.windows {
            if try !verify(window) {
                reader.engine.log(
                    "the Q channel of LBA \(window.lowerBound) to \(window.upperBound - 1) cannot be read")
                isProven = false
            }
        }
        return isProven
    }

    private func verify(_ window: Range<Int>) throws(BurnStop) -> Bool {
        var fault: (lba: Int, text: String)?
        for _ in 0..<max(reader.engine.limits.readAttempts, 2) {
            guard let frames = try reader.frames(window) else { return false }
            fault = nil
            for lba in window where fault == nil {
                guard let frame = frames[lba], let text = map.fault(of: frame, at: lba) else { continue }
                if let own = try sent(lba), !own.isIntact || own.content == frame.content { continue }
                fault = (lba, text)
            }
            if fault == nil, bordersAreNamed(frames, in: window) { return true }
        }
        guard let fault else { return false }
        throw reader.engine.subChannelMismatch(fault.text, lba: fault.lba, track: map.section(at: fault.lba)?.track)
    }

    /// Near every border in the window a frame says on which side it is.
    private func bordersAreNamed(_ frames: [Int: QFrame], in window: Range<Int>) -> Bool {
        map.sections.allSatisfy { section in
            let addresses = section.addresses
            guard addresses.overlaps(window), addresses.count >= Self.nearness else { return true }
            return [
                addresses.lowerBound..<addresses.lowerBound + Self.nearness,
                addresses.upperBound - Self.nearness..<addresses.upperBound,
            ].allSatisfy { side in
                !(window.lowerBound <= side.lowerBound && side.upperBound <= window.upperBound)
                    || side.contains { frames[$0]?.mode == 1 }
            }
        }
    }
}

extension BurnEngine {
    /// The end of a burn whose sub-channel is not what was sent.
    func subChannelMismatch(_ what: String, lba: Int? = nil, track: Int? = nil) -> BurnStop {
        let place = [track.map { "of track \($0)" }, lba.map { "at LBA \($0)" }].compactMap(\.self)
        let position = place.isEmpty ? "" : " " + place.joined(separator: " ")
        return failure(
            BurnProblem(.subChannelMismatch, "The sub-channel\(position) is not what was written: \(what).", lba: lba))
    }
}
