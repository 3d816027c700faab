/// What a control transfer asks (USB 2.0, 9.3). Numbers are little-endian, as everywhere in USB.
public struct USBSetup: Equatable, Sendable {
    /// Direction, type and recipient.
    public let requestType: UInt8
    /// The request.
    public let request: UInt8
    /// Its argument.
    public let value: UInt16
    /// Interface or endpoint, mostly.
    public let index: UInt16
    /// Bytes of the data stage.
    public let length: UInt16

    /// A request.
    public init(requestType: UInt8 = 0, request: UInt8 = 0, value: UInt16 = 0, index: UInt16 = 0, length: UInt16 = 0) {
        (self.requestType, self.request, self.value) = (requestType, request, value)
        (self.index, self.length) = (index, length)
    }

    /// Eight bytes; those that are not there count as zero.
    init(parsing bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
        func number(_ offset: Int) -> UInt16 { UInt16(byte(offset + 1)) << 8 | UInt16(byte(offset)) }
        self.init(
            requestType: byte(0), request: byte(1), value: number(2), index: number(4), length: number(6))
    }
}

/// What the device says to a control transfer.
public enum USBControlReply: Equatable, Sendable {
    /// Done; with data when the host asked for some.
    case data([UInt8])
    /// It knows no such request.
    case stall
}

extension FixedWidthInteger {
    /// The value's bytes, least significant first.
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}
