import MMC
import SCSI

/// The track that could follow, as READ TRACK INFORMATION of the invisible track tells it.
struct NextTrack {
    /// Address of its first block in Track-At-Once; nil when the drive knows none.
    let address: Int?
    /// Sectors that it could have.
    let freeSectors: Int

    private init(_ track: TrackInformation) {
        // Some drives tell the address of the pause in front of it (Pioneer BDR-205, LiteOn LTR-48125S).
        address = track.nextWritableAddress.map { max($0, track.start) }
        freeSectors = track.nextWritableAddress == nil ? 0 : track.freeBlocks
    }

    /// Asks the drive; nil for a disc that nothing can be added to, and where the drive refuses.
    ///
    /// The address depends on the write type in the write parameters page, which the last program has left there. Between
    /// sessions Track-At-Once is set for the question. In an open session the page is left alone: it is the one that the
    /// session is written with.
    ///
    /// - Parameter selects: Track-At-Once is set between sessions even when it is set already, for drives that want it told.
    static func ask(
        _ transport: any SCSITransport, _ disc: DiscInformation, selects: Bool = false
    ) throws(SCSIError) -> NextTrack? {
        let isOpen = disc.status == .incomplete && disc.lastSessionState != .empty
        guard disc.status == .empty || disc.status == .incomplete else { return nil }
        let original = isOpen ? nil : try writeParameters(transport)
        guard let original, selects || original.writeType != .trackAtOnce else { return try question(transport) }
        var page = original
        page.setTrackAtOnceAudio(control: [], multiSession: .none, freeFromUnderrun: false)
        guard try select(page, transport) else { return try question(transport) }
        let answer = try question(transport)
        _ = try select(original, transport)
        return answer
    }

    private static func question(_ transport: any SCSITransport) throws(SCSIError) -> NextTrack? {
        try CapabilityInspection.answer { () throws(SCSIError) in
            NextTrack(try transport.perform(ReadTrackInformation(.next)))
        }
    }

    private static func writeParameters(_ transport: any SCSITransport) throws(SCSIError) -> WriteParametersPage? {
        try CapabilityInspection.answer { () throws(SCSIError) in try transport.modePage(WriteParametersPage.code) }
            .flatMap(WriteParametersPage.init)
    }

    private static func select(_ page: WriteParametersPage, _ transport: any SCSITransport) throws(SCSIError) -> Bool {
        try CapabilityInspection.answer { () throws(SCSIError) in try transport.perform(ModeSelect10(page.page)) }
            != nil
    }
}
