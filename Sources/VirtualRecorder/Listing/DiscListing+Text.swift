import DiscLayout

extension DiscListing {
    /// The listing as a table for people. What a disc says of itself is shown without control characters.
    public var text: String {
        var lines = [
            "disc    \(path)", "medium  \(medium), lead-in \(leadIn), lead-out up to \(lastLeadOut)\(mediumWords)",
            "state   \(state)",
        ]
        for session in sessions {
            lines += ["", session.heading]
            lines.append("  track  start       start   length    sectors  seconds  control")
            lines += session.tracks.flatMap(\.lines)
            lines += session.texts.flatMap(\.lines)
        }
        if let check { lines += [""] + check.lines }
        if !damage.isEmpty { lines += [""] + damage.map { "damage: \($0)" } }
        return lines.joined(separator: "\n")
    }

    private var mediumWords: String {
        var words = [mediumDetails.name, mediumDetails.manufacturer, mediumDetails.subType].compactMap { $0 }
        if let highest = mediumDetails.highestSpeed {
            words.append("\(mediumDetails.lowestSpeed.map { "\($0)× to " } ?? "")\(highest)×")
        }
        return words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
    }
}

extension DiscListing.Session {
    fileprivate var heading: String {
        let end = leadOut.map { "lead-out \(MSF(lba: $0)) (\($0))" } ?? stage
        let next =
            switch following {
            case "another": ", another session can follow"
            case "last": ", the last session"
            default: ""
            }
        let type =
            switch discType {
            case 0x10: ", CD-i"
            case 0x20: ", CD-ROM XA"
            default: ""
            }
        let code = catalogNumber.map { ", MCN \($0)" } ?? ""
        return "session \(number): \(writeType), lead-in \(leadIn), \(end)\(next)\(type)\(code)"
    }
}

extension DiscListing.Track {
    fileprivate var lines: [String] {
        let hundredths = blocks * 100 / RedBook.framesPerSecond
        let fraction = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
        let line =
            "  \("\(number)".padded(to: 5))  \(startMSF)  \("\(start)".padded(to: 7))  \(MSF(frameCount: blocks))"
            + "  \("\(blocks)".padded(to: 7))  \("\(hundredths / 100).\(fraction)".padded(to: 7))"
            + "  \(words.joined(separator: ", "))"
        // Index 0 and 1 are in the table already.
        let others = indexes.filter { $0.index > 1 }
        return [line] + others.map { "      index \($0.index) at \($0.msf) (\($0.lba))" }
    }

    private var words: [String] {
        let flags = TrackControl(rawValue: control)
        var words = [Self.names[form] ?? form]
        if flags.contains(.data) != (form != "audio") {
            words.append(flags.contains(.data) ? "control says data" : "control says audio")
        }
        if flags.contains(.preEmphasis), !flags.contains(.data) { words.append("pre-emphasis") }
        if flags.contains(.fourChannel), !flags.contains(.data) { words.append("four channels") }
        if flags.contains(.copyPermitted), !firstCopy { words.append("copy permitted") }
        if firstCopy { words.append("copy of the first generation") }
        // Two seconds are what every track has.
        if pause != RedBook.pauseSectors { words.append("pause \(pause)") }
        if let isrc { words.append("ISRC \(isrc)") }
        if let reservation { words.append("\(reservation) reserved") }
        if state != "complete" { words.append(state) }
        if damaged { words.append("damaged") }
        return words
    }

    private static let names = [
        "audio": "audio", "mode0": "Mode 0", "mode1": "Mode 1", "mode2": "Mode 2", "xa": "Mode 2 XA",
    ]
}

extension DiscListing.Texts {
    fileprivate var lines: [String] {
        let language = language ?? "language \(languageCode)"
        let set = characterSet ?? "character set \(characterSetCode)"
        var lines = [
            "  CD-TEXT \(block): \(language), \(set), \(packs) packs\(copyrighted ? ", copyrighted" : "")"
        ]
        if !disc.words.isEmpty { lines.append("    disc: \(disc.words)") }
        lines += tracks.map { "    track \($0.number): \($0.texts.words)" }
        return lines
    }
}

extension DiscListing.TextItems {
    fileprivate var words: String {
        let kind = genreCode.map { code in
            [genre ?? "code \(code)", genreText].compactMap { $0 }.joined(separator: ", ")
        }
        let items = [
            ("title", title), ("performer", performer), ("songwriter", songwriter), ("composer", composer),
            ("arranger", arranger), ("message", message), ("disc id", discID), ("genre", kind), ("closed", closed),
            ("UPC/EAN", upcEAN), ("ISRC", isrc),
        ]
        return items.compactMap { name, text in text.map { "\(name) “\($0.withoutControls)”" } }
            .joined(separator: ", ")
    }
}

extension String {
    /// With spaces before it.
    fileprivate func padded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// Control and format characters made visible: a terminal may obey them.
    private static let replacement: Unicode.Scalar = "\u{FFFD}"
    fileprivate var withoutControls: String {
        let scalars = unicodeScalars.map { scalar in
            let category = scalar.properties.generalCategory
            return category == .control || category == .format ? Self.replacement : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
