import BinaryCoding
import CLibFuzzer
import Glibc
import POSIX

/// `Fuzz`: libFuzzer on what takes bytes from outside: the drive protocol, the recorder's command decoder, and the files
/// that a disc folder consists of; orders, sheets and packs of texts, and raw images.
///
/// It imports what takes the bytes and no test library. Only a build with `BURND_FUZZ=1` and the sanitizer's coverage has
/// it; Tests/Fuzz/run makes that build and runs it.
@main
struct Fuzz {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard let command = arguments.first else { usage() }
        arguments.removeFirst()
        if command == "list" { return print(FuzzTarget.all.map(\.name).joined(separator: "\n")) }
        guard let name = arguments.first, let target = FuzzTarget.all.first(where: { $0.name == name }) else { usage() }
        arguments.removeFirst()
        switch (command, arguments.first) {
        case ("seeds", let folder?): writeSeeds(of: target, to: folder)
        case ("replay", let digits?): replay(Hexadecimal.bytes(digits), on: target)
        case ("run", _): exit(run(target, arguments))
        default: usage()
        }
    }

    private static func usage() -> Never {
        report(
            """
            Usage: Fuzz list
                   Fuzz seeds TARGET FOLDER              writes the inputs that the search begins with
                   Fuzz run TARGET [libFuzzer arguments]
                   Fuzz replay TARGET HEX                runs one input
            """)
        exit(64)
    }

    private static func writeSeeds(of target: FuzzTarget, to folder: String) {
        for (number, seed) in target.seeds().enumerated() {
            do throws(SystemError) {
                try DurableFile.makeFolder(folder)
                try DurableFile.replace("\(folder)/seed-\(number)", with: seed)
            } catch {
                report("\(error)")
                exit(1)
            }
        }
    }

    private static func replay(_ input: [UInt8], on target: FuzzTarget) {
        // A copy of exactly this size, so that the sanitizer sees a read behind the end.
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: input.count)
        defer { copy.deallocate() }
        _ = copy.initialize(from: input)
        _ = target.test(copy.baseAddress, copy.count)
        print("\(target.name): \(input.count) bytes taken")
    }

    private static func run(_ target: FuzzTarget, _ arguments: [String]) -> Int32 {
        var argv: [UnsafeMutablePointer<CChar>?] = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        var count = Int32(argv.count - 1)
        return argv.withUnsafeMutableBufferPointer { buffer in
            var base = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &base, target.test)
        }
    }
}

/// Something that takes bytes from outside, and the inputs that the search begins with.
struct FuzzTarget: Sendable {
    let name: String
    /// Takes one input. It ends the process when what it tests breaks a promise.
    let test: FuzzerCallback
    /// Inputs that reach deep; made anew each time, so that they follow the formats.
    let seeds: @Sendable () -> [[UInt8]]

    /// All of them.
    static let all = [frames, server, transport, recorder, disc, faults, profile, texts, order, image]
}

/// Ends the process, for libFuzzer to see, unless a promise was kept. Not `precondition`: that is mute in optimised builds.
func promise(_ isKept: Bool, _ text: @autoclosure () -> String) {
    if isKept { return }
    report("BROKEN PROMISE: \(text())")
    abort()
}

/// One line to standard error.
func report(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Bytes as text.
enum Hexadecimal {
    /// The bytes of hexadecimal digits; what is no digit is passed over.
    static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}
