import BinaryCoding
import DiscLayout
import SectorCoding

/// The table of contents that a raw session's lead-in makes up.
struct RawTableOfContents: Equatable {
    /// One track.
    struct Entry: Equatable {
        let number: Int
        let control: TrackControl
        /// Address of index 1.
        let start: Int
    }
    /// Why a drive would find no table of contents.
    struct Unusable: Error, Equatable {
        let reason: String
    }

    /// In order, their numbers rising by one; at least one.
    let tracks: [Entry]
    /// Address of the lead-out.
    let leadOut: Int
    let discType: UInt8
    /// By POINT B0; RAW has no other way to tell than the lead-in, and page 05h does not count.
    let following: Disc.Following
    /// What in it is not as it should be, for the journal.
    let remarks: [String]

    init(_ leadIn: RawLeadIn) throws(Unusable) {
        var remarks = leadIn.remarks
        guard case .entry(.leadOut(let end)) = leadIn.statement(about: 0xA2)?.said else {
            throw Unusable(reason: "no POINT A2")
        }
        leadOut = Self.address(end)
        let entries = (1...RedBook.maximumTracks).compactMap { Self.entry($0, of: leadIn) }
        guard let lowest = entries.first, let highest = entries.last else { throw Unusable(reason: "no track") }
        let (first, discType) = Self.first(leadIn, else: lowest.number, &remarks)
        let last = Self.last(leadIn, else: highest.number, &remarks)
        if first != lowest.number || last != highest.number {
            remarks.append(
                "POINTs A0 and A1 say tracks \(first) to \(last), others \(lowest.number) to \(highest.number)")
        }
        let tracks = entries.filter { $0.number >= first && $0.number <= last }
        guard !tracks.isEmpty, tracks.count == last - first + 1 else {
            throw Unusable(reason: "not every track from \(first) to \(last) has a POINT")
        }
        let starts = tracks.map(\.start) + [leadOut]
        if let index = starts.indices.dropFirst().first(where: { starts[$0] <= starts[$0 - 1] }) {
            throw Unusable(reason: "track \(tracks[index - 1].number) begins where or behind where it has to end")
        }
        if starts[0] < 0 { remarks.append("track \(first) begins before 00:02:00") }
        (self.tracks, self.discType) = (tracks, discType)
        following = Self.following(leadIn, leadOut: leadOut, &remarks)
        self.remarks = remarks
    }

    /// The entry of a track.
    func entry(_ number: Int) -> Entry? {
        let index = number - tracks[0].number
        return tracks.indices.contains(index) ? tracks[index] : nil
    }

    /// Times here lie behind the lead-in also from 90 minutes on.
    private static func address(_ time: MSF) -> Int { time.frameCount - RedBook.pauseSectors }

    private static func entry(_ number: Int, of leadIn: RawLeadIn) -> Entry? {
        let statement = leadIn.statement(about: UInt8(number).bcd)
        guard let statement, case .entry(.track(number, let start)) = statement.said else { return nil }
        return Entry(number: number, control: statement.control, start: address(start))
    }

    /// Disc types that there are (MMC-6, table 502): any other is taken as the first.
    private static let discTypes: [UInt8] = [0x00, 0x10, 0x20]

    private static func first(
        _ leadIn: RawLeadIn, else lowest: Int, _ remarks: inout [String]
    ) -> (number: Int, discType: UInt8) {
        guard case .entry(.firstTrack(let number, let type)) = leadIn.statement(about: 0xA0)?.said else {
            remarks.append("no POINT A0")
            return (lowest, discTypes[0])
        }
        if discTypes.contains(type) { return (number, type) }
        remarks.append("disc type \([type].hex()) is none")
        return (number, discTypes[0])
    }

    private static func last(_ leadIn: RawLeadIn, else highest: Int, _ remarks: inout [String]) -> Int {
        guard case .entry(.lastTrack(let number)) = leadIn.statement(about: 0xA1)?.said else {
            remarks.append("no POINT A1")
            return highest
        }
        return number
    }

    /// What POINT B0 says of a next session (MMC-6, "Mode-5 Q").
    private static func following(
        _ leadIn: RawLeadIn, leadOut: Int, _ remarks: inout [String]
    ) -> Disc.Following {
        guard case .multiSession(.nextProgram(let start, _, _)) = leadIn.statement(about: 0xB0)?.said else {
            return .none
        }
        guard let start else { return .last }
        let next = leadOut + Disc.gap(afterSession: 1) + RedBook.pauseSectors
        if address(start) != next {
            remarks.append("POINT B0 says that the next session begins at \(address(start)), not \(next)")
        }
        return .another
    }
}
