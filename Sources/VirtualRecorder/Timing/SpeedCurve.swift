import DiscLayout
import Glibc

/// How fast sectors pass under the laser along the disc: a chosen speed and the way in which the disc turns. A speed is a
/// multiple of 75 sectors a second; where it grows with the radius, the chosen one is reached at the edge.
struct SpeedCurve: Equatable, Sendable {
    /// 1…72.
    let speed: Int
    let rotation: RecorderProfile.Rotation

    /// A stretch with a speed at its beginning and one at its end.
    struct Stretch: Equatable {
        let sectors: Range<Int>
        let startSpeed: Double
        let endSpeed: Double
    }

    /// Zones of zoned recording, equally wide.
    private static let zoneCount = 4

    /// The stretches of the program area of a disc that ends at `end`, from the inside out.
    func stretches(upTo end: Int) -> [Stretch] {
        switch rotation {
        case .constantLinear:
            return [Stretch(sectors: 0..<end, startSpeed: Double(speed), endSpeed: Double(speed))]
        case .constantAngular:
            return [Stretch(sectors: 0..<end, startSpeed: speed(at: 0), endSpeed: speed(at: Double(end)))]
        case .zoned:
            return (0..<Self.zoneCount).compactMap { zone in
                let start = zone == 0 ? 0 : Int(Self.zoneStart(zone).rounded(.up))
                let last = zone == Self.zoneCount - 1 ? end : min(Int(Self.zoneStart(zone + 1).rounded(.up)), end)
                guard start < last else { return nil }
                return Stretch(sectors: start..<last, startSpeed: zoneSpeed(zone), endSpeed: zoneSpeed(zone))
            }
        }
    }

    /// The speed at an address.
    func speed(at lba: Double) -> Double {
        switch rotation {
        case .constantLinear: Double(speed)
        case .zoned: zoneSpeed(Self.zone(at: lba))
        case .constantAngular: Double(speed) * DiscGeometry.radius(at: lba) / DiscGeometry.outerRadius
        }
    }

    /// Seconds from one address to a later one.
    func seconds(from start: Double, to end: Double) -> Double {
        guard end > start else { return 0 }
        switch rotation {
        case .constantLinear: return (end - start) / Self.sectorsPerSecond(Double(speed))
        case .constantAngular:
            return turns(at: end) - turns(at: start)
        case .zoned:
            var (seconds, position) = (0.0, start)
            while position < end {
                let zone = Self.zone(at: position)
                let next = min(Self.zoneEnd(zone), end)
                seconds += (next - position) / Self.sectorsPerSecond(zoneSpeed(zone))
                position = next
            }
            return seconds
        }
    }

    /// The address that is reached some seconds behind another.
    func address(from start: Double, after seconds: Double) -> Double {
        guard seconds > 0 else { return start }
        switch rotation {
        case .constantLinear: return start + seconds * Self.sectorsPerSecond(Double(speed))
        case .constantAngular:
            return DiscGeometry.address(atRadius: (turns(at: start) + seconds) / secondsPerMillimetre)
        case .zoned:
            var (left, position) = (seconds, start)
            while true {
                let zone = Self.zone(at: position)
                let rate = Self.sectorsPerSecond(zoneSpeed(zone))
                let reached = position + left * rate
                if reached < Self.zoneEnd(zone) { return reached }
                left -= (Self.zoneEnd(zone) - position) / rate
                position = Self.zoneEnd(zone)
            }
        }
    }

    private static func sectorsPerSecond(_ speed: Double) -> Double { speed * Double(RedBook.framesPerSecond) }

    // Constant angular velocity: the time to an address is proportional to the number of turns, and that to the radius,
    // since tracks are equally far apart.

    private var secondsPerMillimetre: Double {
        let sectorsPerSquareMillimetre = 1 / DiscGeometry.squareMillimetresPerSector
        return 2 * DiscGeometry.outerRadius * sectorsPerSquareMillimetre / Self.sectorsPerSecond(Double(speed))
    }

    private func turns(at lba: Double) -> Double { DiscGeometry.radius(at: lba) * secondsPerMillimetre }

    // Zones: equally wide in radius, each as fast as the angular velocity of the chosen speed allows at its outer border.

    private static func zoneBorder(_ zone: Int) -> Double {
        DiscGeometry.innerRadius
            + (DiscGeometry.outerRadius - DiscGeometry.innerRadius) * Double(zone) / Double(zoneCount)
    }

    private static func zoneStart(_ zone: Int) -> Double { DiscGeometry.address(atRadius: zoneBorder(zone)) }
    /// The outermost zone has no end.
    private static func zoneEnd(_ zone: Int) -> Double {
        zone >= zoneCount - 1 ? .infinity : zoneStart(zone + 1)
    }

    private static func zone(at lba: Double) -> Int {
        (1..<zoneCount).last { zoneStart($0) <= lba } ?? 0
    }

    private func zoneSpeed(_ zone: Int) -> Double {
        max(1, (Double(speed) * Self.zoneBorder(zone + 1) / DiscGeometry.outerRadius).rounded())
    }
}

/// Where sectors are on a disc. The spiral covers the same area for every sector, so an address goes with the square of the
/// radius. The program area of 80 minutes lies between 25 and 58 mm (ECMA-130, 10.5, 10.6).
enum DiscGeometry {
    /// Radius of address 0 in millimetres.
    static let innerRadius = 25.0
    /// Radius of the end of 80 minutes in millimetres.
    static let outerRadius = 58.0
    private static let sectors = 360_000.0
    /// Square millimetres that a sector takes, a factor of π left out.
    static let squareMillimetresPerSector = (outerRadius * outerRadius - innerRadius * innerRadius) / sectors

    /// The radius of an address in millimetres. A lead-in begins at some 23 mm; nothing is inside of 15.
    static func radius(at lba: Double) -> Double {
        sqrt(max(innerRadius * innerRadius + lba * squareMillimetresPerSector, 225))
    }

    /// The address at a radius in millimetres.
    static func address(atRadius radius: Double) -> Double {
        (radius * radius - innerRadius * innerRadius) / squareMillimetresPerSector
    }
}
