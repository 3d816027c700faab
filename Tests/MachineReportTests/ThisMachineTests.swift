import Glibc
import POSIX
import TestSupport
import Testing

@testable import MachineReport

/// The closures that ask a real machine: this one.
@Suite struct ThisMachineTests {
    private let machine = Machine.current(
        drives: [], burnBytes: 1, burnNice: -10, holder: { _ in nil }, inhibitor: { .granted }, database: { _ in .none }
    )

    @Test func `a folder of one's own is a folder, and may be written`() {
        let folder = TemporaryFolder()
        let node = machine.node(folder.path)
        #expect(node?.kind == .folder && node?.owner == machine.user.name)
        #expect(machine.mayUse(folder.path, .both) && machine.mayUse(folder.path, .running))
        #expect(machine.node(folder.path + "/nothing") == nil && !machine.mayUse(folder.path + "/nothing", .reading))
        #expect((machine.fileSystem(folder.path)?.free ?? 0) > 0)
        #expect(machine.fileSystem(folder.path + "/nothing") == nil)
    }

    @Test func `the kernel tells its release, and this process is its own user's`() {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        #expect(machine.kernelRelease == release)
        #expect(machine.user.id == geteuid() && !machine.user.groups.isEmpty)
    }

    @Test func `a program is run, and one that is not there is not`() {
        #expect(machine.run("/bin/sh", ["-c", "echo a; echo b >&2; exit 3"]) == .init(status: 3, output: "a\nb"))
        #expect(machine.run("/nowhere/program", []) == nil)
    }

    @Test func `nobody listens at a port that was just free`() throws {
        #expect(machine.listener("127.0.0.1", 1) == .nobody)
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n{\"name\":\"burnd\",\"version\":\"0.1.0\"}",
            Machine.Listener.burnd("0.1.0")
        ),
        ("HTTP/1.1 404 Not Found\r\nServer: nginx/1.22\r\n\r\n", .other("Server: nginx/1.22")),
        ("SSH-2.0-OpenSSH_9.2\r\n", .other("SSH-2.0-OpenSSH_9.2")), ("", .other("it says nothing")),
    ])
    func `who answers is told by what he says`(answer: String, listener: Machine.Listener) {
        #expect(ListenerProbe.describe(answer) == listener)
    }
}
