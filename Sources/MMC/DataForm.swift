public import DiscLayout

/// DATA FORM of a cue sheet's row: what the host sends of a sector, and what the drive makes of it (MMC-6, table "Data Form").
public struct DataForm: RawRepresentable, Equatable, Hashable, Sendable {
    /// Bits 7-6 the form of the sub-channel, bits 5-0 that of the main channel.
    public let rawValue: UInt8

    /// A form as it stands in a row.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Samples from the host.
    public static let audio = DataForm(rawValue: 0x00)
    /// Digital silence of the drive's own.
    public static let silence = DataForm(rawValue: 0x01)
    /// 2048 bytes of user data from the host; the drive makes the Mode 1 sector around them.
    public static let mode1 = DataForm(rawValue: 0x10)
    /// Mode 1 sectors of zeros, the drive's own.
    public static let mode1Zeros = DataForm(rawValue: 0x14)
    /// Silence in the main channel, and R to W from the host: a lead-in with CD-TEXT.
    public static let silenceWithText = DataForm(rawValue: 0x41)

    /// The form of a track's sectors, index 0 on.
    public init(of track: SessionLayout.Track) {
        let main: DataForm = track.form == .audio ? .audio : .mode1
        let subChannel: UInt8 =
            switch track.subCode {
            case .none: 0
            case .raw: 0x40
            case .packs: 0xC0
            }
        rawValue = main.rawValue | subChannel
    }

    /// The form of the drive's own sectors before a first track or behind a last one.
    static func border(beside track: SessionLayout.Track) -> DataForm { track.form == .audio ? .silence : .mode1Zeros }

    /// Bytes that the host sends for the main channel of a sector.
    public var mainBytes: Int {
        switch rawValue & 0x3F {
        case Self.audio.rawValue: SessionLayout.TrackForm.audio.userBytes
        case Self.mode1.rawValue: SessionLayout.TrackForm.mode1.userBytes
        default: 0
        }
    }

    /// Bytes that the host sends for the sub-channel of a sector, behind the main channel's.
    public var subChannelBytes: Int { rawValue & 0x40 == 0 ? 0 : RedBook.subChannelBytes }

    /// Bytes that the host sends for a sector: the block size of WRITE.
    public var blockBytes: Int { mainBytes + subChannelBytes }
}
