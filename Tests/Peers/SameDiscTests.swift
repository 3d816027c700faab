import BurnPlan
import POSIX
import TestSupport
import Testing

/// The same disc from burnd and from another program: what each of them sends to a recorder.
@Suite(.timeLimit(.minutes(5))) struct SameDiscTests {
    /// A disc and one program that can make it.
    struct Pair: Sendable, CustomTestStringConvertible {
        let disc: SameDisc
        let sender: SameDisc.Sender
        var testDescription: String { "\(disc.name), \(sender.peer.rawValue)" }
    }

    static let pairs = (SameDisc.positions + SameDisc.flags + SameDisc.otherForms + SameDisc.texts).flatMap { disc in
        disc.senders.map { Pair(disc: disc, sender: $0) }
    }
    private static let isReady = Peer.cdrdao.isReady && Peer.cdrskin.isReady && Peer.wodim.isReady

    /// What the program sends for the disc, and the folder with the files.
    private static func sent(_ pair: Pair) async throws -> (SentSession, TemporaryFolder) {
        let folder = TemporaryFolder()
        try Material.write(to: folder)
        for (name, text) in pair.sender.files { try Album.write(text, to: folder, as: name) }
        let capture = folder.path + "/theirs"
        try await pair.sender.peer.burn(pair.sender.arguments, on: RecorderProcess(), in: folder, capture: capture)
        return (try SentSession(capture), folder)
    }

    /// A cue sheet of burnd's is that of the program, apart from what is known to be different, each of which has to be so.
    private static func expect(
        _ ours: [UInt8], equals theirs: [UInt8], apartFrom differences: [CueSheetDifference],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var rows = CueSheetDifference.rows(ours)
        for difference in differences {
            let before = rows
            rows = difference.applied(to: rows)
            #expect(rows != before, "\(difference) is none here", sourceLocation: sourceLocation)
        }
        #expect(rows == CueSheetDifference.rows(theirs), sourceLocation: sourceLocation)
    }

    @Test(.enabled(if: isReady, Peer.why), arguments: pairs)
    func `burnd sends the cue sheet, the lead-in and the program area of another program`(pair: Pair) async throws {
        let (theirs, folder) = try await Self.sent(pair)
        let ours = try await Worker.sent(pair.disc.plan(in: folder), on: RecorderProcess(), in: folder)
        let sheet = try pair.disc.cueSheet(in: folder)
        #expect(CueSheetDifference.rows(ours.cueSheet) == CueSheetDifference.rows(sheet))
        Self.expect(sheet, equals: theirs.cueSheet, apartFrom: pair.sender.differences)
        #expect(SentSession.Stretch.difference(ours.stretches, theirs.stretches) == nil)
        #expect(SentSession.Stretch.difference(ours.stretches, try pair.disc.stretches()) == nil)
        Self.expectSameMode(ours, theirs)
    }

    /// Of page 05h what makes a difference when there is a cue sheet (MMC-6, "Write Parameters Mode Page"): protection
    /// against an empty buffer, test writing and the write type; whether a session may follow; the session's format. Track
    /// mode and data block type are in the cue sheet, and the programs leave all kinds of things there.
    private static func expectSameMode(_ ours: SentSession, _ theirs: SentSession) {
        let (mine, its) = (ours.writeParameters, theirs.writeParameters)
        #expect(mine.count == 52 && its.count == 52)
        guard mine.count == 52 && its.count == 52 else { return }
        #expect(mine[2] == its[2] && mine[3] & 0xC0 == its[3] & 0xC0 && mine[8] == its[8])
    }
}
