import BinaryCoding

/// A whole reply to GET CONFIGURATION: header and feature descriptors (MMC-6, 6.5).
struct FeatureList {
    private var header: ArraySlice<UInt8>
    private var descriptors: [[UInt8]] = []

    private static let headerBytes = 8
    /// Bytes of a descriptor in front of its data: code, flags, length.
    private static let descriptorHeaderBytes = 4
    /// The flag of a feature that holds for the disc that is in.
    private static let current: UInt8 = 0x01

    /// Nil when it has no header.
    init?(_ reply: [UInt8]) {
        guard reply.count >= Self.headerBytes else { return nil }
        header = reply[4..<Self.headerBytes]
        var offset = Self.headerBytes
        while offset + Self.descriptorHeaderBytes <= reply.count {
            let end = min(offset + Self.descriptorHeaderBytes + Int(reply[offset + 3]), reply.count)
            descriptors.append(Array(reply[offset..<end]))
            offset = end
        }
    }

    /// Length, header and descriptors again.
    var bytes: [UInt8] {
        let body = descriptors.flatMap { $0 }
        return UInt32(body.count + header.count).bigEndianBytes + header + body
    }

    private static func code(of descriptor: [UInt8]) -> Int { Int(descriptor[0]) << 8 | Int(descriptor[1]) }

    mutating func apply(_ edit: ReplyEdit.FeatureEdit) {
        let code = Int(edit.code)
        let index = descriptors.firstIndex { Self.code(of: $0) == code }
        switch (edit.kind, index) {
        case (.absent, let index?): descriptors.remove(at: index)
        case (.notCurrent, let index?): descriptors[index][2] &= ~Self.current
        case (.absent, nil), (.notCurrent, nil): break
        case (.claimed(let data), let index?):
            let (flags, own) = (descriptors[index][2], Array(descriptors[index].dropFirst(Self.descriptorHeaderBytes)))
            descriptors[index] = Self.descriptor(edit.code, flags | Self.current, data ?? own)
        case (.claimed(let data), nil):
            let behind = descriptors.firstIndex { Self.code(of: $0) > code } ?? descriptors.count
            descriptors.insert(Self.descriptor(edit.code, Self.current, data ?? []), at: behind)
        }
    }

    private static func descriptor(_ code: UInt16, _ flags: UInt8, _ data: [UInt8]) -> [UInt8] {
        code.bigEndianBytes + [flags, UInt8(clamping: data.count)] + data
    }

    /// Leaves what the command asks for: all features from one on, the current ones of them, or exactly that one.
    mutating func select(_ cdb: [UInt8]) {
        let first = Int(cdb[2]) << 8 | Int(cdb[3])
        switch cdb[1].bits(0...1) {
        case 0: descriptors.removeAll { Self.code(of: $0) < first }
        case 1: descriptors.removeAll { Self.code(of: $0) < first || $0[2] & Self.current == 0 }
        default: descriptors.removeAll { Self.code(of: $0) != first }
        }
    }
}
