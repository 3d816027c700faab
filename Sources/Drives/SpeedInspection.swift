import DiscLayout
import MMC
import SCSI

/// Finds out how fast a drive writes. Sends only commands that look.
enum SpeedInspection {
    /// What GET PERFORMANCE lists, or page 2Ah where the drive does not know that or names none (MMC-6, 6.8; MMC-3, 6.3.11);
    /// and the speed that is set.
    static func writeSpeeds(
        _ transport: any SCSITransport
    ) throws(SCSIError) -> (offered: [RecordingSpeed], current: RecordingSpeed?) {
        let page = try CapabilityInspection.answer { () throws(SCSIError) in
            try transport.modePage(CapabilitiesPage.code)
        }.flatMap(CapabilitiesPage.init)
        var speeds =
            try CapabilityInspection.answer { () throws(SCSIError) in try transport.writeSpeeds().speeds } ?? []
        if speeds.isEmpty { speeds = page?.speeds ?? [] }
        if speeds.isEmpty {
            // Pages before MMC-3 name the highest and the one that is set, and no others.
            let highest = page?.maximumWriteSpeed.map { RecordingSpeed(kilobytesPerSecond: $0) }
            speeds = [highest, page?.currentWrite].compactMap(\.self)
            if speeds.count == 2, speeds[0] == speeds[1] { speeds.removeLast() }
        }
        return (speeds, page?.currentWrite)
    }
}

extension DriveCapabilities.Speeds {
    /// Adds what the drive offers now, and what it was seen to be capable of before: pages of many drives name the highest
    /// speed of the disc that is in, so that the fastest shows only over several discs.
    mutating func add(offered: [RecordingSpeed], before: DriveCapabilities.Speeds?) {
        write = offered
        let writes = [fastestWrite, before?.fastestWrite, offered.map(\.kilobytesPerSecond).max()].compactMap(\.self)
        let reads = [fastestRead, before?.fastestRead].compactMap(\.self)
        (fastestWrite, fastestRead) = (writes.max(), reads.max())
    }
}
