import BinaryCoding
import DiscLayout

extension Drive {
    /// READ BUFFER CAPACITY and READ BUFFER (MMC-6, 6.16; SPC-4, 6.17).
    static let bufferCommands: [UInt8: Entry] = [
        0x3C: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.readBuffer(command) },
        0x5C: Entry(.attended) { (drive, command) in drive.readBufferCapacity(command) },
    ]

    private func readBufferCapacity(_ command: Command) -> [UInt8] {
        var free = speed.bufferBytes - speed.fill(at: clock.now())
        if profile.quirks.contains(.bufferCapacityGarbage) { free += speed.bufferBytes }
        let isInBlocks = command.cdb[1].bit(0)
        let unit = isInBlocks ? parameters.blockBytes : 1
        var reply: [UInt8] = [0, 10, 0, isInBlocks ? 1 : 0]
        reply += UInt32(speed.bufferBytes / unit).bigEndianBytes + UInt32(free / unit).bigEndianBytes
        return Array(reply.prefix(command.uint16(at: 7)))
    }

    /// Mode 0, header and data: programs measure the speed of the bus with it. The data are zeros.
    private func readBuffer(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard command.cdb[1].bits(0...4) == 0 else { throw .invalidFieldInCDB(byte: 1) }
        let header = UInt32(speed.bufferBytes).bigEndianBytes
        let length = min(command.uint24(at: 6), command.transfer, header.count + speed.bufferBytes)
        return Array((header + [UInt8](repeating: 0, count: max(0, length - header.count))).prefix(length))
    }
}
