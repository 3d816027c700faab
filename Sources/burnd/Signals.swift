import Dispatch
import Glibc

/// The signals that ask burnd to end, as a sequence.
enum Signals {
    /// Every SIGTERM and SIGINT from now on. They end the process no longer by themselves.
    static func terminations() -> AsyncStream<Int32> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // Sendable by declaration: otherwise it would be taken for the main actor's and trap on Dispatch's thread.
            source.setEventHandler { @Sendable in continuation.yield(number) }
            source.resume()
            return source
        }
        let kept = KeptSources(sources)
        continuation.onTermination = { _ in kept.cancel() }
        return stream
    }

    /// Keeps the sources alive as long as somebody listens.
    private final class KeptSources: @unchecked Sendable {
        // Unchecked is right: Dispatch's sources may be cancelled on any thread, and the array never changes.
        private let sources: [any DispatchSourceSignal]
        init(_ sources: [any DispatchSourceSignal]) { self.sources = sources }
        func cancel() { for source in sources { source.cancel() } }
    }
}
