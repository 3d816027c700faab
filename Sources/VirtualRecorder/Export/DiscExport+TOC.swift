import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

extension DiscExport {
    /// Writes each session as cdrdao takes it: a toc file and the blocks that it names, of 2352 bytes, or 2448 with the
    /// sub-channel in tracks that have something in R to W. Audio is big-endian, as cdrdao has it.
    ///
    /// - Parameter path: that of the first session's toc file; the others stand beside it: `NAME.bin`, `NAME-2.toc`,
    ///   `NAME-2.bin` and so on.
    /// - Returns: the paths.
    public static func exportTOC(_ stored: StoredDisc, to path: String) throws(Failure) -> [String] {
        let sessions = try sessions(of: stored)
        return try exporting { (files) throws(Failure) in
            for session in sessions {
                let number = session.session.number
                let tocPath = session.offset == 0 ? path : self.path(beside: path, ".toc", "-\(number).toc")
                let image = self.path(beside: tocPath, ".toc", ".bin")
                var writer = TOCFileWriter(session, imageName: try sheetName(of: image))
                let packs = try system { () throws(SystemError) in try stored.text(of: session.session) }
                try writer.begin(TextBlock.blocks(of: packs).blocks)
                let (toc, bin) = try system { () throws(SystemError) in (try files.make(tocPath), try files.make(image))
                }
                for track in session.tracks {
                    let hasPacks = try hasPacks(track, of: session, stored)
                    try writer.add(track, hasPacks: hasPacks)
                    try copy(track, of: session, stored, needsSub: hasPacks) { (main, sub) throws(SystemError) in
                        if track.form == .audio { swapBytes(of: main) }
                        try write(main, sub, to: bin)
                    }
                }
                try system { () throws(SystemError) in try toc.write(Array(writer.text.utf8)) }
            }
        }
    }

    private static func hasPacks(
        _ track: Disc.Track, of session: ExportedSession, _ stored: StoredDisc
    ) throws(Failure) -> Bool {
        var found = false
        try copy(track, of: session, stored, needsSub: true) { (_, sub) throws(SystemError) in
            if !found { found = UnsafeRawBufferPointer(sub).hasPacks }
        }
        return found
    }

    private static func swapBytes(of samples: UnsafeMutableRawBufferPointer) {
        for offset in stride(from: 0, to: samples.count, by: 2) { samples.swapAt(offset, offset + 1) }
    }

    /// Blocks one by one with their sub-channel, if there is any.
    private static func write(
        _ main: UnsafeMutableRawBufferPointer, _ sub: UnsafeMutableRawBufferPointer, to file: ExportFile
    ) throws(SystemError) {
        guard !sub.isEmpty else { return try file.write(UnsafeRawBufferPointer(main)) }
        var blocks: [UInt8] = []
        blocks.reserveCapacity(main.count + sub.count)
        for index in 0..<main.count / RedBook.sectorBytes {
            blocks += main.block(index, of: RedBook.sectorBytes)
            // P and Q are made anew by who writes it.
            blocks += sub.block(index, of: RedBook.subChannelBytes).map { $0 & 0x3F }
        }
        try file.write(blocks)
    }
}

/// Makes the text of a toc file.
private struct TOCFileWriter {
    private(set) var text = ""
    private let exported: ExportedSession
    private let imageName: String
    private var offset = 0
    private var blocks: [TextBlock] = []

    init(_ exported: ExportedSession, imageName: String) { (self.exported, self.imageName) = (exported, imageName) }

    private mutating func line(_ line: String) { text += line + "\n" }

    mutating func begin(_ blocks: [TextBlock]) throws(DiscExport.Failure) {
        self.blocks = blocks
        let isData = exported.tracks.contains { $0.form != .audio }
        let isMode2 = exported.tracks.contains { $0.form == .mode2 || $0.form == .xa }
        switch exported.session.discType {
        case 0x10: line("CD_I")
        case 0x20: line("CD_ROM_XA")
        default: line(isMode2 ? "CD_ROM_XA" : isData ? "CD_ROM" : "CD_DA")
        }
        if let number = exported.session.catalogNumber { line("CATALOG \"\(number)\"") }
        if !blocks.isEmpty {
            line("CD_TEXT {")
            let map = blocks.map { "\($0.number) : \($0.languageCode)" }
            line("  LANGUAGE_MAP { \(map.joined(separator: " ")) }")
            addTexts(of: 0)
            line("}")
        }
    }

