import DecodeContract
import Glibc
import POSIX

/// Who is having what decoded: one decoder a file however many ask, and no more decoders at once than there are cores.
actor DecodeDesk {
    private struct Order {
        let task: Task<Result<DecodedAudio, DecodeError>, Never>
        let process: DecoderProcess
        var askers: Int
        /// Tells this order from a later one of the same file.
        let number: Int
    }

    let decoder: String
    private var freeSlots: Int
    private var queue: [CheckedContinuation<Void, Never>] = []
    private var orders: [FileDigest: Order] = [:]
    private var lastNumber = 0
    private var recipe: String?

    init(decoder: String, slots: Int) { (self.decoder, freeSlots) = (decoder, slots) }

    /// The decoded audio of a file, from the cache or fresh.
    func decoded(_ digest: FileDigest, in spool: Spool) async throws(DecodeError) -> DecodedAudio {
        let order = joinOrder(for: digest, in: spool)
        let result = await withTaskCancellationHandler {
            await order.task.value
        } onCancel: {
            Task { await self.leaveOrder(order.number, for: digest) }
        }
        if Task.isCancelled { throw .cancelled }
        return try result.get()
    }

    private func joinOrder(for digest: FileDigest, in spool: Spool) -> Order {
        if var order = orders[digest], !order.process.isKilled {
            order.askers += 1
            orders[digest] = order
            return order
        }
        lastNumber += 1
        let (number, process) = (lastNumber, DecoderProcess())
        let task = Task.detached {
            let result = await self.carryOut(digest, process, in: spool)
            await self.close(number, for: digest)
            return result
        }
        let order = Order(task: task, process: process, askers: 1, number: number)
        orders[digest] = order
        return order
    }

    /// One asker less; with the last one the decoder is killed.
    private func leaveOrder(_ number: Int, for digest: FileDigest) {
        guard var order = orders[digest], order.number == number else { return }
        order.askers -= 1
        orders[digest] = order
        if order.askers == 0 { order.process.kill() }
    }

    private func close(_ number: Int, for digest: FileDigest) {
        if orders[digest]?.number == number { orders[digest] = nil }
    }

    private func carryOut(
        _ digest: FileDigest, _ process: DecoderProcess, in spool: Spool
    ) async -> Result<DecodedAudio, DecodeError> {
        await takeSlot()
        defer { giveSlot() }
        let (decoder, known) = (decoder, recipe)
        let result: Result<(DecodedAudio, String), DecodeError> = await BlockingThread.run {
            Result { () throws(DecodeError) in
                let recipe = if let known { known } else { try Decoding.askRecipe(of: decoder) }
                return (try Decoding.decode(digest, by: decoder, recipe, process, in: spool), recipe)
            }
        }
        if case .success(let (_, recipe)) = result { self.recipe = recipe }
        return result.map(\.0)
    }

    private func takeSlot() async {
        if freeSlots > 0 {
            freeSlots -= 1
        } else {
            await withCheckedContinuation { queue.append($0) }
        }
    }

    private func giveSlot() {
        if queue.isEmpty { freeSlots += 1 } else { queue.removeFirst().resume() }
    }
}

/// One decoding, on a thread that may block.
enum Decoding {
    /// Seconds in which the decoder says its recipe; loading its libraries takes some 30 ms.
    private static let recipeSeconds = 30

    /// What the decoder makes, and by which versions of its libraries: the cache is good for that only.
    static func askRecipe(of decoder: String) throws(DecodeError) -> String {
        let answer: DecoderProcess.Result
        do throws(SystemError) {
            answer = try DecoderProcess().run(
                decoder, arguments: ["--recipe"], descriptors: [:], speaking: 1, seconds: recipeSeconds)
        } catch { throw .internal("\(error)") }
        guard answer.ending == .exited(0), let line = answer.report.split(separator: UInt8(ascii: "\n")).first else {
            throw .internal("\(decoder) --recipe failed: \(answer.ending)")
        }
        return String(decoding: line, as: UTF8.self)
    }

    static func decode(
        _ digest: FileDigest, by decoder: String, _ recipe: String, _ process: DecoderProcess, in spool: Spool
    ) throws(DecodeError) -> DecodedAudio {
        if process.isKilled { throw .cancelled }
        let cache = PCMCache(folder: "\(spool.folder)/\(Spool.cdda)", recipe: recipe)
        if let audio = cache.lookUp(digest) { return audio }
        let (draft, result) = try decoding { () throws(SpoolError) in try run(digest, decoder, process, spool) }
        if process.isKilled, !result.timedOut { throw .cancelled }
        let report = try result.decodeReport(limits: spool.limits)
        return try decoding { () throws(SpoolError) in
            let size = try spooling { () throws(SystemError) in try draft.file.size() }
            guard size == report.sampleFrames * DecodeContract.bytesPerFrame, size > 0 else {
                throw .lengthMismatch(expected: report.sampleFrames * DecodeContract.bytesPerFrame, received: size)
            }
            return try cache.publish(
                draft, of: digest, sampleFrames: report.sampleFrames, source: DecodedAudio.Source(report))
        }
    }

    /// Runs the decoder from a stored file into a draft.
    private static func run(
        _ digest: FileDigest, _ decoder: String, _ process: DecoderProcess, _ spool: Spool
    ) throws(SpoolError) -> (Draft, DecoderProcess.Result) {
        guard let file = spool.stored(digest) else { throw .notFound }
        try spool.requireRoom(for: 0)
        let draft = try spool.makeDraft()
        return try spooling { () throws(SystemError) in
            let source = try FileDescriptor(opening: file.path, O_RDONLY)
            // Opened once more: the lock on the draft belongs to this process alone, so that a decoder which outlives it by a
            // moment does not make a leftover look alive to the next server.
            let sink = try FileDescriptor(opening: draft.path, O_WRONLY)
            let limits = ["--memory", "\(spool.limits.decodeMemory)", "--cpu", "\(spool.limits.decodeCPUSeconds)"]
            let result = try process.run(
                decoder, arguments: limits, descriptors: [0: source, 1: sink], speaking: 2,
                seconds: spool.limits.decodeSeconds)
            return (draft, result)
        }
    }

    private static func decoding<Value>(_ body: () throws(SpoolError) -> Value) throws(DecodeError) -> Value {
        do throws(SpoolError) { return try body() } catch { throw DecodeError(error) }
    }
}
