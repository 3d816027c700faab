import BinaryCoding

/// Why a command did not simply succeed, as the device says it, in fixed or descriptor format (SPC-4, 4.5).
public struct SenseData: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The rough kind: 2 not ready, 3 medium error, 4 hardware error, 5 illegal request, 6 unit attention …
    public let key: UInt8
    /// Additional sense code.
    public let code: UInt8
    /// Additional sense code qualifier.
    public let qualifier: UInt8
    /// True when an earlier command is meant: for a burn, an earlier WRITE.
    public let isDeferred: Bool
    /// How far a running operation has got, 0…1, when the device says so (keys 0 and 2 only).
    public let progress: Double?
    /// Offset of the byte that the device objects to in CDB or parameter list (key 5 only).
    public let fieldPointer: Int?
    /// The INFORMATION field, when the device calls it valid: for a medium error the address of the first bad sector.
    public let information: UInt64?
    /// The length asked for is not that of the sectors there (ILI).
    public let isLengthWrong: Bool

    /// A current sense of three numbers.
    public init(_ key: UInt8, _ code: UInt8, _ qualifier: UInt8) {
        (self.key, self.code, self.qualifier) = (key, code, qualifier)
        (isDeferred, progress, fieldPointer, information, isLengthWrong) = (false, nil, nil, nil, false)
    }

    /// Sense data as it came from a device; nil when it is no known format or too short to hold a sense key.
    ///
    /// Devices and bridges cut sense data short: what is not there counts as zero. Some set no ADDITIONAL SENSE LENGTH, so
    /// that what came counts, not what it says of its length.
    public init?(parsing bytes: [UInt8]) {
        guard let response = bytes.first?.bits(0...6), bytes.count >= 3 else { return nil }
        func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
        var specific: ArraySlice<UInt8> = []
        switch response {
        case 0x70, 0x71:
            (key, code, qualifier) = (byte(2).bits(0...3), byte(12), byte(13))
            if bytes.count >= 18 { specific = bytes[15..<18] }
            information = byte(0).bit(7) && bytes.count >= 7 ? Self.number(bytes[3..<7]) : nil
            isLengthWrong = byte(2).bit(5)
        case 0x72, 0x73:
            (key, code, qualifier) = (byte(1).bits(0...3), byte(2), byte(3))
            specific = Self.descriptor(0x02, of: 7, in: bytes)?.suffix(3) ?? []
            let field = Self.descriptor(0x00, of: 12, in: bytes) ?? []
            information = field.dropFirst(2).first?.bit(7) == true ? Self.number(field.suffix(8)) : nil
            isLengthWrong = Self.descriptor(0x05, of: 4, in: bytes)?.last?.bit(5) ?? false
        default: return nil
        }
        isDeferred = response == 0x71 || response == 0x73
        let value = specific.count == 3 && (specific.first ?? 0).bit(7) ? specific.dropFirst() : []
        let number = value.reduce(0) { $0 << 8 | Int($1) }
        progress = value.isEmpty || (key != 0 && key != 2) ? nil : Double(number) / 65_536
        fieldPointer = value.isEmpty || key != 5 ? nil : number
    }

    /// The first descriptor of a type, its first `length` bytes; nil when there is none, or only a part of it.
    private static func descriptor(_ type: UInt8, of length: Int, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var offset = 8
        while offset + 2 <= bytes.count {
            if bytes[offset] == type {
                return offset + length <= bytes.count ? bytes[offset..<offset + length] : nil
            }
            offset += 2 + Int(bytes[offset + 1])
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// Key, code and qualifier, such as `3/0C/00`.
    public var description: String {
        func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
        return "\(String(key, radix: 16, uppercase: true))/\(hex(code))/\(hex(qualifier))"
    }

    /// The same sense in the fixed format, 18 bytes.
    public var fixedFormat: [UInt8] {
        [isDeferred ? 0x71 : 0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0]
    }
}
