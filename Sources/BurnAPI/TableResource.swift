import DiscLayout
import FoundationEssentials
import RawRecording

/// A table of contents that a disc gets, as READ TOC will answer it (format 0) and in words.
struct TableResource: Encodable, Sendable {
    struct Track: Encodable, Sendable {
        let number: Int
        /// Positions always have mode 1 of Q.
        let adr = 1
        let control: Int
        let startLBA: Int
        let startMSF: String

        init(number: Int, control: TrackControl, start: Int) {
            (self.number, self.control, startLBA) = (number, Int(control.rawValue), start)
            startMSF = MSF(lba: start).description
        }

        enum CodingKeys: String, CodingKey {
            case number, adr, control
            case startLBA = "start_lba"
            case startMSF = "start_msf"
        }
    }

    let raw: String
    /// The lead-out is the last, with the number 170 (AAh).
    let tracks: [Track]

    private static let leadOutNumber = 0xAA

    init(_ contents: TableOfContents) {
        raw = Data(contents.replyBytes).base64EncodedString()
        tracks =
            contents.tracks.map { Track(number: $0.number, control: $0.control, start: $0.start) }
            + [Track(number: Self.leadOutNumber, control: contents.tracks.last?.control ?? [], start: contents.leadOut)]
    }
}
