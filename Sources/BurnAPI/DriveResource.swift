import DiscLayout
import Drives
import JobQueue
import RecorderQuirks

/// A drive as the API shows it.
struct DriveResource: Encodable, Sendable {
    struct Media: Encodable, Sendable {
        let kind: String
        let status: String
        let erasable: Bool
        let capacitySectors: Int
        let freeSectors: Int
        let tracks: Int
        let sessions: Int
        let manufacturer: OrNull<String>
        let blank: Bool
        let appendable: Bool
        let atip: OrNull<MediaResource.Groove>

        init(_ media: DriveMedia) {
            (kind, status, erasable) = (media.kind, media.status.rawValue, media.isErasable)
            (capacitySectors, freeSectors) = (media.capacitySectors, media.freeSectors)
            (tracks, sessions, manufacturer) = (media.trackCount, media.sessionCount, OrNull(media.manufacturer))
            (blank, appendable) = (media.isBlank, media.status == .appendable)
            atip = OrNull(MediaResource.Groove(of: media))
        }

        enum CodingKeys: String, CodingKey {
            case kind, status, erasable, tracks, sessions, manufacturer, blank, appendable, atip
            case capacitySectors = "capacity_sectors"
            case freeSectors = "free_sectors"
        }
    }

    /// What burnd does otherwise with such drives.
    struct Quirk: Encodable, Sendable {
        let id: String
        let reason: String
        let source: String

        init(_ quirk: RecorderQuirk) { (id, reason, source) = (quirk.behaviour.rawValue, quirk.reason, quirk.source) }
    }

    /// A speed of writing, of whatever disc.
    struct Speed: Encodable, Sendable {
        let sectorsPerSecond: Int
        let pureCAV: Bool

        init(_ speed: RecordingSpeed) { (sectorsPerSecond, pureCAV) = (speed.sectorsPerSecond, speed.isPureCAV) }

        enum CodingKeys: String, CodingKey {
            case sectorsPerSecond = "sectors_per_second"
            case pureCAV = "pure_cav"
        }
    }

    /// The other program that holds it.
    struct Holder: Encodable, Sendable {
        let program: OrNull<String>
        let pid: OrNull<Int>
        let user: OrNull<String>
        let mountedAt: OrNull<String>
        let node: String

        init(_ holder: DriveHolder) {
            (program, pid, user) = (OrNull(holder.program), OrNull(holder.pid), OrNull(holder.user))
            (mountedAt, node) = (OrNull(holder.mountPoint), holder.node)
        }

        enum CodingKeys: String, CodingKey {
            case program, pid, user, node
            case mountedAt = "mounted_at"
        }
    }

    let id: String
    let label: String
    let vendor: String
    let product: String
    let firmware: String
    let firmwareDate: OrNull<String>
    let serial: String
    let state: String
    let reasons: [String]
    let enabled: Bool
    let present: Bool
    let tray: String
    let safeToOpen: Bool
    let media: OrNull<Media>
    let job: OrNull<Int>
    let lockedBy: OrNull<String>
    let heldBy: OrNull<Holder>
    let address: String
    let interface: OrNull<String>
    let loading: OrNull<String>
    let writeSpeeds: [Speed]
    let maxWriteSectorsPerSecond: OrNull<Int>
    let maxReadSectorsPerSecond: OrNull<Int>
    let node: OrNull<String>
    let sgNode: OrNull<String>
    let port: OrNull<String>
    let bus: OrNull<String>
    let pools: [String]
    let quirks: [Quirk]
    let supports: CapabilityResources.Supports
    let supportedMedia: ModesResource<[String]>
    let sectorTypes: OrNull<[String]>
    let canLoadMedia: OrNull<Bool>
    let canEjectMedia: OrNull<Bool>
    let bufferBytes: OrNull<Int>
    let maxCueSheetBytes: OrNull<Int>
    let readsCDText: OrNull<Bool>
    let features: [CapabilityResources.Feature]
    let profiles: [CapabilityResources.Profile]
    let modePages: [CapabilityResources.Page]
    let service: MemoryResource.Summary

