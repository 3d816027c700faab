import BurnPlan
import CDText
import DiscComposition
import DiscLayout
import Drives
import MMC

/// What an order would become: the disc by addresses, and how each drive would write it.
struct CheckResource: Encodable, Sendable {
    /// How one drive would write it.
    struct Drive: Encodable, Sendable {
        let drive: String
        let label: String
        let mode: OrNull<RecordingMode>
        let modeReason: OrNull<ModeChoice.Reason>
        let modeReasonText: OrNull<String>
        let sectorType: OrNull<RawSectorType>
        let writesText: Bool
        let lack: OrNull<String>
        let availableSectors: OrNull<Int>
        let fits: OrNull<Bool>
        let estimatedMinutes: OrNull<Double>
        let warning: OrNull<String>

        enum CodingKeys: String, CodingKey {
            case drive, label, mode, lack, fits, warning
            case modeReason = "mode_reason"
            case modeReasonText = "mode_reason_text"
            case sectorType = "sector_type"
            case writesText = "writes_cd_text"
            case availableSectors = "available_sectors"
            case estimatedMinutes = "estimated_minutes"
        }
    }

    let mode: OrNull<RecordingMode>
    let modeReason: OrNull<ModeChoice.Reason>
    let drives: [Drive]
    let tracks: [Track]
    let startOfLeadOut: OrNull<Int>
    let lastUserSector: OrNull<Int>
    let contents: OrNull<ContentsResource>
    let neededSectors: Int
    let imageSectors: OrNull<Int>
    let durationSeconds: Double
    let text: Text
    let cueSheet: [Row]
    let notes: [String]

    init(
        _ order: BurnOrder, _ composition: Composition, _ choices: [String: Result<ModeChoice, ModeChoice.Lack>],
        _ statuses: [DriveStatus], warnings: [String: String]
    ) {
        drives = statuses.compactMap { status in
            choices[status.id].map {
                Drive(status, $0, composition.demand.sectors, order.speed, warning: warnings[status.id])
            }
        }
        let chosen = drives.first { $0.mode.value != nil }
        (mode, modeReason) = (chosen?.mode ?? OrNull(nil), chosen?.modeReason ?? OrNull(nil))
        let layout = composition.layout
        tracks = layout.map(Track.all) ?? []
        startOfLeadOut = OrNull(composition.tableOfContents?.leadOut)
        lastUserSector = OrNull(composition.lastUserSector)
        contents = OrNull(composition.tableOfContents.map { ContentsResource($0, expected: true) })
        neededSectors = composition.demand.sectors
        imageSectors = OrNull(composition.imageSectors)
        durationSeconds =
            Double(composition.tableOfContents?.leadOut ?? 0) / Double(RedBook.framesPerSecond)
        text = Text(packs: composition.text.count, changes: composition.textChanges.map(Text.Change.init))
        cueSheet = mode.value == .sao ? layout.map { Row.all($0, hasText: !composition.text.isEmpty) } ?? [] : []
        notes = composition.notes.map(\.sentence)
    }

    enum CodingKeys: String, CodingKey {
        case mode, drives, tracks, notes
        case modeReason = "mode_reason"
        case startOfLeadOut = "start_of_leadout"
        case lastUserSector = "last_user_sector"
        case contents = "toc"
        case neededSectors = "needed_sectors"
        case imageSectors = "image_sectors"
        case durationSeconds = "duration_seconds"
        case text = "cd_text"
        case cueSheet = "cue_sheet"
    }
}

extension CheckResource.Drive {
    /// Lead-in, lead-out and the drive's own turns take besides, whatever the speed.
    private static let overheadSeconds = 40.0

    init(
        _ status: DriveStatus, _ choice: Result<ModeChoice, ModeChoice.Lack>, _ needed: Int, _ speed: WriteSpeed,
        warning: String?
    ) {
        self.warning = OrNull(warning)
        (drive, label) = (status.id, status.label)
        let way = try? choice.get()
        (mode, modeReason, sectorType) = (OrNull(way?.mode), OrNull(way?.reason), OrNull(way?.sectorType))
        (modeReasonText, writesText) = (OrNull(way?.reason.sentence), way?.writesText ?? false)
        if case .failure(let lack) = choice { self.lack = OrNull(lack.sentence) } else { lack = OrNull(nil) }
        availableSectors = OrNull(status.media?.freeSectors)
        fits = OrNull(status.media.map { $0.freeSectors >= needed })
        estimatedMinutes = OrNull(Self.minutes(needed, speed))
    }

