import BinaryCoding
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// Programs that do the right things in the wrong order, at the wrong place or in the wrong size. All of their commands but
/// the last are good; the last is refused with the sense that the standard has for it, and changes nothing on the disc.
struct WrongProgram: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        /// MODE SELECT of page 05h.
        case select([UInt8])
        /// SEND CUE SHEET.
        case cue([UInt8])
        /// WRITE (10): address, blocks, bytes for each.
        case write(Int, Int, Int)
        /// Anything without data.
        case send(String)
    }
    let name: String
    let steps: [Step]
    let sense: Bench.Answer
    var testDescription: String { name }

    init(_ name: String, _ steps: [Step], _ key: UInt8, _ code: UInt8, _ qualifier: UInt8) {
        (self.name, self.steps, sense) = (name, steps, .refused(key, code, qualifier))
    }

    private static let synchronize = Step.send("35 00 00 00 00 00 00 00 00 00")
    private static let closeSession = Step.send("5B 00 02 00 00 00 00 00 00 00")
    private static let closeTrack = Step.send("5B 00 01 00 00 FF 00 00 00 00")
    private static let reserve = Step.send("53 00 00 00 00 00 00 01 90 00")
    private static let audio = 2352
    private static let tao = Step.select(Bench.tao())
    private static let data = Step.select(Bench.tao(control: 4, changes: [12: 8]))
    private static let sao = Step.select(Bench.sao())
    /// Block type 3: raw P to W.
    private static let raw = Step.select(Bench.tao(changes: [10: 0x43, 12: 3]))
    private static let multi = Step.select(Bench.tao(multiSession: 3))
    /// One audio track of 300 sectors.
    private static let sheet = Step.cue(
        hex("01 00 00 01 00 00 00 00 01 01 00 00 00 00 00 00 01 01 01 00 00 00 02 00 01 AA 01 01 00 00 06 00"))
    /// The same with CD-TEXT in the lead-in.
    private static let textSheet = Step.cue(
        hex("01 00 00 41 00 00 00 00 01 01 00 00 00 00 00 00 01 01 01 00 00 00 02 00 01 AA 01 01 00 00 06 00"))
    /// A data track, then an audio track, both of 300 sectors, with a pause of 150 between them.
    private static let mixedSheet = Step.cue(
        hex(
            """
            41 00 00 14 00 00 00 00  41 01 00 10 00 00 00 00  41 01 01 10 00 00 02 00
            01 02 00 00 00 00 06 00  01 02 01 00 00 00 08 00  01 AA 01 01 00 00 0C 00
            """))
    /// A track of 300 blocks at an address, closed.
    private static func track(_ lba: Int) -> [Step] { [.write(lba, 300, audio), synchronize] }
    private static let closedDisc = [tao] + track(0) + [closeSession]

    static let trackAtOnce: [WrongProgram] = [
        .init("starts behind the first block", [tao, .write(1, 1, audio)], 5, 0x21, 2),
        .init("writes the pause itself", [tao, .write(-150, 1, audio)], 5, 0x21, 2),
        .init("leaves a block out", [tao, .write(0, 27, audio), .write(28, 27, audio)], 5, 0x21, 2),
        .init("writes a block twice", [tao, .write(0, 27, audio), .write(26, 27, audio)], 5, 0x21, 2),
        .init("forgets the run-out", [tao] + track(0) + [.write(450, 1, audio)], 5, 0x21, 2),
        .init("forgets the pause", [tao] + track(0) + [.write(302, 1, audio)], 5, 0x21, 2),
        .init("sends half a block", [tao, .write(0, 1, 1176)], 5, 0x24, 0),
        .init("sends data blocks in an audio track", [tao, .write(0, 1, 2048)], 5, 0x24, 0),
        .init("sends audio blocks in a data track", [data, .write(0, 1, audio)], 5, 0x24, 0),
        .init("has sub-channel with audio track at once", [.select(Bench.tao(changes: [12: 3]))], 5, 0x26, 0),
        .init(
            "changes the page in the middle", [tao, .write(0, 1, audio), .select(Bench.tao(control: 2))], 5, 0x2C, 0),
        .init("closes a session around an open track", [tao, .write(0, 1, audio), closeSession], 5, 0x72, 3),
        .init("closes a session without a track", [tao, closeSession], 5, 0x2C, 0),
        .init("closes a session around a reservation", [tao, reserve, closeSession], 5, 0x72, 4),
        .init("reserves in the middle of a track", [tao, .write(0, 1, audio), reserve], 5, 0x2C, 0),
        .init("fills a reservation and goes on", [tao, reserve, .write(0, 401, audio)], 5, 0x63, 0),
        .init("closes a track that is not there", [tao, .send("5B 00 01 00 00 02 00 00 00 00")], 5, 0x24, 0),
        .init("writes on a finished disc", closedDisc + [.write(452, 1, audio)], 5, 0x30, 5),
        .init("closes a finished disc", closedDisc + [closeSession], 5, 0x30, 5),
        .init("reserves on a finished disc", closedDisc + [reserve], 5, 0x30, 5),
        .init(
            "takes the second session for the first", [multi] + track(0) + [closeSession, .write(0, 1, audio)], 5, 0x21,
            2),
        .init(
            "takes the lead-out for the next session", [multi] + track(0) + [closeSession, .write(302, 1, audio)], 5,
            0x21,
            2),
        .init("blanks what is written once", [tao, .send("A1 00 00 00 00 00 00 00 00 00 00 00")], 5, 0x30, 5),
        .init("takes a packet for a track", [.select(Bench.tao(changes: [10: 0x40]))], 5, 0x26, 0),
        .init("has a page of another length", [.select(Array(Bench.tao().dropLast(2)))], 5, 0x1A, 0),
    ]

    static let sessionAtOnce: [WrongProgram] = [
        .init("sends a cue sheet in track at once", [tao, sheet], 5, 0x2C, 0),
        .init("writes without a cue sheet", [sao, .write(-150, 1, audio)], 5, 0x2C, 0),
        .init("forgets the pause before the first track", [sao, sheet, .write(0, 1, audio)], 5, 0x21, 2),
        .init("forgets the text that the sheet announces", [sao, textSheet, .write(-150, 1, audio)], 5, 0x21, 2),
        .init("begins the text too late", [sao, textSheet, .write(-11_634, 1, 96)], 5, 0x21, 2),
        .init("sends whole blocks as text", [sao, textSheet, .write(-11_635, 1, audio)], 5, 0x24, 0),
        .init("writes text that no sheet announced", [sao, sheet, .write(-11_635, 1, 96)], 5, 0x21, 2),
        .init("leaves a block out", [sao, sheet, .write(-150, 27, audio), .write(-122, 1, audio)], 5, 0x21, 2),
        .init("writes a block twice", [sao, sheet, .write(-150, 27, audio), .write(-124, 1, audio)], 5, 0x21, 2),
        .init("sends half a block", [sao, sheet, .write(-150, 1, 1176)], 5, 0x24, 0),
        .init("writes behind the lead-out", [sao, sheet, .write(-150, 450, audio), .write(300, 1, audio)], 5, 0x21, 0),
        .init("writes over the lead-out", [sao, sheet, .write(-150, 440, audio), .write(290, 11, audio)], 5, 0x21, 0),
        .init("takes data for audio", [sao, mixedSheet, .write(-150, 1, audio)], 5, 0x24, 0),
        .init(
            "has two sizes in one WRITE", [sao, mixedSheet, .write(-150, 400, 2048), .write(250, 60, 2048)], 5, 0x24, 0),
        .init("changes the page in the middle", [sao, sheet, .write(-150, 1, audio), tao], 5, 0x2C, 0),
        .init("sends another sheet in the middle", [sao, sheet, .write(-150, 1, audio), sheet], 5, 0x2C, 0),
        .init(
            "closes what closes itself", [sao, sheet, .write(-150, 450, audio), synchronize, closeSession], 5, 0x30, 5),
        .init("writes on a finished disc", closedDisc + [sao, sheet], 5, 0x30, 5),
        .init("begins a session inside an open one", [tao] + track(0) + [sao, sheet], 5, 0x2C, 0),
        .init("has a sheet that is cut off", [sao, .cue(hex("01 00 00 01 00 00 00"))], 5, 0x24, 0),
        .init(
            "has a sheet without a lead-out",
            [sao, .cue(hex("01 00 00 01 00 00 00 00 01 01 00 00 00 00 00 00 01 01 01 00 00 00 02 00"))], 5, 0x26, 0),
    ]

    static let rawRecording: [WrongProgram] = [
        .init("begins in the pause", [raw, .write(-150, 1, 2448)], 5, 0x21, 2),
        .init("begins before the groove", [raw, .write(-11_636, 1, 2448)], 5, 0x21, 2),
        .init("leaves a block out", [raw, .write(-11_635, 26, 2448), .write(-11_608, 1, 2448)], 5, 0x21, 2),
        .init("writes a block twice", [raw, .write(-11_635, 26, 2448), .write(-11_610, 1, 2448)], 5, 0x21, 2),
        .init("sends blocks without sub-channel", [raw, .write(-11_635, 1, audio)], 5, 0x24, 0),
        .init("sends sixteen bytes for ninety-six", [raw, .write(-11_635, 1, 2368)], 5, 0x24, 0),
        .init("sends a cue sheet", [raw, sheet], 5, 0x2C, 0),
        .init("changes the page in the middle", [raw, .write(-11_635, 1, 2448), tao], 5, 0x2C, 0),
        .init("reserves a track", [raw, reserve], 5, 0x2C, 0),
        .init("has no sub-channel at all", [.select(Bench.tao(changes: [10: 0x43, 12: 0]))], 5, 0x26, 0),
        .init("writes on a finished disc", closedDisc + [raw, .write(-11_635, 1, 2448)], 5, 0x30, 5),
    ]
}

