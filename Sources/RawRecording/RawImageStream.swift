import DiscLayout

/// The file of a raw image, made piece by piece: all blocks of a session that begins at 95:00:00.
///
/// What it is made from is asked for as it is needed, so it takes no more memory than one piece.
public struct RawImageStream: Sendable {
    /// Most sectors of a piece: one second.
    public static let pieceSectors = 75

    private var encoder: RawEncoder
    private var main: [UInt8]
    private var subCode: [UInt8]

    /// The image of a session. One that begins elsewhere makes an image with a shorter lead-in.
    public init(_ session: RawSession) {
        encoder = RawEncoder(session)
        main = [UInt8](repeating: 0, count: Self.pieceSectors * RedBook.sectorBytes)
        subCode = [UInt8](repeating: 0, count: Self.pieceSectors * RedBook.subChannelBytes)
    }

    /// What it is an image of.
    public var session: RawSession { encoder.session }

    /// Bytes of the whole file.
    public var byteCount: Int { session.byteCount }

    /// Bytes that are still to come.
    public var remainingBytes: Int { encoder.remaining * session.type.blockBytes }

    /// Writes the next whole blocks, as many as there are, as the target has room for and as make a piece.
    ///
    /// - Parameters:
    ///   - target: room for one block at least.
    ///   - readMain: fills in the user data of the sectors of a range that have some; called only where there is any.
    ///   - readSubCode: fills in R to W of the sectors of a range that have sub-code; called only where there is any.
    /// - Returns: bytes written; 0 at the end.
    /// - Throws: what the closures throw; nothing was taken then.
    public mutating func next<Failure: Error>(
        into target: UnsafeMutableRawBufferPointer,
        main readMain: (Range<Int>, UnsafeMutableRawBufferPointer) throws(Failure) -> Void,
        subCode readSubCode: (Range<Int>, UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let blockBytes = session.type.blockBytes
        let count = min(target.count / blockBytes, encoder.remaining, Self.pieceSectors)
        let range = encoder.position..<encoder.position + count
        let mainBytes = session.userBytes(in: range)
        try Self.fill(&main, mainBytes, range, readMain)
        let subCodeBytes = session.subCodeBytes(in: range)
        try Self.fill(&subCode, subCodeBytes, range, readSubCode)
        main.withUnsafeBytes { main in
            subCode.withUnsafeBytes { subCode in
                encoder.encode(
                    count, main: main.part(at: 0, count: mainBytes),
                    subCode: subCode.part(at: 0, count: subCodeBytes),
                    into: target.part(at: 0, count: count * blockBytes))
            }
        }
        return count * blockBytes
    }

    private static func fill<Failure: Error>(
        _ buffer: inout [UInt8], _ count: Int, _ range: Range<Int>,
        _ read: (Range<Int>, UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard count > 0 else { return }
        // Closures over arrays forget typed errors.
        let result: Result<Void, Failure> = buffer.withUnsafeMutableBytes { bytes in
            do throws(Failure) {
                return .success(try read(range, bytes.part(at: 0, count: count)))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
