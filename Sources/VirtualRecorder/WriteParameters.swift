import BinaryCoding
import DiscLayout
import SectorCoding

/// Mode page 05h, which says how the next track or session is written (MMC-6, 7.5.4), as MODE SELECT left it.
struct WriteParameters: Equatable {
    /// The page, its header included: 52 bytes, or 56 where the drive has bytes of its own at the end.
    private(set) var page: [UInt8]
    /// What the drive can do.
    private let profile: RecorderProfile
    /// A test write was asked for, and the drive is one that remembers it until the tray opens.
    private var isTestWriteStuck = false

    static let pageCode: UInt8 = 0x05
    /// Length of the page behind its first two bytes.
    static let pageLength: UInt8 = 0x32
    /// The same with four vendor-specific bytes.
    static let vendorPageLength: UInt8 = 0x36
    private static let audioPauseLength = UInt16(RedBook.pauseSectors)
    private static let sessionFormats: Set<UInt8> = [0x00, 0x10, 0x20]
    /// What drives with an illegal pause or session format have there.
    private static let illegal: UInt8 = 0xFF
    private static let mode1 = 8 as UInt8

    /// What a drive has after power-on: track at once, a data track of 2048-byte blocks.
    init(profile: RecorderProfile = .modern) {
        self.profile = profile
        let length =
            profile.quirks.contains(.writePageVendorBytes) ? Self.vendorPageLength : Self.pageLength
        page = [UInt8](repeating: 0, count: Int(length) + 2)
        page[0...4] = [Self.pageCode, length, profile.capabilities.underrunFree ? 0x41 : 0x01, 0x04, Self.mode1]
        page[14...15] = Self.audioPauseLength.bigEndianBytes[...]
        if profile.quirks.contains(.illegalDefaultPause) { page[14...15] = [Self.illegal, Self.illegal] }
        if profile.quirks.contains(.illegalDefaultSessionFormat) { page[8] = Self.illegal }
    }

    /// The bits that MODE SELECT may change.
    var changeableMask: [UInt8] {
        let can = profile.capabilities
        var mask = [UInt8](repeating: 0, count: page.count)
        mask[0...1] = page[0...1]
        mask[2] = 0x2F | (can.underrunFree ? 0x40 : 0) | (can.testWrite ? 0x10 : 0)
        mask[3] = can.multiSession ? 0xFF : 0x3F
        mask[4] = 0x0F
        mask[8] = 0xFF
        for offset in Array(14...29) + Array(32...44) + Array(48...51) { mask[offset] = 0xFF }
        return mask
    }

    /// How blocks are written: what MODE SELECT let in, so it is one of the three.
    var writeType: Disc.WriteType { Disc.WriteType(code: page[2].bits(0...3)) ?? .trackAtOnce }
    /// The laser stays too weak to leave a mark.
    var isTestWrite: Bool { page[2].bit(4) || isTestWriteStuck }
    /// An empty buffer makes the laser pause instead of spoiling the disc (BUFE).
    var isUnderrunFree: Bool { page[2].bit(6) }
    /// Two bits: whether a session may follow.
    var multiSession: UInt8 { page[3].bits(6...7) }
    /// The copy bit alternates: what is written is a copy of the first generation.
    var isFirstCopy: Bool { page[3].bit(4) }
    /// Control bits of the track, for track at once.
    var control: TrackControl { TrackControl(rawValue: page[3]) }
    /// What a block from the host is (MMC-6, table 640): 0…3 and 8…13. In session at once the cue sheet says so instead.
    var dataBlockType: UInt8 { page[4].bits(0...3) }
    /// 00h CD-DA or CD-ROM, 10h CD-i, 20h CD-ROM XA; 00h where the page holds something else, which only RAW lets pass.
    var discType: UInt8 { Self.sessionFormats.contains(page[8]) ? page[8] : 0 }
    /// Thirteen digits, when they are marked valid and are digits.
    var catalogNumber: String? {
        guard page[16].bit(7) else { return nil }
        let text = String(decoding: page[17...29], as: UTF8.self)
        return CodeFormat.isCatalogNumber(text) ? text : nil
    }
    /// Twelve characters of a track at once, when they are marked valid and are a code.
    var isrc: String? {
        guard page[32].bit(7) else { return nil }
        let text = String(decoding: page[33...44], as: UTF8.self)
        return CodeFormat.isRecordingCode(text) ? text : nil
    }
    /// File number, channel number, submode and coding information of Mode 2 blocks that come without a sub-header.
    var subHeader: SubHeader {
        SubHeader(file: page[48], channel: page[49], submode: page[50], coding: page[51])
    }

    /// What the lead-in will say of the next session.
    var following: Disc.Following {
        switch multiSession {
        case 0b11: .another
        case 0b01: .last
        default: .none
        }
    }