@Suite struct WrongProgramTests {
    private static func take(_ step: WrongProgram.Step, on bench: Bench) -> Bench.Answer {
        switch step {
        case .select(let list): bench.select(list)
        case .cue(let sheet): bench.sendCueSheet(sheet)
        case .write(let lba, let blocks, let bytes):
            bench.write([UInt8](repeating: 0, count: blocks * bytes), at: lba, blocks: blocks)
        case .send(let cdb): bench.send(cdb)
        }
    }

    /// What `disc.json` and the journal say.
    private static func record(_ bench: Bench) throws -> [[UInt8]] {
        try ["disc.json", "journal"].map { try DurableFile.contents(of: "\(bench.disc)/\($0)", limit: 1 << 20) }
    }

    private static func expectRefusal(_ program: WrongProgram) throws {
        let bench = try Bench()
        for (index, step) in program.steps.dropLast().enumerated() {
            #expect(take(step, on: bench).isGood, "step \(index)")
        }
        let before = try record(bench)
        let last = try #require(program.steps.last)
        #expect(take(last, on: bench) == program.sense)
        #expect(try record(bench) == before, "the disc is as it was")
    }

    @Test(arguments: WrongProgram.trackAtOnce) func `in track at once a program that`(_ program: WrongProgram) throws {
        try Self.expectRefusal(program)
    }

    @Test(arguments: WrongProgram.sessionAtOnce) func `in session at once a program that`(_ program: WrongProgram)
        throws
    {
        try Self.expectRefusal(program)
    }

    @Test(arguments: WrongProgram.rawRecording) func `in raw recording a program that`(_ program: WrongProgram) throws {
        try Self.expectRefusal(program)
    }
}
