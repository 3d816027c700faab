import FoundationEssentials
import Glibc
import POSIX

/// The folder `cdda`: audio that was decoded before, with what proves that it still is what it was.
struct PCMCache: Sendable {
    /// What lies beside the PCM.
    private struct Entry: Codable {
        let sampleFrames: Int
        let pcm: FileDigest
        let recipe: String
        let source: DecodedAudio.Source
    }

    let folder: String
    /// What the decoder said that it makes, and by which versions of its libraries.
    let recipe: String

    /// Bytes of the longest entry that is believed to be one.
    private static let entryBytes = 64 * 1024
    /// Digits of the recipe's digest in a name. The whole recipe is in the entry.
    private static let recipeDigits = 12
    /// Bytes hashed at a time.
    private static let blockBytes = 1024 * 1024

    private func path(_ digest: FileDigest, _ suffix: String) -> String {
        "\(folder)/\(digest.hex)-\(FileDigest.of(Array(recipe.utf8)).hex.prefix(Self.recipeDigits)).\(suffix)"
    }

    /// The audio of a file as it was decoded before; nil when it never was, or when what lies there is not what was made.
    func lookUp(_ digest: FileDigest) -> DecodedAudio? {
        guard let bytes = try? DurableFile.contents(of: path(digest, "json"), limit: Self.entryBytes),
            let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)), entry.recipe == recipe,
            let file = try? FileDescriptor(opening: path(digest, "pcm"), O_RDONLY),
            (try? file.size()) == entry.sampleFrames.multipliedReportingOverflow(by: 4).partialValue,
            (try? Self.digest(of: file)) == entry.pcm
        else { return nil }
        return audio(digest, entry)
    }

    /// Publishes what was decoded into a draft: first the PCM and then the entry, each synced, so that an entry is never
    /// without its PCM.
    func publish(
        _ draft: Draft, of digest: FileDigest, sampleFrames: Int, source: DecodedAudio.Source
    ) throws(SpoolError) -> DecodedAudio {
        let pcm = try spooling { () throws(SystemError) in try Self.digest(of: draft.file) }
        let entry = Entry(sampleFrames: sampleFrames, pcm: pcm, recipe: recipe, source: source)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let json = try? encoder.encode(entry) else {
            preconditionFailure("numbers, names and digests are always JSON")
        }
        try spooling { () throws(SystemError) in
            try draft.publish(as: path(digest, "pcm"))
            try DurableFile.replace(path(digest, "json"), with: Array(json))
        }
        return audio(digest, entry)
    }

    private func audio(_ digest: FileDigest, _ entry: Entry) -> DecodedAudio {
        DecodedAudio(
            digest: digest, path: path(digest, "pcm"), sampleFrames: entry.sampleFrames, pcmDigest: entry.pcm,
            source: entry.source)
    }

    /// SHA-256 of a whole file.
    private static func digest(of file: FileDescriptor) throws(SystemError) -> FileDigest {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 16)
        defer { block.deallocate() }
        let digest = SHA256()
        var offset = 0
        while true {
            let count = try file.read(into: block, at: offset)
            if count == 0 { return digest.finalize() }
            digest.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
            offset += count
        }
    }
}
