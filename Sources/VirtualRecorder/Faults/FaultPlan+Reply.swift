import BinaryCoding
import DiscLayout
import SCSI

/// A command on its way through the recorder.
struct Request {
    let cdb: CDB
    let dataOut: UnsafeRawBufferPointer
    /// Room for data-in at the initiator.
    let transfer: Int

    /// The CDB filled up to sixteen bytes.
    var paddedCDB: [UInt8] { cdb.bytes + [UInt8](repeating: 0, count: 16 - cdb.bytes.count) }
}

/// What an initiator gets.
typealias Response = (outcome: SCSIOutcome, dataIn: [UInt8])

extension FaultPlan {
    /// The allocation length of the replies that are edited as a whole.
    private static let allocation = 7...8
    /// Most that such a reply can have.
    private static let wholeReply = 0xFFFF

    private var needsWholeReply: Bool { edits.contains { $0.edit.needsWholeReply } }
    private var needsAllFeatures: Bool {
        edits.contains { if case .feature = $0.edit { true } else { false } }
    }

    /// Carries the command out with whatever is wrong with it, or answers in its place.
    ///
    /// - Parameter isFlagsLast: the drive puts C2 flags behind the sub-channel.
    func response(to request: Request, isFlagsLast: Bool, _ perform: (Request) -> Response) -> Response {
        let padded = request.paddedCDB
        if let answer, !isCarriedOut { return refusal(answer, to: request, padded) }
        var response = losesData ? Self.withoutData(request, perform) : perform(widened(request))
        if let answer { return refusal(answer, to: request, padded) }
        edit(&response, of: request, padded, isFlagsLast)
        return response
    }

    private func refusal(_ answer: FaultAction.Answer, to request: Request, _ cdb: [UInt8]) -> Response {
        // What was taken was taken, whatever is said of it.
        let moved = isCarriedOut ? request.dataOut.count : 0
        let residual = request.dataOut.isEmpty ? request.transfer : request.dataOut.count - moved
        func check(_ sense: [UInt8]) -> Response {
            (SCSIOutcome(status: 0x02, driverStatus: 8, residual: residual, sense: sense), [])
        }
        switch answer {
        case .sense(let condition, let isDeferred):
            var sense = condition.senseData
            if isDeferred { sense[0] = 0x71 }
            return check(sense)
        case .unreadable: return check(unreadable(cdb))
        case .status(let status): return (SCSIOutcome(status: status, residual: residual), [])
        case .host(let word): return (SCSIOutcome(hostStatus: word, residual: residual), [])
        case .disconnect: return (SCSIOutcome(hostStatus: SCSIOutcome.Host.noConnect, residual: residual), [])
        }
    }

    /// L-EC UNCORRECTABLE ERROR with the first block at fault in the information field (SPC-4, 4.5.3).
    private func unreadable(_ cdb: [UInt8]) -> [UInt8] {
        var sense = CheckCondition(3, 0x11, 0x05).senseData
        guard let first = CommandNames.blocks(of: cdb)?.lowerBound else { return sense }
        let bad = Int32(clamping: max(first, answerBlocks?.lowerBound ?? first))
        sense[0] |= 0x80
        sense.replaceSubrange(3...6, with: bad.bigEndianBytes)
        return sense
    }

    /// The same command with room for all of its reply, and for all features where they are edited.
    private func widened(_ request: Request) -> Request {
        guard needsWholeReply, request.cdb.bytes.count > Self.allocation.upperBound else { return request }
        var bytes = request.cdb.bytes
        bytes.replaceSubrange(Self.allocation, with: [0xFF, 0xFF])
        // A request type that there is not is left for the drive to refuse.
        if needsAllFeatures, bytes[1].bits(0...1) != 3 { bytes.replaceSubrange(1...3, with: [0, 0, 0]) }
        return Request(cdb: CDB(bytes), dataOut: request.dataOut, transfer: Self.wholeReply)
    }

    private func edit(_ response: inout Response, of request: Request, _ cdb: [UInt8], _ isFlagsLast: Bool) {
        if response.outcome.status == 0, response.outcome.hostStatus == 0 {
            for edit in edits {
                edit.edit.apply(to: &response.dataIn, of: cdb, blocks: edit.blocks, isFlagsLast: isFlagsLast)
            }
            if needsAllFeatures, var list = FeatureList(response.dataIn) {
                list.select(cdb)
                response.dataIn = list.bytes
            }
        }
        if needsWholeReply {
            let allocation = Int(cdb[Self.allocation.lowerBound]) << 8 | Int(cdb[Self.allocation.upperBound])
            response.dataIn = Array(response.dataIn.prefix(min(allocation, request.transfer)))
        }
        response.dataIn.removeLast(min(missingBytes, response.dataIn.count))
        response.outcome.residual =
            request.dataOut.isEmpty
            ? request.transfer - response.dataIn.count
            : min(response.outcome.residual + missingBytes, request.dataOut.count)
    }

    /// Carries out a WRITE of zeros in place of what came; the sub-channel that may come with it is kept, since addresses
    /// are in it.
    private static func withoutData(_ request: Request, _ perform: (Request) -> Response) -> Response {
        let blocks = CommandNames.blocks(of: request.paddedCDB)?.count ?? 0
        let size = blocks > 0 ? request.dataOut.count / blocks : 0
        var bytes = [UInt8](repeating: 0, count: request.dataOut.count)
        if size > RedBook.sectorBytes, size * blocks == bytes.count {
            for block in 0..<blocks {
                let sub = block * size + RedBook.sectorBytes..<(block + 1) * size
                bytes.replaceSubrange(sub, with: request.dataOut[sub])
            }
        }
        return bytes.withUnsafeBytes {
            perform(Request(cdb: request.cdb, dataOut: $0, transfer: request.transfer))
        }
    }
}
