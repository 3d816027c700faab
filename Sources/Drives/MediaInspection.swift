import DiscLayout
import MMC
import SCSI

/// Finds out what disc is in a drive. Sends only commands that look.
enum MediaInspection {
    /// The disc; nil while the drive is still getting ready for it, or has none.
    static func media(_ transport: any SCSITransport) throws(SCSIError) -> DriveMedia? {
        do throws(SCSIError) {
            return try describe(transport)
        } catch {
            guard let sense = error.sense else { throw error }
            // Not ready: becoming ready (04), or no medium (3A). Anything else is a disc that cannot be read.
            if sense.key == 2, sense.code == 0x04 || sense.code == 0x3A { return nil }
            return unreadable
        }
    }

    private static let unreadable = DriveMedia(
        kind: "unknown", status: .unreadable, isErasable: false, capacitySectors: 0, freeSectors: 0, trackCount: 0,
        sessionCount: 0, manufacturer: nil)

    private static func describe(_ transport: any SCSITransport) throws(SCSIError) -> DriveMedia {
        _ = try transport.retryingUnitAttention(TestUnitReady())
        let disc = try transport.perform(ReadDiscInformation())
        let profile = (try? transport.configuration().currentProfile) ?? Configuration.Profile.none
        let kind = kind(profile)
        let atip = try? transport.atip()
        let track = disc.status == .finalized ? nil : try? transport.perform(ReadTrackInformation(.next))
        let leadOut = disc.lastPossibleLeadOut?.lba ?? atip?.lastPossibleLeadOut.lba
        let capacity = max(leadOut ?? 0, 0)
        // An open disc counts the track that could follow, and the session that it would be in.
        let invisible = disc.status == .finalized ? 0 : 1
        let isLastSessionEmpty = disc.status != .finalized && disc.lastSessionState == .empty
        return DriveMedia(
            kind: kind, status: status(disc), isErasable: disc.isErasable, capacitySectors: capacity,
            freeSectors: track.map { $0.nextWritableAddress == nil ? 0 : $0.freeBlocks }
                ?? (disc.status == .empty ? capacity : 0),
            trackCount: disc.status == .empty
                ? 0 : max(disc.lastTrackInLastSession - disc.firstTrack + 1 - invisible, 0),
            sessionCount: disc.status == .empty ? 0 : max(disc.sessionCount - (isLastSessionEmpty ? 1 : 0), 0),
            manufacturer: atip.flatMap { $0.isPlausible ? DiscManufacturer.name(leadIn: $0.leadIn) : nil })
    }

    private static func kind(_ profile: UInt16) -> String {
        switch profile {
        case Configuration.Profile.cdR: "CD-R"
        case Configuration.Profile.cdRW: "CD-RW"
        case Configuration.Profile.cdROM: "CD-ROM"
        default: "unknown"
        }
    }

    private static func status(_ disc: DiscInformation) -> DiscStatus {
        switch disc.status {
        case .empty: .blank
        case .incomplete: .appendable
        case .finalized: .complete
        case .other: .unreadable
        }
    }
}
