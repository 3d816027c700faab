/// The commands of SPC and MMC that burnd sends and what drives answer to them: values only, a command and its reply to a
/// file, named as in the standards (SPC-4, MMC-6).
///
/// It imports the bytes (`BinaryCoding`), the places on a disc (`DiscLayout`) and what a command is (`SCSI`), opens
/// nothing and decides nothing. Whatever a drive answers is suspect: a reply that ends too early is an error with the
/// field's offset, never a trap.
public enum MMC {
    /// Longest reply that is asked for: the allocation length field of most commands has 16 bits, and old drives want it
    /// even.
    static let longestReply = 65_534

    /// Milliseconds that a mechanical operation (loading, spinning up) may take.
    public static let mechanicalTimeout = 300_000
    /// Milliseconds that a command that writes may take: the drive may calibrate, link or start slowly inside of it.
    public static let writeTimeout = 200_000
    /// Milliseconds for lead-in and lead-out at playing speed, four minutes, with as much to spare.
    static let closeTimeout = 480_000
    /// Milliseconds for reading a stretch of sectors, damaged ones included.
    public static let readTimeout = 120_000
}
