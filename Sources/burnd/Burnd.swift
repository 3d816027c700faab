import ArgumentParser

/// The command line: `burnd <command>`.
@main
struct Burnd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "burnd",
        abstract: "A burn server: audio arrives over HTTP and leaves as verified CDs.",
        version: StationServer.version,
        subcommands: [
            ServeCommand.self,
            DrivesCommand.self,
            CheckCommand.self,
            VirtualRecorderCommand.self,
            RecorderControlCommand.self,
            DiscCommand.self,
            ImageCommand.self,
            BurnWorkerCommand.self,
        ])
}
