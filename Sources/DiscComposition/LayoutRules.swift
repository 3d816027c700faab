import BurnPlan
import DiscLayout
import RawRecording

/// What a laid out disc may be.
struct LayoutRules {
    let order: BurnOrder
    let purpose: DiscComposition.Purpose
    let files: [String: FileFacts]

    /// Everything that is broken, in the order of the tracks.
    func faults(in layout: SessionLayout) -> [OrderFault] {
        let type: RawBlockType = order.sectorType == .pq ? .pq : .raw
        let limit = order.leadOutLimit ?? RawImageRules.lastTrackSector
        let broken = RawImageRules.faults(
            in: layout, type: type, hasSubCode: order.subCode != nil, leadOutLimit: limit)
        var faults: [OrderFault] = []
        for fault in broken {
            guard let own = self.fault(fault, layout), !faults.contains(where: { $0.isSame(as: own) }) else { continue }
            faults.append(own)
        }
        if purpose == .image { faults += shortTracks(layout) }
        if let bytes = order.subCode.flatMap({ files[$0.file]?.bytes }),
            case .subCodeLength(let bytes, let expected) = RawImageRules.subCodeFault(
                bytes: bytes, leadOut: layout.leadOut)
        {
            faults.append(.init(.subCodeLength(bytes: bytes, expected: expected), at: .field(.subcode)))
        }
        return faults
    }

    /// Index 0 that is the end of a track counts as the track's.
    private func shortTracks(_ layout: SessionLayout) -> [OrderFault] {
        layout.tracks.enumerated().compactMap { index, track in
            let isFollowed = index + 1 < layout.tracks.count && order.gap(before: index + 1) == .index0
            let sectors = track.sectors + (isFollowed ? RedBook.pauseSectors : 0)
            guard sectors < RedBook.minimumTrackSectors else { return nil }
            return OrderFault(
                .trackTooShort(sectors: sectors, minimum: RedBook.minimumTrackSectors), at: .track(index, .file))
        }
    }

    private func fault(_ fault: RawImageRules.Fault, _ layout: SessionLayout) -> OrderFault? {
        func index(_ number: Int) -> Int { number - order.firstTrackNumber }
        switch fault {
        case .tooLong(let track, _, let limit):
            return OrderFault(
                .discTooLong(needed: layout.leadOut, available: limit + 1), at: .track(index(track)))
        case .pregapTooLong(let track, _):
            let place: OrderPlace.TrackField =
                order.tracks[index(track)].pregap == nil ? .pregapSectors : .pregap
            return OrderFault(
                .pregapTooLong(sectors: layout.tracks[index(track)].pregap), at: .track(index(track), place))
        case .tooManyIndexes(let track, let count):
            return OrderFault(.tooManyIndexes(count), at: .track(index(track), .indexes))
        case .indexTooClose(let track, _, let offset):
            return OrderFault(.indexTooClose(offset: offset), at: element(offset, index(track)))
        case .indexTooLate(let track, _, let offset):
            let sectors = layout.tracks[index(track)].sectors
            return OrderFault(.indexTooLate(offset: offset, sectors: sectors), at: element(offset, index(track)))
        case .trackForm(let track):
            return purpose == .image ? OrderFault(.mixedImage, at: .track(index(track), .form)) : nil
        case .noRoomForSubCode: return OrderFault(.noRoomForSubCode, at: .field(.sectorType))
        // Short tracks are filled up or judged here; the rest is ruled out before anything is laid out.
        case .trackTooShort, .noTracks, .tooManyTracks, .firstTrackNumber, .lastTrackNumber, .pregapTooShort,
            .leadOutLimit, .subCodeLength, .subCodeBits:
            return nil
        }
    }

    private func element(_ offset: Int, _ index: Int) -> OrderPlace {
        .track(index, .indexes, element: order.tracks[index].indexes.firstIndex(of: offset))
    }
}

extension OrderFault {
    /// A disc is too long once, however many tracks lie behind its end.
    fileprivate func isSame(as other: OrderFault) -> Bool {
        if case .discTooLong = rule, case .discTooLong = other.rule { return true }
        return false
    }
}
