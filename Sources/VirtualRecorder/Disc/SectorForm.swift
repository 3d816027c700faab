/// What the blocks of a track are (ECMA-130, clause 14; CD-ROM XA).
public enum SectorForm: String, Equatable, Sendable, CaseIterable {
    /// 588 stereo samples.
    case audio
    /// Data of zeros.
    case mode0
    /// 2048 bytes with error correction.
    case mode1
    /// 2336 bytes and nothing else.
    case mode2
    /// Mode 2 with sub-headers, which say block by block which form it is.
    case xa

    /// Something that is read with READ (10).
    public var isData: Bool { self != .audio }

    /// The data mode of READ TRACK INFORMATION; Fh for what has none (MMC-6, table 502).
    var dataMode: UInt8 {
        switch self {
        case .audio: 0x0F
        case .mode0: 0
        case .mode1: 1
        case .mode2, .xa: 2
        }
    }
}
