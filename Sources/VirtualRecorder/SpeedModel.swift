import DiscLayout

/// How long things take: a buffer that the laser empties at the write speed, and operations that go on after their command
/// was answered. All of it is arithmetic on moments; nothing runs.
struct SpeedModel: Sendable {
    /// The recorder's fastest speed as a multiple of 75 sectors a second, or nil when nothing takes any time.
    let maximum: Int?
    /// Chosen by SET CD SPEED.
    var writeSpeed: Int
    /// Chosen by SET CD SPEED.
    var readSpeed: Int
    /// When the buffer will be empty, if nothing more comes.
    private var emptyAt: Duration = .zero
    /// The operation that is still going on, or the last one.
    private var busy: (since: Duration, until: Duration) = (.zero, .zero)

    /// Bytes of the buffer: what recorders of 48× commonly have.
    static let bufferBytes = 2 << 20
    /// What a recorder without limits says of its speed.
    private static let nominalMaximum = 48
    /// Speeds that recorders offer, up to their fastest.
    private static let steps = [4, 8, 16, 24, 32, 40, 48, 52]

    init(maximum: Int?) {
        self.maximum = maximum
        writeSpeed = maximum ?? Self.nominalMaximum
        readSpeed = writeSpeed
    }

    /// What can be chosen, fastest first.
    var speeds: [Int] {
        let fastest = maximum ?? Self.nominalMaximum
        return [fastest] + Self.steps.filter { $0 < fastest }.reversed()
    }

    /// The rate that MMC gives for a speed, in 1000 bytes a second: 176.4 for each, cut.
    static func kilobytes(perSecondAt speed: Int) -> UInt16 { UInt16(clamping: speed * 1764 / 10) }

    /// The fastest speed not above a rate; the slowest there is when the rate is below that (FFFFh: the fastest).
    func speed(notAbove kilobytes: UInt16) -> Int {
        speeds.first { Self.kilobytes(perSecondAt: $0) <= kilobytes } ?? speeds.last ?? Self.nominalMaximum
    }

    /// How long `sectors` take at a speed.
    private func time(sectors: Double, at speed: Int) -> Duration {
        maximum == nil ? .zero : .seconds(sectors / Double(RedBook.framesPerSecond * max(speed, 1)))
    }

    /// Time that reading takes.
    func readingTime(sectors: Int) -> Duration { time(sectors: Double(sectors), at: readSpeed) }

    /// Bytes in the buffer.
    func fill(at now: Duration) -> Int {
        guard maximum != nil, emptyAt > now else { return 0 }
        let seconds = (emptyAt - now) / .seconds(1)
        let rate = Double(RedBook.framesPerSecond * max(writeSpeed, 1) * RedBook.sectorBytes)
        return min(Int(seconds * rate), Self.bufferBytes)
    }

    /// How long until so many more bytes fit.
    func timeUntilRoom(for bytes: Int, at now: Duration) -> Duration {
        let missing = fill(at: now) + bytes - Self.bufferBytes
        guard missing > 0 else { return .zero }
        return time(sectors: Double(missing) / Double(RedBook.sectorBytes), at: writeSpeed)
    }

    /// Puts bytes into the buffer.
    mutating func accept(bytes: Int, at now: Duration) {
        emptyAt = max(emptyAt, now) + time(sectors: Double(bytes) / Double(RedBook.sectorBytes), at: writeSpeed)
    }

    /// Begins an operation of its own accord: what is in the buffer, then so many sectors. Returns when it will be over.
    mutating func begin(sectors: Int, at now: Duration) -> Duration {
        let end = max(emptyAt, now) + time(sectors: Double(sectors), at: writeSpeed)
        (busy, emptyAt) = ((now, end), end)
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
