import CDText
import DiscLayout
import Drives
import SectorCoding

/// The disc in a drive, as `/drives/{id}/media` shows it. Every member is always there; what there is not, or what nobody
/// knows, is null.
struct MediaResource: Encodable, Sendable {
    let drive: String
    let present: OrNull<Bool>
    let frozen: Bool
    let job: OrNull<Int>
    let burn: OrNull<Int>
    let kind: OrNull<String>
    let physicalType: Int
    let status: OrNull<DiscStatus>
    let blank: OrNull<Bool>
    let heuristicallyBlank: OrNull<Bool>
    let erasable: OrNull<Bool>
    let writeProtected: OrNull<Bool>
    let supports: ModesResource<Bool>
    let sectors: Sectors
    let tracks: OrNull<Int>
    let sessions: OrNull<Int>
    let openSession: OrNull<Bool>
    let toc: OrNull<ContentsResource>
    let nextWritableAddress: OrNull<Int>
    let startOfNextSession: OrNull<Int>
    let lastPossibleStartOfLeadOut: OrNull<Int>
    let writeSpeeds: [SpeedResource]
    let currentWriteSpeed: OrNull<SpeedResource>
    let atip: OrNull<Groove>
    let cdText: OrNull<DiscText>

    struct Sectors: Encodable, Sendable {
        let total: OrNull<Int>
        let free: OrNull<Int>
        let used: OrNull<Int>
    }

    struct Groove: Encodable, Sendable {
        let manufacturer: OrNull<String>
        let leadIn: PositionResource
        let lastLeadOut: PositionResource
        let erasable: Bool
        let unrestrictedUse: Bool
        let subType: OrNull<String>
        let strategy: OrNull<String>
        let lowestSpeed: OrNull<Int>
        let highestSpeed: OrNull<Int>

        /// Nil of a disc whose groove says nothing.
        init?(of media: DriveMedia) {
            guard let groove = media.groove else { return nil }
            manufacturer = OrNull(media.manufacturer)
            (leadIn, lastLeadOut) = (PositionResource(groove.leadIn), PositionResource(groove.lastLeadOut))
            (erasable, unrestrictedUse) = (groove.isRewritable, groove.isUnrestrictedUse)
            subType = OrNull(groove.subType?.rawValue)
            strategy = OrNull(groove.isRewritable ? nil : DiscManufacturer.strategy(leadIn: groove.leadIn).rawValue)
            (lowestSpeed, highestSpeed) = (OrNull(groove.lowestSpeed), OrNull(groove.highestSpeed))
        }

        enum CodingKeys: String, CodingKey {
            case manufacturer, erasable, strategy
            case leadIn = "lead_in"
            case lastLeadOut = "last_lead_out"
            case unrestrictedUse = "unrestricted_use"
            case subType = "sub_type"
            case lowestSpeed = "lowest_speed"
            case highestSpeed = "highest_speed"
        }
    }

    /// The disc that was seen last; while a job has the drive it is not asked, and nothing changes.
    ///
    /// - Parameter burn: the burn that has the drive.
    init(_ drive: DriveStatus, burn: Int?) {
        let media = drive.media
        self.drive = drive.id
        // A drive that cannot be asked may hold anything.
        present = OrNull(media == nil && drive.state != .idle ? nil : media != nil)
        (frozen, job, self.burn) = (drive.job != nil, OrNull(drive.job), OrNull(burn))
        (kind, physicalType, status) = (OrNull(media?.kind), media?.physicalType ?? 0, OrNull(media?.status))
        (blank, heuristicallyBlank) = (OrNull(media?.isBlank), OrNull(media?.isHeuristicallyBlank))
        (erasable, writeProtected) = (OrNull(media?.isErasable), OrNull(media?.isWriteProtected))
        let usable = media?.usable(in: drive.capabilities)
        supports = ModesResource(tao: usable?.tao, sao: usable?.sao, raw: usable?.raw)
        sectors = Sectors(
            total: OrNull(media.flatMap { $0.capacitySectors > 0 ? $0.capacitySectors : nil }),
            free: OrNull(media?.freeSectors), used: OrNull(media?.usedSectors))
        (tracks, sessions) = (OrNull(media?.trackCount), OrNull(media?.sessionCount))
        openSession = OrNull(media?.hasOpenSession)
        toc = OrNull(media?.contents.map(ContentsResource.init))
        nextWritableAddress = OrNull(media?.nextWritableAddress)
        startOfNextSession = OrNull(media?.startOfNextSession)
        lastPossibleStartOfLeadOut = OrNull(media?.lastPossibleStartOfLeadOut)
        writeSpeeds = media.map { media in media.writeSpeeds.map { SpeedResource($0, kind: media.kind) } } ?? []
        currentWriteSpeed = OrNull(
            media.flatMap { media in media.currentWriteSpeed.map { SpeedResource($0, kind: media.kind) } })
        atip = OrNull(media.flatMap(Groove.init(of:)))
        cdText = OrNull(media.flatMap { Self.text($0.textPacks) })
    }

    /// What the packs say; nil when there are none, or none that is whole.
    private static func text(_ bytes: [UInt8]) -> DiscText? {
        let packs = stride(from: 0, to: bytes.count - TextPack.byteCount + 1, by: TextPack.byteCount).map { offset in
            TextPack(bytes[offset..<offset + TextPack.byteCount])
        }
        let text = DiscText.Read(packs: packs).text
        return text.blocks.isEmpty ? nil : text
    }

    enum CodingKeys: String, CodingKey {
        case drive, present, frozen, job, burn, kind, status, blank, erasable, supports, sectors, tracks, sessions, toc,
            atip
        case physicalType = "physical_type"
        case heuristicallyBlank = "heuristically_blank"
        case writeProtected = "write_protected"
        case openSession = "open_session"
        case nextWritableAddress = "next_writable_address"
        case startOfNextSession = "start_of_next_session"
        case lastPossibleStartOfLeadOut = "last_possible_start_of_leadout"
        case writeSpeeds = "write_speeds"
        case currentWriteSpeed = "current_write_speed"
        case cdText = "cd_text"
    }
}

/// Something about each of the ways of writing.
struct ModesResource<Value: Encodable & Sendable>: Encodable, Sendable {
    let tao: OrNull<Value>
    let sao: OrNull<Value>
    let raw: OrNull<Value>

    init(tao: Value?, sao: Value?, raw: Value?) {
        (self.tao, self.sao, self.raw) = (OrNull(tao), OrNull(sao), OrNull(raw))
    }
}

/// A speed of writing.
struct SpeedResource: Encodable, Sendable {
    let sectorsPerSecond: Int
    let pureCAV: Bool
    let kind: String

    init(_ speed: RecordingSpeed, kind: String) {
        (sectorsPerSecond, pureCAV, self.kind) = (speed.sectorsPerSecond, speed.isPureCAV, kind)
    }

    enum CodingKeys: String, CodingKey {
        case kind
        case sectorsPerSecond = "sectors_per_second"
        case pureCAV = "pure_cav"
    }
}

/// A place on a disc, as an address and as a time.
struct PositionResource: Encodable, Sendable {
    let lba: Int
    let msf: String

    init(_ time: MSF) { (lba, msf) = (time.lba, time.description) }
    init(lba: Int) { (self.lba, msf) = (lba, MSF(lba: lba).description) }
}
