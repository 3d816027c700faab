import Glibc
public import POSIX

/// A program run to its end by a test.
public struct TestProgram: Sendable {
    /// How it ended.
    public let ending: ChildProcess.Ending
    /// What it wrote to descriptor 1.
    public let output: [UInt8]
    /// What it wrote to descriptor 2, as text.
    public let errors: String

    /// Path of a program of this package: `swift test` builds them into the folder of the tests. `BURND_PROGRAMS` names
    /// another folder, where optimised ones are.
    public static func compiled(_ name: String) -> String {
        if let folder = getenv("BURND_PROGRAMS"), folder.pointee != 0 { return String(cString: folder) + "/" + name }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        precondition(length > 0, "Linux has /proc/self/exe")
        let own = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/" + name
    }

    /// Runs a program, with a file or `/dev/null` on descriptor 0, and waits for it on this thread.
    public init(
        _ path: String, _ arguments: [String] = [], input: String = "/dev/null", given: [Int32: FileDescriptor] = [:]
    ) throws {
        let folder = TemporaryFolder()
        let files = ["output", "errors"].map { "\(folder.path)/\($0)" }
        var descriptors = given
        descriptors[0] = try FileDescriptor(opening: input, O_RDONLY)
        for (number, file) in zip(Int32(1)..., files) {
            descriptors[number] = try FileDescriptor(opening: file, O_RDWR | O_CREAT)
        }
        ending = try ChildProcess.start(path, arguments: arguments, descriptors: descriptors).wait()
        output = try DurableFile.contents(of: files[0], limit: .max)
        errors = String(decoding: try DurableFile.contents(of: files[1], limit: .max), as: UTF8.self)
    }
}
