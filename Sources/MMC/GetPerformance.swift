public import BinaryCoding
public import SCSI

/// GET PERFORMANCE (ACh), type 03h: the speeds of writing that the drive offers for this medium.
public struct GetPerformance: SCSICommand {
    /// The speeds.
    public typealias Reply = WriteSpeedDescriptors
    /// The standard's name.
    public static let name = "GET PERFORMANCE"
    /// No drive offers as many.
    static let maximumDescriptors: UInt16 = 64
    /// Asks for all of them.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0xAC, 0, 0, 0, 0, 0, 0, 0] + Self.maximumDescriptors.bigEndianBytes + [3, 0]) }
    /// A header and the descriptors.
    public var data: DataPhase { .fromDevice(byteCount: 8 + Int(Self.maximumDescriptors) * 16) }
}

/// Write Speed Descriptors (MMC-6, 6.8.3.4).
public struct WriteSpeedDescriptors: SCSIReply, Equatable {
    /// Speeds of writing in kB/s, in the drive's order.
    public let writeSpeeds: [Int]

    /// Reads the descriptors that the header announces.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        _ = try reply.slice(at: 0, count: 8)
        let announced = (Int(try reply.uint32(at: 0)) - 4) / 16
        var speeds: [Int] = []
        for index in 0..<max(min(announced, Int(GetPerformance.maximumDescriptors)), 0) {
            speeds.append(Int(try reply.uint32(at: 8 + index * 16 + 12)))
        }
        writeSpeeds = speeds
    }
}
