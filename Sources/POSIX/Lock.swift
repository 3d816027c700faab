import Glibc

/// A value that one thread at a time may touch.
///
/// A pthread mutex rather than the standard library's: that one is a bare futex, which the thread sanitizer cannot see, so
/// that it reports races where there are none and would hide those that there are.
public final class Lock<Value>: @unchecked Sendable {
    // Unchecked is right: `value` is read and written only between lock and unlock of `mutex`, which lives as long.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// Guards `value`.
    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        let result = pthread_mutex_init(mutex, nil)
        precondition(result == 0, "pthread_mutex_init fails only for want of memory")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deinitialize(count: 1)
        mutex.deallocate()
    }

    /// Runs `body` while no other thread is inside. `body` must not block and must not take the same lock.
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
