import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

/// READ CD and READ CD MSF (MMC-6, 6.19, 6.18).
extension Drive {
    func readCDMSF(_ command: Command) throws(CheckCondition) -> [UInt8] {
        func address(_ offset: Int) throws(CheckCondition) -> Int {
            let fields = command.cdb[offset...offset + 2]
            let time = MSF(
                minutes: command.cdb[offset], seconds: command.cdb[offset + 1], frames: command.cdb[offset + 2])
            guard fields.allSatisfy({ $0 < 100 }), time.seconds < 60, time.frames < RedBook.framesPerSecond else {
                throw .invalidFieldInCDB(byte: UInt16(offset))
            }
            return time.lba
        }
        let (start, end) = (try address(3), try address(6))
        guard start <= end else { throw .invalidFieldInCDB(byte: 6) }
        return try readCD(command, from: start, count: end - start)
    }

    func readCD(_ command: Command, from lba: Int, count: Int) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let selection = try BlockSelection(command.cdb)
        guard selection.pointerBytes == 0 || profile.capabilities.errorPointers else {
            throw .invalidFieldInCDB(byte: 9)
        }
        let blocks = try readable(lba, count, on: folder.disc)
        if blocks.isEmpty || selection.isEmpty { return [] }
        if selection.isPlainAudio, folder.disc.isAudio(blocks) {
            return try readAudio(blocks, selection, room: command.transfer, on: folder)
        }
        var reply = BlockReply(
            selection: selection, areErrorFlagsLast: profile.quirks.contains(.errorFlagsLast), room: command.transfer)
        var next = blocks.lowerBound
        while next < blocks.upperBound, !reply.isFull {
            let part = next..<min(next + Self.readingChunk, blocks.upperBound)
            try append(part, to: &reply, on: folder)
            next = part.upperBound
        }
        spend(reading: blocks.lowerBound..<next, on: folder)
        return reply.bytes
    }

    /// Whole blocks of audio and nothing else: what nearly all reading is. They go from the file into the reply as they are.
    private func readAudio(
        _ blocks: Range<Int>, _ selection: BlockSelection, room: Int, on folder: DiscFolder
    ) throws(CheckCondition) -> [UInt8] {
        guard SectorKind.audio.isExpected(by: selection.expectedType) else { throw .illegalModeForThisTrack }
        // No more than there is room for, however much is asked.
        let fitting = (room + RedBook.sectorBytes - 1) / RedBook.sectorBytes
        let blocks = blocks.lowerBound..<blocks.lowerBound + min(blocks.count, fitting)
        if blocks.isEmpty { return [] }
        let offset = profile.readOffset
        let bytes = try reading { () throws(SystemError) in try folder.audio(blocks, offset: offset) }
        spend(reading: blocks, on: folder)
        return bytes.count > room ? Array(bytes.prefix(room)) : bytes
    }

    private func append(
        _ blocks: Range<Int>, to reply: inout BlockReply, on folder: DiscFolder
    ) throws(CheckCondition) {
        let selection = reply.selection
        var main: [UInt8] = []
        var ranges = [Range<Int>](repeating: 0..<0, count: blocks.count)
        if !selection.fields.isEmpty || selection.expectedType != 0 {
            let sectors = try reading { () throws(SystemError) in try folder.sectors(blocks) }
            ranges = try reply.ranges(of: sectors.kinds)
            main = sectors.main
            if sectors.kinds.allSatisfy({ $0 == .audio }) {
                if !selection.fields.isEmpty, profile.readOffset != 0 {
                    main = try reading { () throws(SystemError) in
                        try folder.audio(blocks, offset: profile.readOffset)
                    }
                }
            } else if selection.fields.contains(.userData) {
                try requireIntact(sectors, blocks, on: folder.disc)
            }
        }
        let sub = try reading { () throws(SystemError) in
            try folder.subChannel(of: blocks, as: selection.sub, SubChannelQuirks(profile.quirks))
        }
        reply.append(main, ranges, sub)
    }

    /// What the host recorded in RAW may have an EDC that does not fit; everything else got its own from the drive.
    func requireIntact(_ sectors: Sectors, _ blocks: Range<Int>, on disc: Disc) throws(CheckCondition) {
        let isCorrectionDisabled = errorRecoveryPage[2].bit(0)
        guard !isCorrectionDisabled else { return }
        let isRaw = { (lba: Int) in disc.place(of: lba)?.session.writeType == .raw }
        guard isRaw(blocks.lowerBound) || isRaw(blocks.upperBound - 1) else { return }
        for (index, kind) in sectors.kinds.enumerated() where kind == .mode1 || kind == .form1 {
            let start = index * RedBook.sectorBytes
            let defects = sectors.main.withUnsafeBytes { main in
                DataSector.defects(of: UnsafeRawBufferPointer(rebasing: main[start..<start + RedBook.sectorBytes]))
            }
            guard !defects.contains(.edc) else { throw .uncorrectableError }
        }
    }
}

/// The reply of READ CD while it grows.
struct BlockReply {
    let selection: BlockSelection
    /// C2 error pointers come behind the sub-channel.
    let areErrorFlagsLast: Bool
    /// Bytes that the initiator takes.
    let room: Int
    private(set) var bytes: [UInt8] = []
    /// Whether what was read up to here is audio.
    private var isAudio: Bool?

    init(selection: BlockSelection, areErrorFlagsLast: Bool, room: Int) {
        (self.selection, self.areErrorFlagsLast, self.room) = (selection, areErrorFlagsLast, room)
    }

    var isFull: Bool { bytes.count >= room }

    /// Which bytes of each block are wanted.
    mutating func ranges(of kinds: [SectorKind?]) throws(CheckCondition) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(kinds.count)
        for kind in kinds {
            guard let kind else { throw .unrecoveredReadError }
            guard kind.isExpected(by: selection.expectedType) else { throw .illegalModeForThisTrack }
            guard isAudio ?? (kind == .audio) == (kind == .audio) else { throw .illegalModeForThisTrack }
            isAudio = kind == .audio
            guard let range = kind.range(of: selection.fields) else { throw .invalidFieldInCDB(byte: 9) }
            ranges.append(range)
        }
        return ranges
    }

    /// Adds blocks; what there is no room for is left out.
    ///
    /// - Parameters:
    ///   - main: 2352 bytes for each, if any are wanted.
    ///   - sub: as many bytes for each as are selected.
    mutating func append(_ main: [UInt8], _ ranges: [Range<Int>], _ sub: [UInt8]) {
        let (pointers, subBytes) = (selection.pointerBytes, selection.subBytes)
        let added = ranges.reduce(ranges.count * (pointers + subBytes)) { $0 + $1.count }
        bytes.reserveCapacity(bytes.count + added)
        for (index, range) in ranges.enumerated() where !isFull {
            let start = index * RedBook.sectorBytes
            if !range.isEmpty { bytes += main[start + range.lowerBound..<start + range.upperBound] }
            // Nothing wears out here, so that there is no error to point at.
            if !areErrorFlagsLast { bytes += repeatElement(0, count: pointers) }
            bytes += sub[index * subBytes..<(index + 1) * subBytes]
            if areErrorFlagsLast { bytes += repeatElement(0, count: pointers) }
        }
        if bytes.count > room { bytes.removeLast(bytes.count - room) }
    }
}
