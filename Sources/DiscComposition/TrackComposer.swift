import BurnPlan
import DiscLayout
import RawRecording

/// Puts the tracks of an order, which keeps all rules by itself, onto a disc.
struct TrackComposer {
    /// What index 0 of a track holds.
    private enum Pregap {
        /// Zeros, so many sectors.
        case silence(Int)
        /// Silence, then a file.
        case file(PieceStream)
        /// The end of the track before.
        case endOfTrackBefore
    }

    /// A track whose place in its stream is known.
    private struct Placed {
        let pregap: Pregap
        /// Which of the streams its content is in.
        let stream: Int
        /// First sector in that stream, and the one behind its last.
        let start: Int
        var end: Int
    }

    let order: BurnOrder
    let files: [String: FileFacts]
    let purpose: DiscComposition.Purpose
    let path: (DiscComposition.Source) -> String
    /// Tracks that follow each other without a break are in one stream.
    private var streams: [PieceStream] = []
    private var placed: [Placed] = []
    private var notes: [Composition.Note] = []

    init(
        order: BurnOrder, files: [String: FileFacts], purpose: DiscComposition.Purpose,
        path: @escaping (DiscComposition.Source) -> String
    ) {
        (self.order, self.files, self.purpose, self.path) = (order, files, purpose, path)
    }

    // MARK: Streams

    /// Gives every track its place.
    mutating func composeTracks() {
        for (index, track) in order.tracks.enumerated() {
            let isJoined = index > 0 && order.gap(before: index).isJoint
            if isJoined { endTrack(index - 1, joined: true) } else { streams.append(PieceStream()) }
            let start = isJoined ? streams[streams.count - 1].count / track.form.userBytes : 0
            if isJoined { placed[index - 1].end = start }
            placed.append(
                Placed(pregap: pregap(before: index), stream: streams.count - 1, start: start, end: start))
            append(track, index)
            let isFollowed = index + 1 < order.tracks.count && order.gap(before: index + 1).isJoint
            if !isFollowed { endTrack(index, joined: false) }
        }
    }

    private mutating func append(_ track: BurnOrder.Track, _ index: Int) {
        let facts = files[track.file] ?? FileFacts(bytes: 0)
        switch track.form {
        case .audio:
            let bytes = (facts.sampleFrames ?? 0) * RedBook.sampleBytes
            streams[streams.count - 1].append(.init(file: path(.audio(track.file)), count: bytes))
        case .mode1:
            streams[streams.count - 1].append(.init(file: path(.bytes(track.file)), count: facts.bytes))
            if facts.bytes % track.form.userBytes != 0 { notes.append(.unevenData(track: index)) }
        }
    }

    /// Fills a track up to the shortest that a disc has, and one that nothing is joined to also to a whole sector.
    private mutating func endTrack(_ index: Int, joined: Bool) {
        let sectorBytes = order.tracks[index].form.userBytes
        let stream = streams.count - 1
        let whole = (streams[stream].count + (joined ? 0 : sectorBytes - 1)) / sectorBytes
        let shortest = placed[index].start + (purpose == .image ? 0 : RedBook.minimumTrackSectors)
        if whole < shortest { notes.append(.filledUp(track: index, sectors: shortest - whole)) }
        if whole < shortest || !joined {
            let end = max(whole, shortest)
            streams[stream].fill(to: end * sectorBytes)
            placed[index].end = end
        }
    }

    private mutating func pregap(before index: Int) -> Pregap {
        let track = order.tracks[index]
        if let file = track.pregap {
            var stream = PieceStream()
            if index == 0 { stream.append(.zeros(RedBook.pauseSectors * RedBook.sectorBytes)) }
            let bytes = (files[file.file]?.sampleFrames ?? 0) * RedBook.sampleBytes
            stream.append(.init(file: path(.audio(file.file)), count: bytes))
            stream.fill(to: (stream.count + RedBook.sectorBytes - 1) / RedBook.sectorBytes * RedBook.sectorBytes)
            return .file(stream)
        }
        if let sectors = track.pregapSectors { return .silence(sectors) }
        if index == 0 { return .silence(RedBook.pauseSectors) }
        if order.mode == .tao { return .silence(RedBook.runOutSectors + RedBook.pauseSectors) }
        switch order.gap(before: index) {
        case .nothing, .own: return .silence(0)
        case .silence: return .silence(RedBook.pauseSectors)
        case .index0: return .endOfTrackBefore
        case .forData:
            notes.append(.gapForData(track: index))
            return .silence(RedBook.pauseSectors)
        }
    }

    // MARK: The disc

    /// The disc, when it is none that cannot be.
    func composition() throws(OrderFaults) -> Composition {
        var composition = Composition()
        composition.catalogNumber = order.catalogNumber.flatMap { try? CatalogNumber($0) }
        composition.tracks = order.tracks.indices.map(track)
        let graphics = addGraphics(to: &composition.tracks)
        var layout = SessionLayout(catalogNumber: composition.catalogNumber, tracks: [])
        layout.tracks = composition.tracks.map(Self.layoutTrack)
        let faults = LayoutRules(order: order, purpose: purpose, files: files).faults(in: layout)
        guard faults.isEmpty else { throw OrderFaults(faults) }
        (composition.layout, composition.tableOfContents) = (layout, layout.tableOfContents)
        composition.symbols = order.subCode.map {
            .init(file: path(.bytes($0.file)), count: files[$0.file]?.bytes ?? 0)
        }
        composition.notes = notes + graphics
        composition.demand = ContentDemand(
            sectors: layout.leadOut, tracks: order.tracks.count, hasSubCodeStream: order.subCode != nil,
            hasGraphics: layout.hasSubCode, hasData: order.tracks.contains { $0.form == .mode1 })
        if order.mode == .tao { Self.leaveGapsToTheDrive(&composition.tracks) }
        return composition
    }

