import BinaryCoding
import DiscLayout

extension Drive {
    /// SET CD SPEED, SET STREAMING and GET PERFORMANCE (MMC-6, 6.38, 6.39, 6.8).
    static let speedCommands: [UInt8: Entry] = [
        0xAC: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.getPerformance(command) },
        0xB6: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.setStreaming(command) },
        0xBB: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.setCDSpeed(command) },
    ]

    /// FFFFh means the fastest.
    private static let fastest = 0xFFFF

    private func setCDSpeed(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard let rotation = SpeedModel.RotationControl(rawValue: command.cdb[1].bits(0...1)) else {
            throw .invalidFieldInCDB(byte: 1)
        }
        let (read, write) = (command.uint16(at: 2), command.uint16(at: 4))
        if profile.quirks.contains(.slowSpeedRefused), let slowest = speed.speeds.last,
            write < SpeedModel.kilobytes(perSecondAt: slowest)
        {
            throw .invalidFieldInCDB(byte: 4)
        }
        // The curve may not change under the laser.
        try requireNoRecording()
        speed.choose(
            read: speed.readSpeed(notAbove: read), write: speed.writeSpeed(notAbove: write), rotation)
        return []
    }
}

/// SET STREAMING (MMC-6, 6.39): speeds as amounts in times.
extension Drive {
    /// Type 0: a performance descriptor.
    private static let performanceType: UInt8 = 0
    /// Bytes of a performance descriptor (MMC-6, table 521).
    private static let performanceBytes = 28

    private func setStreaming(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard command.cdb[8] == Self.performanceType else { throw .invalidFieldInCDB(byte: 8) }
        let list = Array(command.dataOut)
        guard command.uint16(at: 9) == Self.performanceBytes, list.count == Self.performanceBytes else {
            throw .parameterListLengthError
        }
        try requireNoRecording()
        // Restore defaults: nothing else counts.
        if list[0].bit(2) {
            speed.mediumChanged(to: tray.folder?.disc.medium)
            return []
        }
        guard let rotation = SpeedModel.RotationControl(rawValue: list[0].bits(3...4)) else {
            throw .invalidFieldInParameterList(byte: 0, bit: 4)
        }
        let start = Self.field(list, 4)
        guard Self.field(list, 8) >= start else { throw .invalidFieldInParameterList(byte: 8) }
        let read = try Self.rate(list, 12)
        let write = try Self.rate(list, 20)
        let (readSpeed, writeSpeed) = (speed.readSpeed(notAbove: read), speed.writeSpeed(notAbove: write))
        // Exact: not a little slower either.
        if list[0].bit(1) {
            guard SpeedModel.kilobytes(perSecondAt: readSpeed) == read else {
                throw .invalidFieldInParameterList(byte: 12)
            }
            guard SpeedModel.kilobytes(perSecondAt: writeSpeed) == write else {
                throw .invalidFieldInParameterList(byte: 20)
            }
        }
        speed.choose(read: readSpeed, write: writeSpeed, rotation)
        return []
    }

    private static func field(_ list: [UInt8], _ offset: Int) -> Int {
        list[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Kilobytes at `offset`, in the milliseconds behind them, as a rate in kilobytes a second; no more than two bytes hold.
    private static func rate(_ list: [UInt8], _ offset: Int) throws(CheckCondition) -> Int {
        let milliseconds = field(list, offset + 4)
        guard milliseconds > 0 else { throw .invalidFieldInParameterList(byte: offset + 4) }
        return min(field(list, offset) * 1000 / milliseconds, fastest)
    }
}

/// GET PERFORMANCE (MMC-6, 6.8).
extension Drive {
    private func getPerformance(_ command: Command) throws(CheckCondition) -> [UInt8] {
        if profile.quirks.contains(.getPerformanceUnsupported) { throw .invalidOperationCode }
        let flags: UInt8
        let descriptors: [[UInt8]]
        switch command.cdb[10] {
        case 0x00: (flags, descriptors) = try performance(command)
        case 0x03: (flags, descriptors) = (0, writeSpeedDescriptors)
        default: throw .invalidFieldInCDB(byte: 10)
        }
        let count = min(command.uint16(at: 8), descriptors.count)
        // The length is that of the whole list, however much of it is taken.
        let header = UInt32(4 + 16 * descriptors.count).bigEndianBytes + [flags, 0, 0, 0]
        return Array((header + descriptors.prefix(count).flatMap { $0 }).prefix(command.transfer))
    }

    /// The last address that a speed is given for.
    private var lastAddress: Int { (tray.folder?.disc.medium.capacity ?? Medium.cdR80.capacity) - 1 }

    /// Type 00h: nominal performance from an address on, or all of it; and exceptions from it, of which there are none.
    private func performance(_ command: Command) throws(CheckCondition) -> (flags: UInt8, descriptors: [[UInt8]]) {
        let type = command.cdb[1]
        // Tolerance: 10 % of nominal, and 20 % of exceptions, is all that the standard has; zero is what programs leave.
        guard [0b00, 0b10].contains(type.bits(3...4)) else { throw .invalidFieldInCDB(byte: 1) }
        let isWrite: UInt8 = type.bit(2) ? 2 : 0
        let start: Int
        switch type.bits(0...1) {
        case 0b00: start = command.address(at: 2)
        case 0b01: start = 0
        case 0b10: return (isWrite | 1, [])
        default: throw .invalidFieldInCDB(byte: 1)
        }
        let curve = speed.curve(at: type.bit(2) ? speed.writeSpeed : speed.readSpeed)
        let descriptors = curve.stretches(upTo: lastAddress + 1).filter { $0.sectors.upperBound > start }.map {
            stretch in
            UInt32(clamping: stretch.sectors.lowerBound).bigEndianBytes
                + SpeedModel.kilobytes(perSecondAt: stretch.startSpeed).bigEndianBytes
                + UInt32(clamping: stretch.sectors.upperBound - 1).bigEndianBytes
                + SpeedModel.kilobytes(perSecondAt: stretch.endSpeed).bigEndianBytes
        }
        return (isWrite, descriptors)
    }

    /// Type 03h: exact where the speed is the same everywhere. Rotation says pure constant angular velocity or anything else.
    private var writeSpeedDescriptors: [[UInt8]] {
        let read = UInt32(SpeedModel.kilobytes(perSecondAt: speed.readSpeed)).bigEndianBytes
        return speed.speeds.map { step in
            let flags: UInt8 =
                switch speed.rotation(at: step) {
                case .constantLinear: 0x02
                case .zoned: 0x00
                case .constantAngular: 0x08
                }
            return [flags, 0, 0, 0] + UInt32(clamping: lastAddress).bigEndianBytes + read
                + UInt32(SpeedModel.kilobytes(perSecondAt: step)).bigEndianBytes
        }
    }
}
