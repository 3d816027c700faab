import FoundationEssentials
import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// The burning programs of Debian, run against the virtual recorder through the preload shim, so that every one of them
/// believes that it has a drive at /dev/sr0.
enum Peer: String {
    case wodim
    case cdrskin
    case cdrdao
    case cdparanoia
    case icedax
    case readom
    case cdInfo = "cd-info"
    case dd
    case sgInq = "sg_inq"
    case sgRaw = "sg_raw"

    private var path: String { "/usr/bin/\(rawValue)" }

    /// The machine has the program. `script/test` installs them all.
    var isInstalled: Bool { access(path, X_OK) == 0 }

    /// The program and what builds the preload shim are there.
    var isReady: Bool { access("/usr/bin/make", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0 && isInstalled }
    /// Why a test does not run where a program is missing.
    static let why: Comment = "gcc, make and the program must be installed (script/test does it)"

    /// What a program printed, on both outputs, and how it ended.
    struct Outcome {
        let output: String
        let status: Int32
    }

    /// Far more than any of them takes here: a program that hangs must not hang the tests.
    private static let patience = "120"

    /// Runs the program in a folder until it ends.
    ///
    /// - Parameter capture: where the shim puts a recording of all that goes to the drive and comes back.
    func run(
        _ arguments: [String], on recorder: RecorderProcess, in folder: TemporaryFolder, capture: String? = nil
    ) async throws -> Outcome {
        let shim = try await BlockingThread.run { try PreloadShim.library() }
        var environment = [
            "LD_PRELOAD=\(shim)", "SGSHIM_MAP=/dev/sr0=unix:\(recorder.socket)", "HOME=\(folder.path)", "LC_ALL=C",
        ]
        if let capture { environment.append("SGSHIM_CAPTURE=\(capture)") }
        return try await Program.run(
            "/usr/bin/timeout",
            ["-k", "5", Self.patience, "/usr/bin/env", "-C", folder.path] + environment + [path] + arguments)
    }
}

extension Peer {
    /// Runs the program, which has to succeed.
    @discardableResult
    func burn(
        _ arguments: [String], on recorder: RecorderProcess, in folder: TemporaryFolder, capture: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await run(arguments, on: recorder, in: folder, capture: capture)
        try #require(outcome.status == 0, "\(rawValue): \(outcome.output)", sourceLocation: sourceLocation)
        return outcome.output
    }
}

/// Any other program.
enum Program {
    /// Runs it to its end and collects what it prints. The caller's thread is free meanwhile: other tests need it.
    static func run(_ path: String, _ arguments: [String]) async throws -> Peer.Outcome {
        try await BlockingThread.run { try runHere(path, arguments) }
    }

    /// The same on this thread.
    fileprivate static func runHere(_ path: String, _ arguments: [String]) throws -> Peer.Outcome {
        let (child, reading) = try start(path, arguments)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try reading.read(into: $0) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        let output = String(decoding: bytes, as: UTF8.self)
        guard case .exited(let status) = child.wait() else { return Peer.Outcome(output: output, status: -1) }
        return Peer.Outcome(output: output, status: status)
    }

    /// Starts it with both outputs on a pipe. The end for writing is gone here when this returns, so the text ends when the
    /// last process that has it does.
    static func start(_ path: String, _ arguments: [String]) throws -> (child: ChildProcess, output: FileDescriptor) {
        let pipe = try Pipe()
        let child = try ChildProcess.start(path, arguments: arguments, descriptors: [1: pipe.writing, 2: pipe.writing])
        return (child, pipe.reading)
    }

    /// The folder of the test executable, where `burnd` is too.
    static let products: String = {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes {
            $0.baseAddress.map { readlink("/proc/self/exe", $0, Int(PATH_MAX)) } ?? 0
        }
        let path = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }()
}
