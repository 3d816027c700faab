import BurnPlan
import Drives
import Glibc
import HTTPCore
import POSIX
public import Spool

/// Makes a raw image without a station: from files to a file, with the fields of `POST /files:image`.
public struct ImageFile: Sendable {
    /// A field of the form, as curl's `-F` has it.
    public enum Field: Equatable, Sendable {
        /// `name=text`.
        case text(name: String, String)
        /// `name=@path`.
        case file(name: String, path: String)
    }

    /// Why there is no image: what `POST /files:image` would answer, in words.
    public struct Refusal: Error, CustomStringConvertible, Sendable {
        /// A sentence, and a line for every place that is wrong.
        public let description: String

        init(_ problem: Problem) {
            let places = problem.errors.map { "  \($0.field ?? $0.pointer ?? ""): \($0.detail)" }
            description = ([problem.title + ". " + problem.detail] + places).joined(separator: "\n")
        }
    }

    /// Bytes of an input file read in one piece.
    private static let pieceBytes = 1 << 20

    private let uploads: Uploads

    /// Images from files that pass through a spool, which may be a temporary one.
    public init(_ spool: Spool) { uploads = Uploads(spool: spool, store: nil) }

    /// Writes the image of what the fields say into a new file.
    ///
    /// - Returns: its length in bytes.
    /// - Throws: `Refusal`, or `SystemError` when a file cannot be read or written, or is there already.
    public func write(_ fields: [Field], to path: String) async throws -> Int {
        do {
            return try await APIErrors.translate {
                try await RequestFiles.collect(for: uploads) { files in
                    let author = try await author(fields, files)
                    return try await Self.write(author, to: path)
                }
            }
        } catch let error as any ProblemConvertible {
            throw Refusal(error.problem)
        }
    }

    private func author(_ fields: [Field], _ files: RequestFiles) async throws -> ImageAuthor {
        let intake = OrderIntake(uploads: uploads, drives: DriveRegistry(), hasPaths: true)
        var rest = fields[...]
        let taken = try await intake.take(files) {
            guard let field = rest.popFirst() else { return nil }
            return try Self.part(field)
        }
        return try ImageHandlers.author(taken)
    }

    private static func part(_ field: Field) throws -> OrderIntake.Part {
        switch field {
        case .text(let name, let text):
            return OrderIntake.Part(name: name, filename: nil) {
                text
            } next: {
                nil
            }
        case .file(let name, let path):
            let file = try FileDescriptor(opening: path, O_RDONLY)
            return OrderIntake.Part(name: name, filename: path) {
                String(decoding: try await read(file, MultipartReader.textLimit) ?? [], as: UTF8.self)
            } next: {
                try await read(file, pieceBytes)
            }
        }
    }

    private static func read(_ file: FileDescriptor, _ limit: Int) async throws -> [UInt8]? {
        try await BlockingThread.run { () throws -> [UInt8]? in
            var bytes = [UInt8](repeating: 0, count: limit)
            let count = try bytes.withUnsafeMutableBytes { target in
                Result { () throws(SystemError) in try file.read(into: target) }
            }.get()
            return count > 0 ? Array(bytes.prefix(count)) : nil
        }
    }

    /// What was begun and not ended is taken away again.
    private static func write(_ author: ImageAuthor, to path: String) async throws -> Int {
        try await BlockingThread.run { () throws -> Int in
            let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
            do {
                while let piece = try author.next() { try file.writeAll(piece) }
                try file.synchronizeData()
            } catch {
                unlink(path)
                throw error
            }
            return author.byteCount
        }
    }
}
