import BurnPlan
import DiscLayout
import MMC

/// The speeds to ask for, one after the other, until the drive takes one.
enum SpeedLadder {
    /// Steps up from the wanted speed before the drive is left to choose.
    private static let steps = 8

    /// In kB/s, as SET CD SPEED has them.
    static func requests(for speed: WriteSpeed) -> [UInt16] {
        let wanted: Int
        switch speed {
        case .max: return [SetCDSpeed.maximum]
        case .times(let times): wanted = times
        case .sectors(let perSecond, _): wanted = perSecond / RedBook.framesPerSecond
        }
        let lowest = max(1, min(wanted, WriteSpeed.highestTimes))
        return (lowest...lowest + steps).map { UInt16($0 * SetCDSpeed.requestPerTimes) } + [SetCDSpeed.maximum]
    }
}
