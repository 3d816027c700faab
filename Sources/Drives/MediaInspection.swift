import BinaryCoding
import DiscLayout
import MMC
import RecorderQuirks
import SCSI

/// Finds out what disc is in a drive. Sends only commands that look, and MODE SELECT where the drive's answer depends on the
/// write type (MMC-6, 6.26.3.9); the page is put back.
enum MediaInspection {
    /// The disc; nil while the drive is still getting ready for it, or has none.
    ///
    /// - Parameter quirks: what the drive is known to do otherwise than others.
    static func media(
        _ transport: any SCSITransport, _ quirks: [RecorderQuirk] = []
    ) throws(SCSIError) -> DriveMedia? {
        do throws(SCSIError) {
            return try describe(transport, quirks)
        } catch {
            guard let sense = error.sense else { throw error }
            // Not ready: becoming ready (04), or no medium (3A). Anything else is a disc that cannot be read.
            if sense.key == 2, sense.code == 0x04 || sense.code == 0x3A { return nil }
            return unreadable
        }
    }

    private static let unreadable = DriveMedia(
        kind: DriveMedia.Kind.unknown.rawValue, status: .unreadable, isErasable: false, capacitySectors: 0,
        freeSectors: 0, trackCount: 0, sessionCount: 0, manufacturer: nil)

    private static func describe(
        _ transport: any SCSITransport, _ quirks: [RecorderQuirk]
    ) throws(SCSIError) -> DriveMedia {
        _ = try transport.retryingUnitAttention(TestUnitReady())
        let disc = try transport.perform(ReadDiscInformation())
        let profile = (try? transport.configuration().currentProfile) ?? Configuration.Profile.none
        let atip = try? transport.atip()
        let groove = atip.flatMap { $0.isPlausible ? DriveMedia.Groove($0) : nil }
        let next = try NextTrack.ask(transport, disc, selects: quirks.contains(.selectsBeforeAsking))
        let contents = tableOfContents(transport, disc, next)
        let capacity = max(disc.lastPossibleLeadOut?.lba ?? groove?.lastLeadOut.lba ?? 0, 0)
        let kind = DriveMedia.Kind(profile: profile)
        var media = DriveMedia(
            kind: kind.rawValue, status: DiscStatus(disc.status), isErasable: disc.isErasable,
            capacitySectors: capacity, freeSectors: next?.freeSectors ?? (disc.status == .empty ? capacity : 0),
            trackCount: trackCount(disc), sessionCount: sessionCount(disc),
            manufacturer: groove.flatMap { DiscManufacturer.name(leadIn: $0.leadIn) })
        (media.groove, media.contents) = (groove, contents)
        media.isWriteProtected = [.cdROM, .dvdROM, .hdDVDROM, .bdROM].contains(kind)
        setRoom(disc, next, groove, in: &media)
        (media.writeSpeeds, media.currentWriteSpeed) =
            media.isWriteProtected ? ([], nil) : try SpeedInspection.writeSpeeds(transport)
        media.isHeuristicallyBlank = holdsNothing(transport, media)
        // Of discs that hold a TOC alone: drives look for packs in its lead-in, and may take long over an open one.
        if media.contents?.isExpected == false { media.textPacks = (try? transport.textPacks())?.bytes ?? [] }
        return media
    }

    /// An open disc counts the track that could follow.
    private static func trackCount(_ disc: DiscInformation) -> Int {
        guard disc.status != .empty else { return 0 }
        return max(disc.lastTrackInLastSession - disc.firstTrack + 1 - (disc.status == .finalized ? 0 : 1), 0)
    }

    /// An open disc counts the session that this track would be in.
    private static func sessionCount(_ disc: DiscInformation) -> Int {
        guard disc.status != .empty else { return 0 }
        let isLastEmpty = disc.status != .finalized && disc.lastSessionState == .empty
        return max(disc.sessionCount - (isLastEmpty ? 1 : 0), 0)
    }

