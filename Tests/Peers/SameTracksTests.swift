import BurnPlan
import DiscLayout
import POSIX
import TestSupport
import Testing

/// Tracks at once from burnd and from other programs: codes, control bits, sessions left open, tracks that are added.
@Suite(.timeLimit(.minutes(5))) struct SameTracksTests {
    /// One run of a program, and the plan that says the same.
    struct Run: Sendable {
        let arguments: [String]
        let tracks: [BurnPlan.Track]
        var close = CloseMode.disc
        var catalogNumber: String?
    }

    /// One or two runs on the same disc.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let peer: Peer
        let runs: [Run]
        var testDescription: String { "\(peer.rawValue), \(name)" }
    }

    private static func track(
        _ number: Int, _ copy: SessionLayout.CopyPermission = .prohibited, hasPreEmphasis: Bool = false,
        code: String? = nil
    ) -> BurnPlan.Track {
        Material.track(
            number, "\(number).pcm", 0..<(number == 1 ? 460 : 305), pregap: [], copy: copy,
            hasPreEmphasis: hasPreEmphasis, code: code)
    }

    private static let wodim = ["dev=/dev/sr0", "gracetime=2", "-tao"]
    private static let cdrskin = ["dev=/dev/sr0", "-tao"]
    private static let code = Album.recordingCodes
    private static let data: BurnPlan.Track = {
        var track = SameDisc.dataTrack
        (track.pregap, track.pregapContent) = (0, [])
        return track
    }()

    static let cases = [
        Case(
            name: "codes, a copy bit and pre-emphasis", peer: .wodim,
            runs: [
                Run(
                    arguments: wodim + [
                        "mcn=\(Album.catalogNumber)", "-audio", "isrc=\(code[0])", "1.wav", "-copy", "-preemp",
                        "isrc=\(code[1])", "2.wav",
                    ],
                    tracks: [track(1, code: code[0]), track(2, .permitted, hasPreEmphasis: true, code: code[1])],
                    catalogNumber: Album.catalogNumber)
            ]),
        Case(
            name: "a copy bit and pre-emphasis", peer: .cdrskin,
            runs: [
                Run(
                    arguments: cdrskin + ["-audio", "-copy", "-preemp", "1.wav", "2.wav"],
                    tracks: [
                        track(1, .permitted, hasPreEmphasis: true), track(2, .permitted, hasPreEmphasis: true),
                    ])
            ]),
        Case(
            name: "copies of protected songs", peer: .cdrskin,
            runs: [
                Run(
                    arguments: cdrskin + ["-audio", "-scms", "1.wav", "2.wav"],
                    tracks: [track(1, .scms), track(2, .scms)])
            ]),
        Case(
            name: "data", peer: .wodim, runs: [Run(arguments: wodim + ["-data", "data.iso"], tracks: [data])]),
        Case(
            name: "data", peer: .cdrskin, runs: [Run(arguments: cdrskin + ["-data", "data.iso"], tracks: [data])]),
        Case(
            name: "a second session", peer: .wodim,
            runs: [
                Run(arguments: wodim + ["-multi", "-audio", "1.wav"], tracks: [track(1)], close: .session),
                Run(arguments: wodim + ["-audio", "2.wav"], tracks: [track(2)]),
            ]),
        Case(
            name: "a second session", peer: .cdrskin,
            runs: [
                Run(arguments: cdrskin + ["-multi", "-audio", "1.wav"], tracks: [track(1)], close: .session),
                Run(arguments: cdrskin + ["-audio", "2.wav"], tracks: [track(2)]),
            ]),
        Case(
            name: "a track more in an open session", peer: .wodim,
            runs: [
                Run(arguments: wodim + ["-nofix", "-audio", "1.wav"], tracks: [track(1)], close: .none),
                Run(arguments: wodim + ["-audio", "2.wav"], tracks: [track(2)]),
            ]),
    ]

    @Test(.enabled(if: Peer.wodim.isReady && Peer.cdrskin.isReady, Peer.why), arguments: cases)
    func `tracks, their pages and the close are those of another program`(it: Case) async throws {
        let (folder, theirs, ours) = (TemporaryFolder(), try await RecorderProcess(), try await RecorderProcess())
        try Material.write(to: folder)
        for (number, run) in it.runs.enumerated() {
            let capture = "\(folder.path)/theirs\(number)"
            try await it.peer.burn(run.arguments, on: theirs, in: folder, capture: capture)
            let disc = SameDisc(
                name: it.name, tracks: run.tracks, catalogNumber: run.catalogNumber, close: run.close, senders: [])
            var plan = try disc.plan(in: folder, mode: .tao)
            plan.mayAppend = number > 0
            // On a disc that has tracks the drive counts on.
            for place in plan.tracks.indices { plan.tracks[place].number = place + 1 }
            let burnFolder = TemporaryFolder()
            let burn = try await Worker.burn(plan, on: ours, in: burnFolder)
            try #require(burn.outcome?.result == .completed, "\(burn.output)")
            let (mine, its) = (try SentTracks(burnFolder.path + "/ours"), try SentTracks(capture))
            var bits: UInt8 = it.peer == .wodim ? SentTracks.copyBits : 0
            if run.close == .none { bits |= SentTracks.multiSession }
            let difference = mine.without(bits).difference(from: its)
            #expect(difference == nil, "run \(number + 1)")
            #expect(mine.tracks.count == run.tracks.count)
        }
    }
}
