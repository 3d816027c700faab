import BinaryCoding
import DiscLayout
import FoundationEssentials
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// Random sequences of legal commands: every one is carried out, and after each the disc is what the commands made of it.
@Suite struct PropertyTests {
    /// Six of each test; as many as BURND_WALKS says for whoever has the time.
    static let seeds = 1...(ProcessInfo.processInfo.environment["BURND_WALKS"].flatMap(UInt64.init) ?? 6)

    @Test(arguments: seeds)
    func `legal commands in any order make the disc that they say`(seed: UInt64) throws {
        var walk = try DiscWalk(seed: seed)
        for _ in 1...80 { try walk.step() }
        try walk.checkContent()
    }
}

/// Xorshift (Marsaglia 2003): the same numbers for a seed every time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// What was not as it has to be, with all that led to it.
struct BrokenProperty: Error, CustomStringConvertible {
    let description: String
}

/// A recorder that is asked for one legal thing after the other, and a model that says what must come of it.
struct DiscWalk {
    private let seed: UInt64
    private var random: SeededGenerator
    private var bench: Bench
    private var model: DiscModel
    private var multiSession: UInt8 = 0
    private var history: [DiscOperation] = []

    /// Odd seeds take a CD-R, even ones a CD-RW.
    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        model = DiscModel(isErasable: seed % 2 == 0)
        bench = try Self.bench(in: TemporaryFolder(inMemory: true), model)
        _ = bench.select(Bench.tao())
    }

    private static func bench(in folder: TemporaryFolder, _ model: DiscModel) throws -> Bench {
        // The shortest lead-in that the tests of RAW know, so that one is soon written.
        let blank = Medium(
            kind: model.isErasable ? .cdRW : .cdR, leadInStart: MSF(minutes: 99, seconds: 58, frames: 0),
            lastLeadOut: Medium.cdR80.lastLeadOut)
        return try Bench(in: folder, blank: blank)
    }

    /// Does something, and looks at everything.
    mutating func step() throws {
        guard let operation = model.legalOperations(using: &random).randomElement(using: &random) else { return }
        history.append(operation)
        try perform(operation)
        model.apply(operation, multiSession: multiSession)
        try checkInformation()
        try checkTracks()
        try checkTableOfContents()
        if let track = model.tracks.filter({ $0.state == .complete }).randomElement(using: &random) {
            let lba = track.start + Int.random(in: 0..<track.blocks, using: &random)
            try checkBlocks(lba, min(5, track.start + track.blocks - lba), of: track)
        }
    }

    private mutating func perform(_ operation: DiscOperation) throws {
        switch operation {
        case .select(let multiSession, let control):
            self.multiSession = multiSession
            try good(bench.select(Bench.tao(multiSession: multiSession, control: control)))
        case .write(let count): try write(count)
        case .synchronize: try good("35 00 00 00 00 00 00 00 00 00")
        case .closeTrack: try good("5B 00 01 00 00 FF 00 00 00 00")
        case .closeSession: try good("5B 00 02 00 00 00 00 00 00 00")
        case .finalize: try good("5B 00 06 00 00 00 00 00 00 00")
        case .dataTrack(let count): try dataTrack(count)
        case .sessionAtOnce(let multiSession, let pause, let blocks):
            try sessionAtOnce(multiSession, pause: pause, blocks)
        case .raw: try raw()
        case .testWrite(let count): try testWrite(count)
        case .reserved(let room, let sent):
            try good(bench.send([0x53, 0, 0, 0, 0, 0, 0] + UInt16(room).bigEndianBytes + [0]))
            try write(sent)
            try good("5B 00 01 00 00 \([UInt8(model.nextTrack)].hex()) 00 00 00 00")
        case .blank(let type): try good("A1 0\(type) 00 00 00 00 00 00 00 00 00 00")
        case .unclose: try good("A1 05 00 00 00 00 00 00 00 00 00 00")
        case .eraseLastSession: try good("A1 06 00 00 00 00 00 00 00 00 00 00")
        case .ejectAndLoad: try ejectAndLoad()
        case .powerCycle: try powerCycle()
        }
    }

    private func write(_ count: Int) throws {
        let first = model.nextWritableAddress ?? 0
        try good(bench.write(at: first, blocks: count))
    }

    private func dataTrack(_ count: Int) throws {
        try good(bench.select(Bench.tao(multiSession: multiSession, control: 4, changes: [12: 8])))
        let first = model.nextWritableAddress ?? 0
        let bytes = (first..<first + count).flatMap { Bench.block($0).prefix(Self.userBytes) }
        try good(bench.write(bytes, at: first, blocks: count))
        try good("35 00 00 00 00 00 00 00 00 00")
        try good(bench.select(Bench.tao(multiSession: multiSession)))
    }

    /// User data of a sector of Mode 1.
    private static let userBytes = 2048

    private func sessionAtOnce(_ multiSession: UInt8, pause: Int, _ blocks: [Int]) throws {
        let layout = model.sessionAtOnce(pause: pause, blocks)
        func row(_ track: Int, _ index: UInt8, _ form: UInt8, _ lba: Int) -> [UInt8] {
            let time = MSF(frameCount: lba + RedBook.pauseSectors)
            return [1, UInt8(track), index, form, 0, time.minutes, time.seconds, time.frames]
        }
        var sheet: [UInt8] = [1, 0, 0, 1, 0, 0, 0, 0]
        for (index, track) in layout.tracks.enumerated() {
            let begin = index == 0 ? layout.start : track.start - pause
            if begin < track.start { sheet += row(track.number, 0, 0, begin) }
            sheet += row(track.number, 1, 0, track.start)
        }
        sheet += row(0xAA, 1, 1, layout.leadOut)
        try good(bench.select(Bench.sao(multiSession: multiSession)))
        try good(bench.sendCueSheet(sheet))
        try good(bench.send(layout.start..<layout.leadOut, Bench.block))
        try good("35 00 00 00 00 00 00 00 00 00")
        try good(bench.select(Bench.tao(multiSession: self.multiSession)))
    }

    private func raw() throws {
        let disc = RawDisc.audio()
        try good(bench.selectRaw(RawBlockType.raw.rawValue))
        try good(bench.write(disc, .raw, disc.leadInStart..<disc.end))
        try good("35 00 00 00 00 00 00 00 00 00")
        try good(bench.select(Bench.tao(multiSession: multiSession)))
    }

    private func testWrite(_ count: Int) throws {
        try good(bench.select(Bench.tao(multiSession: multiSession, changes: [10: 0x51])))
        try write(count)
        try good("35 00 00 00 00 00 00 00 00 00")
        try good(bench.select(Bench.tao(multiSession: multiSession)))
    }

    private func ejectAndLoad() throws {
        try good(TrayTests.eject)
        try require(bench.send(TrayTests.ready) == .refused(2, 0x3A, 2), "an open tray has no disc")
        try good(TrayTests.load)
        try require(bench.send(TrayTests.ready) == .refused(6, 0x28, 0), "a change of disc is told")
        try require(bench.send(TrayTests.ready).isGood, "and told once")
    }

    /// Off without a warning, and on again: all that is closed is as it was.
    private mutating func powerCycle() throws {
        let path = bench.recorder.discInTray ?? ""
        let before = try StoredDisc.load(path).disc
        let folder = bench.folder
        // The lock on the disc has to be free first.
        bench = try Bench()
        bench = try Self.bench(in: folder, model)
        let after = try StoredDisc.load(path).disc
        try require(model.isRecording || before == after, "disc.json is read as it was written")
        try good(bench.select(Bench.tao(multiSession: multiSession)))
    }
}

