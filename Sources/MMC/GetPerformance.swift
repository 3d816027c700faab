public import BinaryCoding
public import DiscLayout
public import SCSI

/// GET PERFORMANCE (ACh), type 03h: the speeds of writing that the drive offers for this medium.
public struct GetPerformance: SCSICommand {
    /// The speeds.
    public typealias Reply = WriteSpeedDescriptors
    /// The standard's name.
    public static let name = "GET PERFORMANCE"
    /// No drive offers as many.
    static let mostDescriptors: UInt16 = 64
    private let descriptors: UInt16
    /// Asks for up to so many of them.
    public init(descriptors: UInt16) { self.descriptors = descriptors }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0xAC, 0, 0, 0, 0, 0, 0, 0] + descriptors.bigEndianBytes + [3, 0]) }
    /// A header and the descriptors.
    public var data: DataPhase { .fromDevice(byteCount: 8 + Int(descriptors) * WriteSpeedDescriptors.size) }

    /// The same command for one descriptor: the header tells how many there are, however few are asked for.
    struct Header: SCSICommand {
        typealias Reply = WriteSpeedCount
        static let name = GetPerformance.name
        var cdb: CDB { GetPerformance(descriptors: 1).cdb }
        var data: DataPhase { GetPerformance(descriptors: 1).data }
    }
}

/// Performance Header (MMC-6, 6.8.3).
struct WriteSpeedCount: SCSIReply, Equatable {
    /// Descriptors that the drive has.
    let count: Int

    init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        _ = try reply.slice(at: 0, count: 8)
        // The length counts what follows it: four bytes of header and the descriptors.
        count = max((Int(try reply.uint32(at: 0)) - 4) / WriteSpeedDescriptors.size, 0)
    }
}

/// Write Speed Descriptors (MMC-6, 6.8.3.4).
public struct WriteSpeedDescriptors: SCSIReply, Equatable {
    static let size = 16

    /// One of them.
    public struct Descriptor: Equatable, Sendable {
        /// Speed of writing, and whether the disc turns at one speed (WRC 01b).
        public let write: RecordingSpeed
        /// Speed of reading that goes with it, in kB/s.
        public let readKilobytesPerSecond: Int
        /// The speed holds for the whole of the disc (Exact).
        public let isExact: Bool
        /// Last address that it holds for; what drives say of a CD-R is the end of the disc.
        public let endAddress: Int
    }

    /// In the drive's order.
    public let descriptors: [Descriptor]

    /// Reads the descriptors that the header announces.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let announced = try WriteSpeedCount(parsing: reply).count
        var descriptors: [Descriptor] = []
        for index in 0..<min(announced, Int(GetPerformance.mostDescriptors)) {
            let fields = ByteView(try reply.slice(at: 8 + index * Self.size, count: Self.size))
            let flags = try fields.uint8(at: 0)
            descriptors.append(
                Descriptor(
                    write: RecordingSpeed(
                        kilobytesPerSecond: Int(try fields.uint32(at: 12)), isPureCAV: flags.bits(3...4) == 1),
                    readKilobytesPerSecond: Int(try fields.uint32(at: 8)), isExact: flags.bit(1),
                    endAddress: Int(try fields.int32(at: 4))))
        }
        self.descriptors = descriptors
    }

    /// The speeds alone, in the drive's order, each once, without those of nothing.
    public var speeds: [RecordingSpeed] {
        var seen: Set<RecordingSpeed> = []
        return descriptors.map(\.write).filter { $0.kilobytesPerSecond > 0 && seen.insert($0).inserted }
    }
}

extension SCSITransport {
    /// The drive's speeds of writing: how many there are first, then all of them. Empty when it names none.
    ///
    /// Drives that are asked for more than they have may refuse, so that the second question names the right number.
    public func writeSpeeds() throws(SCSIError) -> WriteSpeedDescriptors {
        let count = try perform(GetPerformance.Header()).count
        return try perform(GetPerformance(descriptors: UInt16(min(max(count, 1), Int(GetPerformance.mostDescriptors)))))
    }
}
