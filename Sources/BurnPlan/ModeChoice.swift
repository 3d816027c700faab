/// In which way an order is written on one drive, and why: a pure function of what is asked for, what the content needs and
/// what the drive can.
public struct ModeChoice: Codable, Equatable, Sendable {
    /// Why a way was taken.
    public enum Reason: String, Codable, Sendable {
        /// The order demands it.
        case demanded
        /// Session at once holds all that the order has, and the drive makes the rest itself.
        case sessionAtOnce = "session-at-once"
        /// The drive has no session at once.
        case noSessionAtOnce = "no-session-at-once"
        /// The drive is known to do session at once badly.
        case sessionAtOnceUnreliable = "session-at-once-unreliable"
        /// An image with a lead-in of its own can be written raw only.
        case image
        /// R to W for every sector can be written raw only.
        case subCode = "sub-code"
        /// The kind of raw sector was named.
        case sectorType = "sector-type"
        /// The graphics need R to W, which the drive does not take in session at once.
        case graphics
        /// The texts need the lead-in, which the drive does not take in session at once.
        case text
    }

    /// The way.
    public var mode: RecordingMode
    /// What a raw sector holds; nil in the other modes.
    public var sectorType: RawSectorType?
    /// Why.
    public var reason: Reason
    /// The texts that the order has are written.
    public var writesText: Bool

    /// A choice.
    public init(mode: RecordingMode, sectorType: RawSectorType? = nil, reason: Reason, writesText: Bool = false) {
        (self.mode, self.sectorType, self.reason, self.writesText) = (mode, sectorType, reason, writesText)
    }

    enum CodingKeys: String, CodingKey {
        case mode, reason
        case sectorType = "sector_type"
        case writesText = "writes_text"
    }

    /// What a drive lacks for an order.
    public enum Lack: Error, Codable, Equatable, Sendable {
        /// It does not write in the way.
        case mode(RecordingMode)
        /// It writes neither session at once nor raw.
        case discAtOnce
        /// It takes none of the raw blocks that the content can be in.
        case sectorType([RawSectorType])
        /// It takes no R to W in session at once.
        case subCodeInSAO
        /// It takes no CD-TEXT in session at once.
        case textInSAO
        /// It cannot write with the laser at reading power in this way.
        case testWrite(RecordingMode)
        /// It blanks no discs.
        case rewriting
    }

    /// Chooses.
    ///
    /// - Parameters:
    ///   - order: what is asked for. That it makes sense in itself is `DiscComposition`'s.
    ///   - demand: what its content needs.
    ///   - abilities: what the drive can; nil when nobody knows, which counts as everything.
    /// - Throws: what the drive lacks, the first of it.
    public static func choose(
        _ order: BurnOrder, _ demand: ContentDemand, on abilities: RecorderAbilities?
    ) throws(Lack) -> ModeChoice {
        let drive = abilities ?? RecorderAbilities()
        switch order.task {
        case .erase:
            guard drive.rewrites else { throw .rewriting }
            return ModeChoice(mode: .tao, reason: .demanded)
        case .close:
            guard drive.modes.contains(.tao) else { throw .mode(.tao) }
            return ModeChoice(mode: .tao, reason: .demanded)
        case .burn: break
        }
        let choice = try way(order, demand, drive)
        guard !order.isTest || drive.testModes.contains(choice.mode) else { throw .testWrite(choice.mode) }
        return choice
    }

    private static func way(
        _ order: BurnOrder, _ demand: ContentDemand, _ drive: RecorderAbilities
    ) throws(Lack) -> ModeChoice {
        switch order.mode {
        case .tao:
            guard drive.modes.contains(.tao) else { throw .mode(.tao) }
            return ModeChoice(mode: .tao, reason: .demanded)
        case .sao: return try sao(demand, drive, .demanded)
        case .raw: return try raw(order, demand, drive, .demanded)
        case .dao: return try dao(order, demand, drive)
        }
    }

