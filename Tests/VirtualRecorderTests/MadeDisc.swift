import BinaryCoding
import DiscLayout
import Glibc
import POSIX
import SectorCoding
import TestSupport

@testable import VirtualRecorder

/// A disc folder with everything on it, made without a recorder.
struct MadeDisc {
    let folder = TemporaryFolder(inMemory: true)
    let disc: Disc
    var path: String { "\(folder.path)/disc" }
    var stored: StoredDisc { StoredDisc(path: path, disc: disc) }

    /// Makes the folder. Every block of audio says its address, data is of bytes of its address.
    ///
    /// - Parameter packs: track that has something in R to W.
    init(_ disc: Disc, text: [UInt8] = [], packs: Int? = nil) throws {
        self.disc = disc
        try DurableFile.makeFolder(path)
        var described = disc
        if !text.isEmpty { described.sessions[0].textPacks = text.count / 18 }
        try DurableFile.replace("\(path)/disc.json", with: DiscDocument(described).bytes)
        if !text.isEmpty { try DurableFile.replace("\(path)/cd-text-1.cdt", with: text) }
        let main = try FileDescriptor(opening: "\(path)/main.bin", O_RDWR | O_CREAT)
        let sub = try FileDescriptor(opening: "\(path)/sub.bin", O_RDWR | O_CREAT)
        for session in disc.sessions {
            for track in session.tracks {
                for lba in track.pauseStart..<track.extent {
                    try Self.block(lba, of: track).withUnsafeBytes { try main.writeAll($0, at: (lba + 150) * 2352) }
                }
                let areas = ProgramSubChannel(areas: track.areas(catalogNumber: session.catalogNumber))
                var bytes = [UInt8](repeating: 0, count: (track.extent - track.pauseStart) * 96)
                try bytes.withUnsafeMutableBytes { buffer in
                    areas.write(from: track.pauseStart, count: buffer.count / 96, into: buffer)
                    if track.number == packs { for index in buffer.indices { buffer[index] |= UInt8(index % 61) } }
                    try sub.writeAll(UnsafeRawBufferPointer(buffer), at: (track.pauseStart + 150) * 96)
                }
            }
        }
    }

    /// Main channel of a block.
    static func block(_ lba: Int, of track: Disc.Track) -> [UInt8] {
        let user: DataBlock
        switch track.form {
        case .audio: return Bench.block(lba)
        case .mode0: user = .mode0
        case .mode1: user = .mode1
        case .mode2: user = .mode2
        // Every tenth sector is of Form 2.
        case .xa: user = lba % 10 == 0 ? .form2(.form2) : .form1(.data)
        }
        let source = [UInt8](repeating: UInt8(truncatingIfNeeded: lba), count: user.byteCount)
        var sector = [UInt8](repeating: 0, count: 2352)
        sector.withUnsafeMutableBytes { target in
            source.withUnsafeBytes { DataSector.encode(user, from: lba, count: 1, source: $0, into: target) }
        }
        return sector
    }

    /// Hidden audio before track 1, indexes, a first copy, pre-emphasis, no pause, codes.
    static func album(following: Disc.Following = .none) -> Disc {
        var disc = Disc(medium: .cdR80)
        disc.sessions = [
            Disc.Session(
                number: 1, writeType: .sessionAtOnce, start: -150,
                tracks: [
                    Disc.Track(
                        number: 1, control: [.copyPermitted], pauseStart: -150, indexes: [75, 225], blocks: 325,
                        state: .complete, isrc: "DEABC1234567"),
                    Disc.Track(
                        number: 2, control: [.preEmphasis], pauseStart: 400, indexes: [550, 650, 700], blocks: 300,
                        state: .complete),
                    Disc.Track(
                        number: 3, control: [], pauseStart: 850, indexes: [850], blocks: 310, state: .complete,
                        isFirstCopy: true),
                ], stage: .closed(Disc.Closing(leadOut: 1160, following: following)), catalogNumber: "4012345678901")
        ]
        return disc
    }

    /// A data track and an audio track of a form and run-outs, and a second session.
    static func mixed(_ form: SectorForm) -> Disc {
        var disc = Disc(medium: .cdR80)
        disc.openTrack(control: [.data], form: form, discType: form == .xa ? 0x20 : 0)
        disc.changeTrack(1) { $0.blocks = 300 }
        disc.closeTrack(1)
        disc.openTrack(control: [])
        disc.changeTrack(2) { $0.blocks = 300 }
        disc.closeTrack(2)
        disc.closeSession(.another)
        disc.openTrack(control: [.data], form: .mode1)
        disc.changeTrack(3) { $0.blocks = 300 }
        disc.closeTrack(3)
        disc.closeSession(.none)
        return disc
    }
}