    /// Where there is room, and how much of it is taken.
    private static func setRoom(
        _ disc: DiscInformation, _ next: NextTrack?, _ groove: DriveMedia.Groove?, in media: inout DriveMedia
    ) {
        media.hasOpenSession = disc.status == .incomplete && disc.lastSessionState != .empty
        media.nextWritableAddress = next?.address
        let isBetweenSessions = disc.status == .incomplete && disc.lastSessionState == .empty
        switch media.status {
        case .blank:
            media.usedSectors = 0
            media.startOfNextSession = disc.leadInStart ?? groove?.leadIn.lba
            media.lastPossibleStartOfLeadOut = disc.capacity ?? groove?.lastLeadOut.lba
        case .appendable:
            media.usedSectors = next?.address ?? media.contents?.leadOut
            media.startOfNextSession = isBetweenSessions ? disc.leadInStart : nil
            media.lastPossibleStartOfLeadOut = disc.capacity ?? groove?.lastLeadOut.lba
        case .complete: media.usedSectors = media.contents?.leadOut
        case .unreadable: break
        }
    }
}

// MARK: - What is on it

extension MediaInspection {
    /// What the lead-ins say; of a session that is open, what its lead-in will say.
    private static func tableOfContents(
        _ transport: any SCSITransport, _ disc: DiscInformation, _ next: NextTrack?
    ) -> DiscContents? {
        guard disc.status != .empty else { return nil }
        if disc.status == .incomplete, disc.lastSessionState != .empty { return expected(transport, disc, next) }
        return (try? transport.formattedTOC()).map { DiscContents(reply: $0.bytes) }
    }

    /// Tracks of an open session stand in no lead-in yet. Its lead-out would begin where the last track's run-out ends: a pause
    /// before the next track.
    private static func expected(
        _ transport: any SCSITransport, _ disc: DiscInformation, _ next: NextTrack?
    ) -> DiscContents? {
        let numbers = (1...RedBook.maximumTracks).clamped(
            to: max(disc.firstTrack, 1)...max(disc.lastTrackInLastSession, disc.firstTrack, 1))
        var tracks: [TableOfContents.Track] = []
        var end = 0
        for number in numbers {
            guard let track = try? transport.perform(ReadTrackInformation(.track(UInt8(number)))), !track.isBlank else {
                break
            }
            tracks.append(.init(number: number, control: track.control, start: track.start))
            end = track.start + min(track.size, RedBook.framesInMSF)
        }
        return DiscContents(expecting: tracks, leadOut: next?.address.map { $0 - RedBook.pauseSectors } ?? end)
    }

    /// Blocks that are looked at, at either end: 64 KiB, in one command.
    private static let blocksLookedAt: UInt16 = 32

    /// A blank disc holds nothing, and audio is something whatever it sounds like. Data is nothing when both ends of the disc
    /// are zeros; what cannot be read is something.
    private static func holdsNothing(_ transport: any SCSITransport, _ media: DriveMedia) -> Bool {
        if media.isBlank { return true }
        guard let contents = media.contents, !contents.isExpected, let first = contents.tracks.first,
            let leadOut = contents.leadOut, contents.tracks.allSatisfy({ $0.control.contains(.data) })
        else { return false }
        // The last track may have been written Track-At-Once: then two run-out blocks stand before the lead-out.
        let end = leadOut - RedBook.runOutSectors
        let count = UInt16(clamping: min(end - first.start, Int(Self.blocksLookedAt)))
        guard count > 0 else { return false }
        return [first.start, end - Int(count)].allSatisfy { isZero(transport, at: $0, count) }
    }

    private static func isZero(_ transport: any SCSITransport, at start: Int, _ count: UInt16) -> Bool {
        guard let lba = Int32(exactly: start) else { return false }
        var data = [UInt8](repeating: 0xFF, count: Int(count) * Read10.sectorBytes)
        let isRead = data.withUnsafeMutableBytes { buffer in
            (try? transport.receive(Read10(lba: lba, blocks: count), into: buffer)) != nil
        }
        return isRead && data.allSatisfy { $0 == 0 }
    }
}

extension DiscStatus {
    fileprivate init(_ status: DiscInformation.Status) {
        self =
            switch status {
            case .empty: .blank
            case .incomplete: .appendable
            case .finalized: .complete
            case .other: .unreadable
            }
    }
}

extension DriveMedia.Groove {
    fileprivate init(_ atip: ATIP) {
        self.init(
            leadIn: atip.leadIn, lastLeadOut: atip.lastPossibleLeadOut, isRewritable: atip.isRewritable,
            isUnrestrictedUse: atip.isUnrestrictedUse)
        subType = atip.subType.map { type in
            switch type {
            case .standard: .standard
            case .highSpeed: .highSpeed
            case .ultraSpeed: .ultraSpeed
            case .ultraSpeedPlus: .ultraSpeedPlus
            }
        }
        (lowestSpeed, highestSpeed) = (atip.lowestSpeed, atip.highestSpeed)
    }
}
