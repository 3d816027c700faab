import DiscLayout
import MMC
import SCSI

/// Finds out what a drive says that it can do. Sends only commands that look.
///
/// Old drives lack commands, features and pages, and what they do not answer is unknown: a refusal is no failure here. What
/// cannot be carried to the drive is one.
enum CapabilityInspection {
    /// Pages that are asked for one by one where a drive refuses to send all of them (MMC-6, 7).
    private static let commonPages: [UInt8] = [0x01, 0x03, 0x05, 0x08, 0x0D, 0x0E, 0x1A, 0x1C, 0x1D, 0x2A]

    /// What the drive says now; `sectorTypes` is left out, since no command tells it.
    static func capabilities(_ transport: any SCSITransport) throws(SCSIError) -> DriveCapabilities {
        let configuration = try answer { () throws(SCSIError) in try transport.configuration() }
        let pages = try modePages(transport)
        let page = pages.lazy.compactMap(CapabilitiesPage.init).first
        var capabilities = DriveCapabilities()
        if let configuration { describe(configuration, in: &capabilities) }
        capabilities.modePages = pages.map { page in
            .init(code: Int(page.code), name: CapabilityNames.modePages[page.code])
        }
        setMedia(configuration, page, in: &capabilities)
        setModes(configuration, page, in: &capabilities)
        setTray(configuration?.removableMedium, page, in: &capabilities)
        capabilities.speeds.fastestWrite = page?.maximumWriteSpeed ?? page?.currentWrite?.kilobytesPerSecond
        capabilities.speeds.fastestRead = page?.maximumReadSpeed ?? page?.currentReadSpeed
        if let kibibytes = page?.bufferKiB {
            capabilities.bufferBytes = kibibytes << 10
        } else {
            capabilities.bufferBytes = try bufferLength(transport)
        }
        return capabilities
    }

    private static func describe(_ configuration: Configuration, in capabilities: inout DriveCapabilities) {
        capabilities.features = configuration.featureList.map { feature in
            .init(
                code: Int(feature.code), name: CapabilityNames.features[feature.code], version: Int(feature.version),
                isPersistent: feature.isPersistent, isCurrent: feature.isCurrent)
        }
        capabilities.profiles = configuration.profiles.map { profile in
            .init(
                code: Int(profile.number), name: CapabilityNames.profiles[profile.number], isCurrent: profile.isCurrent)
        }
        let longest = configuration.mastering?.longestCueSheet ?? 0
        capabilities.maximumCueSheetBytes = longest > 0 ? longest : nil
        capabilities.readsCDText = configuration.cdRead?.readsText
        capabilities.interface = configuration.physicalInterface.flatMap { interfaces[$0] }
        capabilities.firmwareDate = configuration.firmwareDate.map(timestamp)
    }

    /// Physical Interface Standard (MMC-6, 5.3.2); the others name no wire.
    private static let interfaces: [UInt32: DriveCapabilities.Interface] = [
        1: .scsi, 2: .atapi, 3: .ieee1394, 4: .ieee1394, 5: .fibreChannel, 6: .ieee1394, 7: .sata, 8: .usb,
    ]

    /// `20260131235959` as `2026-01-31T23:59:59`.
    private static func timestamp(_ digits: String) -> String {
        let fields = stride(from: 4, to: 14, by: 2).map { digits.dropFirst($0).prefix(2) }
        return "\(digits.prefix(4))-\(fields[0])-\(fields[1])T\(fields[2...].joined(separator: ":"))"
    }

    /// CD-R and CD-RW: the profiles that the drive knows, or page 2Ah of drives from before profiles.
    private static func setMedia(
        _ configuration: Configuration?, _ page: CapabilitiesPage?, in capabilities: inout DriveCapabilities
    ) {
        let profiles = configuration?.profiles.map(\.number) ?? []
        func records(_ profile: UInt16, _ ability: CapabilitiesPage.Abilities) -> Bool? {
            guard profiles.isEmpty else { return profiles.contains(profile) }
            return page?.abilities.contains(ability)
        }
        capabilities.writesCDR = records(Configuration.Profile.cdR, .writesCDR)
        capabilities.writesCDRW = records(Configuration.Profile.cdRW, .writesCDRW)
    }

