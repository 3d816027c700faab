import BinaryCoding
import DiscLayout
import POSIX

/// How a drive reads. The rules, where the standard leaves them open or drives differ:
///
/// - A command is answered whole or not at all: whatever is wrong with one block, none comes.
/// - Lead-outs and lead-ins between sessions, tracks that are not complete and sessions that were never completed are out
///   of range (05/21/00).
/// - A range in which audio meets data ends with ILLEGAL MODE FOR THIS TRACK (05/64/00) if the main channel is asked for.
///   Data sectors of different kinds may follow one another.
/// - A data block without a header, and in a raw recording one whose EDC does not fit, is an unrecovered read error, the
///   latter only where user data is asked for and page 01h does not forbid correction (DCR).
extension Drive {
    /// READ (10), READ (12), READ CD, READ CD MSF, READ HEADER, SEEK (10) and VERIFY (10) (MMC-6, 6.15, 6.16, 6.19, 6.18;
    /// MMC-3, 6.24; SBC-3).
    static let readingCommands: [UInt8: Entry] = [
        0x28: Entry(.medium) { (drive, command) throws(CheckCondition) in
            try drive.readData(command, count: command.uint16(at: 7))
        },
        0x2B: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.seek(command) },
        0x2F: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.verify(command) },
        0x44: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readHeader(command) },
        0xA8: Entry(.medium) { (drive, command) throws(CheckCondition) in
            try drive.readData(command, count: command.uint16(at: 6) << 16 | command.uint16(at: 8))
        },
        0xB9: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readCDMSF(command) },
        0xBE: Entry(.medium) { (drive, command) throws(CheckCondition) in
            try drive.readCD(command, from: command.address(at: 2), count: command.uint24(at: 6))
        },
    ]

    /// Blocks that are read at a time when they have to be looked at: a mebibyte.
    static let readingChunk = 446

    /// The blocks that a command asks for, all of which can be read.
    func readable(_ lba: Int, _ count: Int, on disc: Disc) throws(CheckCondition) -> Range<Int> {
        let blocks = lba..<lba + count
        guard disc.isReadable(blocks) else { throw .addressOutOfRange }
        return blocks
    }

    /// Lets the time pass that reading takes, and leaves the pickup behind the last block.
    func spend(reading blocks: Range<Int>, on folder: DiscFolder) {
        spend(reading: blocks.count, from: blocks.lowerBound)
        folder.position = max(blocks.lowerBound, blocks.upperBound - 1)
    }

    /// Reads something of the disc; a file that ends too early or cannot be read is damage to the disc.
    func reading<Value>(_ body: () throws(SystemError) -> Value?) throws(CheckCondition) -> Value {
        guard let value = try storing(.unrecoveredReadError, body) else { throw .unrecoveredReadError }
        return value
    }
}

extension CheckCondition {
    /// L-EC UNCORRECTABLE ERROR.
    static let uncorrectableError = CheckCondition(3, 0x11, 5)
}
