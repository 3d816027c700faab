public import BurnPlan
import DiscLayout
public import RawRecording

/// What an order may say, before anything is laid out: which fields go together, and with which mode.
struct OrderRules {
    let order: BurnOrder
    let files: [String: FileFacts]

    /// Everything that is broken, in the order's own sequence.
    func faults() -> [OrderFault] {
        var faults: [OrderFault] = []
        if !ClientName.isLegal(order.clientName) { faults.append(.init(.clientName, at: .field(.clientName))) }
        guard order.task == .burn else { return faults + notForTask() }
        faults += content() + numbers() + codes() + modeFaults()
        if order.image != nil { return faults + imageFaults() }
        faults += subCodeFaults()
        for index in order.tracks.indices.prefix(RedBook.maximumTracks) {
            faults += TrackRules(order: order, files: files, index: index).faults()
        }
        return faults
    }

    /// Erasing and closing take nothing.
    private func notForTask() -> [OrderFault] {
        let given: [(OrderPlace.Field, Bool)] = [
            (.tracks, !order.tracks.isEmpty), (.image, order.image != nil), (.subcode, order.subCode != nil),
            (.isTest, order.isTest), (.textSheet, order.textSheet != nil),
        ]
        return given.filter(\.1).map { OrderFault(.notForTask(order.task), at: .field($0.0)) }
    }

    private func content() -> [OrderFault] {
        guard let image = order.image else {
            if order.tracks.isEmpty { return [.init(.nothingToWrite, at: .field(.tracks))] }
            return order.tracks.count <= RedBook.maximumTracks
                ? [] : [.init(.tooManyTracks(order.tracks.count), at: .track(RedBook.maximumTracks))]
        }
        if !order.tracks.isEmpty { return [.init(.conflict(with: "tracks"), at: .field(.image))] }
        return files[image.file.file] == nil ? [.init(.unknownFile, at: .field(.image))] : []
    }

    private func numbers() -> [OrderFault] {
        let first = order.firstTrackNumber
        let place = OrderPlace.field(.firstTrackNumber)
        guard first != 1 else { return [] }
        guard (1...RedBook.maximumTracks).contains(first) else { return [.init(.firstTrackNumber(first), at: place)] }
        if order.image != nil { return [.init(.conflict(with: "image"), at: place)] }
        if order.mode == .tao { return [.init(.needsDiscAtOnce, at: place)] }
        if order.tracks.contains(where: { $0.form == .mode1 }) { return [.init(.numberedData, at: place)] }
        let last = first + order.tracks.count - 1
        return last > RedBook.maximumTracks ? [.init(.lastTrackNumber(last), at: place)] : []
    }

    private func codes() -> [OrderFault] {
        var faults: [OrderFault] = []
        if let limit = order.leadOutLimit, !(0...RawImageRules.lastTrackSector).contains(limit) {
            faults.append(.init(.leadOutLimit(limit), at: .field(.leadOutLimit)))
        }
        guard let text = order.catalogNumber else { return faults }
        let place = OrderPlace.field(.catalogNumber)
        do throws(CatalogNumber.Fault) {
            _ = try CatalogNumber(text)
        } catch {
            switch error {
            case .form: faults.append(.init(.catalogNumberForm, at: place))
            case .checkDigit(let expected):
                faults.append(.init(.catalogNumberCheckDigit(expected: expected), at: place))
            }
        }
        return faults
    }

    // MARK: Modes

    private func modeFaults() -> [OrderFault] {
        var faults: [OrderFault] = []
        let isRawOnly = order.subCode != nil || order.sectorType != nil || order.image != nil
        if order.mode == .tao || order.mode == .sao {
            let given: [(OrderPlace.Field, Bool)] = [
                (.image, order.image != nil), (.sectorType, order.sectorType != nil), (.subcode, order.subCode != nil),
            ]
            faults += given.filter(\.1).map { OrderFault(.needsRaw, at: .field($0.0)) }
        }
        if order.mode == .tao {
            // A gap of nothing cannot be had: the drive puts a pause before every track.
            if order.gap == GapMode.none || order.gap == .index0 {
                faults.append(.init(.needsDiscAtOnce, at: .field(.gap)))
            }
            if order.textSheet != nil { faults.append(.init(.needsDiscAtOnce, at: .field(.textSheet))) }
        } else {
            if order.close == .none { faults.append(.init(.needsTrackAtOnce, at: .field(.close))) }
            if order.blank == .appendIfOpen { faults.append(.init(.needsTrackAtOnce, at: .field(.media))) }
            if order.close == .session, order.mode == .raw || isRawOnly {
                faults.append(.init(.notRaw, at: .field(.close)))
            }
        }
        // A test that blanks a disc would be none.
        if order.isTest, order.blank == .eraseIfRewritable {
            faults.append(.init(.conflict(with: "test_write"), at: .field(.media)))
        }
        if order.textSheet != nil, !order.hasText {
            faults.append(.init(.conflict(with: "cd_text"), at: .field(.textSheet)))
        }
        return faults
    }

