import DiscLayout

/// Where a disc can be read, and what there is, as far as its tracks tell.
extension Disc {
    /// Addresses that a reader may ask for, in order and apart from one another: program areas of closed sessions, with
    /// pauses and run-outs, and complete tracks of a session that is written track by track. Lead-outs and lead-ins between
    /// sessions belong to no track and cannot be read, and neither can a session that was never completed.
    var readableAreas: [Range<Int>] {
        var areas: [Range<Int>] = []
        for session in sessions {
            if let closing = session.closing {
                areas.append(session.start..<max(session.start, closing.leadOut))
            } else if session.writeType == .trackAtOnce {
                for track in session.tracks where track.state == .complete {
                    if let last = areas.last, last.upperBound == track.pauseStart, track.pauseStart != session.start {
                        areas[areas.count - 1] = last.lowerBound..<track.extent
                    } else {
                        areas.append(track.pauseStart..<track.extent)
                    }
                }
            }
        }
        return areas
    }

    /// All of the blocks lie in one readable area. For none of them the address has to be at least at the end of one.
    func isReadable(_ blocks: Range<Int>) -> Bool {
        readableAreas.contains { $0.lowerBound <= blocks.lowerBound && blocks.upperBound <= $0.upperBound }
    }

    /// What consecutive blocks are.
    enum Nature: Equatable {
        case audio
        /// Data of a track of this form.
        case data(SectorForm)
        /// A pause beside a data track: the block itself has to tell. If it is data, then of this form.
        case unclear(SectorForm)
    }

    /// What blocks are, stretch by stretch.
    ///
    /// - Precondition: all are readable, so tracks cover them.
    func natures(of blocks: Range<Int>) -> [(blocks: Range<Int>, nature: Nature)] {
        var natures: [(blocks: Range<Int>, nature: Nature)] = []
        for session in sessions {
            var before: Track?
            for track in session.tracks {
                defer { before = track }
                guard track.pauseStart < blocks.upperBound, blocks.lowerBound < track.extent else { continue }
                let parts = [
                    (track.pauseStart..<track.start, track.pauseNature(behind: before)),
                    (track.start..<max(track.start, track.extent), track.nature),
                ]
                for (part, nature) in parts where part.overlaps(blocks) {
                    natures.append((part.clamped(to: blocks), nature))
                }
            }
        }
        return natures
    }

    /// All of the blocks are audio, without a look at them.
    func isAudio(_ blocks: Range<Int>) -> Bool { natures(of: blocks).allSatisfy { $0.nature == .audio } }

    /// None of the blocks is surely audio.
    func mayBeData(_ blocks: Range<Int>) -> Bool { natures(of: blocks).allSatisfy { $0.nature != .audio } }

    /// The session of a block and its track there; nil outside of all tracks.
    func place(of lba: Int) -> (session: Session, track: Track)? {
        for session in sessions {
            if let track = session.tracks.last(where: { $0.pauseStart <= lba && lba < $0.extent }) {
                return (session, track)
            }
        }
        return nil
    }
}

extension Disc.Track {
    /// Its blocks are data, by the form that was recorded or by the bit that readers go by.
    var isData: Bool { form.isData || control.contains(.data) }

    /// From index 1 on.
    fileprivate var nature: Disc.Nature { isData ? .data(form) : .audio }

    /// Before index 1. A pause may go with the track in front of it, and in RAW with neither.
    fileprivate func pauseNature(behind other: Disc.Track?) -> Disc.Nature {
        if isData { return .unclear(form) }
        if let other, other.isData { return .unclear(other.form) }
        return .audio
    }

    /// The index number of a block: 0 in the pause.
    func index(of lba: Int) -> Int { indexes.lastIndex { $0 <= lba }.map { $0 + 1 } ?? 0 }
}
