import BinaryCoding
import DiscLayout

/// Mode page 05h, which says how the next track is written (MMC-6, 7.5.4), as MODE SELECT left it.
struct WriteParameters: Equatable {
    /// The page, its header included: 52 bytes.
    private(set) var page: [UInt8]

    static let pageCode: UInt8 = 0x05
    /// Length of the page behind its first two bytes.
    static let pageLength: UInt8 = 0x32
    private static let trackAtOnce: UInt8 = 1
    private static let audioPauseLength = UInt16(RedBook.pauseSectors)

    /// What a drive has after power-on: track at once, a data track of 2048-byte blocks.
    init() {
        page = [UInt8](repeating: 0, count: Int(Self.pageLength) + 2)
        page[0...4] = [Self.pageCode, Self.pageLength, 0x41, 0x04, 0x08]
        page[14...15] = Self.audioPauseLength.bigEndianBytes[...]
    }

    /// The bits that MODE SELECT may change.
    static let changeableMask: [UInt8] = {
        var mask = [UInt8](repeating: 0, count: Int(pageLength) + 2)
        mask[0...4] = [pageCode, pageLength, 0x7F, 0xFF, 0x0F]
        mask[8] = 0xFF
        for offset in Array(14...29) + Array(32...44) { mask[offset] = 0xFF }
        return mask
    }()

    var multiSession: UInt8 { page[3].bits(6...7) }
    var control: TrackControl { TrackControl(rawValue: page[3]) }
    var dataBlockType: UInt8 { page[4].bits(0...3) }
    var discType: UInt8 { page[8] }
    /// Thirteen digits, when they are marked valid.
    var catalogNumber: String? { page[16].bit(7) ? String(decoding: page[17...29], as: UTF8.self) : nil }
    /// Twelve characters, when they are marked valid.
    var isrc: String? { page[32].bit(7) ? String(decoding: page[33...44], as: UTF8.self) : nil }

    /// What MODE SELECT let in, so it is one of the three.
    var writeType: Disc.WriteType {
        switch page[2].bits(0...3) {
        case 2: .sessionAtOnce
        case 3: .raw
        default: .trackAtOnce
        }
    }
    /// The laser stays too weak to leave a mark.
    var isTestWrite: Bool { page[2].bit(4) }
    /// The copy bit alternates: what is written is a copy of the first generation.
    var isFirstCopy: Bool { page[3].bit(4) }

    /// What the lead-in will say of the next session.
    var following: Disc.Following {
        switch multiSession {
        case 0b11: .another
        case 0b01: .last
        default: .none
        }
    }

    /// Takes a page from a parameter list; what it does not support is refused with the byte at fault.
    ///
    /// - Parameter offset: where the page begins in the list.
    mutating func select(_ new: [UInt8], at offset: Int) throws(CheckCondition) {
        func refuse(_ byte: Int) -> CheckCondition { .invalidFieldInParameterList(byte: offset + byte) }
        guard new.count == page.count else { throw refuse(1) }
        var draft = self
        draft.page = new
        draft.page[0] = Self.pageCode
        // Only track at once, and never in test mode, as feature 002Dh says.
        guard new[2].bits(0...3) == Self.trackAtOnce, !new[2].bit(4) else { throw refuse(2) }
        guard draft.multiSession != 0b10 else { throw refuse(3) }
        // Type 8 can be chosen, as every TAO recorder allows, since programs choose it to find out what there is.
        guard [0, 8].contains(draft.dataBlockType) else { throw refuse(4) }
        guard [0x00, 0x10, 0x20].contains(draft.discType) else { throw refuse(8) }
        // Some programs leave the pause zero and mean the usual one.
        let pause = UInt16(new[14]) << 8 | UInt16(new[15])
        guard pause == 0 || pause == Self.audioPauseLength else { throw refuse(14) }
        if let number = draft.catalogNumber, !CodeFormat.isCatalogNumber(number) { throw refuse(17) }
        if let code = draft.isrc, !CodeFormat.isRecordingCode(code) { throw refuse(33) }
        self = draft
    }
}