    // MARK: Raw

    /// An image says everything itself.
    private func imageFaults() -> [OrderFault] {
        guard let image = order.image, let facts = files[image.file.file] else { return [] }
        let given: [(OrderPlace.Field, Bool)] = [
            (.gap, order.gap != nil), (.catalogNumber, order.catalogNumber != nil),
            (.textSheet, order.textSheet != nil), (.subcode, order.subCode != nil),
        ]
        let faults = given.filter(\.1).map { OrderFault(.conflict(with: "image"), at: .field($0.0)) }
        let type = order.sectorType ?? .cooked
        let lead = image.leadInSectors ?? RawImage.standardLeadInSectors
        do throws(RawImage.Fault) {
            _ = try RawImage(type: type.blockType, leadInSectors: lead, byteCount: facts.bytes)
        } catch {
            return faults + [Self.fault(error)]
        }
        guard let found = facts.image, found.sectorType == type, found.leadInSectors == lead else {
            return faults + [.init(.notAnImage, at: .field(.image))]
        }
        let words = found.faults.isEmpty && found.leadOut == nil ? ["It has no lead-out."] : found.faults
        return faults + words.map { OrderFault(.image($0), at: .field(.image)) } + tooLong(found.leadOut)
    }

    private func tooLong(_ leadOut: Int?) -> [OrderFault] {
        let last = (order.leadOutLimit ?? RawImageRules.lastTrackSector) + 1
        guard let leadOut, leadOut > last else { return [] }
        return [.init(.discTooLong(needed: leadOut, available: last), at: .field(.image))]
    }

    private static func fault(_ fault: RawImage.Fault) -> OrderFault {
        switch fault {
        case .leadInSectors(let count): OrderFault(.leadInSectors(count), at: .field(.leadInSectors))
        case .length(let bytes, let blockBytes):
            OrderFault(.imageLength(bytes: bytes, sectorBytes: blockBytes), at: .field(.image))
        case .sectors(let count): OrderFault(.image("\(count) sectors are none of a disc."), at: .field(.image))
        case .leadInTooShort, .tooLong: OrderFault(.notAnImage, at: .field(.image))
        }
    }

    private func subCodeFaults() -> [OrderFault] {
        guard let file = order.subCode else { return [] }
        let place = OrderPlace.field(.subcode)
        guard let facts = files[file.file] else { return [.init(.unknownFile, at: place)] }
        var faults: [OrderFault] = []
        if order.sectorType == .pq { faults.append(.init(.noRoomForSubCode, at: .field(.sectorType))) }
        if let offset = facts.firstByteWithPQ { faults.append(.init(.subCodeBits(offset: offset), at: place)) }
        if order.textSheet != nil { faults.append(.init(.conflict(with: "text_sheet"), at: place)) }
        if order.tracks.contains(where: { $0.graphics != nil }) {
            faults.append(.init(.conflict(with: "cdg"), at: place))
        }
        return faults
    }
}

/// The name under which a drive is taken (`ClientName`).
public enum ClientName {
    /// Longest that other programs are shown.
    public static let longest = 62

    /// Letters, digits, blanks and `.,:;-_`, of which there is at least one.
    public static func isLegal(_ name: String) -> Bool {
        (1...longest).contains(name.utf8.count) && name.utf8.allSatisfy(isLegal)
    }

    /// The nearest legal name: other characters become `_`.
    public static func nearest(to name: String) -> String {
        let letters = name.utf8.prefix(longest).map { isLegal($0) ? $0 : UInt8(ascii: "_") }
        return letters.isEmpty ? BurnOrder.defaultClientName : String(decoding: letters, as: UTF8.self)
    }

    private static func isLegal(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: " .,:;-_".utf8.contains(letter)
        }
    }
}

extension RawSectorType {
    /// The same as a data block type.
    public var blockType: RawBlockType {
        switch self {
        case .pq: .pq
        case .cooked: .cooked
        case .raw: .raw
        }
    }
}
