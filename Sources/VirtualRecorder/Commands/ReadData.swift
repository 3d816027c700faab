import BinaryCoding
import DiscLayout
import POSIX

/// Reading data blocks: READ (10), READ (12), VERIFY (10), READ HEADER and SEEK (10).
extension Drive {
    /// Bytes of a block of data as READ (10) gives it.
    static let dataBlockBytes = 2048

    /// READ (10) and READ (12): user data of Mode 1 and of XA Form 1, nothing else.
    func readData(_ command: Command, count: Int) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let blocks = try readable(command.address(at: 2), count, on: folder.disc)
        // No more than there is room for, however much is asked.
        let fitting = (command.transfer + Self.dataBlockBytes - 1) / Self.dataBlockBytes
        let read = blocks.lowerBound..<blocks.lowerBound + min(blocks.count, fitting)
        if read.isEmpty { return [] }
        var reply: [UInt8] = []
        reply.reserveCapacity(read.count * Self.dataBlockBytes)
        try readData(read, on: folder) { reply += $0 }
        return reply.count > command.transfer ? Array(reply.prefix(command.transfer)) : reply
    }

    /// VERIFY (10): reads as READ (10) does, without giving anything (SBC-3, 5.33).
    func verify(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // There is nothing to compare with.
        guard !command.cdb[1].bit(1) else { throw .invalidFieldInCDB(byte: 1) }
        let folder = try medium()
        let blocks = try readable(command.address(at: 2), command.uint16(at: 7), on: folder.disc)
        if !blocks.isEmpty { try readData(blocks, on: folder) { _ in } }
        return []
    }

    private func readData(
        _ blocks: Range<Int>, on folder: DiscFolder, _ take: (ArraySlice<UInt8>) -> Void
    ) throws(CheckCondition) {
        guard folder.disc.mayBeData(blocks) else { throw .illegalModeForThisTrack }
        var next = blocks.lowerBound
        while next < blocks.upperBound {
            let part = next..<min(next + Self.readingChunk, blocks.upperBound)
            let sectors = try reading { () throws(SystemError) in try folder.sectors(part) }
            try requireIntact(sectors, part, on: folder.disc)
            for (index, kind) in sectors.kinds.enumerated() {
                guard let kind else { throw .unrecoveredReadError }
                guard kind.isReadAsBlock, let range = kind.range(of: .userData) else { throw .illegalModeForThisTrack }
                let start = index * RedBook.sectorBytes
                take(sectors.main[start + range.lowerBound..<start + range.upperBound])
            }
            next = part.upperBound
        }
        spend(reading: blocks, on: folder)
    }

    /// READ HEADER (MMC-3, 6.24): the mode of a data block, and its address.
    func readHeader(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let blocks = try readable(command.address(at: 2), 1, on: folder.disc)
        let sectors = try reading { () throws(SystemError) in try folder.sectors(blocks) }
        guard let kind = sectors.kinds.first else { throw .unrecoveredReadError }
        let mode: UInt8
        switch kind {
        case nil: throw .unrecoveredReadError
        case .audio: throw .illegalModeForThisTrack
        case .mode0: mode = 0
        case .mode1: mode = 1
        case .mode2, .form1, .form2: mode = 2
        }
        spend(reading: blocks, on: folder)
        let address = TableOfContentsReply.address(blocks.lowerBound, isMSF: command.cdb[1].bit(1))
        return Array(([mode, 0, 0, 0] + address).prefix(command.uint16(at: 7)))
    }

    /// SEEK (10) (MMC-6, 6.36).
    func seek(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let lba = command.address(at: 2)
        _ = try readable(lba, 1, on: folder.disc)
        spend(reading: lba..<lba, on: folder)
        return []
    }
}
