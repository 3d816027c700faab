/// What the device says it is: a high-speed device with one interface, mass storage by the Bulk-Only transport, on which
/// SCSI commands go (USB 2.0, 9.6; Universal Serial Bus Mass Storage Class, Bulk-Only Transport, revision 1.0, 4).
public struct USBDescriptors: Equatable, Sendable {
    /// Maker.
    public let manufacturer: String
    /// Name.
    public let product: String
    /// What tells it from others of its kind. The class wants at least twelve hexadecimal digits (4.1.2); many devices
    /// have something else, and so does this one when the recorder's is something else.
    public let serialNumber: String

    /// Descriptors with these texts.
    public init(manufacturer: String, product: String, serialNumber: String) {
        (self.manufacturer, self.product, self.serialNumber) = (manufacturer, product, serialNumber)
    }

    /// Number of the endpoint to the host.
    public static let bulkIn: UInt8 = 1
    /// Number of the endpoint to the device.
    public static let bulkOut: UInt8 = 2
    /// Value that selects the only configuration.
    static let configurationValue: UInt8 = 1
    /// Of bulk endpoints at high speed (USB 2.0, 5.8.3).
    private static let bulkPacket: UInt16 = 512
    /// `pid.codes` keeps vendor 1209h for projects without a number of their own, and product 0001h of it for tests.
    private static let vendorNumber: UInt16 = 0x1209
    private static let productNumber: UInt16 = 0x0001

    private enum Kind {
        static let device: UInt8 = 1
        static let configuration: UInt8 = 2
        static let string: UInt8 = 3
        static let interface: UInt8 = 4
        static let endpoint: UInt8 = 5
    }

    /// The descriptor of a type and an index, whole; nil when there is none.
    public func descriptor(type: UInt8, index: UInt8) -> [UInt8]? {
        switch (type, index) {
        case (Kind.device, 0): device
        case (Kind.configuration, 0): configuration
        // US English is the only language.
        case (Kind.string, 0): [4, Kind.string, 0x09, 0x04]
        case (Kind.string, 1): string(manufacturer)
        case (Kind.string, 2): string(product)
        case (Kind.string, 3): string(serialNumber)
        // No other speed, no further capabilities.
        default: nil
        }
    }

    private var device: [UInt8] {
        // USB 2.0; class, subclass and protocol are the interface's; 64 bytes a packet at endpoint 0.
        [18, Kind.device, 0x00, 0x02, 0, 0, 0, 64]
            + Self.vendorNumber.littleEndianBytes + Self.productNumber.littleEndianBytes
            // Release 1.0, the three strings, one configuration.
            + [0x00, 0x01, 1, 2, 3, 1]
    }

    private var configuration: [UInt8] {
        // Mass storage (08h), SCSI transparent command set (06h), Bulk-Only (50h).
        let interface: [UInt8] = [9, Kind.interface, 0, 0, 2, 0x08, 0x06, 0x50, 0]
        let endpoints = endpoint(0x80 | Self.bulkIn) + endpoint(Self.bulkOut)
        let total = UInt16(9 + interface.count + endpoints.count)
        // One interface, self-powered, 100 mA.
        return [9, Kind.configuration] + total.littleEndianBytes + [1, Self.configurationValue, 0, 0xC0, 50]
            + interface + endpoints
    }

    private func endpoint(_ address: UInt8) -> [UInt8] {
        [7, Kind.endpoint, address, 2] + Self.bulkPacket.littleEndianBytes + [0]
    }

    /// UTF-16, as much as a descriptor's length byte can say.
    private func string(_ text: String) -> [UInt8] {
        let bytes = text.utf16.prefix(126).flatMap(\.littleEndianBytes)
        return [UInt8(2 + bytes.count), Kind.string] + bytes
    }
}
