import DiscLayout

/// The 2352 bytes of a data sector, not scrambled (ECMA-130, clause 14; CD-ROM XA, 4).
public enum DataSector {
    /// Where the parts of a sector stand.
    enum Layout {
        static let sync = 0..<12
        static let header = 12..<16
        static let mode = 15
        /// What follows the header: user data in mode 0 and in Mode 2, the sub-header's two copies in XA.
        static let body = 16..<2352
        static let secondSubHeader = 20
        static let submode = 18
        static let secondSubmode = 22
        static let mode1EDC = 2064
        static let mode1Zeros = 2068..<2076
        static let xaUserData = 24
        static let form1EDC = 2072
        static let form2EDC = 2348
        static let pParity = 2076..<2248
        static let qParity = 2248..<2352
    }

    /// The sync pattern's first eight bytes, the first the most significant, and its last four (ECMA-130, 14.1).
    static let syncHead: UInt64 = 0x00FF_FFFF_FFFF_FFFF
    static let syncTail: UInt32 = 0xFFFF_FF00

    /// A sync pattern stands at the beginning of the bytes.
    public static func hasSync(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= Layout.sync.count && isSync(bytes, at: 0)
    }

    /// Where the first sync pattern is, in bytes from anywhere: a drive's offset shifts sectors that are read as audio.
    public static func firstSync(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= Layout.sync.count else { return nil }
        return (0...bytes.count - Layout.sync.count).first { bytes[$0] == 0 && isSync(bytes, at: $0) }
    }

    private static func isSync(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) == syncHead
            && UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)) == syncTail
    }

    /// Makes whole sectors of consecutive addresses.
    ///
    /// - Parameters:
    ///   - block: what the host gives for each.
    ///   - first: logical block address of the first, −45150…404849.
    ///   - count: how many.
    ///   - source: `block.byteCount` bytes for each.
    ///   - target: 2352 bytes for each; does not overlap `source`.
    public static func encode(
        _ block: DataBlock, from first: Int, count: Int, source: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * block.byteCount, "every sector takes what its block type says")
        precondition(target.count == count * RedBook.sectorBytes, "a sector has 2352 bytes")
        for index in 0..<count {
            let sector = target.part(at: index * RedBook.sectorBytes, count: RedBook.sectorBytes)
            writeHeader(MSF(lba: first + index), mode: block.mode, into: sector)
            place(block, source.part(at: index * block.byteCount, count: block.byteCount), in: sector)
            if let protection = block.protection { protect(sector, protection) }
        }
    }

    /// Where user data begins in a sector of Mode 1.
    public static let mode1UserData = 16

    /// Makes a sector of Mode 1 around user data that stands in its place already, which saves copying it.
    ///
    /// - Parameters:
    ///   - lba: logical block address, −45150…404849.
    ///   - sector: 2352 bytes, of which 16…2063 are user data.
    public static func completeMode1(at lba: Int, in sector: UnsafeMutableRawBufferPointer) {
        precondition(sector.count == RedBook.sectorBytes, "a sector has 2352 bytes")
        writeHeader(MSF(lba: lba), mode: 1, into: sector)
        protect(sector, .mode1)
    }

    private static func writeHeader(_ time: MSF, mode: UInt8, into sector: UnsafeMutableRawBufferPointer) {
        sector.storeBytes(of: syncHead.bigEndian, as: UInt64.self)
        sector.storeBytes(of: syncTail.bigEndian, toByteOffset: 8, as: UInt32.self)
        sector[12] = QFrame.digits(time.minutes)
        sector[13] = QFrame.digits(time.seconds)
        sector[14] = QFrame.digits(time.frames)
        sector[Layout.mode] = mode
    }

    /// Lays out what the host gives and zeros where it gives nothing.
    private static func place(
        _ block: DataBlock, _ source: UnsafeRawBufferPointer, in sector: UnsafeMutableRawBufferPointer
    ) {
        var start = Layout.body.lowerBound
        if let subHeader = block.subHeader {
            subHeader.write(into: sector, at: start)
            subHeader.write(into: sector, at: Layout.secondSubHeader)
            start = Layout.xaUserData
        }
        switch block {
        case .mode0, .mode1Zero, .mode2Zero, .xaZero: sector.clear(at: start, count: Layout.body.upperBound - start)
        case .mode1Whole, .mode2Whole, .xaWhole:
            sector.copy(source.part(at: start, count: Layout.body.count), to: start)
        default: sector.copy(source, to: start)
        }
        if block == .form1WithSubHeader {
            sector[Layout.submode] &= ~SubHeader.formBit
            sector[Layout.secondSubmode] &= ~SubHeader.formBit
        }
    }
}

extension SubHeader {
    /// The copy that stands at `offset`.
    init(_ sector: UnsafeRawBufferPointer, at offset: Int) {
        self.init(
            file: sector[offset], channel: sector[offset + 1], submode: sector[offset + 2],
            coding: sector[offset + 3])
    }

    /// One copy to `offset`.
    func write(into sector: UnsafeMutableRawBufferPointer, at offset: Int) {
        (sector[offset], sector[offset + 1]) = (file, channel)
        (sector[offset + 2], sector[offset + 3]) = (submode, coding)
    }
}
