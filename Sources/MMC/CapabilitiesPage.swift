import BinaryCoding

/// CD/DVD Capabilities and Mechanical Status mode page (2Ah), as of MMC-3; legacy since, and still everywhere.
public struct CapabilitiesPage: Equatable, Sendable {
    /// The page code.
    public static let code: UInt8 = 0x2A

    /// Writes CD-R.
    public let writesCDR: Bool
    /// Writes CD-RW.
    public let writesCDRW: Bool
    /// Can write without the laser.
    public let hasTestWrite: Bool
    /// Can go on after its buffer ran empty.
    public let hasBufferUnderrunProtection: Bool
    /// Reads audio at exact places.
    public let hasAccurateStream: Bool
    /// How the disc gets in: 0 caddy, 1 tray, 2 pop-up, 4 and 5 changers.
    public let loadingMechanism: UInt8
    /// Can open the tray by itself.
    public let ejects: Bool
    /// The door is locked now.
    public let isLocked: Bool
    /// Size of the drive's buffer in KiB; nil when unknown.
    public let bufferKiB: Int?
    /// Highest speed of writing in kB/s; nil when unknown.
    public let maximumWriteSpeed: Int?
    /// Speed of writing that is set, in kB/s; nil when unknown.
    public let currentWriteSpeed: Int?
    /// Speeds of writing that the drive offers, in kB/s.
    public let writeSpeeds: [Int]

    /// The page's fields; nil when it is another page or lacks the bits up to byte 6.
    ///
    /// The page grew with every MMC, and emulated drives send a short one: what is not there is unknown.
    public init?(_ page: ModePage) {
        let view = ByteView(page.bytes)
        guard page.code == Self.code, page.bytes.count >= 7 else { return nil }
        func byte(_ offset: Int) -> UInt8 { page.bytes[offset] }
        func number(_ offset: Int) -> Int? {
            guard let value = try? view.uint16(at: offset), value != 0 else { return nil }
            return Int(value)
        }
        (writesCDR, writesCDRW, hasTestWrite) = (byte(3).bit(0), byte(3).bit(1), byte(3).bit(2))
        (hasBufferUnderrunProtection, hasAccurateStream) = (byte(4).bit(7), byte(5).bit(1))
        (loadingMechanism, ejects, isLocked) = (byte(6).bits(5...7), byte(6).bit(3), byte(6).bit(1))
        (bufferKiB, maximumWriteSpeed) = (number(12), number(18))
        // MMC-3 moved the current speed to bytes 28-29.
        currentWriteSpeed = number(28) ?? number(20)
        let count = min(number(30) ?? 0, (page.bytes.count - 32) / 4)
        writeSpeeds = (0..<max(count, 0)).compactMap { number(32 + $0 * 4 + 2) }
    }
}
