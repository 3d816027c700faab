import DiscLayout
import Glibc
import POSIX

/// The ring between the files and the drive: a thread fills it from the files, the burn empties it into WRITEs.
///
/// Its slots are the WRITEs themselves, a page-aligned piece of memory each, so that samples are copied once, from the
/// page cache into the slot, and go from there to the drive.
final class ReadAheadBuffer: @unchecked Sendable {
    // Unchecked is right: all that changes is guarded by `mutex`, except the memory of the slots. A slot belongs to the
    // reader until it is counted as filled, and to the burn from then until it is released.

    /// One WRITE.
    struct Chunk {
        /// Index of the track in the plan.
        let track: Int
        /// Sectors of the track in front of it.
        let offset: Int
        /// Sectors in it.
        let sectors: Int
        /// Its samples, silence where the file has ended.
        let bytes: UnsafeRawBufferPointer
    }

    enum Failure: Error, Equatable {
        /// A file could not be read.
        case reading(track: Int, SystemError)
        /// A file is shorter than it was.
        case truncated(track: Int)
        /// Nothing came in time.
        case timedOut
    }

    /// Sectors of one WRITE: 63 504 bytes stay under the 64 KiB that every USB bridge takes (wodim's number too).
    static let chunkSectors = 27
    /// From slot to slot: whole pages.
    private static let slotBytes = 64 << 10
    /// Slots: 16 MiB, more than half a minute of playing and two seconds at the highest speed.
    private static let slotCount = 256

    private let sources: [TrackContent]
    private let memory: UnsafeMutableRawBufferPointer
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    // Guarded by `mutex`:
    private var filled: [(track: Int, offset: Int, sectors: Int)?] = []
    private var firstFilled = 0
    private var filledCount = 0
    private var isStopping = false
    private var hasEnded = false
    private var failure: Failure?

    /// Bytes of memory that hold samples.
    static var capacity: Int { slotCount * chunkSectors * RedBook.sectorBytes }
    /// Bytes of memory that stay in RAM.
    let lockedBytes: Int

    /// Makes the ring and starts its thread.
    init(_ sources: [TrackContent]) {
        self.sources = sources
        memory = .allocate(byteCount: Self.slotBytes * Self.slotCount, alignment: 4096)
        lockedBytes = LockedMemory.lock(memory)
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        filled = Array(repeating: nil, count: Self.slotCount)
        BlockingThread.start { [self] in fill() }
    }

    deinit {
        if let base = memory.baseAddress { munlock(base, lockedBytes) }
        memory.deallocate()
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    // MARK: The burn's side

    /// Sectors that wait in the ring.
    var sectorsWaiting: Int {
        locked { (0..<filledCount).reduce(0) { $0 + (filled[(firstFilled + $1) % Self.slotCount]?.sectors ?? 0) } }
    }

    /// Returns when the ring is full or holds all that there is.
    func waitUntilFull(_ limit: Duration) throws(Failure) {
        try waitUntil(limit) { filledCount == Self.slotCount || hasEnded }
        if let failure = locked({ failure }) { throw failure }
    }

    /// The next WRITE; waits for it. Nil when all was taken. It stays the next one until `release`.
    func next(_ limit: Duration) throws(Failure) -> Chunk? {
        try waitUntil(limit) { filledCount > 0 || hasEnded }
        pthread_mutex_lock(mutex)
        let (slot, entry, ending) = (firstFilled, filledCount > 0 ? filled[firstFilled] : nil, failure)
        pthread_mutex_unlock(mutex)
        guard let entry else {
            if let ending { throw ending }
            return nil
        }
        let bytes = memory[slot * Self.slotBytes..<slot * Self.slotBytes + entry.sectors * RedBook.sectorBytes]
        return Chunk(
            track: entry.track, offset: entry.offset, sectors: entry.sectors,
            bytes: UnsafeRawBufferPointer(rebasing: bytes))
    }

    /// Gives the memory of the chunk that `next` returned back to the reader.
    func release() {
        locked {
            firstFilled = (firstFilled + 1) % Self.slotCount
            filledCount -= 1
            pthread_cond_broadcast(changed)
        }
    }

    /// How long an ended reader is waited for: one that hangs in a dead disk keeps its memory and is left behind.
    private static let patience: Duration = .seconds(5)

    /// Ends the reader and waits until it has ended. May be called again.
    func stop() {
        locked {
            isStopping = true
            pthread_cond_broadcast(changed)
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
            for (track, source) in sources.enumerated() {
                for offset in stride(from: 0, to: source.sectors, by: Self.chunkSectors) {
                    guard let slot = waitForFreeSlot() else { break }
                    let sectors = min(Self.chunkSectors, source.sectors - offset)
                    let bytes = memory[slot * Self.slotBytes..<slot * Self.slotBytes + sectors * RedBook.sectorBytes]
                    try source.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes), at: offset * RedBook.sectorBytes, track)
                    locked {
                        filled[slot] = (track, offset, sectors)
                        filledCount += 1
                        pthread_cond_broadcast(changed)
                    }
                }
            }
        } catch {
            result = error
        }
        locked {
            failure = result
            hasEnded = true
            pthread_cond_broadcast(changed)
        }
    }

    /// Nil when the reader shall end.
    private func waitForFreeSlot() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while filledCount == Self.slotCount, !isStopping { pthread_cond_wait(changed, mutex) }
        return isStopping ? nil : (firstFilled + filledCount) % Self.slotCount
    }

    // MARK: Locking

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private func waitUntil(_ limit: Duration, _ condition: () -> Bool) throws(Failure) {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
        end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !condition() {
            if pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT, !condition() { throw .timedOut }
        }
    }
}
