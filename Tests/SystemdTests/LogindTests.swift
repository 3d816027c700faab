import Glibc
import Testing

@testable import Systemd

/// What an answer, or none, means.
@Suite struct LogindTests {
    private func failure(hasBus: Bool = true, _ number: Int32, _ name: String = "", _ message: String = "")
        -> Logind.Failure
    {
        Logind.Failure(BusFailure(hasBus: hasBus, number: number, name: name, message: message), limit: .seconds(3))
    }

    @Test func `a bus that is not there is no logind that refuses`() {
        #expect(failure(hasBus: false, ENOENT) == .noSystemBus("No such file or directory"))
        #expect(failure(hasBus: false, ECONNREFUSED) == .noSystemBus("Connection refused"))
        // What libsystemd answers in the bus's place when the connection breaks.
        let name = "org.freedesktop.DBus.Error.NoReply"
        #expect(
            failure(hasBus: false, ECONNRESET, name, "Connection terminated") == .noSystemBus("Connection terminated"))
    }

    @Test(arguments: ["AccessDenied", "InteractiveAuthorizationRequired", "AuthFailed"])
    func `what polkit and the bus's policy answer is a refusal`(name: String) {
        #expect(failure(EACCES, "org.freedesktop.DBus.Error.\(name)", "no") == .refused("no"))
    }

    @Test(arguments: [
        "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.Spawn.ChildExited", "org.freedesktop.systemd1.UnitMasked",
    ])
    func `a service that cannot be had is no logind`(name: String) {
        #expect(failure(EIO, name, "gone") == .noLogind("gone"))
    }

    @Test(arguments: [true, false])
    func `no answer is one, wherever it stayed away`(hasBus: Bool) {
        #expect(failure(hasBus: hasBus, ETIMEDOUT) == .timedOut(.seconds(3)))
    }

    @Test func `another error is told by its name`() {
        let name = "org.freedesktop.login1.OperationInProgress"
        #expect(failure(EINPROGRESS, name, "too late") == .failed("\(name): too late"))
        #expect(failure(EBADMSG) == .failed("Bad message"))
    }

    @Test func `durations become microseconds, and the longest do not overflow`() {
        #expect(Logind.microseconds(.milliseconds(1500)) == 1_500_000)
        #expect(Logind.microseconds(.seconds(-1)) == 0)
        #expect(Logind.microseconds(.seconds(Int64.max)) == UInt64.max)
    }
}
