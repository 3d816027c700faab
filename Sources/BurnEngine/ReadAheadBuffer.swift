import DiscLayout
import Glibc
import POSIX

/// The ring between the sources and the drive: a thread fills it, the burn empties it into WRITEs.
///
/// Its slots are the WRITEs themselves, a page-aligned piece of memory each, so that what is in a file is copied once, from
/// the page cache into the slot, and goes from there to the drive.
final class ReadAheadBuffer: @unchecked Sendable {
    // Unchecked is right: all that changes is guarded by `mutex`, except the memory of the slots. A slot belongs to the
    // reader until it is counted as filled, and to the burn from then until it is released.

    /// One WRITE.
    struct Chunk {
        /// Addresses of its blocks.
        let addresses: Range<Int>
        /// All of them.
        let bytes: UnsafeRawBufferPointer
        /// Bytes in the ring, this chunk's among them.
        let bytesWaiting: Int
        /// Everything that follows waits in the ring.
        let isAllRead: Bool
    }

    /// The tracks named in it are places in the plan.
    enum Failure: Error, Equatable {
        /// A file could not be read.
        case reading(track: Int, SystemError)
        /// A file is shorter than it was.
        case truncated(track: Int)
        /// Nothing came in time.
        case timedOut
    }

    /// Sectors of one WRITE, and of one READ, of samples.
    static let chunkSectors = BlockSequence.blocksOfWrite(RedBook.sectorBytes)
    /// From slot to slot: whole pages.
    private static let slotBytes = 64 << 10
    /// Slots: 16 MiB, more than half a minute of playing and two seconds at the highest speed.
    private static let slotCount = 256
    /// Bytes of the ring.
    static let memoryBytes = slotBytes * slotCount
    /// Slots that are free before the reader goes on once the ring was full: a thread that is woken for each WRITE costs
    /// more than what it reads.
    private static let slotsAtOnce = slotCount / 4

    private struct Entry {
        let addresses: Range<Int>
        let byteCount: Int
    }

    private let sequence: BlockSequence
    private let writeLimit: Int
    private let memory: UnsafeMutableRawBufferPointer
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// The burn waits for it, the reader signals it.
    private let filling: UnsafeMutablePointer<pthread_cond_t>
    /// The reader waits for it, the burn signals it.
    private let emptying: UnsafeMutablePointer<pthread_cond_t>
    // Guarded by `mutex`:
    private var filled: [Entry?] = []
    private var firstFilled = 0
    private var filledCount = 0
    private var bytesWaiting = 0
    private var isBurnWaiting = false
    private var isReaderWaiting = false
    private var isStopping = false
    private var hasEnded = false
    private var failure: Failure?

    /// Bytes of memory that wait for the drive at most.
    static let capacity = slotCount * BlockSequence.longestWrite
    /// Bytes of memory that stay in RAM.
    let lockedBytes: Int

    /// Makes the ring and starts its thread.
    ///
    /// - Parameter writeLimit: most bytes of one WRITE that the way to the drive takes.
    init(_ sequence: BlockSequence, writeLimit: Int = .max) {
        (self.sequence, self.writeLimit) = (sequence, writeLimit)
        memory = .allocate(byteCount: Self.memoryBytes, alignment: 4096)
        lockedBytes = LockedMemory.lock(memory)
        mutex = .allocate(capacity: 1)
        filling = .allocate(capacity: 1)
        emptying = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(filling, &attributes)
        pthread_cond_init(emptying, &attributes)
        pthread_condattr_destroy(&attributes)
        filled = Array(repeating: nil, count: Self.slotCount)
        BlockingThread.start { [self] in fill() }
    }

    deinit {
        if let base = memory.baseAddress { munlock(base, lockedBytes) }
        memory.deallocate()
        pthread_cond_destroy(filling)
        pthread_cond_destroy(emptying)
        pthread_mutex_destroy(mutex)
        filling.deallocate()
        emptying.deallocate()
        mutex.deallocate()
    }

    // MARK: The burn's side

    /// Returns when the ring is full or holds all that there is.
    func waitUntilFull(_ limit: Duration) throws(Failure) {
        try waitUntil(limit) { filledCount == Self.slotCount || hasEnded }
        if let failure = locked({ failure }) { throw failure }
    }

    /// The next WRITE; waits for it. Nil when all was taken. It stays the next one until `release`.
    func next(_ limit: Duration) throws(Failure) -> Chunk? {
        pthread_mutex_lock(mutex)
        if filledCount == 0, !hasEnded {
            pthread_mutex_unlock(mutex)
            try waitUntil(limit) { filledCount > 0 || hasEnded }
            pthread_mutex_lock(mutex)
        }
        let (slot, entry, ending) = (firstFilled, filledCount > 0 ? filled[firstFilled] : nil, failure)
        let isAllRead = hasEnded
        let bytesWaiting = bytesWaiting
        pthread_mutex_unlock(mutex)
        guard let entry else {
            if let ending { throw ending }
            return nil
        }
        return Chunk(
            addresses: entry.addresses, bytes: UnsafeRawBufferPointer(self.slot(slot, entry.byteCount)),
            bytesWaiting: bytesWaiting, isAllRead: isAllRead)
    }

