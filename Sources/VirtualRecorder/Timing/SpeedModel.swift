import DiscLayout

/// How long things take: which speeds there are and which are chosen, the laser and its buffer, and operations that go on
/// after their command was answered.
struct SpeedModel: Sendable {
    /// False when nothing is to take any time.
    let isTimed: Bool
    /// Rotation by SET CD SPEED and SET STREAMING: what the drive does by itself, or pure constant angular velocity.
    enum RotationControl: UInt8 {
        case automatic = 0
        case constantAngular = 1
    }
    /// Speeds at which the medium that is in can be written, fastest first; empty when it is one that the drive cannot write.
    private(set) var speeds: [Int]
    /// Chosen by SET CD SPEED.
    private(set) var writeSpeed: Int
    /// Chosen by SET CD SPEED.
    private(set) var readSpeed: Int
    private(set) var rotationControl = RotationControl.automatic

    private let profile: RecorderProfile
    /// The recorder's fastest speed, whatever the profile says; nil when that counts.
    private let maximum: Int?
    private var buffer: WriteBuffer
    /// The operation that is still going on, or the last one.
    private var busy: (since: Duration, until: Duration) = (.zero, .zero)

    init(profile: RecorderProfile, pace: VirtualRecorder.Pace) {
        if case .limited(let speed) = pace { maximum = speed } else { maximum = nil }
        (self.profile, isTimed) = (profile, pace != .unlimited)
        buffer = WriteBuffer(capacity: profile.bufferBytes)
        speeds = Self.speeds(profile.writeSpeeds, upTo: maximum)
        writeSpeed = speeds.first ?? profile.readSpeed
        readSpeed = maximum ?? profile.readSpeed
    }

    /// A list of speeds with another at its top.
    private static func speeds(_ speeds: [Int], upTo maximum: Int?) -> [Int] {
        guard let maximum else { return speeds }
        return [maximum] + speeds.filter { $0 < maximum }
    }

    /// Those of a list that are not above another, or the slowest when all of them are: a disc has a speed that it needs.
    private static func speeds(rewriting speeds: [Int], upTo maximum: Int?) -> [Int] {
        guard let maximum else { return speeds }
        let slowEnough = speeds.filter { $0 <= maximum }
        return slowEnough.isEmpty ? Array(speeds.suffix(1)) : slowEnough
    }

    /// Fastest speed of reading: that of the profile, or the one asked for instead.
    var fastestRead: Int { maximum ?? profile.readSpeed }

    /// Another disc is in: its speeds, the fastest of them chosen.
    mutating func mediumChanged(to medium: Medium?) {
        speeds =
            if let medium, medium.isErasable {
                Self.speeds(
                    rewriting: profile.rewriteSpeeds.filter(medium.rewritability.speeds.contains), upTo: maximum)
            } else {
                Self.speeds(profile.writeSpeeds, upTo: maximum)
            }
        (writeSpeed, readSpeed, rotationControl) = (speeds.first ?? fastestRead, fastestRead, .automatic)
    }
}

extension Medium.Rewritability {
    /// Speeds that a CD-RW of the sub-type is made for (Orange Book part III, volumes 1…3).
    var speeds: ClosedRange<Int> {
        switch self {
        case .standard: 1...4
        case .highSpeed: 4...12
        case .ultraSpeed: 8...24
        case .ultraSpeedPlus: 8...32
        }
    }
}

/// Speeds and rates.
extension SpeedModel {
    /// The rate that MMC gives for a speed, in 1000 bytes a second: 176.4 for each, cut.
    static func kilobytes(perSecondAt speed: Int) -> UInt16 { UInt16(clamping: speed * 1764 / 10) }
    /// The same for a speed between two.
    static func kilobytes(perSecondAt speed: Double) -> UInt32 { UInt32(clamping: Int(speed * 176.4 + 1e-6)) }

    /// The fastest speed of writing not above a rate; the slowest there is when the rate is below that (FFFFh: the fastest).
    func writeSpeed(notAbove kilobytes: Int) -> Int {
        speeds.first { Self.kilobytes(perSecondAt: $0) <= kilobytes } ?? speeds.last ?? writeSpeed
    }

