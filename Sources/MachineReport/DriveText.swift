import DiscLayout
public import Drives
import RecorderQuirks

/// Drives, for people.
public enum DriveText {
    private static let longest = [30, 8, 12]
    private static let shortestAddress = 20

    /// A line for each drive, of at most 100 characters: what it is, its firmware, what it does, what is in it, where it is.
    public static func table(_ drives: [DriveStatus]) -> String {
        let head = ["DRIVE", "FIRMWARE", "STATE", "DISC", "ADDRESS"]
        let rows = drives.map { drive in
            [
                cut(model(drive), longest[0]), cut(drive.identity?.firmware ?? "", longest[1]),
                cut(state(drive), longest[2]),
            ]
                + [disc(drive), drive.address]
        }
        var widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        // The address is what has to be typed: it is cut last, and at its beginning.
        let fixed = widths[0] + widths[1] + widths[2] + 4 * 2
        let left = CheckText.width - fixed
        widths[4] = min(widths[4], max(left - widths[3], shortestAddress))
        widths[3] = min(widths[3], left - widths[4])
        return ([head] + rows).map { row in
            var line = row.indices.dropLast().map { padded(cut(row[$0], widths[$0]), widths[$0]) }
            line.append(cutBeginning(row[4], widths[4]))
            return line.joined(separator: "  ") + "\n"
        }.joined()
    }

