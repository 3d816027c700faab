import BurnPlan
public import Spool

/// Files of orders out of the spool.
public struct SpooledFiles: OrderFilesProviding {
    let spool: Spool

    /// The files of a spool.
    public init(_ spool: Spool) { self.spool = spool }

    /// The PCM of a file. It is proven by its digest every time, and decoded again when it is not what it was.
    public func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int) {
        guard let name = FileDigest(digest) else { throw Self.problem("\(digest) is no digest", "decoded") }
        do {
            let audio = try await spool.decoded(name)
            return (audio.path, audio.sampleFrames)
        } catch {
            throw Self.problem("\(digest): \(error)", "decoded")
        }
    }

    /// A file as it was uploaded, proven by its digest every time.
    public func bytes(of digest: String) async throws -> (path: String, count: Int) {
        guard let name = FileDigest(digest) else { throw Self.problem("\(digest) is no digest", "used") }
        do {
            guard let file = try await spool.proven(name) else {
                throw Self.problem("\(digest) is not what was uploaded", "used")
            }
            return (file.path, file.bytes)
        } catch let error as SpoolError {
            throw Self.problem("\(digest): \(error)", "used")
        }
    }

    private static func problem(_ detail: String, _ use: String) -> BurnProblem {
        BurnProblem(
            .decodeFailed, "A file of the order cannot be \(use) any more: \(detail).",
            hint: "The disc is untouched. Upload the file again and order anew.")
    }
}
