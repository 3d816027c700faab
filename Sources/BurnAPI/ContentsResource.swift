import DiscLayout
import Drives
import FoundationEssentials
import RawRecording

/// A table of contents as READ TOC answers it, and what it says.
struct ContentsResource: Encodable, Sendable {
    let raw: String
    let expected: Bool
    let tracks: [Track]
    let leadOut: OrNull<PositionResource>

    struct Track: Encodable, Sendable {
        let number: Int
        let adr: Int
        let control: Int
        let startLBA: Int
        let startMSF: String

        init(_ track: TableOfContents.Track) {
            // Positions always have mode 1 of Q.
            (number, adr, control) = (track.number, 1, Int(track.control.rawValue))
            (startLBA, startMSF) = (track.start, MSF(lba: track.start).description)
        }

        init(_ track: DiscContents.Track) {
            (number, adr, control) = (track.number, track.adr, Int(track.control.rawValue))
            (startLBA, startMSF) = (track.start, MSF(lba: track.start).description)
        }

        enum CodingKeys: String, CodingKey {
            case number, adr, control
            case startLBA = "start_lba"
            case startMSF = "start_msf"
        }
    }

    init(_ contents: DiscContents) {
        raw = Data(contents.bytes).base64EncodedString()
        (expected, tracks) = (contents.isExpected, contents.tracks.map(Track.init))
        leadOut = OrNull(contents.leadOut.map(PositionResource.init(lba:)))
    }

    /// One that is known without a drive, as READ TOC will answer it.
    init(_ contents: TableOfContents, expected: Bool) {
        raw = Data(contents.replyBytes).base64EncodedString()
        (self.expected, tracks) = (expected, contents.tracks.map(Track.init))
        leadOut = OrNull(PositionResource(lba: contents.leadOut))
    }

    enum CodingKeys: String, CodingKey {
        case raw, expected, tracks
        case leadOut = "lead_out"
    }
}
