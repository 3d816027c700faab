import BinaryCoding
public import DiscLayout

extension TableOfContents {
    /// Track number of the lead-out.
    private static let leadOutNumber: UInt8 = 0xAA
    /// Bytes of a track's descriptor.
    private static let descriptorBytes = 8

    /// What a drive will answer to READ TOC/PMA/ATIP in format 0 with addresses as logical blocks (MMC-6, 6.25.2.2): what
    /// `ExpectedTableOfContents` of an image gives.
    public var replyBytes: [UInt8] {
        let numbers = [tracks.first, tracks.last].map { UInt8(truncatingIfNeeded: $0?.number ?? 0) }
        let leadOutControl = tracks.last?.control ?? []
        let descriptors =
            tracks.map { Self.descriptor(UInt8(truncatingIfNeeded: $0.number), $0.control, $0.start) }
            + [Self.descriptor(Self.leadOutNumber, leadOutControl, leadOut)]
        let length = UInt16(truncatingIfNeeded: numbers.count + descriptors.count * Self.descriptorBytes)
        return length.bigEndianBytes + numbers + descriptors.joined()
    }

    /// Here ADR, always 1, stands before control.
    private static func descriptor(_ number: UInt8, _ control: TrackControl, _ start: Int) -> [UInt8] {
        [0, 0x10 | control.rawValue, number, 0] + Int32(truncatingIfNeeded: start).bigEndianBytes
    }
}
