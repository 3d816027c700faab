import POSIX
import TestSupport

/// The same two songs for every program, and the disc of cd-recording's worked example in small: texts, codes, a pause with
/// its own index and a copy bit.
enum Album {
    /// 400 sectors.
    static let first = Recording(seed: 21, stereoSamples: 588 * 400)
    /// 350 sectors.
    static let second = Recording(seed: 22, stereoSamples: 588 * 350)
    static let catalogNumber = "4012345678901"
    static let recordingCodes = ["DEABC1234567", "DEABC1234568"]

    /// `1.wav` and `2.wav`.
    static func write(to folder: TemporaryFolder) throws {
        try first.write(to: folder, as: "1.wav")
        try second.write(to: folder, as: "2.wav")
    }

    /// A text file.
    static func write(_ text: String, to folder: TemporaryFolder, as name: String) throws {
        try DurableFile.replace("\(folder.path)/\(name)", with: Array(text.utf8))
    }

    /// CD-TEXT of "Demo Album" by "The Band": "First" by the same, "Second Track" by "Guest"; one block, English.
    static let textPacks: [[UInt8]] = [
        hex("80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF"),
        hex("80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE"),
        hex("80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C"),
    ]

    /// The titles in a list of packs: payloads of type 80h, split where they end.
    static func titles(in packs: [[UInt8]], type: UInt8 = 0x80) -> [String] {
        let bytes = packs.filter { $0[0] == type }.flatMap { $0[4..<16] }
        return bytes.split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A table of contents for cdrdao with everything in it.
    static let cdrdaoToc = """
        CD_DA
        CATALOG "\(catalogNumber)"
        CD_TEXT {
          LANGUAGE_MAP { 0 : EN }
          LANGUAGE 0 { TITLE "Demo Album" PERFORMER "The Band" }
        }
        TRACK AUDIO
        ISRC "\(recordingCodes[0])"
        CD_TEXT { LANGUAGE 0 { TITLE "First" PERFORMER "The Band" } }
        FILE "1.wav" 0
        TRACK AUDIO
        COPY
        ISRC "\(recordingCodes[1])"
        CD_TEXT { LANGUAGE 0 { TITLE "Second Track" PERFORMER "Guest" } }
        PREGAP 00:02:00
        FILE "2.wav" 0
        INDEX 00:02:00
        INDEX 00:03:10

        """
}
