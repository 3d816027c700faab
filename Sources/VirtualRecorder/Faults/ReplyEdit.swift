import BinaryCoding
import DiscLayout

/// A change of a reply on its way out.
enum ReplyEdit: Equatable, Sendable {
    /// Bytes put into the reply of any command.
    case patch([MaskedByte])
    /// The reply to READ TOC/PMA/ATIP, format 4.
    case atip(ATIPEdit)
    /// A descriptor of GET CONFIGURATION.
    case feature(FeatureEdit)
    /// Bytes put into a mode page.
    case page(UInt8, [MaskedByte])
    /// Bytes of the main channel that READ changes.
    case main(MainChannelEdit)
    /// READ CD gives formatted Q in binary instead of BCD.
    case binaryQ

    /// What is said of the pre-groove.
    enum ATIPEdit: Equatable, Sendable {
        /// Nothing but zeros.
        case zero
        /// Times in BCD instead of binary.
        case bcd
        /// These times.
        case times(leadIn: MSF, lastLeadOut: MSF)
    }

    /// What is done with a feature.
    struct FeatureEdit: Equatable, Sendable {
        enum Kind: Equatable, Sendable {
            /// Left out.
            case absent
            /// There, but not current.
            case notCurrent
            /// Claimed, as current, with these data; with nil, those that it has.
            case claimed([UInt8]?)
        }
        let code: UInt16
        let kind: Kind
    }

    /// What is done with main channel bytes.
    struct MainChannelEdit: Equatable, Sendable {
        /// Offsets in what comes of a block's main channel; each of these bytes is inverted.
        let positions: [ClosedRange<Int>]
        /// Whether the C2 error flags tell of it.
        let isFlagged: Bool
    }

    /// Whether the drive has to give the whole reply, whatever the allocation length, for the edit to be made right.
    var needsWholeReply: Bool {
        switch self {
        case .atip, .feature, .page: true
        case .patch, .main, .binaryQ: false
        }
    }

    /// Changes a reply.
    ///
    /// - Parameters:
    ///   - cdb: of the command, sixteen bytes.
    ///   - blocks: that the edit is about; nil for all.
    ///   - isFlagsLast: the drive puts C2 flags behind the sub-channel.
    func apply(to reply: inout [UInt8], of cdb: [UInt8], blocks: ClosedRange<Int>?, isFlagsLast: Bool) {
        func parts() -> [BlockParts] { BlockParts.all(in: reply, of: cdb, blocks, isFlagsLast: isFlagsLast) }
        switch self {
        case .patch(let bytes): for byte in bytes { byte.put(into: &reply) }
        case .atip(let edit): edit.apply(to: &reply)
        case .feature(let edit):
            var list = FeatureList(reply)
            list?.apply(edit)
            if let list { reply = list.bytes }
        case .page(let code, let bytes): Self.patch(page: code, bytes, in: &reply)
        case .main(let edit):
            for block in parts() { edit.apply(to: &reply, block) }
        case .binaryQ:
            for block in parts() { block.makeQBinary(in: &reply) }
        }
    }

    /// Bytes of the header of MODE SENSE (10) in front of block descriptors.
    private static let modeHeaderBytes = 8

    private static func patch(page code: UInt8, _ bytes: [MaskedByte], in reply: inout [UInt8]) {
        guard reply.count >= modeHeaderBytes else { return }
        var offset = modeHeaderBytes + (Int(reply[6]) << 8 | Int(reply[7]))
        while offset + 2 <= reply.count {
            let length = 2 + Int(reply[offset + 1])
            if reply[offset].bits(0...5) == code {
                for byte in bytes where byte.offset < length { byte.put(into: &reply, from: offset) }
            }
            offset += length
        }
    }
}

extension ReplyEdit.ATIPEdit {
    /// Bytes in front of what the pre-groove says.
    private static let headerBytes = 4
    /// Where lead-in start and last lead-out are.
    private static let timeOffsets = [8, 12]

    fileprivate func apply(to reply: inout [UInt8]) {
        guard reply.count >= 16 else { return }
        switch self {
        case .zero: for offset in Self.headerBytes..<reply.count { reply[offset] = 0 }
        case .bcd:
            for start in Self.timeOffsets {
                for offset in start..<start + 3 where reply[offset] <= 99 { reply[offset] = reply[offset].bcd }
            }
        case .times(let leadIn, let lastLeadOut):
            for (start, time) in zip(Self.timeOffsets, [leadIn, lastLeadOut]) {
                reply.replaceSubrange(start..<start + 3, with: [time.minutes, time.seconds, time.frames])
            }
        }
    }
}
