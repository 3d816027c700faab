import BinaryCoding
import DiscLayout
import POSIX
import SCSI
import SectorCoding

/// A way of recording a disc, as the commands of a burning program.
struct Recording: Sendable {
    /// Bytes of a block as it is sent.
    let blockBytes: Int
    /// Address of the first block that is sent.
    var first = 0
    /// Blocks that are sent behind the last sector.
    var trailer = 0
    /// Where in a sector on the disc the first byte is that was sent of it.
    var userOffset = 0
    /// What comes before the first WRITE of so many sectors.
    let prepare: @Sendable (Client, Int) throws -> Void
    /// Puts what belongs to a block's address into it; the program area has so many sectors.
    var finishBlock: (@Sendable (UnsafeMutableRawBufferPointer, Int, Int) -> Void)?
    /// What comes behind the last: everything is on the disc when it returns.
    let finish: @Sendable (Client) throws -> Void

    /// Blocks of a WRITE: the most that fits 64 KiB, as programs do it.
    var blocksPerWrite: Int { (64 << 10) / blockBytes }
    /// Blocks that are sent for a program of so many sectors.
    func blocks(_ sectors: Int) -> Int { sectors - first + trailer }

    /// Sends all of a disc's commands.
    func burn(_ sectors: Int, on client: Client) throws {
        try prepare(client, sectors)
        try write(from: first, to: sectors + trailer, sectors, on: client)
        try finish(client)
    }

    /// Sends blocks.
    func write(from first: Int, to end: Int, _ sectors: Int, on client: Client) throws {
        let noise = Noise(bytes: blocksPerWrite * blockBytes)
        var lba = first
        while lba < end {
            let count = min(blocksPerWrite, end - lba)
            for index in 0..<count {
                let block = noise.block(index, of: blockBytes)
                block.storeBytes(of: Int32(truncatingIfNeeded: lba + index), as: Int32.self)
                finishBlock?(block, lba + index, sectors)
            }
            let data = UnsafeRawBufferPointer(rebasing: noise.bytes[..<(count * blockBytes)])
            try client.send(
                [0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(count).bigEndianBytes + [0], .toDevice(data))
            lba += count
        }
    }
}

extension Recording {
    /// Track at once, one audio track, finalized.
    static let tao = Recording(
        blockBytes: RedBook.sectorBytes, prepare: { client, _ in try client.select(type: 1, blockType: 0) },
        finish: { client in
            try client.synchronize()
            try client.closeSession()
        })

    /// Track at once, one data track of Mode 1: the recorder makes EDC and ECC.
    static let data = Recording(
        blockBytes: 2048, userOffset: 16,
        prepare: { client, _ in try client.select(type: 1, blockType: 8, control: 4) },
        finish: { client in
            try client.synchronize()
            try client.closeSession()
        })

    /// Session at once by a cue sheet, one audio track.
    static let sao = Recording(
        blockBytes: RedBook.sectorBytes, first: -RedBook.pauseSectors,
        prepare: { client, sectors in
            try client.select(type: 2, blockType: 0)
            let end = MSF(frameCount: sectors + RedBook.pauseSectors)
            let sheet: [UInt8] =
                [0x01, 0, 0, 1, 0, 0, 0, 0, 0x01, 1, 0, 0, 0, 0, 0, 0, 0x01, 1, 1, 0, 0, 0, 2, 0]
                + [0x01, 0xAA, 1, 1, 0, end.minutes, end.seconds, end.frames]
            try client.send([0x5D, 0, 0, 0, 0, 0, 0, 0, UInt8(sheet.count), 0], out: sheet)
        }, finish: { try $0.synchronize() })

    /// RAW with 96 bytes of sub-channel, one audio track: the program makes lead-in, P, Q and lead-out.
    static let raw = Recording(
        blockBytes: RedBook.sectorBytes + RedBook.subChannelBytes, first: leadInStart,
        trailer: RedBook.firstLeadOutSectors, prepare: { client, _ in try client.select(type: 3, blockType: 3) },
        finishBlock: { block, lba, sectors in
            let sub = UnsafeMutableRawBufferPointer(rebasing: block[RedBook.sectorBytes...])
            SubChannel.pack(p: lba >= -RedBook.pauseSectors && lba < 1, q: frame(at: lba, sectors), into: sub)
        }, finish: { try $0.synchronize() })

    /// Where the groove of the virtual recorder's usual blank begins: 97:26:65.
    private static let leadInStart =
        97 * RedBook.framesPerMinute + 26 * RedBook.framesPerSecond + 65
        - RedBook.framesInMSF - RedBook.pauseSectors

    /// Q of one track from 0 on.
    private static func frame(at lba: Int, _ sectors: Int) -> QFrame {
        let absolute = MSF(
            frameCount: lba + RedBook.pauseSectors + (lba < -RedBook.pauseSectors ? RedBook.framesInMSF : 0))
        if lba < -RedBook.pauseSectors {
            let entries: [LeadInEntry] = [
                .firstTrack(1, discType: 0), .lastTrack(1), .leadOut(MSF(frameCount: sectors + RedBook.pauseSectors)),
                .track(1, start: MSF(frameCount: RedBook.pauseSectors)),
            ]
            // Each three times (ECMA-130, 22.3.4.2).
            return .tableOfContents(entries[(lba - leadInStart) / 3 % entries.count], control: [], running: absolute)
        }
        return .position(
            control: [], track: lba < sectors ? 1 : nil, index: lba < 0 ? 0 : 1,
            relative: MSF(frameCount: lba < 0 ? -1 - lba : lba < sectors ? lba : lba - sectors), absolute: absolute)
    }
}

extension Client {
    /// MODE SELECT (10) of page 05h (MMC-6, 7.5.4): buffer-underrun-free, no test write.
    fileprivate func select(type: UInt8, blockType: UInt8, control: UInt8 = 0) throws {
        var list = [UInt8](repeating: 0, count: 60)
        list.replaceSubrange(8..<13, with: [0x05, 0x32, 0x40 | type, control, blockType])
        list[23] = UInt8(RedBook.pauseSectors)
        try send([0x55, 0x10, 0, 0, 0, 0, 0, 0, UInt8(list.count), 0], out: list)
    }

    fileprivate func synchronize() throws { try send([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }
    fileprivate func closeSession() throws { try send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0]) }
}
