public import BinaryCoding
public import SCSI

/// GET CONFIGURATION (46h): the profile of the medium and the features of the drive.
public struct GetConfiguration: SCSICommand {
    /// Profile and features.
    public typealias Reply = Configuration
    /// The standard's name.
    public static let name = "GET CONFIGURATION"
    private let allocationLength: UInt16

    /// Asks for all features, current or not, with room for `allocationLength` bytes.
    public init(allocationLength: UInt16) { self.allocationLength = allocationLength }
    /// The command descriptor block, request type 00b.
    public var cdb: CDB { CDB([0x46, 0, 0, 0, 0, 0, 0] + allocationLength.bigEndianBytes + [0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(allocationLength)) }

    /// The same command with room for the header alone, which tells how long the whole is.
    struct Header: SCSICommand {
        typealias Reply = ConfigurationHeader
        static let name = GetConfiguration.name
        static let replyLength: UInt16 = 8
        var cdb: CDB { GetConfiguration(allocationLength: Self.replyLength).cdb }
        var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
    }
}

/// Feature Header (MMC-6, 5.2).
struct ConfigurationHeader: SCSIReply, Equatable {
    /// Bytes of the whole reply, this header included.
    let totalLength: Int
    let currentProfile: UInt16

    init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        // The field counts what follows it. A nonsensical length is a long one, and the reply then fails as too short.
        totalLength = Int(try reply.uint32(at: 0)) + 4
        currentProfile = try reply.uint16(at: 6)
    }
}

/// What a drive can do, and what it can do with the medium that is in it.
public struct Configuration: SCSIReply, Equatable {
    /// Profile of the medium: 0 none, 8 CD-ROM, 9 CD-R, 0Ah CD-RW, from 10h on DVD and others.
    public let currentProfile: UInt16
    /// Features by their codes.
    public let features: [UInt16: Feature]

    /// Profile numbers of CD media (MMC-6, table "Profile List").
    public enum Profile {
        /// No medium, or one that fits no profile.
        public static let none: UInt16 = 0
        /// A disc that can only be read.
        public static let cdROM: UInt16 = 0x08
        /// CD-R.
        public static let cdR: UInt16 = 0x09
        /// CD-RW.
        public static let cdRW: UInt16 = 0x0A
    }

    /// One feature descriptor.
    public struct Feature: Equatable, Sendable {
        /// The feature's code.
        public let code: UInt16
        /// Which edition of the feature's own description holds.
        public let version: UInt8
        /// True when it can never be otherwise than usable.
        public let isPersistent: Bool
        /// True when it is usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// The bytes behind the four of the descriptor's head.
        public let data: [UInt8]

        /// A feature.
        public init(code: UInt16, version: UInt8 = 0, isPersistent: Bool = false, isCurrent: Bool, data: [UInt8]) {
            (self.code, self.version, self.isPersistent) = (code, version, isPersistent)
            (self.isCurrent, self.data) = (isCurrent, data)
        }

        /// A byte by its offset in the descriptor, as the standard counts; 0 where the drive gave none.
        func byte(_ offset: Int) -> UInt8 { data.indices.contains(offset - 4) ? data[offset - 4] : 0 }
    }

    /// A configuration.
    public init(currentProfile: UInt16, features: [Feature]) {
        self.currentProfile = currentProfile
        self.features = Dictionary(features.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Walks the descriptors; each must be complete, and all that the header announces must have come.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let header = try ConfigurationHeader(parsing: reply)
        let end = min(header.totalLength, MMC.longestReply)
        _ = try reply.slice(at: 0, count: end)
        var features: [Feature] = []
        var offset = 8
        while offset + 4 <= end {
            let length = Int(try reply.uint8(at: offset + 3))
            let bits = try reply.uint8(at: offset + 2)
            features.append(
                Feature(
                    code: try reply.uint16(at: offset), version: bits.bits(2...5), isPersistent: bits.bit(1),
                    isCurrent: bits.bit(0),
                    data: Array(try reply.slice(at: offset + 4, count: length))))
            offset += 4 + length
        }
        self.init(currentProfile: header.currentProfile, features: features)
    }
}

extension SCSITransport {
    /// The drive's configuration: the header first, then all of it.
    public func configuration() throws(SCSIError) -> Configuration {
        let header = try perform(GetConfiguration.Header())
        let length = max(min(header.totalLength, MMC.longestReply), Int(GetConfiguration.Header.replyLength))
        return try perform(GetConfiguration(allocationLength: UInt16(length)))
    }
}
