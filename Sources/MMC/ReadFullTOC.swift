public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ TOC/PMA/ATIP, format 0010b: Raw TOC, the lead-ins as they are.
public struct ReadFullTOC: SCSICommand {
    /// The pointers.
    public typealias Reply = FullTOC
    /// The standard's name.
    public static let name = ReadTOC.name
    static let format: UInt8 = 2
    /// From the first session on.
    static let firstSession: UInt8 = 1
    private let allocationLength: Int
    /// Asks from session 1 on.
    public init(allocationLength: Int) { self.allocationLength = allocationLength }
    /// The command descriptor block.
    public var cdb: CDB {
        ReadTOC.cdb(format: Self.format, trackOrSession: Self.firstSession, allocationLength: allocationLength)
    }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: min(allocationLength, MMC.longestReply)) }
}

/// Raw TOC (MMC-6, 6.25.3.4).
public struct FullTOC: SCSIReply, Equatable {
    /// One Q frame of a lead-in or of the program memory area.
    public struct Pointer: Equatable, Sendable {
        /// Bytes of a descriptor.
        static let size = 11
        /// The session whose lead-in it stands in.
        public let session: Int
        /// 1 for positions, 5 for pointers into multi-session discs.
        public let mode: UInt8
        /// Control bits.
        public let control: TrackControl
        /// A0h first track, A1h last track, A2h lead-out, 1…99 a track.
        public let point: UInt8
        /// MIN, SEC, FRAME: of mode 1 the place of the frame itself, of mode 5 it says things too. In binary.
        public let time: MSF
        /// What the pointer says: a time, or a number in its minutes.
        public let position: MSF
    }
    /// Lowest session number.
    public let firstSession: Int
    /// Highest session number.
    public let lastSession: Int
    /// All pointers, in the drive's order.
    public let pointers: [Pointer]

    /// Reads the descriptors.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let header = try TOCHeader(parsing: reply)
        (firstSession, lastSession) = (Int(header.first), Int(header.last))
        pointers = try Pointer.list(in: reply)
    }

    /// Where the program area of a session after this one can begin (its pause of two seconds included), and where its
    /// lead-out has to begin at the latest; nil when the lead-in allows none (no B0h, or FFh in its time).
    public func nextSession(after session: Int) -> (start: Int, latestLeadOut: Int)? {
        let pointer = pointers.first { $0.session == session && $0.mode == 5 && $0.point == 0xB0 }
        return pointer.flatMap { $0.time.minutes == 0xFF ? nil : ($0.time.lba, $0.position.lba) }
    }

    /// The disc type that a session's lead-in names (PSEC of A0h): 00h CD-DA or CD-ROM, 10h CD-i, 20h XA.
    public func discType(session: Int) -> UInt8? {
        pointers.first { $0.session == session && $0.mode == 1 && $0.point == 0xA0 }?.position.seconds
    }

    /// The table of contents of one session; nil when its lead-in names no lead-out (A2h).
    public func tableOfContents(session: Int) -> TableOfContents? {
        let own = pointers.filter { $0.session == session && $0.mode == 1 }
        guard let leadOut = own.first(where: { $0.point == 0xA2 }) else { return nil }
        let tracks = own.filter { (1...99).contains($0.point) }
            .map { TableOfContents.Track(number: Int($0.point), control: $0.control, start: $0.position.lba) }
            .sorted { $0.number < $1.number }
        return TableOfContents(tracks: tracks, leadOut: leadOut.position.lba)
    }
}

extension FullTOC.Pointer {
    /// All descriptors of a reply, whose control bits stand in the low half, unlike on the disc.
    static func list(in reply: ByteView) throws(ByteView.OutOfBounds) -> [FullTOC.Pointer] {
        var pointers: [FullTOC.Pointer] = []
        for descriptor in try TOCHeader.descriptors(of: reply, size: size) {
            func time(_ offset: Int) throws(ByteView.OutOfBounds) -> MSF {
                MSF(
                    minutes: try descriptor.uint8(at: offset), seconds: try descriptor.uint8(at: offset + 1),
                    frames: try descriptor.uint8(at: offset + 2))
            }
            let kind = try descriptor.uint8(at: 1)
            pointers.append(
                FullTOC.Pointer(
                    session: Int(try descriptor.uint8(at: 0)), mode: kind.bits(4...7),
                    control: TrackControl(rawValue: kind), point: try descriptor.uint8(at: 3), time: try time(4),
                    position: try time(8)))
        }
        return pointers
    }
}

extension SCSITransport {
    /// The pointers of all lead-ins: their length first, then all of them.
    public func fullTOC() throws(SCSIError) -> FullTOC {
        let header = try perform(
            ReadTOC.Header(format: ReadFullTOC.format, trackOrSession: ReadFullTOC.firstSession))
        return try perform(ReadFullTOC(allocationLength: header.totalLength))
    }
}
