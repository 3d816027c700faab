import DiscLayout
import FoundationEssentials
import Glibc
public import POSIX

/// What is on a disc, as `burnd disc` prints it and gives it as JSON.
public struct DiscListing: Codable, Equatable, Sendable {
    /// One track.
    public struct Track: Codable, Equatable, Sendable {
        /// 1…99.
        public let number: Int
        /// `open`, `complete` or `cut-off`.
        public let state: String
        /// Address of index 1.
        public let start: Int
        /// The same as minutes, seconds and frames on the disc.
        public let startMSF: String
        /// Sectors from index 1 on, run-out not counted.
        public let blocks: Int
        /// The same in seconds.
        public let seconds: Double
        /// The four control bits.
        public let control: UInt8
        /// Sectors of the pause before it.
        public let pause: Int
        /// Its recording code.
        public let isrc: String?
        /// Something in it is not as it was sent, or missing.
        public let damaged: Bool

        enum CodingKeys: String, CodingKey {
            case number
            case state
            case start
            case startMSF = "start_msf"
            case blocks
            case seconds
            case control
            case pause
            case isrc
            case damaged
        }
    }

    /// One session.
    public struct Session: Codable, Equatable, Sendable {
        /// 1 or more.
        public let number: Int
        /// Where its lead-out begins; nil while it is open.
        public let leadOut: Int?
        /// What its lead-in says of a next session: `none`, `last` or `another`; nil while it is open.
        public let following: String?
        /// Media catalogue number.
        public let catalogNumber: String?
        /// Its tracks.
        public let tracks: [Track]

        enum CodingKeys: String, CodingKey {
            case number
            case leadOut = "lead_out"
            case following
            case catalogNumber = "mcn"
            case tracks
        }
    }

    /// The folder.
    public let path: String
    /// Such as `CD-R`.
    public let medium: String
    /// Where the lead-in begins, by the pre-groove.
    public let leadIn: String
    /// Where a lead-out may begin at the latest, by the pre-groove.
    public let lastLeadOut: String
    /// `blank`, `appendable` or `finalized`.
    public let state: String
    /// Its sessions; none on a blank.
    public let sessions: [Session]
    /// What is wrong with it, a sentence each.
    public let damage: [String]

    enum CodingKeys: String, CodingKey {
        case path
        case medium
        case leadIn = "lead_in"
        case lastLeadOut = "last_lead_out"
        case state
        case sessions
        case damage
    }
}

extension StoredDisc {
    /// Blocks that `main.bin` and `sub.bin` both hold, as the address behind the last.
    private func recordedEnd() throws(SystemError) -> Int {
        func blocks(_ file: String, _ bytes: Int) throws(SystemError) -> Int {
            do throws(SystemError) {
                return try FileDescriptor(opening: "\(path)/\(file)", O_RDONLY).size() / bytes
            } catch {
                if error.number == ENOENT { return 0 }
                throw error
            }
        }
        return DiscFolder.baseLBA
            + min(try blocks("main.bin", RedBook.sectorBytes), try blocks("sub.bin", RedBook.subChannelBytes))
    }

    /// Everything that there is to say, files looked at but not read.
    public func listing() throws(SystemError) -> DiscListing {
        let end = try recordedEnd()
        var damage: [String] = []
        for track in disc.tracks {
            if track.state == .cutOff { damage.append("Track \(track.number) was cut off while it was being written.") }
            if track.state == .complete, track.isDamaged {
                damage.append("Track \(track.number) is not all that was sent.")
            }
            if track.state == .reserved { continue }
            if track.state == .complete, track.end + track.runOut > end {
                damage.append("Track \(track.number) ends at block \(track.end + track.runOut), the files at \(end).")
            }
        }
        return DiscListing(
            path: path, medium: disc.medium.kind.rawValue, leadIn: disc.medium.leadInStart.description,
            lastLeadOut: disc.medium.lastLeadOut.description, state: "\(disc.status)",
            sessions: disc.sessions.map { session in
                DiscListing.Session(
                    number: session.number, leadOut: session.closing?.leadOut,
                    following: session.closing?.following.rawValue, catalogNumber: session.catalogNumber,
                    tracks: session.tracks.map { DiscListing.Track($0, recordedEnd: end) })
            }, damage: damage)
    }
}

extension DiscListing.Track {
    fileprivate init(_ track: Disc.Track, recordedEnd end: Int) {
        // The length of a track that is being written is known by what there is of it.
        let blocks = track.state == .open ? max(0, end - track.start) : track.blocks
        self.init(
            number: track.number, state: track.state.rawValue, start: track.start,
            startMSF: MSF(lba: track.start).description, blocks: blocks,
            seconds: Double(blocks) / Double(RedBook.framesPerSecond), control: track.control.rawValue,
            pause: track.start - track.pauseStart, isrc: track.isrc, damaged: track.isDamaged)
    }
}

extension DiscListing {
    /// The listing as JSON, keys in alphabetical order.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("numbers, words and lists always encode: \(error)")
        }
    }

    /// The listing as a table for people.
    public var text: String {
        var lines = [
            "disc    \(path)", "medium  \(medium), lead-in \(leadIn), lead-out up to \(lastLeadOut)",
            "state   \(state)",
        ]
        for session in sessions {
            let end = session.leadOut.map { "lead-out \(MSF(lba: $0)) (\($0))" } ?? "open"
            let next =
                switch session.following {
                case "another": ", another session can follow"
                case "last": ", the last session"
                default: ""
                }
            lines += [
                "", "session \(session.number): \(end)\(next)\(session.catalogNumber.map { ", MCN \($0)" } ?? "")",
            ]
            lines.append("  track  start       start   length    sectors  seconds  control")
            lines += session.tracks.map(\.line)
        }
        if !damage.isEmpty { lines += [""] + damage.map { "damage: \($0)" } }
        return lines.joined(separator: "\n")
    }
}

extension DiscListing.Track {
    fileprivate var line: String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let hundredths = blocks * 100 / RedBook.framesPerSecond
        let fraction = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
        let flags = TrackControl(rawValue: control)
        var words = [flags.contains(.data) ? "data" : "audio"]
        if flags.contains(.preEmphasis), !flags.contains(.data) { words.append("pre-emphasis") }
        if flags.contains(.copyPermitted) { words.append("copy permitted") }
        if let isrc { words.append("ISRC \(isrc)") }
        if state != "complete" { words.append(state) }
        if damaged { words.append("damaged") }
        return "  \(right("\(number)", 5))  \(startMSF)  \(right("\(start)", 7))  \(MSF(frameCount: blocks))"
            + "  \(right("\(blocks)", 7))  \(right("\(hundredths / 100).\(fraction)", 7))  \(words.joined(separator: ", "))"
    }
}