    mutating func add(_ track: Disc.Track, hasPacks: Bool) throws(DiscExport.Failure) {
        let mode = try mode(of: track)
        line("\n// Track \(track.number)")
        line("TRACK \(mode)\(hasPacks ? " RW_RAW" : "")")
        if track.isFirstCopy { line("// SCMS: the copy bit alternates, for which there is no word") }
        line(track.control.contains(.copyPermitted) && !track.isFirstCopy ? "COPY" : "NO COPY")
        if track.form == .audio {
            line(track.control.contains(.preEmphasis) ? "PRE_EMPHASIS" : "NO PRE_EMPHASIS")
            line(track.control.contains(.fourChannel) ? "FOUR_CHANNEL_AUDIO" : "TWO_CHANNEL_AUDIO")
            if let isrc = track.isrc { line("ISRC \"\(isrc)\"") }
        }
        if !blocks.isEmpty {
            line("CD_TEXT {")
            addTexts(of: track.number)
            line("}")
        }
        let span = exported.blocks(of: track)
        let length = MSF(frameCount: span.count)
        if track.form == .audio, !hasPacks {
            line("FILE \"\(imageName)\" #\(offset) 0 \(length)")
        } else {
            line("DATAFILE \"\(imageName)\" #\(offset) \(length)")
        }
        offset += span.count * (RedBook.sectorBytes + (hasPacks ? RedBook.subChannelBytes : 0))
        if span.lowerBound < track.start { line("START \(MSF(frameCount: track.start - span.lowerBound))") }
        for (number, lba) in exported.indexes(of: track) where number > 1 {
            line("INDEX \(MSF(frameCount: lba - track.start))")
        }
    }

    private func mode(of track: Disc.Track) throws(DiscExport.Failure) -> String {
        switch track.form {
        case .audio: return "AUDIO"
        case .mode1: return "MODE1_RAW"
        case .mode2, .xa: return "MODE2_RAW"
        case .mode0: throw .inexpressible(track: track.number, reason: "a toc file has no tracks of Mode 0")
        }
    }

    /// Every language: what one track or the disc has of an item, all others must have too, if only as nothing.
    private mutating func addTexts(of track: Int) {
        for block in blocks {
            line("  LANGUAGE \(block.number) {")
            for (word, item) in Self.items where block.texts[item] != nil && (track == 0 || item.isPerTrack) {
                let name = item == .code && track > 0 ? "ISRC" : word
                line("    \(name) \"\(Self.escaped(block.texts[item]?[track] ?? []))\"")
            }
            if track == 0 {
                let binaries: [(String, TextBlock.Item)] = [
                    ("GENRE", .genre), ("TOC_INFO1", .tableOfContents), ("TOC_INFO2", .secondTableOfContents),
                ]
                for (word, item) in binaries {
                    guard let bytes = block.binaries[item] else { continue }
                    line("    \(word) { \(bytes.map { "\($0)" }.joined(separator: ", ")) }")
                }
            }
            line("  }")
        }
    }

    private static let items: [(String, TextBlock.Item)] = [
        ("TITLE", .title), ("PERFORMER", .performer), ("SONGWRITER", .songwriter), ("COMPOSER", .composer),
        ("ARRANGER", .arranger), ("MESSAGE", .message), ("DISC_ID", .discID), ("CLOSED", .closed), ("UPC_EAN", .code),
    ]

    /// Bytes in a string: those that are not of ASCII, quotes and backslashes as three octal digits.
    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if (0x20..<0x7F).contains(byte), byte != 0x22, byte != 0x5C { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }.joined()
    }
}
