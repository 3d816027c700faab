import DiscLayout
import POSIX
import SectorCoding

extension DiscExport {
    /// Writes a cue sheet, a file of 2352 bytes for every block of all sessions, and CD-TEXT as a file of packs for every
    /// session that has any. Audio is little-endian.
    ///
    /// - Parameter path: that of the sheet; the others stand beside it: `NAME.bin`, `NAME.cdt`, `NAME-2.cdt`.
    /// - Returns: the paths.
    public static func exportCue(_ stored: StoredDisc, to path: String) throws(Failure) -> [String] {
        let sessions = try sessions(of: stored)
        let image = self.path(beside: path, ".cue", ".bin")
        var sheet = CueSheetWriter(imageName: try sheetName(of: image), isMultiSession: stored.disc.sessions.count > 1)
        return try exporting { (files) throws(Failure) in
            let (cue, bin) = try system { () throws(SystemError) in (try files.make(path), try files.make(image)) }
            for session in sessions {
                let text = try writeText(of: session, stored, beside: path, files)
                try sheet.add(session, text)
                for track in session.tracks {
                    try copy(track, of: session, stored, needsSub: false) { (main, _) throws(SystemError) in
                        try bin.write(UnsafeRawBufferPointer(main))
                    }
                }
            }
            try system { () throws(SystemError) in try cue.write(Array(sheet.text.utf8)) }
        }
    }

    /// The texts of a session and the name of the file with its packs.
    private static func writeText(
        of session: ExportedSession, _ stored: StoredDisc, beside path: String, _ files: ExportFiles
    ) throws(Failure) -> (fileName: String, block: TextBlock?)? {
        let packs = try system { () throws(SystemError) in try stored.text(of: session.session) }
        guard !packs.isEmpty else { return nil }
        let number = session.session.number
        let textPath = self.path(beside: path, ".cue", number == 1 ? ".cdt" : "-\(number).cdt")
        let name = try sheetName(of: textPath)
        try system { () throws(SystemError) in try files.make(textPath).write(packs) }
        return (name, TextBlock.blocks(of: packs).blocks.first)
    }
}

/// Makes the text of a cue sheet.
private struct CueSheetWriter {
    private(set) var text = ""
    private let imageName: String
    private let isMultiSession: Bool

    init(imageName: String, isMultiSession: Bool) {
        (self.imageName, self.isMultiSession) = (imageName, isMultiSession)
    }

    private mutating func line(_ line: String) { text += line + "\n" }

    mutating func add(
        _ exported: ExportedSession, _ texts: (fileName: String, block: TextBlock?)?
    ) throws(DiscExport.Failure) {
        let (session, isFirst) = (exported.session, exported.offset == 0)
        if isMultiSession {
            line("REM SESSION \(DiscExport.number(session.number))")
            if session.number > 1 { line("REM LEAD-IN \(MSF(frameCount: RedBook.laterLeadInSectors))") }
            line("REM PREGAP \(MSF(frameCount: RedBook.pauseSectors))")
        }
        // Of later sessions a sheet has no place for these.
        let prefix = isFirst ? "" : "REM "
        if let number = session.catalogNumber { line("\(prefix)CATALOG \(number)") }
        if let texts {
            line("\(prefix)CDTEXTFILE \"\(texts.fileName)\"")
            addTexts(of: 0, texts.block, prefix)
        }
        if isFirst { line("FILE \"\(imageName)\" BINARY") }
        for track in exported.tracks { try add(track, of: exported, texts?.block) }
        if isMultiSession {
            line("REM LEAD-OUT \(MSF(frameCount: Disc.leadOutBlocks(ofSession: session.number)))")
        }
    }

    private mutating func add(
        _ track: Disc.Track, of exported: ExportedSession, _ block: TextBlock?
    ) throws(DiscExport.Failure) {
        let mode =
            switch track.form {
            case .audio: "AUDIO"
            case .mode1: "MODE1/2352"
            case .mode2, .xa: "MODE2/2352"
            case .mode0: throw .inexpressible(track: track.number, reason: "a cue sheet has no tracks of Mode 0")
            }
        line("  TRACK \(DiscExport.number(track.number)) \(mode)")
        addTexts(of: track.number, block, "    ")
        let flags = flags(of: track)
        if !flags.isEmpty { line("    FLAGS \(flags.joined(separator: " "))") }
        if let isrc = track.isrc { line("    ISRC \(isrc)") }
        for (number, lba) in exported.indexes(of: track) {
            let time = MSF(frameCount: lba - exported.blocks.lowerBound + exported.offset)
            line("    INDEX \(DiscExport.number(number)) \(time)")
        }
    }

    private func flags(of track: Disc.Track) -> [String] {
        var flags: [String] = []
        if track.control.contains(.copyPermitted), !track.isFirstCopy { flags.append("DCP") }
        if track.form == .audio {
            if track.control.contains(.fourChannel) { flags.append("4CH") }
            if track.control.contains(.preEmphasis) { flags.append("PRE") }
        }
        if track.isFirstCopy { flags.append("SCMS") }
        return flags
    }

    /// What a sheet has words for; all else is in the file of packs.
    private mutating func addTexts(of track: Int, _ block: TextBlock?, _ prefix: String) {
        for (word, item) in [("TITLE", TextBlock.Item.title), ("PERFORMER", .performer), ("SONGWRITER", .songwriter)] {
            guard let text = block?.text(item, track: track) else { continue }
            // There is no way to write a quote or the end of a line.
            let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
                scalar == "\"" ? "'" : scalar.properties.generalCategory == .control ? " " : scalar
            }
            line("\(prefix)\(word) \"\(String(String.UnicodeScalarView(scalars)))\"")
        }
    }
}
