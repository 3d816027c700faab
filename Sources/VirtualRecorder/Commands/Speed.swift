import BinaryCoding
import DiscLayout

extension Drive {
    /// SET CD SPEED and GET PERFORMANCE (MMC-6, 6.38, 6.8).
    static let speedCommands: [UInt8: Entry] = [
        0xAC: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.getPerformance(command) },
        0xBB: Entry(.idle) { (drive, command) in
            drive.speed.readSpeed = drive.speed.speed(notAbove: UInt16(command.uint16(at: 2)))
            drive.speed.writeSpeed = drive.speed.speed(notAbove: UInt16(command.uint16(at: 4)))
            return []
        },
    ]

    private func getPerformance(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let descriptors: [[UInt8]]
        switch command.cdb[10] {
        case 0x00: descriptors = command.cdb[1].bits(0...1) == 0 ? [nominalPerformance(command)] : []
        case 0x03: descriptors = writeSpeedDescriptors
        default: throw .invalidFieldInCDB(byte: 10)
        }
        let flags: UInt8 = command.cdb[10] == 0 ? (command.cdb[1].bit(2) ? 2 : 0) | (descriptors.isEmpty ? 1 : 0) : 0
        let count = min(command.uint16(at: 8), descriptors.count)
        // The length is that of the whole list, however much of it is taken.
        let header = UInt32(4 + 16 * descriptors.count).bigEndianBytes + [flags, 0, 0, 0]
        return Array((header + descriptors.prefix(count).flatMap { $0 }).prefix(command.transfer))
    }

    /// The last address that a speed is given for.
    private var lastAddress: UInt32 {
        UInt32(clamping: (tray.folder?.disc.medium.capacity ?? Medium.cdR80.capacity) - 1)
    }

    private func nominalPerformance(_ command: Command) -> [UInt8] {
        let chosen = command.cdb[1].bit(2) ? speed.writeSpeed : speed.readSpeed
        let rate = UInt32(SpeedModel.kilobytes(perSecondAt: chosen)).bigEndianBytes
        return UInt32(0).bigEndianBytes + rate + lastAddress.bigEndianBytes + rate
    }

    /// Constant linear velocity, exact.
    private var writeSpeedDescriptors: [[UInt8]] {
        let read = UInt32(SpeedModel.kilobytes(perSecondAt: speed.readSpeed)).bigEndianBytes
        return speed.speeds.map { step in
            [0x02, 0, 0, 0] + lastAddress.bigEndianBytes + read
                + UInt32(SpeedModel.kilobytes(perSecondAt: step)).bigEndianBytes
        }
    }
}
