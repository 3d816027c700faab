import BinaryCoding

/// A position on a CD as minutes, seconds and frames of 1/75 s.
///
/// From 00:00:00, which is logical block −150, on. Times from 90:00:00 on stand for addresses before the program area,
/// as in lead-ins and in ATIP (MMC-6, table "LBA to MSF translation").
public struct MSF: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// 0…99.
    public let minutes: UInt8
    /// 0…59.
    public let seconds: UInt8
    /// 0…74.
    public let frames: UInt8

    /// The fields as a drive gives them; nothing is checked.
    public init(minutes: UInt8, seconds: UInt8, frames: UInt8) {
        self.minutes = minutes
        self.seconds = seconds
        self.frames = frames
    }

    /// Number of frames from 00:00:00.
    public var frameCount: Int { (Int(minutes) * 60 + Int(seconds)) * RedBook.framesPerSecond + Int(frames) }

    /// The time of a count of frames, which is taken modulo 100 minutes.
    public init(frameCount: Int) {
        let wrapped = ((frameCount % RedBook.framesInMSF) + RedBook.framesInMSF) % RedBook.framesInMSF
        self.init(
            minutes: UInt8(wrapped / RedBook.framesPerMinute),
            seconds: UInt8(wrapped / RedBook.framesPerSecond % 60),
            frames: UInt8(wrapped % RedBook.framesPerSecond))
    }

    /// The time of a logical block address, −45150…404849.
    public init(lba: Int) { self.init(frameCount: lba + RedBook.pauseSectors) }

    /// The time that three bytes of two decimal digits stand for, as sector headers and the Q channel hold it (ECMA-130,
    /// 14.2 and 22.3.3), or nil when they are no time.
    public init?(bcdMinutes minutes: UInt8, seconds: UInt8, frames: UInt8) {
        guard let minutes = UInt8(bcd: minutes), let seconds = UInt8(bcd: seconds), let frames = UInt8(bcd: frames),
            seconds < 60, frames < RedBook.framesPerSecond
        else { return nil }
        self.init(minutes: minutes, seconds: seconds, frames: frames)
    }

    /// The time that `mm:ss:ff` stands for, each field of two digits; nil when it is anything else.
    public init?(text: some StringProtocol) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        // Two digits each: a number alone could have a sign.
        let numbers = fields.compactMap { field in
            field.utf8.count == 2 && field.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt8(field) : nil
        }
        guard fields.count == 3, numbers.count == 3, numbers[1] < 60, numbers[2] < RedBook.framesPerSecond else {
            return nil
        }
        self.init(minutes: numbers[0], seconds: numbers[1], frames: numbers[2])
    }

    /// The logical block address; negative from 90:00:00 on.
    public var lba: Int {
        let address = frameCount - RedBook.pauseSectors
        return minutes < 90 ? address : address - RedBook.framesInMSF
    }

    /// `mm:ss:ff`, with leading zeros.
    public var description: String {
        [minutes, seconds, frames].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

/// Lengths that the compact disc standards fix (IEC 60908, ECMA-130).
public enum RedBook {
    /// Sectors in a second.
    public static let framesPerSecond = 75
    /// Sectors in a minute.
    public static let framesPerMinute = 4500
    /// Where a time of two-digit minutes wraps.
    public static let framesInMSF = 450_000
    /// Bytes of a sector's main channel: 588 stereo samples of 16 bits.
    public static let sectorBytes = 2352
    /// Stereo samples in a sector.
    public static let samplesPerSector = 588
    /// Stereo samples in a second.
    public static let sampleRate = 44_100
    /// Bytes of a stereo sample.
    public static let sampleBytes = 4
    /// Bytes of a sector's sub-channel, channels P to W.
    public static let subChannelBytes = 96
    /// Sectors of the pause before a track: two seconds.
    public static let pauseSectors = 150
    /// Sectors that a drive writes behind a Track-At-Once track to end it.
    public static let runOutSectors = 2
    /// Shortest track, index 1 on: four seconds.
    public static let minimumTrackSectors = 300
    /// Most tracks on a disc.
    public static let maximumTracks = 99
    /// Sectors of the first session's lead-out.
    public static let firstLeadOutSectors = 6750
    /// Sectors of later sessions' lead-outs.
    public static let laterLeadOutSectors = 2250
    /// Sectors of the lead-in of the second and later sessions.
    public static let laterLeadInSectors = 4500
}