    /// Session at once where it does: the drive makes sub-channel and lead-in, and stops least when a buffer runs empty.
    private static func dao(
        _ order: BurnOrder, _ demand: ContentDemand, _ drive: RecorderAbilities
    ) throws(Lack) -> ModeChoice {
        if demand.hasImage { return try raw(order, demand, drive, .image) }
        if demand.hasSubCodeStream { return try raw(order, demand, drive, .subCode) }
        if order.sectorType != nil { return try raw(order, demand, drive, .sectorType) }
        if drive.prefersRaw, order.close == .disc, !order.isTest || drive.testModes.contains(.raw),
            let choice = try? raw(order, demand, drive, .sessionAtOnceUnreliable)
        {
            return choice
        }
        let lack: Lack
        do throws(Lack) {
            return try sao(demand, drive, .sessionAtOnce)
        } catch { lack = error }
        let reason: Reason =
            switch lack {
            case .subCodeInSAO: .graphics
            case .textInSAO: .text
            default: .noSessionAtOnce
            }
        // A disc that is to be gone on with needs a session as drives make them.
        guard order.close == .disc else { throw lack }
        do throws(Lack) {
            return try raw(order, demand, drive, reason)
        } catch {
            if case .mode = lack, case .mode = error { throw .discAtOnce }
            // Where there is no RAW at all, what session at once lacks is the nearer cure.
            if case .mode = error { throw lack }
            throw error
        }
    }

    private static func sao(
        _ demand: ContentDemand, _ drive: RecorderAbilities, _ reason: Reason
    ) throws(Lack) -> ModeChoice {
        guard drive.modes.contains(.sao) else { throw .mode(.sao) }
        guard !demand.hasGraphics || drive.writesSubCodeInSAO else { throw .subCodeInSAO }
        guard demand.text != .demanded || drive.writesTextInSAO else { throw .textInSAO }
        return ModeChoice(
            mode: .sao, reason: reason, writesText: demand.text != .none && drive.writesTextInSAO)
    }

    private static func raw(
        _ order: BurnOrder, _ demand: ContentDemand, _ drive: RecorderAbilities, _ reason: Reason
    ) throws(Lack) -> ModeChoice {
        guard drive.modes.contains(.raw) else { throw .mode(.raw) }
        let fit = sectorTypes(order, demand)
        guard let type = fit.first(where: drive.sectorTypes.contains) else { throw .sectorType(fit) }
        let hasRoom = type != .pq && !demand.hasImage && !demand.hasSubCodeStream
        return ModeChoice(
            mode: .raw, sectorType: type, reason: reason, writesText: demand.text != .none && hasRoom)
    }

    /// The kinds of raw sector that the content can be in, the best first. Symbols as they go onto the disc are safest, since
    /// nothing is left for the drive to add; without R to W the shortest block does.
    private static func sectorTypes(_ order: BurnOrder, _ demand: ContentDemand) -> [RawSectorType] {
        if let named = order.sectorType { return [named] }
        if demand.hasImage { return [.cooked] }
        if demand.hasSubCodeStream { return [.raw] }
        if demand.hasGraphics || demand.text == .demanded { return [.raw, .cooked] }
        return demand.text == .wished ? [.raw, .cooked, .pq] : [.pq, .raw, .cooked]
    }
}

/// The words for people.
extension ModeChoice.Reason {
    /// One sentence.
    public var sentence: String {
        switch self {
        case .demanded: "The order asks for this mode."
        case .sessionAtOnce: "Session at once holds everything that the order has."
        case .noSessionAtOnce: "The drive does not write session at once."
        case .sessionAtOnceUnreliable: "Drives of this kind write session at once badly."
        case .image: "An image with a lead-in of its own is written raw."
        case .subCode: "Sub-code for every sector is written raw."
        case .sectorType: "The order names a kind of raw sector."
        case .graphics: "The drive takes graphics in R to W only raw."
        case .text: "The drive takes CD-TEXT only raw."
        }
    }
}

extension ModeChoice.Lack {
    /// One sentence about a drive.
    public var sentence: String {
        switch self {
        case .mode(let mode): "The drive does not write \(mode.words)."
        case .discAtOnce: "The drive writes neither session at once nor raw."
        case .sectorType(let types):
            "The drive takes no raw sectors of the kind \(types.map(\.rawValue).joined(separator: " or "))."
        case .subCodeInSAO: "The drive takes no graphics in R to W in session at once."
        case .textInSAO: "The drive takes no CD-TEXT in session at once."
        case .testWrite(let mode): "The drive makes no test of writing \(mode.words)."
        case .rewriting: "The drive blanks no discs."
        }
    }
}

extension RecordingMode {
    /// What people call it.
    public var words: String {
        switch self {
        case .tao: "track at once"
        case .sao: "session at once"
        case .raw: "raw"
        }
    }
}
