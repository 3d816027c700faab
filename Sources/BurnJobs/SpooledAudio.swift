import BurnPlan
public import Spool

/// Decoded audio out of the spool.
public struct SpooledAudio: DecodedAudioProviding {
    private let spool: Spool

    /// The audio of a spool's files.
    public init(_ spool: Spool) { self.spool = spool }

    /// The PCM of a file. It is proven by its digest every time, and decoded again when it is not what it was.
    public func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int) {
        guard let name = FileDigest(digest) else { throw Self.problem("\(digest) is no digest") }
        do {
            let audio = try await spool.decoded(name)
            return (audio.path, audio.sampleFrames)
        } catch {
            throw Self.problem("\(digest): \(error)")
        }
    }

    private static func problem(_ detail: String) -> BurnProblem {
        BurnProblem(
            .decodeFailed, "A file of the order cannot be decoded any more: \(detail).",
            hint: "The disc is untouched. Upload the file again and order anew.")
    }
}