extension DiscWalk {
    private func require(_ isTrue: Bool, _ what: String) throws {
        guard !isTrue else { return }
        throw BrokenProperty(description: "seed \(seed): not so: \(what); after \(history.map { "\($0)" })")
    }

    private func good(_ answer: Bench.Answer) throws { try require(answer.isGood, "good, but \(answer)") }
    private func good(_ cdb: String) throws { try good(bench.send(cdb)) }

    private func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) }))
    }

    /// READ DISC INFORMATION, and READ TRACK INFORMATION of the invisible track.
    private func checkInformation() throws {
        let reply = bench.send("51 00 00 00 00 00 00 00 22 00").data
        try require(reply.count == 34, "disc information has 34 bytes")
        let status: UInt8 = model.isFinalized ? 2 : model.sessions.isEmpty ? 0 : 1
        let session: UInt8 = model.isFinalized ? 3 : model.openSession == nil ? 0 : 1
        try require(reply[2] & 0x0F == session << 2 | status, "disc status \(reply[2]), not \(session << 2 | status)")
        let sessions = model.isFinalized || model.openSession != nil ? model.sessions.count : model.sessions.count + 1
        try require(Int(reply[4]) == sessions, "\(reply[4]) sessions, not \(sessions)")
        let next = bench.nextWritableAddress
        // A finalized disc has no invisible track.
        try require(
            next == model.nextWritableAddress,
            "the next writable address is \(model.nextWritableAddress.map(String.init) ?? "none"), but "
                + (next.map(String.init) ?? "none"))
    }

    /// READ TRACK INFORMATION of every track.
    private func checkTracks() throws {
        for (session, content) in model.sessions.enumerated() {
            for track in content.tracks {
                let reply = bench.send([0x52, 1, 0, 0, 0, UInt8(track.number), 0, 0, 48, 0]).data
                try require(reply.count == 48, "track \(track.number) has information")
                try require(
                    reply[2] == track.number && Int(reply[3]) == session + 1, "numbers of track \(track.number)")
                try require(number(reply[8..<12]) == track.start, "track \(track.number) begins at \(track.start)")
                try require(number(reply[24..<28]) == track.blocks, "track \(track.number) has \(track.blocks) blocks")
                let isWritable = track.state == .open
                try require((reply[7] & 1 == 1) == isWritable, "track \(track.number) has a next writable address")
            }
        }
    }

    /// READ TOC: tracks and lead-out of what has a lead-in.
    private func checkTableOfContents() throws {
        let closed = model.sessions.filter { $0.leadOut != nil }
        guard let leadOut = closed.last?.leadOut else { return }
        let reply = bench.send("43 00 00 00 00 00 01 03 24 00").data
        let entries = stride(from: 4, to: reply.count - 7, by: 8).map { offset in
            [Int(reply[offset + 2]), number(reply[offset + 4..<offset + 8])]
        }
        let expected = closed.flatMap(\.tracks).map { [$0.number, $0.start] } + [[0xAA, leadOut]]
        try require(entries == expected, "the table of contents is \(expected), but \(entries)")
    }

    /// Reads blocks of a closed track.
    private func checkBlocks(_ lba: Int, _ count: Int, of track: DiscModel.Track) throws {
        let answer = bench.read(from: lba, blocks: count)
        let bytes = track.isData ? Self.userBytes : RedBook.sectorBytes
        let silence = [UInt8](repeating: 0, count: bytes)
        let expected = (lba..<lba + count).flatMap {
            $0 < track.start + track.sent ? Bench.block($0).prefix(bytes) : silence[...]
        }
        try require(answer == .good(expected), "blocks \(lba) to \(lba + count) are read as they were written")
    }

    /// Reads all that is closed.
    func checkContent() throws {
        for track in model.tracks where track.state == .complete {
            for lba in stride(from: track.start, to: track.start + track.blocks, by: 100) {
                try checkBlocks(lba, min(100, track.start + track.blocks - lba), of: track)
            }
        }
    }
}
