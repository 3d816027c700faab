/// What burnd tells a person at its shell of a machine: whether all is in place that burning needs, and which drives there are.
///
/// Checks are functions of `Machine`, which is what may be known of a machine as closures, so that every outcome can be shown
/// without such a machine; `Machine.current` asks the real one. Nothing here opens a device, needs a server, or changes
/// anything. It imports `Drives`, `DiscLayout` and `RecorderQuirks` for what is said of drives, `POSIX` and `CPOSIX` for what is
/// asked of the machine.
public enum MachineReport {
    /// All lines, in the order in which a burn needs what they are about.
    public static func lines(_ machine: Machine, _ installation: Installed) -> [CheckLine] {
        SystemChecks.lines(machine) + DriveChecks.lines(machine) + BurnChecks.lines(machine)
            + DataChecks.lines(machine, installation) + ProgramChecks.lines(machine, installation)
    }
}

/// Where burnd's own parts are, and where it is to serve.
public struct Installed: Sendable {
    /// This program.
    public var executable: String
    /// `burnd-decode`.
    public var decoder: String
    /// Folder of the page.
    public var publicFolder: String
    /// Folder of `openapi.yaml`.
    public var descriptionFolder: String
    /// Folder for everything that is kept.
    public var data: String
    /// Host that is listened on.
    public var host: String
    /// Its port.
    public var port: UInt16
    /// It was built here, and not installed.
    public var isCheckout: Bool

    /// Places.
    public init(
        executable: String, decoder: String, publicFolder: String, descriptionFolder: String, data: String,
        host: String, port: UInt16, isCheckout: Bool
    ) {
        (self.executable, self.decoder, self.publicFolder) = (executable, decoder, publicFolder)
        (self.descriptionFolder, self.data) = (descriptionFolder, data)
        (self.host, self.port, self.isCheckout) = (host, port, isCheckout)
    }

    /// What brings missing parts back.
    var repair: String { isCheckout ? "script/serve" : "sudo apt-get install --reinstall burnd" }
}

/// What one check found.
public struct CheckLine: Equatable, Sendable, Encodable {
    /// How it stands.
    public enum Verdict: String, Sendable, Encodable, CaseIterable {
        /// As it should be.
        case ok
        /// It burns all the same; something is less than it could be.
        case warning
        /// Something does not work.
        case problem
    }

    /// What was looked at, in a word: stays the same for programs to go by.
    public var check: String
    /// How it stands.
    public var verdict: Verdict
    /// What was found.
    public var found: String
    /// Commands that mend it, in this order; empty when it is well, or no command does.
    public var remedy: [String]
    /// What else there is to do or to know; nil for nothing.
    public var note: String?

    /// A line.
    public init(_ check: String, _ verdict: Verdict, _ found: String, remedy: [String] = [], note: String? = nil) {
        (self.check, self.verdict, self.found, self.remedy, self.note) = (check, verdict, found, remedy, note)
    }

    static func ok(_ check: String, _ found: String) -> CheckLine { CheckLine(check, .ok, found) }
}

extension CheckLine {
    private enum CodingKeys: String, CodingKey { case check, verdict, found, remedy, note }

    /// Every member is always there; `note` is null when there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(check, forKey: .check)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(found, forKey: .found)
        try container.encode(remedy, forKey: .remedy)
        try container.encode(note, forKey: .note)
    }
}

/// The report for programs.
public struct CheckReport: Encodable, Sendable {
    /// The worst of all verdicts.
    public let verdict: CheckLine.Verdict
    /// All lines.
    public let lines: [CheckLine]

    /// A report.
    public init(_ lines: [CheckLine]) {
        let verdicts = lines.map(\.verdict)
        verdict = verdicts.contains(.problem) ? .problem : verdicts.contains(.warning) ? .warning : .ok
        self.lines = lines
    }
}
