import BurnJobs
import BurnPlan
import DiscComposition
import Drives
import HTTPCore
import JobQueue
import POSIX
import RawRecording
import Spool

/// `/files:image`: raw images of discs, made from the body of an order.
struct ImageHandlers: Sendable {
    let uploads: Uploads
    let drives: DriveRegistry

    /// POST: 201 with the file. The same order makes the same bytes, which are the same file.
    func author(_ request: HTTPRequest) async throws -> HTTPResponse {
        let file = try await APIErrors.translate {
            try await RequestFiles.collect(for: uploads) { files in
                let intake = OrderIntake(uploads: uploads, drives: drives, hasPaths: true)
                let taken = try await intake.take(request, files)
                let author = try Self.author(taken)
                let stored = try await files.receive(expected: author.byteCount) {
                    try await BlockingThread.run { try author.next() }
                }
                let file = try await uploads.unrecognised(stored, name: Self.name(of: taken.order))
                try await uploads.keep([file])
                return file
            }
        }
        return .wire(FileResource(file), status: .created, headers: ["Location": "/api/v1/files/\(file.digest)"])
    }

    /// Composes the disc as `IRawCDImageCreator` does.
    static func author(_ taken: OrderIntake.Taken) throws(Problem) -> ImageAuthor {
        var taken = taken
        // An image is nothing but raw.
        taken.order.mode = .raw
        guard taken.order.image == nil else {
            throw .invalid(.source("image"), "an image is made of tracks", in: taken.syntax)
        }
        let composition = try taken.compose(for: .image)
        do throws(RawSession.Fault) {
            guard let layout = composition.layout else { throw .trackNumbers }
            return try ImageAuthor(composition, layout, taken.order.sectorType ?? .cooked)
        } catch {
            throw Problem(
                .unprocessableContent, type: "image-invalid", title: "The image cannot be written on any disc",
                detail: "\(error)")
        }
    }

    /// A name that says what it is.
    private static func name(of order: BurnOrder) -> String {
        let title = FileName.label(order.title)
        return "\(order.title.isEmpty ? "disc" : title).\((order.sectorType ?? .cooked).rawValue).bin"
    }
}
