/// Whether the machine was kept from sleeping and shutting down while a worker was at a disc: what came of asking logind.
///
/// It is part of the record of a burn, and so of a line that every burnd can read, whatever it makes of this member.
public struct PowerInhibitor: Codable, Equatable, Sendable {
    /// What came of it.
    public enum Result: String, Codable, Sendable, CaseIterable {
        /// It is in force, from before anything was written until the worker has ended.
        case granted
        /// There is no system bus.
        case noSystemBus = "no-system-bus"
        /// No logind is on the bus.
        case noLogind = "no-logind"
        /// It is not permitted.
        case refused
        /// Nobody answered in time.
        case timedOut = "timed-out"
        /// Something else, which a later burnd may have a name for.
        case failed

        /// Reads a name; one that is not known is a failure.
        public init(from decoder: any Decoder) throws {
            self = try Result(rawValue: decoder.singleValueContainer().decode(String.self)) ?? .failed
        }
    }

    /// What came of it.
    public var result: Result
    /// What the machine said to it, in its own words; "" where it said nothing.
    public var words: String

    /// An answer.
    public init(_ result: Result, words: String = "") { (self.result, self.words) = (result, words) }
}