    /// Writing and reading back at the speed that is asked for; nil where the drive is to choose it.
    private static func minutes(_ sectors: Int, _ speed: WriteSpeed) -> Double? {
        let rate: Int
        switch speed {
        case .max: return nil
        case .times(let times): rate = times * RedBook.framesPerSecond
        case .sectors(let perSecond, _): rate = perSecond
        }
        let seconds = 2 * Double(sectors) / Double(rate) + overheadSeconds
        return (seconds / 6).rounded() / 10
    }
}

extension CheckResource {
    /// One track by addresses.
    struct Track: Encodable, Sendable {
        let number: Int
        let type: SessionLayout.TrackForm
        let startLBA: Int
        let startMSF: String
        let sectorCount: Int
        let pregapSectors: Int
        let indexes: [Int]
        let isrc: OrNull<String>
        let copy: SessionLayout.CopyPermission
        let preemphasis: Bool
        let control: Int
        let subCode: SessionLayout.SubCode

        static func all(_ layout: SessionLayout) -> [Track] {
            layout.tracks.indices.map { Track(layout.tracks[$0], start: layout.trackStart($0)) }
        }

        private init(_ track: SessionLayout.Track, start: Int) {
            (number, type, startLBA) = (track.number, track.form, start)
            (startMSF, sectorCount) = (MSF(lba: start).description, track.sectors)
            (pregapSectors, indexes) = (track.pregap, [0] + track.indexes)
            (isrc, copy) = (OrNull(track.recordingCode?.hyphenated), track.copy)
            (preemphasis, control) = (track.hasPreEmphasis, Int(track.control.rawValue))
            subCode = track.subCode
        }

        enum CodingKeys: String, CodingKey {
            case number, type, indexes, isrc, copy, preemphasis, control
            case startLBA = "start_lba"
            case startMSF = "start_msf"
            case sectorCount = "sector_count"
            case pregapSectors = "pregap_sectors"
            case subCode = "sub_code"
        }
    }

    /// CD-TEXT, and what of it is not as it was written.
    struct Text: Encodable, Sendable {
        struct Change: Encodable, Sendable {
            let block: Int
            let track: Int
            let field: TextField
            let before: String
            let after: String
            let reason: DiscText.Change.Reason

            init(_ change: DiscText.Change) {
                (block, track, field) = (change.block, change.track, change.field)
                (before, after, reason) = (change.before, change.after, change.reason)
            }
        }
        let packs: Int
        let changes: [Change]
    }

    /// One row of the cue sheet that is tried first.
    struct Row: Encodable, Sendable {
        let hex: String
        let text: String

        static func all(_ layout: SessionLayout, hasText: Bool) -> [Row] {
            CueSheet(layout, CueSheet.Variant(hasText: hasText)).rows.map { Row($0.bytes) }
        }

        /// Bytes of a row: CTL and ADR, TNO, INDEX, DATA FORM, SCMS, MIN, SEC, FRAME (MMC-6, SEND CUE SHEET).
        private init(_ bytes: [UInt8]) {
            hex = bytes.map(Self.digits).joined(separator: " ")
            let name =
                switch (bytes[0] & 0x0F, bytes[1]) {
                case (2, _): "catalogue number"
                case (3, let track): "recording code of track \(track)"
                case (_, 0): "lead-in"
                case (_, 0xAA): "lead-out"
                case (_, let track): "track \(track) index \(bytes[2])"
                }
            let isPosition = bytes[0] & 0x0F == 1
            text = isPosition ? "\(name) at \(bytes[5...7].map(Self.decimal).joined(separator: ":"))" : name
        }

        private static func digits(_ byte: UInt8) -> String {
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }

        private static func decimal(_ number: UInt8) -> String { (number < 10 ? "0" : "") + "\(number)" }
    }
}
