import ArgumentParser
import Glibc
import POSIX
import VirtualRecorder

/// `burnd recorder-control`: faults, button and tray of a virtual recorder that runs.
struct RecorderControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recorder-control",
        abstract: "Faults, button and tray of a virtual recorder that runs.",
        discussion: """
            Sends one request to the socket that `burnd virtual-recorder --control` names and prints the answer, one line of \
            JSON: status 0. What is refused is an error: status 1. The requests are

            \(requests)

            What moves the tray is done when the drive has done the command that it is at. The rest never waits for the drive, \
            nor does anything while a fault holds it. For example

              burnd recorder-control left.control fault write lba 1000..1010: sense 3/0C/09
              burnd recorder-control left.control status

            \(FaultListing.text)
            """)

    @Argument(help: ArgumentHelp("The recorder's control socket.", valueName: "path"))
    var path: String

    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("The request, in one word or many.", valueName: "request"))
    var request: [String] = []

    private static var requests: String {
        RecorderControl.requests.map { request in
            "  \(request.form)\(String(repeating: " ", count: max(1, 12 - request.form.count)))\(request.meaning)"
        }.joined(separator: "\n")
    }

    func validate() throws {
        // What is captured includes the options that every command has.
        if request == ["--help"] || request == ["-h"] { throw CleanExit.helpRequest(self) }
        guard !request.isEmpty else { throw ValidationError("A request is missing.") }
    }

    func run() throws {
        let answer: String
        do {
            answer = try ask(Self.resolved(request).joined(separator: " "))
        } catch let error as SystemError where error.number == ENOENT || error.number == ECONNREFUSED {
            throw Self.failure("no recorder listens on \(path)")
        } catch {
            throw Self.failure("\(error)")
        }
        if answer.hasPrefix(Self.errorPrefix) { throw Self.failure(String(answer.dropFirst(Self.errorPrefix.count))) }
        print(answer)
    }

    /// A folder is meant as seen from here, not from where the recorder was started.
    private static func resolved(_ request: [String]) throws(SystemError) -> [String] {
        guard request.count == 2, request[0] == "load", !request[1].hasPrefix("/") else { return request }
        guard let here = getcwd(nil, 0) else { throw .last("getcwd") }
        defer { free(here) }
        return ["load", String(cString: here) + "/" + request[1]]
    }

    private static let errorPrefix = "error: "

    /// The recorder's answer to one line; empty when it ended before.
    private func ask(_ line: String) throws -> String {
        guard !line.utf8.contains(0x0A) else { return Self.errorPrefix + "a request is one line" }
        let connection = try UnixSocketAddress(path).connect()
        try connection.sendAll(Array("\(line)\n".utf8))
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while answer.last != 0x0A {
            let count = try chunk.withUnsafeMutableBytes { try connection.read(into: $0) }
            guard count > 0 else { return Self.errorPrefix + "the recorder ended" }
            answer += chunk.prefix(count)
        }
        return String(decoding: answer.dropLast(), as: UTF8.self)
    }

    private static func failure(_ text: String) -> ExitCode {
        let line = Array("burnd recorder-control: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        return .failure
    }
}