    init(_ drive: DriveStatus) {
        (id, label, address) = (drive.id, drive.label, drive.address)
        (vendor, product) = (drive.identity?.vendor ?? "", drive.identity?.product ?? "")
        (firmware, serial) = (drive.identity?.firmware ?? "", drive.identity?.serial ?? "")
        (state, reasons) = (drive.state.rawValue, Self.reasons(drive).map(\.rawValue))
        (enabled, present, tray) = (drive.takesJobs, drive.isPresent, drive.tray.rawValue)
        (safeToOpen, job, lockedBy) = (drive.isSafeToOpen, OrNull(drive.job), OrNull(drive.lockedBy))
        heldBy = OrNull(drive.holder.map(Holder.init))
        (node, sgNode) = (OrNull(drive.place?.node), OrNull(drive.place?.sgNode))
        (port, bus, pools) = (OrNull(drive.place?.port), OrNull(drive.place?.bus), drive.pools)
        media = OrNull(drive.media.map(Media.init))
        quirks = drive.quirks.map(Quirk.init)
        let can = drive.capabilities
        (supports, supportedMedia) = (.init(can.supports), CapabilityResources.media(can))
        sectorTypes = OrNull(can.sectorTypes?.map(\.rawValue))
        (canLoadMedia, canEjectMedia) = (OrNull(can.canLoadMedia), OrNull(can.canEjectMedia))
        (bufferBytes, maxCueSheetBytes) = (OrNull(can.bufferBytes), OrNull(can.maximumCueSheetBytes))
        readsCDText = OrNull(can.readsCDText)
        (features, profiles) = (can.features.map { .init($0) }, can.profiles.map { .init($0) })
        modePages = can.modePages.map { .init($0) }
        (interface, loading) = (OrNull(can.interface?.rawValue), OrNull(can.loading?.rawValue))
        firmwareDate = OrNull(can.firmwareDate)
        writeSpeeds = can.speeds.write.map(Speed.init)
        maxWriteSectorsPerSecond = OrNull(Self.sectorsPerSecond(can.speeds.fastestWrite))
        maxReadSectorsPerSecond = OrNull(Self.sectorsPerSecond(can.speeds.fastestRead))
        service = MemoryResource.Summary(drive.service)
    }

    private static func sectorsPerSecond(_ kilobytes: Int?) -> Int? {
        kilobytes.map { RecordingSpeed(kilobytesPerSecond: $0).sectorsPerSecond }
    }

    private static func reasons(_ drive: DriveStatus) -> [StateReason] {
        var reasons: [StateReason] = []
        switch drive.obstacle {
        case .inUseElsewhere: reasons.append(.driveBusyElsewhere)
        case .unreachable: reasons.append(.driveOffline)
        case nil: break
        }
        if drive.service.outSince != nil { reasons.append(.driveFailing) }
        if !drive.isEnabled { reasons.append(.driveDisabled) }
        if drive.tray == .open { reasons.append(.doorOpen) }
        return reasons
    }

    enum CodingKeys: String, CodingKey {
        case id, label, vendor, product, firmware, serial, state, reasons, enabled, present, tray, media, job, address
        case supports, features, profiles, interface, loading, quirks, service
        case firmwareDate = "firmware_date"
        case writeSpeeds = "write_speeds"
        case maxWriteSectorsPerSecond = "max_write_sectors_per_second"
        case maxReadSectorsPerSecond = "max_read_sectors_per_second"
        case node, port, bus, pools
        case sgNode = "sg_node"
        case safeToOpen = "safe_to_open"
        case lockedBy = "locked_by"
        case heldBy = "held_by"
        case supportedMedia = "supported_media"
        case sectorTypes = "sector_types"
        case canLoadMedia = "can_load_media"
        case canEjectMedia = "can_eject_media"
        case bufferBytes = "buffer_bytes"
        case maxCueSheetBytes = "max_cue_sheet_bytes"
        case readsCDText = "reads_cd_text"
        case modePages = "mode_pages"
    }
}
