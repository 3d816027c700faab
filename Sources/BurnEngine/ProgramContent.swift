import BurnPlan
import DiscLayout
import RawRecording
import SectorCoding

extension BurnEngine {
    /// Opens the files of the plan and sees that each holds what is wanted of it.
    func openSources() throws(BurnStop) -> [TrackSource] {
        var sources: [TrackSource] = []
        for track in plan.tracks {
            do throws(TrackContent.Unusable) {
                sources.append(
                    TrackSource(
                        pregap: track.pregap > 0 && plan.mode != .tao
                            ? try TrackContent(track.wholePregap, sectorBytes: track.form.userBytes) : nil,
                        content: try TrackContent(track.content, sectorBytes: track.form.userBytes),
                        symbols: track.subCode == .none
                            ? nil : try TrackContent(track.symbols, sectorBytes: RedBook.subChannelBytes)))
            } catch {
                throw failure(
                    BurnProblem(.planInvalid, "The content of track \(track.number) cannot be used: \(error.reason)."))
            }
        }
        return sources
    }

    /// R to W of every sector of a raw disc; nil where the plan has none. The image that they are of begins at 95:00:00, and
    /// a disc whose lead-in begins before that cannot be given any.
    func wholeDiscSymbols() throws(BurnStop) -> TrackContent? {
        guard let piece = plan.symbols else { return nil }
        let leadOut = plan.layout().leadOut
        let sectors = leadOut + RawSession.leadOutSectors - RawSession.imageStart
        guard piece.isSound, piece.count == sectors * RedBook.subChannelBytes else {
            throw failure(
                BurnProblem(
                    .planInvalid,
                    "The sub-code of the disc has \(piece.count) symbols; \(sectors) sectors from 95:00:00 on take "
                        + "\(sectors * RedBook.subChannelBytes)."))
        }
        do throws(TrackContent.Unusable) {
            return try TrackContent([piece], sectorBytes: RedBook.subChannelBytes)
        } catch {
            throw failure(BurnProblem(.planInvalid, "The sub-code of the disc cannot be used: \(error.reason)."))
        }
    }

    /// The packs of the plan.
    func textPacks() throws(BurnStop) -> [TextPack] {
        var packs: [TextPack] = []
        for (index, text) in plan.text.enumerated() {
            guard let pack = TextPack(hexadecimal: text), pack.isIntact else {
                throw failure(
                    BurnProblem(.planInvalid, "Pack \(index + 1) of the CD-TEXT is none, or its CRC does not fit."))
            }
            packs.append(pack)
        }
        return packs
    }
}

extension BurnPlan.Track {
    /// What index 0 holds: zeros where the plan says nothing.
    var wholePregap: [BurnPlan.Piece] { pregapContent.isEmpty ? [.zeros(pregap * form.userBytes)] : pregapContent }
}

extension TextPack {
    /// A pack as a plan has it, of 36 hexadecimal digits; nil when the text is none.
    init?(hexadecimal text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 2 * Self.byteCount, text.utf8.count == digits.count else { return nil }
        self.init(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}

extension WrittenDisc.Segment {
    /// The program area of a session whose sectors all come from the host: of each track index 0 and the rest.
    static func all(of layout: SessionLayout, _ sources: [TrackSource]) -> [WrittenDisc.Segment] {
        layout.tracks.indices.flatMap { place in
            let (track, source) = (layout.tracks[place], sources[place])
            let (start, begin, end) = (
                layout.pregapStart(place), layout.trackStart(place), layout.pregapStart(place + 1)
            )
            var segments: [WrittenDisc.Segment] = []
            if let pregap = source.pregap {
                segments.append(
                    WrittenDisc.Segment(
                        place: place, addresses: start..<begin, form: track.form, content: pregap,
                        symbols: source.symbols, firstSymbolSector: 0))
            }
            segments.append(
                WrittenDisc.Segment(
                    place: place, addresses: begin..<end, form: track.form, content: source.content,
                    symbols: source.symbols, firstSymbolSector: begin - start))
            return segments
        }
    }

    /// The blocks that hold it, as a drive takes them that makes everything else by itself.
    func stretch(continues: Bool) -> Stretch {
        let start = addresses.lowerBound
        guard let symbols else {
            return Stretch(
                addresses, blockBytes: form.userBytes, ContentBlocks(content, from: start, place: place),
                continues: continues)
        }
        return Stretch(
            addresses, blockBytes: form.userBytes + RedBook.subChannelBytes,
            CodedBlocks(
                content, from: start, mainBytes: form.userBytes, symbols: symbols, from: start - firstSymbolSector,
                place: place), continues: continues)
    }
}
