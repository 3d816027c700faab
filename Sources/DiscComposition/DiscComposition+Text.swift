public import BurnPlan
public import CDText
import DiscLayout

extension DiscComposition {
    /// Puts the order's texts into a composition. Codes are in the Q channel and not among the texts.
    static func addText(to composition: inout Composition, _ order: BurnOrder) throws(OrderFaults) {
        guard order.hasText, order.subCode == nil else { return }
        let text = try discText(of: order)
        guard text.blocks.contains(where: \.saysSomething) else { return }
        guard order.mode != .tao else {
            composition.notes.append(.noTextTrackAtOnce)
            return
        }
        let last = order.firstTrackNumber + order.tracks.count - 1
        do throws(DiscText.Fault) {
            let encoded = try text.packs(tracks: order.firstTrackNumber...last)
            (composition.text, composition.textChanges) = (encoded.packs, encoded.changes)
        } catch {
            throw OrderFaults([fault(error, order)])
        }
        composition.demand.text = order.textSheet == nil ? .wished : .demanded
    }

    /// The texts of an order: those of its sheet, and in the first language what its fields say beside.
    public static func discText(of order: BurnOrder) throws(OrderFaults) -> DiscText {
        var text = DiscText(blocks: [.init()])
        if let sheet = order.textSheet {
            do {
                text = try WireFormat.decode(DiscText.self, from: Array(sheet.utf8))
            } catch {
                throw OrderFaults([.init(.text("It is no sheet of texts."), at: .field(.textSheet))])
            }
            if text.blocks.isEmpty { text.blocks = [.init()] }
        }
        var block = text.blocks[0]
        block.disc.fillIn(DiscText.Entry(title: order.title, performer: order.performer))
        for (index, track) in order.tracks.enumerated() where track.form == .audio {
            let entry = DiscText.Entry(
                title: track.title, performer: track.performer, songwriter: track.songwriter,
                composer: track.composer, arranger: track.arranger, message: track.message)
            guard entry.saysSomething else { continue }
            while block.tracks.count <= index { block.tracks.append(.init()) }
            block.tracks[index].fillIn(entry)
        }
        text.blocks[0] = block
        return text
    }

    private static func fault(_ fault: DiscText.Fault, _ order: BurnOrder) -> OrderFault {
        let whole = OrderPlace.field(order.textSheet == nil ? .text : .textSheet)
        switch fault {
        case .tooManyBlocks(let count):
            return .init(.text("\(count) languages are given; a disc has \(DiscText.maximumBlocks)."), at: whole)
        case .emptyBlock(let block): return .init(.text("Language \(block + 1) says nothing."), at: whole)
        case .noSuchTrack(let block, let track):
            return .init(.text("Language \(block + 1) has texts for track \(track), which there is not."), at: whole)
        case .controlCharacter(let place, let code):
            let isOwn = order.textSheet == nil && place.track > 0
            let field = isOwn ? OrderPlace.TrackField(rawValue: place.field.rawValue) : nil
            let words = "The \(place.field.rawValue) has the control character \(code), which no player shows."
            return .init(
                .text(words),
                at: field.map { .track(place.track - order.firstTrackNumber, $0) } ?? whole)
        case .tooManyPacks(let block, let packs):
            let room = DiscText.maximumPacksOfBlock
            return .init(
                .text("The texts of language \(block + 1) take \(packs) packs; a disc has room for \(room)."), at: whole
            )
        case .conversion(let error): return .init(.text("The characters cannot be converted: \(error)."), at: whole)
        }
    }
}

extension DiscText.Entry {
    private static var fields: [WritableKeyPath<DiscText.Entry, String?>] {
        [\.title, \.performer, \.songwriter, \.composer, \.arranger, \.message]
    }

    /// Takes what is missing from another.
    fileprivate mutating func fillIn(_ other: DiscText.Entry) {
        for field in Self.fields where self[keyPath: field]?.isEmpty != false {
            self[keyPath: field] = other[keyPath: field]
        }
    }

    fileprivate var saysSomething: Bool { Self.fields.contains { self[keyPath: $0]?.isEmpty == false } }
}

extension DiscText.Block {
    fileprivate var saysSomething: Bool {
        disc.saysSomething || tracks.contains(where: \.saysSomething) || discID?.isEmpty == false || genre != nil
            || closedInformation?.isEmpty == false
    }
}
