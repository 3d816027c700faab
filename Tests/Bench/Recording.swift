import BinaryCoding
import DiscLayout
import POSIX
import SCSI

/// A way of recording a disc, as the commands of a burning program.
struct Recording: Sendable {
    /// Bytes of a block as it is sent.
    let blockBytes: Int
    /// Blocks of a WRITE: the most that fits 64 KiB, as programs do it.
    var blocksPerWrite: Int { (64 << 10) / blockBytes }
    /// What comes before the first WRITE.
    let prepare: @Sendable (Client) throws -> Void
    /// What comes behind the last: everything is on the disc when it returns.
    let finish: @Sendable (Client) throws -> Void

    /// Track at once, one audio track, finalized.
    static let tao = Recording(
        blockBytes: RedBook.sectorBytes,
        prepare: { client in
            try client.send([0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], out: writeParameters(type: 1, blockType: 0))
        },
        finish: { client in
            try client.send([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            try client.send([0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0])
        })

    /// MODE SELECT (10): header and page 05h (MMC-6, 7.5.4).
    private static func writeParameters(type: UInt8, blockType: UInt8) -> [UInt8] {
        // Buffer-underrun-free, no test write.
        let page: [UInt8] = [0x05, 0x32, 0x40 | type, 0x00, blockType]
        let pause: [UInt8] = [0, UInt8(RedBook.pauseSectors)]
        let body = page + [UInt8](repeating: 0, count: 9) + pause
        return [UInt8](repeating: 0, count: 8) + body + [UInt8](repeating: 0, count: 52 - body.count)
    }

    /// Sends all of a disc's commands.
    func burn(_ blocks: Int, on client: Client) throws {
        try client.send([0x00, 0, 0, 0, 0, 0])
        try prepare(client)
        try write(from: 0, blocks, on: client)
        try finish(client)
    }

    /// Sends the blocks from an address on.
    func write(from first: Int, _ blocks: Int, on client: Client) throws {
        let noise = Noise(bytes: blocksPerWrite * blockBytes)
        var lba = first
        while lba < first + blocks {
            let count = min(blocksPerWrite, first + blocks - lba)
            noise.mark(blocksOf: blockBytes, from: lba)
            let data = UnsafeRawBufferPointer(rebasing: noise.bytes[..<(count * blockBytes)])
            try client.send(
                [0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(count).bigEndianBytes + [0], .toDevice(data))
            lba += count
        }
    }
}