    private func track(_ index: Int) -> BurnPlan.Track {
        let (asked, place) = (order.tracks[index], placed[index])
        let sectorBytes = asked.form.userBytes
        func content(_ sectors: Range<Int>) -> [BurnPlan.Piece] {
            streams[place.stream].slice(sectors.lowerBound * sectorBytes..<sectors.upperBound * sectorBytes)
        }
        var end = place.end
        if index + 1 < placed.count, case .endOfTrackBefore = placed[index + 1].pregap { end -= RedBook.pauseSectors }
        let pregap: (sectors: Int, pieces: [BurnPlan.Piece]) =
            switch place.pregap {
            case .silence(let sectors): (sectors, sectors > 0 ? [.zeros(sectors * sectorBytes)] : [])
            case .file(let stream): (stream.count / sectorBytes, stream.all)
            case .endOfTrackBefore:
                (RedBook.pauseSectors, content(place.start - RedBook.pauseSectors..<place.start))
            }
        return BurnPlan.Track(
            number: order.firstTrackNumber + index, form: asked.form,
            copy: asked.form == .mode1 ? .prohibited : asked.copy ?? (order.mode == .tao ? .prohibited : .permitted),
            hasPreEmphasis: asked.hasPreEmphasis,
            recordingCode: asked.recordingCode.flatMap { RecordingCode($0)?.description }, pregap: pregap.sectors,
            sectors: end - place.start, indexes: asked.furtherIndexes, pregapContent: pregap.pieces,
            content: content(place.start..<end))
    }

    private static func layoutTrack(_ track: BurnPlan.Track) -> SessionLayout.Track {
        SessionLayout.Track(
            number: track.number, form: track.form, copy: track.copy, hasPreEmphasis: track.hasPreEmphasis,
            recordingCode: track.recordingCode.flatMap { RecordingCode($0) }, pregap: track.pregap,
            sectors: track.sectors, indexes: track.indexes, subCode: track.subCode)
    }

    /// Track at once the drive makes every pause.
    private static func leaveGapsToTheDrive(_ tracks: inout [BurnPlan.Track]) {
        for index in tracks.indices { (tracks[index].pregap, tracks[index].pregapContent) = (0, []) }
    }

    // MARK: Graphics

    /// Gives tracks the symbols of their graphics: those of a track begin with its first sector and end with its sound,
    /// which may be in the next one's index 0.
    private func addGraphics(to tracks: inout [BurnPlan.Track]) -> [Composition.Note] {
        guard order.tracks.contains(where: { $0.graphics != nil }) else { return [] }
        var notes: [Composition.Note] = []
        /// Symbols of the whole program, from the first track's index 0 on.
        var symbols = PieceStream()
        var position = 0
        for (index, track) in tracks.enumerated() {
            position += track.pregap
            guard let graphics = order.tracks[index].graphics else {
                position += track.sectors
                continue
            }
            let sound = placed[index].end - placed[index].start
            let bytes = files[graphics.file]?.bytes ?? 0
            let packs = bytes / Self.packBytes * Self.packBytes
            let sectors = (packs + RedBook.subChannelBytes - 1) / RedBook.subChannelBytes
            if packs != bytes { notes.append(.graphicsUneven(track: index)) }
            if sectors > sound { notes.append(.graphicsCut(track: index, sectors: sectors - sound)) }
            if sectors < sound { notes.append(.graphicsShort(track: index, sectors: sound - sectors)) }
            symbols.fill(to: position * RedBook.subChannelBytes)
            let count = min(packs, sound * RedBook.subChannelBytes)
            symbols.append(.init(file: path(.bytes(graphics.file)), count: count))
            position += track.sectors
        }
        symbols.fill(to: position * RedBook.subChannelBytes)
        var start = 0
        for index in tracks.indices {
            let end = start + (tracks[index].pregap + tracks[index].sectors) * RedBook.subChannelBytes
            let own = symbols.slice(start..<end)
            if own.contains(where: { $0.file != nil }) {
                (tracks[index].symbols, tracks[index].subCode) = (own, .packs)
            }
            start = end
        }
        return notes
    }

    /// Symbols of a pack.
    private static let packBytes = 24
}

/// What stands before a track, when all fields and the neighbours are considered.
enum TrackGap: Equatable {
    /// Nothing: the samples go on.
    case nothing
    /// A pre-gap of a length or content of its own.
    case own
    /// Two seconds of silence.
    case silence
    /// The end of the track before; the samples go on.
    case index0
    /// Two seconds in the track's form, since one of the two tracks is data.
    case forData

    /// The samples go on from the track before without a break.
    var isJoint: Bool { self == .nothing || self == .index0 }
}

extension BurnOrder {
    /// What stands before a track, 1 or above.
    func gap(before index: Int) -> TrackGap {
        let track = tracks[index]
        if mode == .tao { return .silence }
        let hasData = track.form == .mode1 || tracks[index - 1].form == .mode1
        if track.pregap != nil { return .own }
        if let sectors = track.pregapSectors { return sectors == 0 && !hasData ? .nothing : .own }
        let word = track.gap ?? gap
        if hasData { return word == .silence ? .silence : .forData }
        switch word ?? .none {
        case .none: return .nothing
        case .silence: return .silence
        case .index0: return .index0
        }
    }
}

extension BurnOrder.Track {
    /// Index 2 and so on: each once, rising; the one at 0 is implied.
    var furtherIndexes: [Int] { Set(indexes).subtracting([0]).sorted() }
}