    /// Gives the memory of the chunk that `next` returned back to the reader.
    func release() {
        locked {
            bytesWaiting -= filled[firstFilled]?.byteCount ?? 0
            firstFilled = (firstFilled + 1) % Self.slotCount
            filledCount -= 1
            if isReaderWaiting, filledCount <= Self.slotCount - Self.slotsAtOnce { pthread_cond_signal(emptying) }
        }
    }

    /// How long an ended reader is waited for: one that hangs in a dead disk keeps its memory and is left behind.
    private static let patience: Duration = .seconds(5)

    /// Ends the reader and waits until it has ended. May be called again.
    func stop() {
        locked {
            isStopping = true
            pthread_cond_signal(emptying)
        }
        do throws(Failure) {
            try waitUntil(Self.patience) { hasEnded }
        } catch {
            return
        }
    }

    // MARK: The reader's side

    private func fill() {
        var result: Failure?
        do throws(Failure) {
            var chunks = ChunkSequence(sequence, writeLimit: writeLimit)
            while let pieces = chunks.next() {
                guard let slot = waitForFreeSlot() else { break }
                try fill(slot, pieces)
            }
        } catch {
            result = error
        }
        locked {
            failure = result
            hasEnded = true
            pthread_cond_signal(filling)
        }
    }

    private func fill(_ slot: Int, _ pieces: [ChunkSequence.Piece]) throws(Failure) {
        var count = 0
        let target = self.slot(slot, Self.slotBytes)
        for piece in pieces {
            let bytes = piece.addresses.count * piece.stretch.blockBytes
            try piece.stretch.source.read(
                piece.addresses, into: UnsafeMutableRawBufferPointer(rebasing: target[count..<count + bytes]))
            count += bytes
        }
        let addresses = pieces[0].addresses.lowerBound..<pieces[pieces.count - 1].addresses.upperBound
        locked {
            filled[slot] = Entry(addresses: addresses, byteCount: count)
            filledCount += 1
            bytesWaiting += count
            if isBurnWaiting { pthread_cond_signal(filling) }
        }
    }

    /// Nil when the reader shall end.
    private func waitForFreeSlot() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if filledCount == Self.slotCount {
            isReaderWaiting = true
            if isBurnWaiting { pthread_cond_signal(filling) }
            while filledCount > Self.slotCount - Self.slotsAtOnce, !isStopping { pthread_cond_wait(emptying, mutex) }
            isReaderWaiting = false
        }
        return isStopping ? nil : (firstFilled + filledCount) % Self.slotCount
    }

    private func slot(_ index: Int, _ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            rebasing: memory[index * Self.slotBytes..<index * Self.slotBytes + byteCount])
    }

    // MARK: Locking

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// On the burn's side only.
    private func waitUntil(_ limit: Duration, _ condition: () -> Bool) throws(Failure) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
        end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        isBurnWaiting = true
        defer {
            isBurnWaiting = false
            pthread_mutex_unlock(mutex)
        }
        while !condition() {
            if pthread_cond_timedwait(filling, mutex, &end) == ETIMEDOUT, !condition() { throw .timedOut }
        }
    }
}

/// Cuts a sequence into WRITEs: as many blocks as one holds, across the borders of stretches that continue each other.
struct ChunkSequence {
    /// The part of a WRITE that comes from one stretch.
    struct Piece {
        let stretch: Stretch
        let addresses: Range<Int>
    }

    private let stretches: [Stretch]
    private let writeLimit: Int
    private var index = 0
    private var position: Int

    init(_ sequence: BlockSequence, writeLimit: Int = .max) {
        self.writeLimit = writeLimit
        stretches = sequence.stretches
        position = stretches.first?.addresses.lowerBound ?? 0
    }

    /// The parts of the next WRITE, nil when there is none.
    mutating func next() -> [Piece]? {
        guard index < stretches.count else { return nil }
        let blockBytes = stretches[index].blockBytes
        var room = BlockSequence.blocksOfWrite(blockBytes, within: writeLimit)
        var pieces: [Piece] = []
        while room > 0, index < stretches.count {
            let stretch = stretches[index]
            if !pieces.isEmpty, !stretch.continues || stretch.blockBytes != blockBytes { break }
            let end = min(position + room, stretch.addresses.upperBound)
            pieces.append(Piece(stretch: stretch, addresses: position..<end))
            room -= end - position
            position = end
            guard end == stretch.addresses.upperBound else { break }
            index += 1
            if index < stretches.count { position = stretches[index].addresses.lowerBound }
        }
        return pieces
    }
}
