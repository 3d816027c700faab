import ArgumentParser
import POSIX
import VirtualRecorder

/// What goes wrong in a virtual recorder, and where it is told by hand.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Set a fault, such as \"write call 5: sense 3/0C/00\"; `help` lists what there is. Repeatable.",
            valueName: "line"))
    var fault: [String] = []

    @Option(help: ArgumentHelp("Set the faults of a file: a line each, # begins a comment.", valueName: "file"))
    var faults: String?

    @Option(
        help: ArgumentHelp(
            "Take requests by hand on this socket; `burnd recorder-control` sends them.", valueName: "path"))
    var control: String?

    func validate() throws {
        if fault.contains("help") { throw CleanExit.message(FaultListing.text) }
        for line in fault {
            do throws(FaultSyntaxError) {
                _ = try Fault(line)
            } catch {
                throw ValidationError("--fault \"\(line)\": \(error).")
            }
        }
        if let control, control.isEmpty { throw ValidationError("--control must not be empty.") }
    }

    /// The faults of the file, then those of the command line.
    func all() throws -> [Fault] {
        var all: [Fault] = []
        if let path = faults {
            let content = try DurableFile.contents(of: path, limit: FaultFile.maximumBytes)
            all = try FaultFile(content, path: path).faults
        }
        return try all + fault.map { (line) throws(FaultSyntaxError) in try Fault(line) }
    }
}
