/// A speed of writing as drives tell it: a rate in units of 1000 bytes a second, counting sectors of 2352 bytes, and how the
/// disc turns.
public struct RecordingSpeed: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Rate in units of 1000 bytes a second; of CAV the highest, at the disc's edge.
    public var kilobytesPerSecond: Int
    /// The disc turns at one speed from the inside to the outside. Everything else (CLV, zones, partial CAV) is not pure.
    public var isPureCAV: Bool

    /// A speed as a drive gives it.
    public init(kilobytesPerSecond: Int, isPureCAV: Bool = false) {
        (self.kilobytesPerSecond, self.isPureCAV) = (kilobytesPerSecond, isPureCAV)
    }

    /// The speed of so many sectors a second; playing speed is 75. What would overflow is the highest number.
    public init(sectorsPerSecond: Int, isPureCAV: Bool = false) {
        let rate = min(max(sectorsPerSecond, 0), Self.highestRate) * RedBook.sectorBytes
        self.init(kilobytesPerSecond: (rate + 500) / 1000, isPureCAV: isPureCAV)
    }

    /// Sectors a second, rounded: 75 for what drives call 176.
    public var sectorsPerSecond: Int {
        (min(max(kilobytesPerSecond, 0), Self.highestRate) * 1000 + RedBook.sectorBytes / 2) / RedBook.sectorBytes
    }

    /// Multiples of playing speed, rounded to the nearest: 8 for 1411.
    public var times: Int { (sectorsPerSecond + RedBook.framesPerSecond / 2) / RedBook.framesPerSecond }

    /// Seconds that so many sectors take at this speed; nil for a speed of nothing.
    public func seconds(sectors: Int) -> Double? {
        kilobytesPerSecond > 0
            ? Double(max(sectors, 0)) * Double(RedBook.sectorBytes) / (Double(kilobytesPerSecond) * 1000) : nil
    }

    /// What to ask a drive for so that it takes this speed: drives round down to what they offer, and list 4x as 705 where
    /// it is 705.6, so that each multiple of playing speed is asked for as 177. At most FFFEh, since FFFFh means the highest.
    public var request: UInt16 {
        let asked = (sectorsPerSecond * Self.requestPerTimes + RedBook.framesPerSecond - 1) / RedBook.framesPerSecond
        return UInt16(min(asked, 0xFFFE))
    }

    /// As people say it, rate last: `8x CLV (1411 kB/s)`.
    public var description: String { "\(times)x \(isPureCAV ? "CAV" : "CLV") (\(kilobytesPerSecond) kB/s)" }

    /// What a drive is asked for each multiple of playing speed, in kB/s: it rounds down, and 1x is 176.4.
    public static let requestPerTimes = 177
    /// Far above every drive, and far below what could overflow.
    private static let highestRate = 1 << 32
}

extension RecordingSpeed {
    /// What a drive offers for a wish.
    public struct Choice: Equatable, Sendable {
        /// What the drive offers.
        public let speed: RecordingSpeed
        /// The wished rate was none that it offers.
        public let isSpeedAdjusted: Bool
        /// The wished way of turning is not offered at that rate.
        public let isRotationAdjusted: Bool
    }

    /// The offered speed that is nearest to a wish; nil when none is offered.
    ///
    /// The rate counts more than the rotation: an offer with the other rotation is taken when it is nearer. Of two that are
    /// equally near the slower is taken, and of one rate in both rotations the wished one.
    ///
    /// - Parameters:
    ///   - wish: Sectors a second; nil wishes for the fastest, which is then never called adjusted.
    ///   - isPureCAV: The wished rotation; nil for any.
    public static func nearest(
        sectorsPerSecond wish: Int?, isPureCAV: Bool? = nil, among offers: some Sequence<RecordingSpeed>
    ) -> Choice? {
        // Distance first, then the rate, then the rotation: tuples compare from the left.
        func rank(_ offer: RecordingSpeed) -> (Double, Int, Int) {
            let rotation = offer.isPureCAV == isPureCAV ?? false ? 0 : 1
            guard let wish else { return (-Double(offer.sectorsPerSecond), 0, rotation) }
            return (abs(Double(offer.sectorsPerSecond) - Double(wish)), offer.sectorsPerSecond, rotation)
        }
        guard let speed = offers.min(by: { rank($0) < rank($1) }) else { return nil }
        return Choice(
            speed: speed, isSpeedAdjusted: wish.map { $0 != speed.sectorsPerSecond } ?? false,
            isRotationAdjusted: isPureCAV.map { $0 != speed.isPureCAV } ?? false)
    }
}
