public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ TOC/PMA/ATIP, format 0100b: what was pressed into a blank disc's groove.
public struct ReadATIP: SCSICommand {
    /// The disc's own data.
    public typealias Reply = ATIP
    /// The standard's name.
    public static let name = ReadTOC.name
    static let format: UInt8 = 4
    private let allocationLength: Int
    /// Asks for the ATIP.
    public init(allocationLength: Int) { self.allocationLength = allocationLength }
    /// The command descriptor block.
    public var cdb: CDB { ReadTOC.cdb(format: Self.format, trackOrSession: 0, allocationLength: allocationLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: min(allocationLength, MMC.longestReply)) }
}

/// Absolute Time In Pregroove (MMC-6, 6.25.3.6).
public struct ATIP: SCSIReply, Equatable {
    /// What recorders a CD-RW is made for (Orange Book part III, its volumes).
    public enum SubType: UInt8, Sendable {
        /// Up to 4x.
        case standard = 0
        /// 4x to 10x.
        case highSpeed = 1
        /// 8x to 24x.
        case ultraSpeed = 2
        /// 8x to 32x.
        case ultraSpeedPlus = 3
    }

    /// True for a CD-RW.
    public let isRewritable: Bool
    /// Meant for consumer audio recorders.
    public let isUnrestrictedUse: Bool
    /// Start of the lead-in; its time names the manufacturer.
    public let leadIn: MSF
    /// Last possible start of a lead-out.
    public let lastPossibleLeadOut: MSF
    /// The kind of CD-RW; nil for CD-R, and for kinds that the standard does not have.
    public let subType: SubType?
    /// Slowest speed that the disc is made for, times playing; nil when it names none. To be shown: what can be chosen the
    /// drive says.
    public let lowestSpeed: Int?
    /// The fastest.
    public let highestSpeed: Int?

    /// Reads the fields up to byte 14, and the additional ones where they are. Some Ricoh firmware sends times as BCD: a minute
    /// from 90h on gives it away.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        isUnrestrictedUse = try reply.uint8(at: 5).bit(6)
        let kind = try reply.uint8(at: 6)
        isRewritable = kind.bit(6)
        let isBCD = try reply.uint8(at: 8) >= 0x90
        func time(_ offset: Int) throws(ByteView.OutOfBounds) -> MSF {
            let fields = try reply.slice(at: offset, count: 3).map { isBCD ? UInt8(bcd: $0) ?? $0 : $0 }
            return MSF(minutes: fields[0], seconds: fields[1], frames: fields[2])
        }
        leadIn = try time(8)
        lastPossibleLeadOut = try time(12)
        subType = isRewritable ? SubType(rawValue: kind.bits(3...5)) : nil
        (lowestSpeed, highestSpeed) = Self.speeds(reply, kind: kind, subType)
    }

    /// Additional information 1 names the speeds of CD-R and of CD-RW up to high speed, additional information 2 those of ultra
    /// speed: an index of the lowest in bits 6 to 4, of the highest in bits 3 to 0.
    private static func speeds(_ reply: ByteView, kind: UInt8, _ subType: SubType?) -> (Int?, Int?) {
        let isUltraSpeed = subType == .ultraSpeed || subType == .ultraSpeedPlus
        let isValid = isUltraSpeed ? kind.bit(1) : kind.bit(2)
        guard isValid, let code = try? reply.uint8(at: isUltraSpeed ? 20 : 16) else { return (nil, nil) }
        let table = isUltraSpeed ? ultraSpeeds : subType == .highSpeed ? highSpeeds : standardSpeeds
        return (table[code.bits(4...6)], table[code.bits(0...3)])
    }

    private static let standardSpeeds: [UInt8: Int] = [1: 2, 2: 4, 3: 6, 4: 8]
    private static let highSpeeds: [UInt8: Int] = [1: 2, 2: 4, 3: 6, 4: 10]
    private static let ultraSpeeds: [UInt8: Int] = [1: 2, 2: 4, 3: 8, 6: 16, 8: 24, 9: 32, 10: 40, 11: 48]

    /// False for what drives return for pressed discs: zeros, or junk.
    public var isPlausible: Bool { (80...99).contains(leadIn.minutes) }
}

extension SCSITransport {
    /// The ATIP: its length first, then all of it.
    public func atip() throws(SCSIError) -> ATIP {
        let header = try perform(ReadTOC.Header(format: ReadATIP.format, trackOrSession: 0))
        return try perform(ReadATIP(allocationLength: header.totalLength))
    }
}
