/// The four bytes that stand twice at the head of a CD-ROM XA sector's user data (CD-ROM XA, 4.3.2; ECMA-168, 7.5.1).
public struct SubHeader: Equatable, Hashable, Sendable {
    /// Bytes of one copy.
    public static let byteCount = 4

    /// Number of the interleaved file, or 0.
    public let file: UInt8
    /// Number of the channel in it.
    public let channel: UInt8
    /// Submode: bit 5 tells the form, bit 7 the end of the file, bit 3 data, bit 2 audio, bit 1 video.
    public let submode: UInt8
    /// How audio or video is coded.
    public let coding: UInt8

    /// A sub-header of its four bytes.
    public init(file: UInt8 = 0, channel: UInt8 = 0, submode: UInt8, coding: UInt8 = 0) {
        (self.file, self.channel, self.submode, self.coding) = (file, channel, submode, coding)
    }

    /// Form 1 with data, as discs of files have it.
    public static let data = SubHeader(submode: 0x08)
    /// Form 2 with nothing more said.
    public static let form2 = SubHeader(submode: formBit)

    /// The submode's bit that is set in sectors of Form 2.
    public static let formBit: UInt8 = 0x20

    /// The sector has Form 2.
    public var isForm2: Bool { submode & Self.formBit != 0 }

    /// The same with another submode.
    func with(submode: UInt8) -> SubHeader {
        SubHeader(file: file, channel: channel, submode: submode, coding: coding)
    }
}
