import MMC
import SCSI

/// Finds out which ways of writing a drive takes, by MODE SELECT of the write parameters: no feature tells which blocks of RAW
/// a drive knows, and drives from before MMC-3 have no feature that tells of Session-At-Once. Programs find it out the same
/// way. Nothing is written, and the page is put back.
///
/// The answer may depend on the disc, so a blank one that the drive records has to be in it.
struct WriteModeProbe: Equatable, Sendable {
    /// The drive takes Session-At-Once.
    private(set) var takesSessionAtOnce: Bool
    /// Blocks that it takes in RAW.
    private(set) var sectorTypes: [DriveCapabilities.SectorType]

    /// Tries them; nil when the drive does not let itself be tried now.
    init?(_ transport: any SCSITransport) throws(SCSIError) {
        let page = try CapabilityInspection.answer { () throws(SCSIError) in
            try transport.modePage(WriteParametersPage.code)
        }
        guard let page, let original = WriteParametersPage(from: page) else { return nil }
        var trackAtOnce = original
        trackAtOnce.setTrackAtOnceAudio(control: [], multiSession: .none, freeFromUnderrun: false)
        // A drive that refuses what every recorder can do says nothing by refusing the rest.
        guard try Self.takes(trackAtOnce, transport) else { return nil }
        var sessionAtOnce = original
        sessionAtOnce.setSessionAtOnce(.init())
        takesSessionAtOnce = try Self.takes(sessionAtOnce, transport)
        sectorTypes = []
        for (block, type) in Self.blocks where try Self.takes(original.probing(block), transport) {
            sectorTypes.append(type)
        }
        // Some drives have defaults that they refuse themselves; then Track-At-Once stays.
        if try !Self.takes(original, transport) { _ = try Self.takes(trackAtOnce, transport) }
    }

    private static let blocks: [(WriteParametersPage.RawBlock, DriveCapabilities.SectorType)] = [
        (.pq, .pq), (.packs, .cooked), (.raw, .raw),
    ]

    private static func takes(_ page: WriteParametersPage, _ transport: any SCSITransport) throws(SCSIError) -> Bool {
        try CapabilityInspection.answer { () throws(SCSIError) in
            try transport.perform(ModeSelect10(page.page))
        } != nil
    }
}

extension DriveCapabilities {
    /// Adds what was found out by trying to what the drive says.
    mutating func apply(_ probe: WriteModeProbe) {
        // A feature that says no is right; where there is none, what was tried counts.
        if supports.sao == nil { supports.sao = probe.takesSessionAtOnce }
        sectorTypes = supports.raw == false ? [] : probe.sectorTypes
        supports.raw = supports.raw.map { $0 && !probe.sectorTypes.isEmpty } ?? !probe.sectorTypes.isEmpty
        let takesRToW = probe.sectorTypes.contains { $0 != .pq } && supports.raw == true
        if takesRToW { (supports.cdText, supports.rwSubCode) = (true, true) }
        if supports.cdText == nil, supports.sao == false { supports.cdText = takesRToW }
        if supports.rwSubCode == nil { supports.rwSubCode = takesRToW }
    }
}
