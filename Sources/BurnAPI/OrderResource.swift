import BurnPlan
import DiscLayout
import HTTPCore
import JobQueue

/// What was ordered, as the API shows it: every field of an order, with the defaults of those that nobody gave.
struct OrderResource: Encodable, Sendable {
    struct Source: Encodable, Sendable {
        let tracks: [Track]
        let image: OrNull<BurnOrder.File>
        let leadInSectors: OrNull<Int>
        let mcn: OrNull<String>
        let firstTrackNumber: Int
        let subCode: OrNull<BurnOrder.File>
        let text: JSONValue

        enum CodingKeys: String, CodingKey {
            case tracks, image, mcn
            case leadInSectors = "stream_lead_in_sectors"
            case firstTrackNumber = "first_track_number"
            case subCode = "subcode"
            case text = "cd_text"
        }
    }

    let title: String
    let owner: String
    let performer: OrNull<String>
    let clientName: String
    let mode: WriteMode
    let sectorType: OrNull<RawSectorType>
    let gap: OrNull<GapMode>
    let speed: WriteSpeed
    let close: CloseMode
    let eject: Bool
    let isTest: Bool
    let verify: VerifyLevel
    let media: OrderBody.Media
    let isUnderrunProtectionOff: Bool
    let leadOutLimit: OrNull<Int>
    let source: Source

    init(_ job: Job) {
        let order = job.order
        (title, owner, performer) = (order.title, order.owner, OrNull(order.performer))
        (clientName, mode, sectorType) = (order.clientName, order.mode, OrNull(order.sectorType))
        (gap, speed, close, eject) = (OrNull(order.gap), order.speed, order.close, order.eject)
        (isTest, verify) = (order.isTest, order.verify)
        media = OrderBody.Media(blank: order.blank, erase: order.erase)
        isUnderrunProtectionOff = order.isUnderrunProtectionOff
        leadOutLimit = OrNull(order.leadOutLimit)
        source = Source(
            tracks: order.tracks.enumerated().map { Track($0.element, $0.offset, of: job) },
            image: OrNull(order.image?.file), leadInSectors: OrNull(order.image?.leadInSectors),
            mcn: OrNull(order.catalogNumber),
            firstTrackNumber: order.firstTrackNumber, subCode: OrNull(order.subCode), text: OrderBody.text(order))
    }

    enum CodingKeys: String, CodingKey {
        case title, owner, performer, mode, gap, speed, close, eject, verify, media, source
        case clientName = "client_name"
        case sectorType = "sector_type"
        case isTest = "test_write"
        case isUnderrunProtectionOff = "buffer_underrun_free_disabled"
        case leadOutLimit = "start_of_leadout_limit"
    }
}

extension OrderResource {
    /// A track of what was ordered.
    struct Track: Encodable, Sendable {
        let file: String
        let name: String
        let type: SessionLayout.TrackForm
        let title: OrNull<String>
        let performer: OrNull<String>
        let songwriter: OrNull<String>
        let composer: OrNull<String>
        let arranger: OrNull<String>
        let message: OrNull<String>
        let isrc: OrNull<String>
        let copy: OrNull<SessionLayout.CopyPermission>
        let preemphasis: Bool
        let gap: OrNull<GapMode>
        let pregap: OrNull<BurnOrder.File>
        let pregapSectors: OrNull<Int>
        let indexes: [Int]
        let graphics: OrNull<BurnOrder.File>
        let sectors: Int
        let seconds: Double

        private static func sectors(_ track: BurnOrder.Track, _ length: Job.TrackLength?, _ files: [String: FileFacts])
            -> Int
        {
            switch track.form {
            case .audio: length?.sectors ?? 0
            case .mode1:
                max(
                    ((files[track.file]?.bytes ?? 0) + track.form.userBytes - 1) / track.form.userBytes,
                    RedBook.minimumTrackSectors)
            }
        }

        init(_ track: BurnOrder.Track, _ index: Int, of job: Job) {
            (file, name, type) = (track.file, track.name, track.form)
            (title, performer, songwriter) = (OrNull(track.title), OrNull(track.performer), OrNull(track.songwriter))
            (composer, arranger, message) = (OrNull(track.composer), OrNull(track.arranger), OrNull(track.message))
            isrc = OrNull(track.recordingCode.flatMap { RecordingCode($0)?.hyphenated })
            (copy, preemphasis) = (OrNull(track.copy), track.hasPreEmphasis)
            (gap, pregap, pregapSectors) = (OrNull(track.gap), OrNull(track.pregap), OrNull(track.pregapSectors))
            (indexes, graphics) = (track.indexes, OrNull(track.graphics))
            let length = index < job.lengths.count ? job.lengths[index] : nil
            sectors = Self.sectors(track, length, job.files)
            seconds = Double(length?.sampleFrames ?? 0) / Double(RedBook.sampleRate)
        }

        enum CodingKeys: String, CodingKey {
            case file, name, type, title, performer, songwriter, composer, arranger, message, isrc, copy, preemphasis,
                gap
            case pregap, indexes, sectors, seconds
            case pregapSectors = "pregap_sectors"
            case graphics = "cdg"
        }
    }
}