    /// The same for reading, which can be at any whole speed.
    func readSpeed(notAbove kilobytes: Int) -> Int {
        (1...max(fastestRead, 1)).last { Self.kilobytes(perSecondAt: $0) <= kilobytes } ?? 1
    }

    /// Chooses speeds and rotation.
    mutating func choose(read: Int, write: Int, _ rotation: RotationControl) {
        (readSpeed, writeSpeed, rotationControl) = (read, write, rotation)
    }

    /// How the disc turns at a speed, as things are set.
    func rotation(at speed: Int) -> RecorderProfile.Rotation {
        if rotationControl == .constantAngular { return .constantAngular }
        return speed <= profile.constantLinearLimit ? .constantLinear : profile.rotation
    }

    /// Writing along the disc at a speed, as things are set.
    func curve(at speed: Int) -> SpeedCurve { SpeedCurve(speed: max(speed, 1), rotation: rotation(at: speed)) }

    private var writeCurve: SpeedCurve { curve(at: writeSpeed) }

    /// Time that reading takes, the laser being there.
    func readingTime(from lba: Int, sectors: Int) -> Duration {
        guard isTimed else { return .zero }
        return .seconds(curve(at: readSpeed).seconds(from: Double(lba), to: Double(lba + max(sectors, 0))))
    }
}

/// Buffer and laser.
extension SpeedModel {
    /// Bytes of the buffer.
    var bufferBytes: Int { buffer.capacity }
    /// How often the laser had to pause for want of data.
    var pauses: Int { buffer.pauses }
    /// The address that the laser was at when it was looked at last.
    var head: Int { Int(min(max(buffer.head, -1e6), 1e6)) }

    private func advanced(to now: Duration) -> WriteBuffer {
        var copy = buffer
        copy.advance(to: now, writeCurve)
        return copy
    }

    /// Bytes in the buffer.
    func fill(at now: Duration) -> Int { advanced(to: now).filledBytes }

    /// How long until so many more bytes fit. Who asks waits, so that the laser begins if it must.
    mutating func timeUntilRoom(for bytes: Int, at now: Duration) -> Duration {
        buffer.advance(to: now, writeCurve)
        return .seconds(buffer.secondsUntilRoom(for: bytes, writeCurve))
    }

    /// The buffer ran empty in the middle of a recording that has no protection from it: what comes now cannot be written,
    /// and the recording is spoiled. So it stays until `discard`, `complete` or `begin`.
    func hasUnderrun(at now: Duration) -> Bool { isTimed && advanced(to: now).hasUnderrun }

    /// Puts sectors into the buffer: `bytes` of the host for all of them together, or 0 for those that the drive makes
    /// itself, such as pauses and lead-ins.
    mutating func accept(sectors: Int, bytes: Int, from lba: Int, isProtected: Bool, at now: Duration) {
        guard isTimed else { return }
        buffer.advance(to: now, writeCurve)
        buffer.accept(sectors: sectors, bytes: bytes, from: lba, isProtected: isProtected)
    }

    /// The last sector of a recording has come: an empty buffer is no fault any more.
    mutating func complete(at now: Duration) {
        guard isTimed else { return }
        buffer.advance(to: now, writeCurve)
        buffer.complete()
    }

    /// The recording is given up: the buffer is empty.
    mutating func discard(at now: Duration) {
        buffer.advance(to: now, writeCurve)
        buffer.clear()
    }

    /// Begins an operation that goes on by itself: what is in the buffer, then so many sectors of the drive's own, from
    /// `lba` on or where the laser is. Returns when it will be over.
    mutating func begin(sectors: Int, from lba: Int? = nil, at now: Duration) -> Duration {
        guard isTimed else { return now }
        buffer.advance(to: now, writeCurve)
        buffer.complete(with: sectors, from: lba)
        let end = now + .seconds(buffer.secondsUntilEmpty(writeCurve))
        busy = (now, end)
        return end
    }

    /// How far the operation has got, 0…1, or nil when there is none.
    func progress(at now: Duration) -> Double? {
        guard now < busy.until else { return nil }
        return (now - busy.since) / (busy.until - busy.since)
    }

    /// Time until the operation is over.
    func remaining(at now: Duration) -> Duration { max(busy.until - now, .zero) }
}
