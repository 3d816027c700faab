import Glibc
import POSIX
public import TestSupport

/// The preload shim of `Tests/Peers/sgshim`, and programs that run under it: to them a socket is a drive at `/dev/sr0`.
public enum PreloadShim {
    /// The folder of its source.
    public static let sources: String = {
        let here = #filePath
        return "/" + here.split(separator: "/").dropLast(2).joined(separator: "/") + "/Peers/sgshim"
    }()

    /// Path of the library, built among the products where it is not there or older than its source.
    public static func library() throws -> String { try built.get() }

    /// Once for all tests of a run: a program that has it loaded must not find it rewritten.
    private static let built = Result<String, any Error> {
        let folder = TestProgram.compiled("sgshim")
        try DurableFile.makeFolder(folder)
        // Only the source is looked for where it is. With VPATH a library that somebody built there would be taken for ours.
        let made = try TestProgram(
            "/usr/bin/make",
            ["-s", "-C", folder, "-f", "\(sources)/Makefile", "--eval=vpath %.c \(sources)", "libsgshim.so"])
        guard made.ending == .exited(0) else { throw ServerProcess.Failure(description: "make: \(made.errors)") }
        return folder + "/libsgshim.so"
    }

    /// What a program that finds its drive at `/dev/sr0` has to have in its environment.
    public static func environment(_ socket: String) throws -> [String] {
        ["LD_PRELOAD=\(try library())", "SGSHIM_MAP=/dev/sr0=unix:\(socket)", "LC_ALL=C"]
    }

    /// Runs a Debian program in a folder, for two minutes at most.
    public static func run(_ program: String, _ arguments: [String], socket: String, in folder: String) throws
        -> TestProgram
    {
        try TestProgram(
            "/usr/bin/timeout",
            ["-k", "5", "120", "/usr/bin/env", "-C", folder, "HOME=\(folder)"] + environment(socket)
                + ["/usr/bin/\(program)"] + arguments)
    }
}
