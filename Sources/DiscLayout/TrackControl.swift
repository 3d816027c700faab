/// The control field of a track: four bits beside every address in the Q sub-channel (ECMA-130, 22.3.1).
public struct TrackControl: OptionSet, Hashable, Sendable {
    /// The four bits.
    public let rawValue: UInt8

    /// The low half of a byte that holds them.
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0F }

    /// Audio with pre-emphasis of 50/15 µs.
    public static let preEmphasis = TrackControl(rawValue: 1)
    /// Digital copy permitted.
    public static let copyPermitted = TrackControl(rawValue: 2)
    /// A data track.
    public static let data = TrackControl(rawValue: 4)
    /// Four-channel audio.
    public static let fourChannel = TrackControl(rawValue: 8)
}
