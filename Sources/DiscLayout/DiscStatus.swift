/// What can still be done with a disc, as its drive describes it: the disc status of READ DISC INFORMATION (MMC-6, 6.21.3),
/// in the API's words.
public enum DiscStatus: String, Codable, Sendable {
    /// Nothing is written on it.
    case blank
    /// Written on, with room for more.
    case appendable
    /// Finished.
    case complete
    /// It cannot be read, or is none that can be recorded.
    case unreadable
}