    /// All that is known of one drive.
    public static func details(_ drive: DriveStatus) -> String {
        let facts =
            who(drive) + abilities(drive.capabilities) + speeds(drive.capabilities.speeds) + disc(of: drive)
            + quirks(drive)
        let indent = (facts.map(\.0.count).max() ?? 0) + 4
        let lines = facts.flatMap { name, text -> [String] in
            let parts = CheckText.wrapped(CheckText.printable(text), CheckText.width - indent)
            let head = "  " + padded(name, indent - 2)
            return parts.enumerated().map { ($0 == 0 ? head : String(repeating: " ", count: indent)) + $1 }
        }
        let title = CheckText.printable("\(model(drive)) at \(drive.address)")
        return ([title] + lines).joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    private static func model(_ drive: DriveStatus) -> String {
        guard let identity = drive.identity else { return "unknown" }
        return [identity.vendor, identity.product].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func state(_ drive: DriveStatus) -> String {
        switch drive.obstacle {
        case .inUseElsewhere: "in use"
        case .unreachable: "no answer"
        case nil: drive.tray == .open ? "open" : drive.state.rawValue
        }
    }

    /// The disc, or who keeps it from being looked at.
    private static func disc(_ drive: DriveStatus) -> String {
        switch drive.obstacle {
        case .inUseElsewhere: return "by \(drive.holder?.description ?? "another program")"
        case .unreachable(let words): return words
        case nil: break
        }
        guard let media = drive.media else { return drive.tray == .open ? "" : "none" }
        return ([kind(media), room(media)] + [media.manufacturer]).compactMap(\.self).joined(separator: ", ")
    }

    private static func kind(_ media: DriveMedia) -> String {
        let status =
            switch media.status {
            case .blank: "blank"
            case .appendable: "open"
            case .complete: "written"
            case .unreadable: "unreadable"
            }
        return "\(status) \(media.kind == DriveMedia.Kind.unknown.rawValue ? "disc" : media.kind)"
    }

    private static func room(_ media: DriveMedia) -> String? {
        switch media.status {
        case .blank: minutes(media.capacitySectors)
        case .appendable: minutes(media.freeSectors) + " free"
        case .complete: "\(media.trackCount) \(media.trackCount == 1 ? "track" : "tracks")"
        case .unreadable: nil
        }
    }

    /// `79:59`.
    private static func minutes(_ sectors: Int) -> String {
        let seconds = max(sectors, 0) / RedBook.framesPerSecond
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }

    private static func who(_ drive: DriveStatus) -> [(String, String)] {
        let can = drive.capabilities
        let identity = drive.identity
        let wires = [
            can.interface?.rawValue ?? drive.place?.bus, drive.place.map { "port \($0.port)" },
            drive.place?.sgNode.map { "generic node \($0)" },
        ].compactMap(\.self)
        let tray = [
            can.loading?.rawValue, can.canEjectMedia == true ? "opens by itself" : nil,
            can.canLoadMedia.map { $0 ? "closes by itself" : "is closed by hand" },
        ].compactMap(\.self)
        let state = [state(drive), drive.obstacle == nil ? "" : disc(drive)].filter { !$0.isEmpty }
        return [
            ("id", drive.id),
            (
                "firmware",
                [identity?.firmware ?? "", can.firmwareDate.map { "of \($0.prefix(10))" } ?? ""]
                    .filter { !$0.isEmpty }.joined(separator: " ")
            ),
            ("serial", identity?.serial ?? ""), ("connected", wires.joined(separator: ", ")),
            ("disc goes in", tray.joined(separator: ", ")), ("state", state.joined(separator: " ")),
        ].filter { !$0.1.isEmpty }
    }

    private static func abilities(_ can: DriveCapabilities) -> [(String, String)] {
        let supports = can.supports
        let blocks = can.sectorTypes.map { " (\($0.map(\.rawValue).joined(separator: ", ")))" } ?? ""
        let modes = [
            (supports.tao, "track at once"), (supports.sao, "session at once"), (supports.raw, "raw" + blocks),
        ]
        let extras = [
            (supports.testWrite, "test write"), (supports.cdText, "CD-TEXT"), (supports.rwSubCode, "CD+G"),
            (supports.underrunProtection, "protection from underruns"), (supports.erase, "blanking CD-RW"),
        ]
        func listed(_ abilities: [(Bool?, String)], _ answer: Bool?) -> [String] {
            abilities.filter { $0.0 == answer }.map(\.1)
        }
        let unknown = listed(modes + extras, nil)
        let sizes = [
            can.bufferBytes.map { "\($0 >> 10) KiB" }, can.maximumCueSheetBytes.map { "cue sheets up to \($0) bytes" },
        ].compactMap(\.self)
        let isKnown = !can.features.isEmpty || !can.modePages.isEmpty
        return [
            ("writes", listed(modes, true).joined(separator: ", ")),
            ("and", listed(extras, true).joined(separator: ", ")),
            ("cannot", listed(modes + extras, false).joined(separator: ", ")),
            ("not known", isKnown ? unknown.joined(separator: ", ") : ""),
            ("buffer", sizes.joined(separator: ", ")),
            ("features", can.features.compactMap(\.name).joined(separator: ", ")),
        ].filter { !$0.1.isEmpty }
    }

    private static func speeds(_ speeds: DriveCapabilities.Speeds) -> [(String, String)] {
        func times(_ kilobytes: Int?) -> String? {
            kilobytes.map { "\(RecordingSpeed(kilobytesPerSecond: $0).times)x" }
        }
        let offered = speeds.write.map { "\($0.times)x\($0.isPureCAV ? " CAV" : "")" }
        let most = [times(speeds.fastestWrite).map { "writes \($0)" }, times(speeds.fastestRead).map { "reads \($0)" }]
        return [
            ("speeds", offered.joined(separator: " ")), ("at most", most.compactMap(\.self).joined(separator: ", ")),
        ].filter { !$0.1.isEmpty }
    }

    private static func disc(of drive: DriveStatus) -> [(String, String)] {
        guard drive.obstacle == nil else { return [] }
        guard let media = drive.media else { return [("disc", drive.tray == .open ? "the tray is open" : "none")] }
        var facts = [("disc", disc(drive))]
        if media.status != .blank {
            facts.append(
                (
                    "recorded",
                    "\(media.sessionCount) sessions, \(media.trackCount) tracks"
                        + (media.hasOpenSession ? ", the last session is open" : "")
                ))
        }
        if let groove = media.groove {
            let speeds = [groove.lowestSpeed, groove.highestSpeed].compactMap(\.self).map { "\($0)x" }
            let strategy = DiscManufacturer.strategy(leadIn: groove.leadIn)
            let parts = [
                "lead-in \(groove.leadIn), last lead-out \(groove.lastLeadOut)", groove.subType?.rawValue,
                speeds.isEmpty ? nil : "made for " + speeds.joined(separator: " to "),
                groove.isRewritable ? nil : "\(strategy.rawValue) pulses",
            ]
            facts.append(("groove", parts.compactMap(\.self).joined(separator: ", ")))
        }
        return facts
    }

    private static func quirks(_ drive: DriveStatus) -> [(String, String)] {
        drive.quirks.enumerated().map { ($0 == 0 ? "quirks" : "", "\($1.reason) (\($1.source))") }
    }

    // MARK: Columns

    private static func padded(_ text: String, _ width: Int) -> String { CheckText.padded(text, width) }

    private static func cut(_ text: String, _ width: Int) -> String {
        let text = CheckText.printable(text)
        return text.count <= width ? text : text.prefix(max(width - 1, 0)) + "…"
    }

    private static func cutBeginning(_ text: String, _ width: Int) -> String {
        let text = CheckText.printable(text)
        return text.count <= width ? text : "…" + text.suffix(max(width - 1, 0))
    }
}
