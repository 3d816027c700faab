import BurnPlan
import DiscComposition
import DiscLayout
import POSIX
import RawRecording

/// Makes the file of a raw image of a disc that was composed: the counterpart of `IRawCDImageCreator::CreateResultImage`.
final class ImageAuthor: @unchecked Sendable {
    // Unchecked is right: `next` is called by one task, which waits for its end before it calls again.
    private var stream: RawImageStream
    private var main: PieceReader
    private var subCode: PieceReader

    /// Length of the file.
    let byteCount: Int

    /// The image of a composition that has tracks.
    ///
    /// - Throws: `RawSession.Fault` where the composition is none of a raw session.
    init(_ composition: Composition, _ layout: SessionLayout, _ type: RawSectorType) throws(RawSession.Fault) {
        let session = try RawSession(
            layout, textPacks: type == .pq || composition.symbols != nil ? [] : composition.text,
            type: type.blockType, subCodeSource: composition.symbols == nil ? .tracks : .everySector)
        stream = RawImageStream(session)
        byteCount = stream.byteCount
        main = PieceReader(composition.tracks.flatMap { $0.pregapContent + $0.content })
        subCode = PieceReader(composition.symbols.map { [$0] } ?? composition.tracks.flatMap(\.symbols))
    }

    /// The next second of the image, nil at its end. Blocks for the file system.
    ///
    /// - Throws: `SystemError` when a file cannot be read.
    func next() throws(SystemError) -> [UInt8]? {
        let bytes = RawImageStream.pieceSectors * stream.session.type.blockBytes
        var piece = [UInt8](repeating: 0, count: bytes)
        let result = piece.withUnsafeMutableBytes { target in
            Result { () throws(SystemError) in
                try stream.next(into: target) { _, bytes throws(SystemError) in
                    try main.read(into: bytes)
                } subCode: { _, bytes throws(SystemError) in
                    try subCode.read(into: bytes)
                }
            }
        }
        let count = try result.get()
        guard count > 0 else { return nil }
        piece.removeLast(bytes - count)
        return piece
    }
}
