public import BinaryCoding
public import SCSI

/// INQUIRY (12h), standard data: what the device is.
public struct Inquiry: SCSICommand {
    /// Who made the device, and what it is.
    public typealias Reply = DeviceIdentity
    /// The standard's name.
    public static let name = "INQUIRY"
    private static let replyLength: UInt8 = 36
    /// Asks for the first 36 bytes, which every device has.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x12, 0, 0, 0, Self.replyLength, 0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Standard INQUIRY data (SPC-4, 6.4.2).
public struct DeviceIdentity: SCSIReply, Equatable {
    /// 5 for CD and DVD devices.
    public let deviceType: UInt8
    /// Whether the medium can be taken out.
    public let isRemovable: Bool
    /// Vendor, without trailing spaces.
    public let vendor: String
    /// Product, without trailing spaces.
    public let product: String
    /// Firmware revision, without trailing spaces.
    public let revision: String

    /// Peripheral device type of CD and DVD drives.
    public static let opticalDevice: UInt8 = 5

    /// Reads the 36 bytes.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        deviceType = try reply.uint8(at: 0).bits(0...4)
        isRemovable = try reply.uint8(at: 1).bit(7)
        vendor = try reply.ascii(at: 8, count: 8)
        product = try reply.ascii(at: 16, count: 16)
        revision = try reply.ascii(at: 32, count: 4)
    }
}

/// INQUIRY (12h), vital product data page 80h: Unit Serial Number. Many drives refuse it.
public struct UnitSerialNumber: SCSICommand {
    /// The number, as text.
    public typealias Reply = SerialNumber
    /// The standard's name.
    public static let name = "INQUIRY"
    private static let replyLength: UInt8 = 0xFC
    /// Asks for the page.
    public init() {}
    /// The command descriptor block, EVPD set.
    public var cdb: CDB { CDB([0x12, 1, 0x80, 0, Self.replyLength, 0]) }
    /// Room for the page.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Unit Serial Number page (SPC-4, 7.8.15).
public struct SerialNumber: SCSIReply, Equatable {
    /// The number without surrounding spaces; empty when the drive has none.
    public let text: String

    /// Reads the page.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let length = Int(try reply.uint16(at: 2))
        text = String(try reply.ascii(at: 4, count: length).drop { $0 == " " })
    }
}