    /// Ways of writing (MMC-6, 5.3.23 and 5.3.24). A drive without feature 002Eh may write a session at once all the same:
    /// drives from before MMC-3 do. What is nil here `WriteModeProbe` finds out.
    private static func setModes(
        _ configuration: Configuration?, _ page: CapabilitiesPage?, in capabilities: inout DriveCapabilities
    ) {
        let (track, mastering) = (configuration?.trackAtOnce, configuration?.mastering)
        let writes = capabilities.writesCDR.map { $0 || capabilities.writesCDRW == true }
        var supports = DriveCapabilities.Supports()
        supports.tao = track != nil ? true : configuration?.features.isEmpty ?? true ? writes : false
        (supports.sao, supports.raw) = (mastering?.writesSessionAtOnce, mastering?.writesRaw)
        if writes == false { (supports.sao, supports.raw) = (false, false) }
        supports.erase = capabilities.writesCDRW
        let features = [track?.hasTestWrite, mastering?.hasTestWrite].compactMap(\.self)
        supports.testWrite = features.isEmpty ? page?.abilities.contains(.testWrite) : features.contains(true)
        let protections = [track?.hasBufferUnderrunProtection, mastering?.hasBufferUnderrunProtection].compactMap(
            \.self)
        supports.underrunProtection =
            protections.isEmpty ? page?.abilities.contains(.bufferUnderrunProtection) : protections.contains(true)
        if let mastering { setSubCode(mastering.writesRToW, &supports) }
        if writes == false { setSubCode(false, &supports) }
        capabilities.supports = supports
    }

    private static func setSubCode(_ isWritten: Bool, _ supports: inout DriveCapabilities.Supports) {
        (supports.cdText, supports.rwSubCode) = (isWritten, isWritten)
    }

    /// Feature 0003h, or page 2Ah, whose trays close by themselves while caddies, slots and lids do not.
    private static func setTray(
        _ feature: Configuration.RemovableMedium?, _ page: CapabilitiesPage?,
        in capabilities: inout DriveCapabilities
    ) {
        let motorTray: UInt8 = 1
        capabilities.canLoadMedia = feature?.loads ?? page.map { $0.loadingMechanism == motorTray }
        capabilities.canEjectMedia = feature?.ejects ?? page.map { $0.abilities.contains(.ejects) }
        capabilities.loading = (feature?.loadingMechanism ?? page?.loadingMechanism).flatMap { mechanisms[$0] }
    }

    private static let mechanisms: [UInt8: DriveCapabilities.Loading] = [
        0: .caddy, 1: .tray, 2: .popUp, 4: .changer, 5: .changer,
    ]

    private static func bufferLength(_ transport: any SCSITransport) throws(SCSIError) -> Int? {
        let length = try answer { () throws(SCSIError) in try transport.perform(ReadBufferCapacity()).length }
        return length.flatMap { $0 > 0 ? $0 : nil }
    }

    /// All pages at once, or those that drives commonly have, one by one.
    private static func modePages(_ transport: any SCSITransport) throws(SCSIError) -> [ModePage] {
        let pages = try answer { () throws(SCSIError) in try transport.modePages() } ?? []
        if !pages.isEmpty { return pages }
        var found: [ModePage] = []
        for code in commonPages {
            let page = try answer { () throws(SCSIError) in try transport.modePage(code) }
            if let page, page.code == code { found.append(page) }
        }
        return found
    }

    /// What `question` gives; nil when the drive says no, or something that cannot be read.
    static func answer<Value>(_ question: () throws(SCSIError) -> Value) throws(SCSIError) -> Value? {
        do throws(SCSIError) {
            return try question()
        } catch {
            switch error {
            case .checkCondition, .status, .truncatedReply, .shortTransfer: return nil
            case .transport, .host: throw error
            }
        }
    }
}
