import BurnPlan
import POSIX
import ServerSupport
import TestSupport
import Testing

/// burnd's worker, run like the other programs: a plan in a folder, and a drive at /dev/sr0 through the shim.
enum Worker {
    /// How it ended, and what it told meanwhile.
    struct Burn {
        let output: String
        let events: [JournalLine.Event]

        /// What its journal ends with.
        var outcome: BurnOutcome? {
            guard case .outcome(let outcome) = events.last else { return nil }
            return outcome
        }
    }

    /// Where the plan and the journal of a burn are; the capture is beside them.
    static func folder(_ folder: TemporaryFolder) -> String { folder.path + "/burn" }

    /// Carries out a plan, whatever comes of it.
    ///
    /// - Parameter files: where the plan's folder and the capture `ours` are made.
    static func burn(
        _ plan: BurnPlan, on recorder: RecorderProcess, in files: TemporaryFolder,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Burn {
        let folder = Self.folder(files)
        try? DurableFile.makeFolder(folder)
        try DurableFile.replace(folder + "/plan.json", with: WireFormat.encode(plan))
        let socket = recorder.socket
        let environment = try await BlockingThread.run { try PreloadShim.environment(socket) }
        let ended = try await Program.run(
            "/usr/bin/timeout",
            ["-k", "5", "120", "/usr/bin/env", "SGSHIM_CAPTURE=\(files.path)/ours"] + environment
                + [Program.products + "/burnd", "burn-worker", "--burn", folder])
        try #require(ended.status == 0, "burnd: \(ended.output)", sourceLocation: sourceLocation)
        var reader = JournalReader()
        let lines = try reader.read(DurableFile.contents(of: folder + "/journal", limit: 1 << 22))
        return Burn(output: ended.output, events: lines.map(\.event))
    }

    /// Carries out a plan, which has to succeed, and what it sent.
    static func sent(
        _ plan: BurnPlan, on recorder: RecorderProcess, in files: TemporaryFolder,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SentSession {
        let burn = try await burn(plan, on: recorder, in: files, sourceLocation: sourceLocation)
        try #require(
            burn.outcome?.result == .completed, "burnd: \(burn.output) \(String(describing: burn.outcome))",
            sourceLocation: sourceLocation)
        return try SentSession(files.path + "/ours", sourceLocation: sourceLocation)
    }
}
