import ArgumentParser
import BurnEngine
import BurnPlan
import Drives
import Glibc
import JobStore
import MachineReport
import POSIX
import SCSITransports
import Systemd

/// `burnd check`: whether all is in place that burning needs.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look whether all is in place that burning needs, and say what mends it.",
        discussion: """
            A line for each thing that is looked at: ok, warning (it burns all the same) or problem (something does not work), \
            and below it the commands that mend it. Nothing is changed, no drive is opened, and no server is needed; a burn \
            that runs is not disturbed.

            It speaks for the user who asks. For a service: sudo -u burnd burnd check --data /var/lib/burnd

            Status 0 when there is no problem, 1 when there is one.

            JSON: verdict (the worst), lines [check, verdict (ok, warning, problem), found, remedy [commands], note].
            """)

    /// As the kernel calls servers and burn workers.
    private static let ownProgram = "burnd"

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Folder for everything that is kept.", valueName: "dir"))
    var data = Installation.dataFolder

    @Option(name: .customLong("public"), help: ArgumentHelp("Folder of the page.", valueName: "dir"))
    var publicFolder: String?

    @Option(help: "Where a server listens or is to listen, as HOST:PORT.")
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)

    func run() throws {
        let page = publicFolder ?? Installation.publicFolder
        let report = CheckReport(
            MachineReport.lines(
                .current(
                    drives: Self.drives, burnBytes: BurnEngine.readAheadBytes,
                    burnNice: Int(Priority.urgent), holder: holder, inhibitor: inhibitor, database: database),
                Installed(
                    executable: Installation.executable, decoder: Installation.decoder, publicFolder: page,
                    descriptionFolder: Installation.descriptionFolder(publicFolder: page),
                    data: Installation.absolute(data), host: listen.host, port: listen.port,
                    isCheckout: Installation.checkout != nil)))
        if json {
            print(String(decoding: try WireFormat.encode(report), as: UTF8.self))
        } else {
            print(CheckText.render(report.lines), terminator: "")
        }
        if report.verdict == .problem { throw ExitCode.failure }
    }

    private static var drives: [Machine.Drive] {
        DriveLook.attached().map { found in
            let name = [found.vendor, found.product].filter { !$0.isEmpty }.joined(separator: " ")
            return Machine.Drive(name: name, node: found.node, sgNode: found.sgNode)
        }
    }

    private var inhibitor: @Sendable () -> Machine.Inhibitor {
        {
            do throws(Logind.Failure) {
                try Logind.probe()
                return .granted
            } catch {
                return switch error {
                case .noSystemBus(let words), .noLogind(let words): .absent(words)
                case .refused(let words): .refused(words)
                case .timedOut(let limit): .failed("no answer in \(limit.components.seconds) seconds")
                case .failed(let words): .failed(words)
                }
            }
        }
    }

    private var database: @Sendable (String) -> Machine.Database {
        { path in
            switch DatabaseExamination(path: path) {
            case .none: .none
            case .sound(let version): .sound(version: version)
            case .later(let version): .later(version: version)
            case .damaged(let words): .damaged(words)
            case .unreadable(let words): .unreadable(words)
            }
        }
    }

    private var holder: @Sendable (String) -> Machine.Holder? {
        { node in
            guard let holder = DriveHolder.find(.deviceNode(node)) else { return nil }
            if let folder = holder.mountPoint { return .mount(folder) }
            // Without a program it is only known that there are processes that this user may not look into.
            guard let program = holder.program else { return nil }
            return program == Self.ownProgram ? .burnd(holder.description) : .program(holder.description)
        }
    }
}
