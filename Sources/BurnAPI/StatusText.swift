import BurnPlan
import JobQueue

/// The status as a text table of some twenty lines, for people with a terminal.
enum StatusText {
    /// Jobs that are shown.
    private static let jobsShown = 12

    static func render(_ status: StatusResource) -> String {
        var lines = [
            "burnd \(status.server.version)  \(WireFormat.timestamp(status.at))"
                + (status.server.draining ? "  STOPPING: no new jobs" : ""),
            "disk  \(gigabytes(status.server.disk.free)) free of \(gigabytes(status.server.disk.total))", "",
        ]
        lines += table(["DRIVE", "STATE", "TRAY", "DISC", "JOB", ""], status.drives.map(row))
        lines.append("")
        lines += table(["JOB", "STATE", "DRIVE", "TITLE", ""], status.jobs.prefix(jobsShown).map(row))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ drive: DriveResource) -> [String] {
        let media = drive.media.value.map { "\($0.kind) \($0.status)" } ?? "-"
        let state = ([drive.state] + drive.reasons).joined(separator: ", ")
        return [
            printable(drive.label), state, drive.tray, media, drive.job.value.map { "\($0)" } ?? "-",
            (drive.safeToOpen ? "safe to open" : "do not open")
                + (drive.service.outOfService.value.map { "; OUT OF SERVICE: \($0)" } ?? ""),
        ]
    }

    private static func row(_ job: JobResource) -> [String] {
        [String(job.id), job.state.rawValue, printable(job.drive), printable(job.order.title), remark(job)]
    }

    private static func remark(_ job: JobResource) -> String {
        if let problem = job.problem.value { return "\(problem.title). \(problem.hint)" }
        if let progress = job.progress.value {
            let danger = job.inhibitor.value == nil || job.inhibited ? "" : ", machine not kept awake"
            return "\(progress.percent) %, track \(progress.track.value ?? 0) of \(progress.tracks), \(progress.rate)x"
                + danger
        }
        if let needs = job.needs.value {
            let place = needs.driveLabel.value.map { " in \(printable($0))" } ?? ""
            return
                "needs: \(needs.action.rawValue)\(place) (\(job.stateReasons.map(\.rawValue).joined(separator: ", ")))"
        }
        if !job.proven.isEmpty { return "verified: " + job.proven.map(\.rawValue).joined(separator: ", ") }
        return job.stateReasons.map(\.rawValue).joined(separator: ", ")
    }

    /// Titles are whatever somebody typed: nothing in them may move a terminal's cursor.
    private static func printable(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } ? $0 : "?" }.prefix(40))
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> [String] {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).map { text, width in text + String(repeating: " ", count: width - text.count) }
                .joined(separator: "  ").trimmingTrailingSpaces
        }
    }

    private static func gigabytes(_ bytes: Int) -> String {
        "\(bytes / 100_000_000 / 10).\(bytes / 100_000_000 % 10) GB"
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
