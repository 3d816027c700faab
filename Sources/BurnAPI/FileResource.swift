import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue

/// An uploaded file as the API shows it.
struct FileResource: Encodable, Sendable {
    struct Audio: Encodable, Sendable {
        let sampleFrames: Int
        let sectors: Int
        let seconds: Double
        let codec: String
        let sampleRate: Int
        let channels: Int
        enum CodingKeys: String, CodingKey {
            case sectors, seconds, codec, channels
            case sampleFrames = "sample_frames"
            case sampleRate = "sample_rate"
        }
    }

    let id: String
    let name: String
    let bytes: Int
    let createdAt: Date
    let audio: OrNull<Audio>

    init(_ file: UploadedFile) {
        (id, name, bytes, createdAt) = (file.digest, file.name, file.bytes, file.createdAt)
        audio = OrNull(
            file.audio.map { audio in
                Audio(
                    sampleFrames: audio.sampleFrames,
                    sectors: BurnPlan.Track.sectors(ofSampleFrames: audio.sampleFrames),
                    seconds: Double(audio.sampleFrames) / Double(RedBook.sampleRate), codec: audio.codec,
                    sampleRate: audio.sampleRate, channels: audio.channels)
            })
    }

    enum CodingKeys: String, CodingKey {
        case id, name, bytes, audio
        case createdAt = "created_at"
    }
}
