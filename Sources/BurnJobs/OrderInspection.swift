public import BurnPlan
public import DiscComposition
import DiscLayout
import POSIX
import RawRecording
public import Spool

/// Learns what the files of an order are. How a file is looked at follows from the field that names it: nothing but audio is
/// decoded, and of the rest nothing is believed but lengths and what its own bytes say.
public struct OrderInspection: Sendable {
    /// A file that could not be looked at.
    public struct Trouble: Error, Equatable, Sendable {
        /// Why.
        public enum Cause: Error, Equatable, Sendable {
            /// It gives no audio.
            case decoding(DecodeError)
            /// The spool does not have it.
            case spool(SpoolError)
        }

        /// The field that names it.
        public let place: OrderPlace
        /// Why.
        public let cause: Cause
    }

    private let spool: Spool

    /// Looks into a spool.
    public init(_ spool: Spool) { self.spool = spool }

    /// What is known of every file that an order names, by its digest. Decodes what is not decoded yet.
    ///
    /// - Throws: `Trouble`, of the first file that cannot be looked at.
    public func facts(of order: BurnOrder) async throws(Trouble) -> [String: FileFacts] {
        var files: [String: FileFacts] = [:]
        for use in Self.uses(of: order) {
            do throws(Trouble.Cause) {
                try await look(at: use, of: order, &files)
            } catch {
                throw Trouble(place: use.place, cause: error)
            }
        }
        return files
    }

    // MARK: Uses

    private enum Kind { case audio, bytes, image, subCode }

    private struct Use {
        let digest: String
        let kind: Kind
        let place: OrderPlace
    }

    private static func uses(of order: BurnOrder) -> [Use] {
        var uses: [Use] = []
        for (index, track) in order.tracks.enumerated() {
            uses.append(
                Use(digest: track.file, kind: track.form == .audio ? .audio : .bytes, place: .track(index, .file)))
            if let file = track.pregap {
                uses.append(Use(digest: file.file, kind: .audio, place: .track(index, .pregap)))
            }
            if let file = track.graphics {
                uses.append(Use(digest: file.file, kind: .bytes, place: .track(index, .cdg)))
            }
        }
        if let image = order.image { uses.append(Use(digest: image.file.file, kind: .image, place: .field(.image))) }
        if let file = order.subCode { uses.append(Use(digest: file.file, kind: .subCode, place: .field(.subcode))) }
        return uses
    }

    private func look(
        at use: Use, of order: BurnOrder, _ files: inout [String: FileFacts]
    ) async throws(Trouble.Cause) {
        guard let digest = FileDigest(use.digest) else { throw .spool(.malformedDigest) }
        guard let file = await spool.file(digest) else { throw .spool(.notFound) }
        var facts = files[use.digest] ?? FileFacts(bytes: file.bytes)
        switch use.kind {
        case .audio: facts.sampleFrames = try await sampleFrames(digest)
        case .bytes: break
        case .image:
            facts.isISO = try await spooled { () throws(SpoolError) in try await spool.isISO9660(file) }
            let isData = facts.isISO && order.sectorType == nil && order.image?.leadInSectors == nil
            if !isData { facts.image = try await survey(file, order) }
        case .subCode: facts.firstByteWithPQ = try await firstByteWithPQ(file)
        }
        files[use.digest] = facts
    }

    private func sampleFrames(_ digest: FileDigest) async throws(Trouble.Cause) -> Int {
        do throws(DecodeError) { return try await spool.decoded(digest).sampleFrames } catch { throw .decoding(error) }
    }

    private func spooled<Value>(
        _ body: () async throws(SpoolError) -> Value
    ) async throws(Trouble.Cause) -> Value {
        do throws(SpoolError) { return try await body() } catch { throw .spool(error) }
    }

    // MARK: Raw

    /// What an image says of its disc; nil when its length is that of none.
    private func survey(_ file: StoredFile, _ order: BurnOrder) async throws(Trouble.Cause) -> ImageFacts? {
        let type = order.sectorType ?? .cooked
        let lead = order.image?.leadInSectors ?? RawImage.standardLeadInSectors
        guard let image = try? RawImage(type: type.blockType, leadInSectors: lead, byteCount: file.bytes) else {
            return nil
        }
        let survey = try await spooled { () throws(SpoolError) in
            try await spool.reading(file) { reader throws(SpoolError) in
                try image.survey { offset, target throws(SpoolError) in try reader.read(at: offset, into: target) }
            }
        }
        return ImageFacts(
            sectorType: type, leadInSectors: lead, leadOut: survey.leadOut,
            tracks: survey.contents?.tracks.map {
                .init(number: $0.number, control: Int($0.control.rawValue), start: $0.start)
            } ?? [], faults: survey.faults.map(\.sentence))
    }

    /// Bytes looked at in one piece.
    private static let pieceBytes = 1 << 20

    private func firstByteWithPQ(_ file: StoredFile) async throws(Trouble.Cause) -> Int? {
        try await spooled { () throws(SpoolError) in
            try await spool.reading(file) { reader throws(SpoolError) in
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 16)
                defer { buffer.deallocate() }
                var offset = 0
                while offset < file.bytes {
                    let piece = UnsafeMutableRawBufferPointer(
                        rebasing: buffer[..<min(buffer.count, file.bytes - offset)])
                    try reader.read(at: offset, into: piece)
                    if case .subCodeBits(let place) = RawImageRules.subCodeFault(in: .init(piece), at: offset) {
                        return place
                    }
                    offset += piece.count
                }
                return nil
            }
        }
    }
}

extension RawImage.Survey.Fault {
    /// The fault as a sentence.
    var sentence: String {
        switch self {
        case .noTableOfContents: "Its lead-in holds no table of contents."
        case .trackMissing(let track): "Its table of contents does not name track \(track)."
        case .unreadable(let broken, let count, let first):
            "The CRC of \(broken) of \(count) Q frames does not fit, first at sector \(first)."
        case .misplaced(let distance):
            "Its sub-channel says addresses that are \(distance) greater: the number of lead-in sectors is wrong."
        case .trackStart(let track, let entry, let found):
            "By its table of contents track \(track) begins at \(entry), by its sub-channel "
                + (found.map { "at \($0)." } ?? "never.")
        case .leadOutStart(let entry, let found):
            "By its table of contents the lead-out begins at \(entry), by its sub-channel at \(found)."
        case .noLeadOut: "It has no lead-out."
        case .impossibleLayout: "Its tracks overlap, are empty, or begin before 00:02:00."
        case .jumbled(let place): "Its sub-channel changes more often than a disc's can, at sector \(place)."
        case .notScrambled(let track): "The data of track \(track) is not scrambled: no drive would read it."
        }
    }
}
