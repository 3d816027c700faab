import BurnPlan
import DiscLayout
import POSIX
import TestSupport
import Testing

/// Raw sessions of burnd's and of other programs, block by block.
@Suite(.timeLimit(.minutes(10))) struct RawDiscTests {
    private static let isReady = Peer.cdrdao.isReady && Peer.wodim.isReady

    /// Blocks of burnd's are those of a program, apart from what is known to be different, each of which has to be so.
    private static func expect(
        _ ours: SentSession.Stretch, equals theirs: SentSession.Stretch, _ disc: RawDisc, _ layout: SessionLayout
    ) throws {
        #expect(ours.blockBytes == theirs.blockBytes)
        let main = RawFrames.mainDifference(disc.mainChannel(ours), theirs, in: disc.mainBlocks(ours))
        #expect(main == nil)
        let theirFrames = try RawFrames(theirs)
        var frames = try RawFrames(ours)
        #expect(frames.crc == .inverted && theirFrames.crc == disc.crc)
        try #require(frames.start == theirFrames.start && frames.end == theirFrames.end)
        for difference in disc.differences {
            let changed = difference.applied(to: frames, of: layout, theirs: theirFrames)
            let isOne = changed.difference(from: frames) != nil
            #expect(isOne, "\(difference) is none here")
            frames = changed
        }
        #expect(frames.difference(from: theirFrames) == nil)
    }

    @Test(.enabled(if: isReady, Peer.why), arguments: RawDisc.all)
    func `every block is that of another program, apart from what has a name`(disc: RawDisc) async throws {
        let folder = TemporaryFolder()
        try Material.write(to: folder)
        let sender = disc.disc.senders[0]
        for (name, text) in sender.files { try Album.write(text, to: folder, as: name) }
        let capture = folder.path + "/theirs"
        try await sender.peer.burn(sender.arguments, on: RecorderProcess(), in: folder, capture: capture)
        let theirs = try SentSession(capture).stretches
        let plan = try disc.disc.plan(in: folder, mode: .raw, sectorType: disc.type)
        let ours = try await Worker.sent(plan, on: RecorderProcess(), in: folder).stretches
        try #require(theirs.count == 1 && ours.count == 1)
        try Self.expect(ours[0], equals: theirs[0], disc, plan.layout())
    }
}