    /// Bytes of a block of a data block type in the host's hands (MMC-6, table 640); nil for a reserved one.
    static func blockBytes(ofType type: UInt8) -> Int? {
        switch type {
        case 0: 2352
        case 1: 2368
        case 2, 3: 2448
        case 8, 10: 2048
        case 9: 2336
        case 11: 2056
        case 12: 2324
        case 13: 2332
        default: nil
        }
    }

    /// Bytes of a block from the host in track at once and in RAW.
    var blockBytes: Int { Self.blockBytes(ofType: dataBlockType) ?? RedBook.sectorBytes }

    /// A tray that opens ends what the drive remembers of test writes.
    mutating func trayOpened() {
        if isTestWriteStuck { page[2] &= ~0x10 }
        isTestWriteStuck = false
    }
}

extension WriteParameters {
    /// Takes a page from a parameter list; what it does not support is refused with the byte and bit at fault.
    ///
    /// A field is looked at only where it means something for the write type: programs leave what the drive reported, or
    /// zeros, in the others.
    ///
    /// - Parameter offset: where the page begins in the list.
    mutating func select(_ new: [UInt8], at offset: Int) throws(CheckCondition) {
        func refuse(_ byte: Int, bit: Int? = nil) -> CheckCondition {
            .invalidFieldInParameterList(byte: offset + byte, bit: bit)
        }
        guard new.count == page.count else { throw refuse(1) }
        var draft = self
        draft.page = new
        draft.page[0] = Self.pageCode
        guard let type = Disc.WriteType(code: new[2].bits(0...3)), profile.allows(type) else { throw refuse(2, bit: 3) }
        if draft.page[2].bit(4), !profile.capabilities.testWrite { throw refuse(2, bit: 4) }
        if draft.isUnderrunFree, !profile.capabilities.underrunFree { throw refuse(2, bit: 6) }
        guard profile.allows(multiSession: draft.multiSession) else { throw refuse(3, bit: 7) }
        guard profile.allows(blockType: draft.dataBlockType, in: type) else { throw refuse(4, bit: 3) }
        if profile.quirks.contains(.multiSessionDataRefused), draft.multiSession != 0, draft.dataBlockType == Self.mode1
        {
            throw refuse(3, bit: 7)
        }
        // Nothing below means anything in RAW: the host writes the lead-in itself.
        if type != .raw { try draft.checkSession(refuse) }
        if type == .trackAtOnce { try draft.checkTrack(refuse) }
        if profile.quirks.contains(.testWriteSticks), draft.page[2].bit(4) { draft.isTestWriteStuck = true }
        if draft.isTestWriteStuck { draft.page[2] |= 0x10 }
        self = draft
    }

    /// Fields of a session.
    private func checkSession(_ refuse: (Int, Int?) -> CheckCondition) throws(CheckCondition) {
        guard Self.sessionFormats.contains(page[8]) else { throw refuse(8, nil) }
        if page[16].bit(7), catalogNumber == nil { throw refuse(17, nil) }
    }

    /// Fields of a track at once.
    private func checkTrack(_ refuse: (Int, Int?) -> CheckCondition) throws(CheckCondition) {
        // Some programs leave the pause zero and mean the usual one.
        let pause = UInt16(page[14]) << 8 | UInt16(page[15])
        guard pause == 0 || pause == Self.audioPauseLength else { throw refuse(14, nil) }
        if page[32].bit(7), isrc == nil { throw refuse(33, nil) }
    }
}

extension Disc.WriteType {
    /// Reads the field of page 05h (MMC-6, table 638). Packets are not written here.
    fileprivate init?(code: UInt8) {
        switch code {
        case 1: self = .trackAtOnce
        case 2: self = .sessionAtOnce
        case 3: self = .raw
        default: return nil
        }
    }
}

extension RecorderProfile {
    fileprivate func allows(_ type: Disc.WriteType) -> Bool {
        switch type {
        case .trackAtOnce: true
        case .sessionAtOnce: capabilities.sessionAtOnce
        case .raw: capabilities.raw
        }
    }

    fileprivate func allows(multiSession: UInt8) -> Bool {
        switch multiSession {
        case 0b00: true
        case 0b10: false
        default: capabilities.multiSession
        }
    }

    /// Block types that a write type goes with. In session at once the type is a hint only: 0 and the data types always
    /// pass, and 2 and 3 say that R-W are taken from the host.
    func allows(blockType: UInt8, in type: Disc.WriteType) -> Bool {
        if blockType == 3, quirks.contains(.blockType3Refused) { return false }
        return switch type {
        case .trackAtOnce: capabilities.trackBlockTypes.contains(blockType)
        case .sessionAtOnce:
            switch blockType {
            case 0, 8...13: true
            case 2, 3: capabilities.subChannel
            default: false
            }
        case .raw: capabilities.rawBlockTypes.contains(blockType)
        }
    }
}
