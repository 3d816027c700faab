import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// A disc that is laid down as a folder: tracks of every kind in sessions, P and Q as a drive makes them.
struct LaidDisc {
    /// One track; its pause is of its own kind.
    struct Track {
        var form = SectorForm.audio
        var control: TrackControl = []
        /// What its data blocks are; `nil` in audio.
        var block: DataBlock?
        var pause = 150
        var blocks = 300
        /// Blocks of its pause, from the first on, that are audio all the same.
        var audioPause = 0
        var isrc: String?
    }

    var disc: Disc
    var main: [UInt8] = []
    var sub: [UInt8] = []

    /// A disc whose sessions are all closed.
    init(
        sessions: [[Track]], firstNumber: Int = 1, writeType: Disc.WriteType = .sessionAtOnce,
        catalogNumber: String? = nil
    ) {
        disc = Disc(medium: .cdR80)
        var number = firstNumber
        for (index, tracks) in sessions.enumerated() {
            fill(to: disc.nextPauseStart)
            var session = Disc.Session(
                number: index + 1, writeType: writeType, start: disc.nextPauseStart, catalogNumber: catalogNumber)
            var next = session.start
            for track in tracks {
                let made = Disc.Track(
                    number: number, control: track.control, form: track.form, pauseStart: next,
                    indexes: [next + track.pause], blocks: track.blocks, state: .complete, isrc: track.isrc)
                session.tracks.append(made)
                lay(made, track, catalogNumber)
                (next, number) = (made.extent, number + 1)
            }
            let isLast = index == sessions.count - 1
            session.stage = .closed(Disc.Closing(leadOut: next, following: isLast ? .last : .another))
            disc.sessions.append(session)
        }
    }

    private mutating func fill(to lba: Int) {
        let blocks = lba + 150
        main += [UInt8](repeating: 0, count: blocks * 2352 - main.count)
        sub += [UInt8](repeating: 0, count: blocks * 96 - sub.count)
    }

    private mutating func lay(_ track: Disc.Track, _ plan: Track, _ catalogNumber: String?) {
        for lba in track.pauseStart..<track.extent {
            let isAudio = plan.block == nil || lba < track.pauseStart + plan.audioPause
            main += isAudio ? Bench.block(lba) : Self.sector(plan.block ?? .mode1, lba)
        }
        let count = track.extent - track.pauseStart
        var bytes = [UInt8](repeating: 0, count: count * 96)
        let channel = ProgramSubChannel(areas: track.areas(catalogNumber: catalogNumber))
        bytes.withUnsafeMutableBytes { channel.write(from: track.pauseStart, count: count, into: $0) }
        // Where the pause is audio, Q says so.
        let control = plan.control.subtracting(.data)
        for index in 0..<plan.audioPause {
            bytes.withUnsafeMutableBytes { buffer in
                let frame = QFrame.position(
                    control: control, track: track.number, index: 0, relative: MSF(frameCount: plan.pause - 1 - index),
                    absolute: MSF(lba: track.pauseStart + index))
                SubChannel.pack(
                    p: true, q: frame,
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[index * 96..<index * 96 + 96]))
            }
        }
        sub += bytes
    }

    /// A data sector whose user data says its address.
    static func sector(_ block: DataBlock, _ lba: Int) -> [UInt8] {
        var sector = [UInt8](repeating: 0, count: 2352)
        let source = Array(Bench.block(lba).prefix(block.byteCount))
        sector.withUnsafeMutableBytes { target in
            source.withUnsafeBytes { DataSector.encode(block, from: lba, count: 1, source: $0, into: target) }
        }
        return sector
    }

    /// The block as it was laid.
    func block(_ lba: Int) -> [UInt8] { Array(main[(lba + 150) * 2352..<(lba + 151) * 2352]) }

    /// Changes a block of the main channel.
    mutating func change(_ lba: Int, _ change: (inout [UInt8]) -> Void) {
        var block = block(lba)
        change(&block)
        main.replaceSubrange((lba + 150) * 2352..<(lba + 151) * 2352, with: block)
    }

    /// Puts it into a recorder.
    func bench(profile: RecorderProfile = .modern, speed: Int? = nil) throws -> Bench {
        let folder = TemporaryFolder(inMemory: true)
        let path = "\(folder.path)/disc"
        try DurableFile.makeFolder(path)
        try DurableFile.replace("\(path)/main.bin", with: main)
        try DurableFile.replace("\(path)/sub.bin", with: sub)
        try DurableFile.replace("\(path)/disc.json", with: DiscDocument(disc).bytes)
        return try Bench(in: folder, profile: profile, speed: speed)
    }
}

extension LaidDisc.Track {
    static let audio = LaidDisc.Track()
    static let mode0 = LaidDisc.Track(form: .mode0, control: .data, block: .mode0)
    static let mode1 = LaidDisc.Track(form: .mode1, control: .data, block: .mode1)
    static let mode2 = LaidDisc.Track(form: .mode2, control: .data, block: .mode2)
    static let form1 = LaidDisc.Track(form: .xa, control: .data, block: .form1(.data))
    static let form2 = LaidDisc.Track(form: .xa, control: .data, block: .form2(.form2))
}

extension Bench {
    /// READ CD with everything that it can be asked for.
    func readCD(_ lba: Int, _ blocks: Int, type: UInt8 = 0, flags: UInt8, sub: UInt8 = 0, room: Int = 1 << 20) -> Answer
    {
        let length = UInt32(blocks).bigEndianBytes.dropFirst()
        return send(
            [0xBE, type << 2] + Int32(truncatingIfNeeded: lba).bigEndianBytes + length + [flags, sub, 0], room: room)
    }

    /// READ (10).
    func read10(_ lba: Int, _ blocks: Int, room: Int = 1 << 20) -> Answer {
        send([0x28, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [0], room: room)
    }

    /// READ (12).
    func read12(_ lba: Int, _ blocks: UInt32, room: Int = 1 << 20) -> Answer {
        send([0xA8, 0] + Int32(lba).bigEndianBytes + blocks.bigEndianBytes + [0, 0], room: room)
    }
}
