import Glibc
import POSIX
import TestSupport
import Testing

/// Tests that run again in a process of a user who has no rights but those of the group `cdrom`.
enum Unprivileged {
    private static let variable = "BURND_KERNEL_NODE"
    /// The node that they are about; nil in the process that starts them.
    static let node = getenv(variable).map { String(cString: $0) }
    static let why: Comment = "another test starts it as another user"

    static func run(_ suite: String, node: String) throws {
        let own = try #require(realpath("/proc/self/exe", nil))
        defer { free(own) }
        let program = Guest.unprivileged + ["/usr/bin/env", "\(variable)=\(node)", String(cString: own)]
        let run = try TestProgram(
            program[0],
            program.dropFirst() + ["--testing-library", "swift-testing", "--filter", "^Kernel\\.\(suite)"])
        let said = String(decoding: run.output, as: UTF8.self) + run.errors
        #expect(run.ending == .exited(0), "\(said)")
        // A suite that did not run shows nothing.
        #expect(said.contains("Test run with 1 test"), "\(said)")
    }
}
