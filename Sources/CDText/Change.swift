extension DiscText {
    /// A text that is not on the disc as it was written.
    public struct Change: Codable, Equatable, Sendable {
        /// Number of the block from 0.
        public var block: Int
        /// Number of the track, 0 the disc.
        public var track: Int
        /// Which text.
        public var field: TextField
        /// As it was written.
        public var before: String
        /// As it is on the disc.
        public var after: String
        /// The gravest of what was done.
        public var reason: Reason

        /// A text that changed.
        public init(block: Int, track: Int, field: TextField, before: String, after: String, reason: Reason) {
            (self.block, self.track, self.field) = (block, track, field)
            (self.before, self.after, self.reason) = (before, after, reason)
        }

        /// What was done, from the least to the gravest.
        public enum Reason: String, Codable, Sendable, CaseIterable, Comparable {
            /// Letters of two bytes stand for those of one.
            case widened
            /// Letters stand for others of the same sound or shape.
            case transliterated
            /// What cannot be seen is left out.
            case dropped
            /// Question marks stand for characters that the character set lacks.
            case replaced

            /// Whether a reason is less grave.
            public static func < (one: Reason, other: Reason) -> Bool { one.gravity < other.gravity }

            private var gravity: Int {
                switch self {
                case .widened: 0
                case .transliterated: 1
                case .dropped: 2
                case .replaced: 3
                }
            }
        }
    }
}
