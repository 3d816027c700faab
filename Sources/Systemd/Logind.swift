import CSystemd
import Glibc
import POSIX

/// systemd-logind, which suspends and shuts down the machine, and can be asked not to.
///
/// All of it blocks, at most for the given time, and never asks a person for a password.
public enum Logind {
    /// What must not happen while a disc is written: suspend and hibernation, shutdown and reboot, and what closing a
    /// laptop's lid leads to.
    public static let operations = "sleep:shutdown:handle-lid-switch"

    /// Longest wait for the bus and logind together. The first question may start polkit, which takes seconds on a small
    /// machine; a burn of minutes can wait that long, and no longer for a logind that hangs.
    public static let answerLimit: Duration = .seconds(10)

    private static let who = "burnd"
    /// Only this kind holds anything off for the length of a burn: `delay` is cut off after five seconds
    /// (`InhibitDelayMaxSec`, logind.conf(5)).
    private static let mode = "block"

    /// Why there is no inhibitor.
    public enum Failure: Error, Equatable, Sendable {
        /// There is no system bus, or it does not let us in; its words.
        case noSystemBus(String)
        /// Nobody on the bus is logind; the bus's words.
        case noLogind(String)
        /// logind, or polkit on its behalf, does not permit it; its words.
        case refused(String)
        /// Bus or logind did not answer in time.
        case timedOut(Duration)
        /// Something else; name and words of the error.
        case failed(String)
    }

    /// The right to hold the machine awake, as long as this object lives or the process does: logind lets go when the last
    /// copy of the descriptor is closed. No child inherits it.
    public final class Inhibitor: Sendable {
        private let held: FileDescriptor

        init(_ held: FileDescriptor) { self.held = held }
    }

    /// `org.freedesktop.login1.Manager.Inhibit` for all of `operations`, in mode `block`.
    ///
    /// - Parameters:
    ///   - why: for people, as they read it in `systemd-inhibit --list` and when a shutdown is refused.
    ///   - limit: longest wait.
    public static func inhibit(why: String, within limit: Duration = answerLimit) throws(Failure) -> Inhibitor {
        var failure = csystemd_failure()
        let held = csystemd_inhibit(operations, who, sendable(why), mode, microseconds(limit), &failure)
        guard held < 0 else { return Inhibitor(FileDescriptor(owning: held)) }
        throw Failure(BusFailure(failure), limit: limit)
    }

    /// Finds out whether a burn could be protected now: takes the inhibitor and lets go at once. polkit has a method to ask
    /// without taking, but only for those who may ask about others.
    ///
    /// - Throws: what keeps it from being taken.
    public static func probe(within limit: Duration = answerLimit) throws(Failure) {
        _ = try inhibit(why: "seeing whether burns can be protected", within: limit)
    }

    static func microseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : whole &+ UInt64(attoseconds / 1_000_000_000_000)
    }

    /// D-Bus strings hold no NUL and are UTF-8; a label may be anything.
    private static func sendable(_ text: String) -> String { text.replacing("\0", with: " ") }
}

/// What came of a call over the bus, as a value.
struct BusFailure: Equatable {
    var hasBus: Bool
    var number: Int32
    var name: String
    var message: String

    init(hasBus: Bool, number: Int32, name: String = "", message: String = "") {
        (self.hasBus, self.number, self.name, self.message) = (hasBus, number, name, message)
    }

    init(_ failure: csystemd_failure) {
        self.init(
            hasBus: failure.has_bus, number: failure.number, name: Self.text(failure.name),
            message: Self.text(failure.message))
    }

    /// The text in an array of C, which Swift sees as a tuple.
    private static func text(_ field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// What went wrong, in words.
    var words: String { message.isEmpty ? String(cString: strerror(number)) : message }
}

extension Logind.Failure {
    /// Errors by which a bus says that there is no such service and none can be started (D-Bus specification, "Message Bus
    /// Messages"; `Spawn.*` when starting it failed).
    private static let absences = [
        "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.systemd1.NoSuchUnit",
        "org.freedesktop.systemd1.UnitMasked", "org.freedesktop.systemd1.LoadFailed",
    ]
    private static let refusals = [
        "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
        "org.freedesktop.DBus.Error.AuthFailed",
    ]

    init(_ failure: BusFailure, limit: Duration) {
        let words = failure.words
        switch failure.name {
        case "" where failure.number == ETIMEDOUT: self = .timedOut(limit)
        case _ where !failure.hasBus: self = .noSystemBus(words)
        case "": self = .failed(words)
        case let name where Self.refusals.contains(name): self = .refused(words)
        case let name where Self.absences.contains(name) || name.hasPrefix("org.freedesktop.DBus.Error.Spawn."):
            self = .noLogind(words)
        case let name: self = .failed("\(name): \(words)")
        }
    }
}
