import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

extension Drive {
    /// READ CD and READ CD MSF (MMC-6, 6.19, 6.18). READ (10) has nothing to read on a disc without data tracks.
    static let readingCommands: [UInt8: Entry] = [
        0x28: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.read10(command) },
        0xB9: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readCDMSF(command) },
        0xBE: Entry(.medium) { (drive, command) throws(CheckCondition) in
            try drive.readCD(command, from: command.address(at: 2), count: command.uint24(at: 6))
        },
    ]

    private func read10(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let (lba, count) = (command.address(at: 2), command.uint16(at: 7))
        try requireReadable(lba, count, on: try medium().disc)
        // All tracks are audio.
        if count > 0 { throw .illegalModeForThisTrack }
        return []
    }

    private func readCDMSF(_ command: Command) throws(CheckCondition) -> [UInt8] {
        func address(_ offset: Int) throws(CheckCondition) -> Int {
            let fields = command.cdb[offset...offset + 2]
            let time = MSF(
                minutes: command.cdb[offset], seconds: command.cdb[offset + 1], frames: command.cdb[offset + 2])
            guard fields.allSatisfy({ $0 < 100 }), time.seconds < 60, time.frames < 75 else {
                throw .invalidFieldInCDB(byte: UInt16(offset))
            }
            return time.lba
        }
        let (start, end) = (try address(3), try address(6))
        guard start <= end else { throw .invalidFieldInCDB(byte: 6) }
        return try readCD(command, from: start, count: end - start)
    }

    private func requireReadable(_ lba: Int, _ count: Int, on disc: Disc) throws(CheckCondition) {
        guard lba >= DiscFolder.baseLBA, lba + count <= disc.readableEnd else { throw .addressOutOfRange }
        // An open track can be read when it is closed.
        if let open = disc.openTrack, lba + count > open.pauseStart { throw .addressOutOfRange }
    }

    private func readCD(_ command: Command, from lba: Int, count: Int) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let layout = try BlockLayout(command.cdb)
        // Expected sector type: any, or CD-DA, which is all there is.
        guard [0, 1].contains(command.cdb[1].bits(2...4)) else { throw .illegalModeForThisTrack }
        try requireReadable(lba, count, on: folder.disc)
        guard layout.bytes > 0 else { return [] }
        // No more than there is room for, however much is asked.
        let blocks = min(count, (command.transfer + layout.bytes - 1) / layout.bytes)
        spend(reading: blocks, from: lba)
        let data = try storing(.unrecoveredReadError) { () throws(SystemError) in
            try folder.blocks(from: lba, count: blocks, layout)
        }
        guard let data else { throw .unrecoveredReadError }
        return data.count > command.transfer ? Array(data.prefix(command.transfer)) : data
    }
}

/// What one block of READ CD consists of: main channel, C2 error flags, sub-channel, in this order.
struct BlockLayout: Equatable {
    /// Sub-channel selection of MMC-6, table 353.
    enum SubChannelSelection: UInt8 {
        case none = 0
        case raw = 1
        case q = 2
    }
    let main: Int
    /// Error flags; all are zero, since nothing wears out here.
    let c2: Int
    let selection: SubChannelSelection

    /// Bytes of formatted Q: ten of Q, two of CRC, three of zero, P.
    static let formattedQBytes = 16

    var sub: Int {
        switch selection {
        case .none: 0
        case .raw: RedBook.subChannelBytes
        case .q: Self.formattedQBytes
        }
    }
    var bytes: Int { main + c2 + sub }

    /// Reads bytes 9 and 10 of READ CD. Of an audio block there is nothing but user data: the other bits mean nothing.
    init(_ cdb: [UInt8]) throws(CheckCondition) {
        main = cdb[9].bit(4) ? RedBook.sectorBytes : 0
        switch cdb[9].bits(1...2) {
        case 0: c2 = 0
        case 1: c2 = 294
        case 2: c2 = 296
        default: throw .invalidFieldInCDB(byte: 9)
        }
        guard let selection = SubChannelSelection(rawValue: cdb[10].bits(0...2)) else {
            throw .invalidFieldInCDB(byte: 10)
        }
        self.selection = selection
    }
}

extension DiscFolder {
    /// Blocks as READ CD gives them; nil when the files are shorter than what is recorded.
    func blocks(from lba: Int, count: Int, _ layout: BlockLayout) throws(SystemError) -> [UInt8]? {
        var main: [UInt8] = []
        if layout.main > 0 {
            let whole = try bytes(count * RedBook.sectorBytes) { (buffer) throws(SystemError) in
                try readMain(at: lba, into: buffer)
            }
            guard let whole else { return nil }
            if layout.bytes == layout.main { return whole }
            main = whole
        }
        var sub: [UInt8] = []
        if layout.selection != .none {
            let whole = try bytes(count * RedBook.subChannelBytes) { (buffer) throws(SystemError) in
                try readSub(at: lba, into: buffer)
            }
            guard let whole else { return nil }
            sub = whole
        }
        return interleave(main, sub, count: count, layout)
    }

    /// So many bytes, read without being set to zero first; nil when there are not so many.
    private func bytes(
        _ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Bool
    ) throws(SystemError) -> [UInt8]? {
        // Array's own closure form forgets the type of what is thrown.
        var result = Result<Bool, SystemError>.success(true)
        let array = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            result = Result { () throws(SystemError) in try read(target) }
            // What was not read is not shown: the whole is thrown away then.
            initialized = result == .success(true) ? count : 0
        }
        return try result.get() ? array : nil
    }

    private func interleave(_ main: [UInt8], _ sub: [UInt8], count: Int, _ layout: BlockLayout) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * layout.bytes)
        for block in 0..<count {
            if layout.main > 0 { bytes += main[block * RedBook.sectorBytes..<(block + 1) * RedBook.sectorBytes] }
            bytes += repeatElement(0, count: layout.c2)
            let range = block * RedBook.subChannelBytes..<(block + 1) * RedBook.subChannelBytes
            switch layout.selection {
            case .none: break
            case .raw: bytes += sub[range]
            case .q: bytes += Self.formattedQ(Array(sub[range]))
            }
        }
        return bytes
    }

    private static func formattedQ(_ sub: [UInt8]) -> [UInt8] {
        sub.withUnsafeBytes { buffer in
            SubChannel.q(of: buffer).bytes + [0, 0, 0, SubChannel.p(of: buffer) ? 0x80 : 0]
        }
    }
}
