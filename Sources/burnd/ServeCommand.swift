import ArgumentParser
import BurnAPI
import BurnJobs
import Drives
import FoundationEssentials
import Glibc
import HTTPCore
import JobQueue
import JobStore
import Logging
import MicroHTTPD
import POSIX
import SCSITransports
import Spool

/// `burnd serve`: the station.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API and the page, and burn what is ordered.",
        discussion: """
            Everything that burnd keeps is below the data folder: burnd.sqlite (jobs, burns, events), spool (uploaded files \
            and decoded audio), burns (plan, journal and log of every burn), recorders (virtual recorders and their discs).

            SIGTERM and SIGINT: no new jobs are started, a disc that is being burned is finished, then the server ends. A \
            second one ends the server at once; a burn goes on without it, and the next start follows it on.

            Virtual recorders are processes of their own and stay when the server ends, discs inside, as drives do. Their \
            process ids are in recorders/NAME/pid; a SIGTERM switches one off.
            """)

    @Option(
        help: ArgumentHelp(
            """
            Where to listen. There is no authentication: keep it on addresses that you trust. A socket that systemd hands over \
            is listened on in place of it. (default: \(ListenAddress.standard.defaultValueDescription))
            """, valueName: "host:port"))
    var listen: ListenAddress?

    @Option(help: ArgumentHelp("Folder for everything that is kept.", valueName: "dir"))
    var data = Installation.dataFolder

    @Option(name: .customLong("public"), help: ArgumentHelp("Folder of the page.", valueName: "dir"))
    var publicFolder: String?

    @Option(help: ArgumentHelp("A drive: /dev/srN, or unix:PATH of a recorder. May be repeated.", valueName: "address"))
    var drive: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Find the drives of this machine and follow them as they are plugged in and out.")
    var discovery = true

    @Option(help: ArgumentHelp("A recorder made of software, by name. May be repeated.", valueName: "name"))
    var virtualRecorder: [String] = []

    @Option(help: "Speed of virtual recorders: max, or a multiple of playing speed.")
    var recorderSpeed = "48"

    @Option(
        help: ArgumentHelp(
            "A further name by which browsers may call this station. May be repeated.", valueName: "host"))
    var alias: [String] = []

    @Option(help: "Least severe messages to log: trace, debug, info, notice, warning, error.")
    var logLevel = Logger.Level.info.rawValue

    func validate() throws {
        for name in virtualRecorder {
            guard !name.isEmpty, name.utf8.count <= 32, name.utf8.allSatisfy(Self.isNameByte), !name.hasPrefix("-")
            else {
                throw ValidationError(
                    "The name of a virtual recorder has 1 to 32 letters, digits, hyphens or underscores.")
            }
        }
        guard Set(virtualRecorder).count == virtualRecorder.count else {
            throw ValidationError("Two virtual recorders have the same name.")
        }
        guard recorderSpeed == "max" || Int(recorderSpeed).map({ (1...52).contains($0) }) == true else {
            throw ValidationError("--recorder-speed is max, or a number from 1 to 52.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError(
                "--log-level is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        for address in drive {
            do { _ = try DriveAddress(address) } catch { throw ValidationError("--drive: \(error)") }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let character = Character(Unicode.Scalar(byte))
        return character.isASCII && (character.isLetter || character.isNumber || byte == 0x2D || byte == 0x5F)
    }

    func run() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "burnd")
        log.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        do {
            try await StationServer(self, log: log).run()
        } catch let error as StationServer.StartFailure {
            log.critical("\(error.description)")
            throw ExitCode.failure
        }
    }
}
