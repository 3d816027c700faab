import BinaryCoding
public import DiscLayout

/// A table of contents in the form of READ TOC, format 0 (MMC-6, 6.25.3.2).
public struct DiscContents: Equatable, Sendable {
    /// A track.
    public struct Track: Equatable, Sendable {
        /// Its number, 1…99.
        public var number: Int
        /// What the rest of its Q frames in the lead-in means: 1 for positions.
        public var adr: Int
        /// Its control bits.
        public var control: TrackControl
        /// Address of its index 1.
        public var start: Int
    }

    /// The reply, from its length on.
    public let bytes: [UInt8]
    /// No lead-in says it yet: it is what closing the session now would make of the disc.
    public let isExpected: Bool
    /// In the order of the reply.
    public let tracks: [Track]
    /// Address of the lead-out; nil when the reply names none.
    public let leadOut: Int?

    private static let headerBytes = 4
    private static let descriptorBytes = 8
    /// Track number of the lead-out.
    private static let leadOutNumber = 0xAA

    /// Reads what a drive answered; what is not a whole descriptor is left out.
    public init(reply: [UInt8], isExpected: Bool = false) {
        (bytes, self.isExpected) = (reply, isExpected)
        var tracks: [Track] = []
        var leadOut: Int?
        let size = Self.descriptorBytes
        for offset in stride(from: Self.headerBytes, through: reply.count - size, by: size) {
            let fields = ByteView(reply[offset..<offset + size])
            guard let start = try? fields.int32(at: 4) else { continue }
            let (kind, number) = (reply[offset + 1], Int(reply[offset + 2]))
            if number == Self.leadOutNumber {
                leadOut = Int(start)
            } else {
                tracks.append(
                    Track(
                        number: number, adr: Int(kind.bits(4...7)), control: TrackControl(rawValue: kind.bits(0...3)),
                        start: Int(start)))
            }
        }
        (self.tracks, self.leadOut) = (tracks, leadOut)
    }

    /// The reply that a drive would give for `tracks` once they are closed; nil when there is none.
    public init?(expecting tracks: [TableOfContents.Track], leadOut: Int) {
        guard let first = tracks.first, let last = tracks.last, tracks.count <= RedBook.maximumTracks else {
            return nil
        }
        func descriptor(_ number: Int, _ control: TrackControl, _ start: Int) -> [UInt8] {
            let position: UInt8 = 0x10
            return [0, position | control.rawValue, UInt8(truncatingIfNeeded: number), 0]
                + Int32(clamping: start).bigEndianBytes
        }
        let body =
            tracks.flatMap { descriptor($0.number, $0.control, $0.start) }
            + descriptor(Self.leadOutNumber, last.control, leadOut)
        let header = [UInt8(truncatingIfNeeded: first.number), UInt8(truncatingIfNeeded: last.number)]
        self.init(reply: UInt16(clamping: body.count + 2).bigEndianBytes + header + body, isExpected: true)
    }
}
