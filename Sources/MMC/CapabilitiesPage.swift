import BinaryCoding
public import DiscLayout

/// CD/DVD Capabilities and Mechanical Status mode page (2Ah), as of MMC-3; legacy since, and still everywhere.
public struct CapabilitiesPage: Equatable, Sendable {
    /// The page code.
    public static let code: UInt8 = 0x2A

    /// What a drive can do, by the bits of bytes 2 to 7.
    public struct Abilities: OptionSet, Hashable, Sendable {
        /// Byte 2 in the lowest byte, byte 7 in the sixth.
        public let rawValue: UInt64
        /// Abilities of the given bits.
        public init(rawValue: UInt64) { self.rawValue = rawValue }
        private init(byte: UInt64, bit: UInt64) { rawValue = 1 << ((byte - 2) * 8 + bit) }

        /// Reads CD-R.
        public static let readsCDR = Abilities(byte: 2, bit: 0)
        /// Reads CD-RW.
        public static let readsCDRW = Abilities(byte: 2, bit: 1)
        /// Reads packets of fixed length (method 2).
        public static let readsMethod2 = Abilities(byte: 2, bit: 2)
        /// Reads DVD-ROM.
        public static let readsDVDROM = Abilities(byte: 2, bit: 3)
        /// Reads DVD-R.
        public static let readsDVDR = Abilities(byte: 2, bit: 4)
        /// Reads DVD-RAM.
        public static let readsDVDRAM = Abilities(byte: 2, bit: 5)
        /// Writes CD-R.
        public static let writesCDR = Abilities(byte: 3, bit: 0)
        /// Writes CD-RW.
        public static let writesCDRW = Abilities(byte: 3, bit: 1)
        /// Can write without the laser.
        public static let testWrite = Abilities(byte: 3, bit: 2)
        /// Writes DVD-R.
        public static let writesDVDR = Abilities(byte: 3, bit: 4)
        /// Writes DVD-RAM.
        public static let writesDVDRAM = Abilities(byte: 3, bit: 5)
        /// Plays audio.
        public static let audioPlay = Abilities(byte: 4, bit: 0)
        /// Has an output for composite audio and video.
        public static let composite = Abilities(byte: 4, bit: 1)
        /// Has a first digital output.
        public static let digitalPort1 = Abilities(byte: 4, bit: 2)
        /// Has a second digital output.
        public static let digitalPort2 = Abilities(byte: 4, bit: 3)
        /// Reads Mode 2 form 1.
        public static let readsMode2Form1 = Abilities(byte: 4, bit: 4)
        /// Reads Mode 2 form 2.
        public static let readsMode2Form2 = Abilities(byte: 4, bit: 5)
        /// Reads several sessions.
        public static let multiSession = Abilities(byte: 4, bit: 6)
        /// Can go on after its buffer ran empty.
        public static let bufferUnderrunProtection = Abilities(byte: 4, bit: 7)
        /// Reads audio.
        public static let readsCDDA = Abilities(byte: 5, bit: 0)
        /// Reads audio at exact places.
        public static let accurateStream = Abilities(byte: 5, bit: 1)
        /// Reads R to W.
        public static let readsRToW = Abilities(byte: 5, bit: 2)
        /// Reads R to W in order and corrected.
        public static let correctsRToW = Abilities(byte: 5, bit: 3)
        /// Tells errors of the second stage of correction.
        public static let c2Pointers = Abilities(byte: 5, bit: 4)
        /// Reads recording codes.
        public static let readsISRC = Abilities(byte: 5, bit: 5)
        /// Reads catalogue numbers.
        public static let readsMCN = Abilities(byte: 5, bit: 6)
        /// Reads bar codes.
        public static let readsBarCode = Abilities(byte: 5, bit: 7)
        /// The door can be locked.
        public static let locks = Abilities(byte: 6, bit: 0)
        /// The door is locked now.
        public static let isLocked = Abilities(byte: 6, bit: 1)
        /// A jumper prevents opening after power-on.
        public static let preventJumper = Abilities(byte: 6, bit: 2)
        /// Can open the tray by itself.
        public static let ejects = Abilities(byte: 6, bit: 3)
        /// The channels of audio have volumes of their own.
        public static let separateVolume = Abilities(byte: 7, bit: 0)
        /// The channels of audio can be muted one by one.
        public static let separateMute = Abilities(byte: 7, bit: 1)
        /// A changer says which of its slots hold a disc.
        public static let reportsDiscPresence = Abilities(byte: 7, bit: 2)
        /// Slots can be chosen without loading their disc.
        public static let selectsSlots = Abilities(byte: 7, bit: 3)
        /// Turns discs over.
        public static let changesSides = Abilities(byte: 7, bit: 4)
        /// Reads R to W in lead-ins: CD-TEXT.
        public static let readsRToWInLeadIn = Abilities(byte: 7, bit: 5)
    }

    /// What the drive can do.
    public let abilities: Abilities
    /// How the disc gets in: 0 caddy, 1 tray, 2 pop-up, 4 and 5 changers.
    public let loadingMechanism: UInt8
    /// Size of the drive's buffer in KiB; nil when unknown.
    public let bufferKiB: Int?
    /// Highest speed of reading in kB/s; nil when unknown.
    public let maximumReadSpeed: Int?
    /// Speed of reading that is set, in kB/s; nil when unknown.
    public let currentReadSpeed: Int?
    /// Highest speed of writing in kB/s; nil when unknown.
    public let maximumWriteSpeed: Int?
    /// Speed of writing that is set; nil when unknown. Its rotation is known of pages as of MMC-3 alone, else taken as CLV.
    public let currentWrite: RecordingSpeed?
    /// Speeds of writing that the drive offers, in its order.
    public let speeds: [RecordingSpeed]

    /// The page's fields; nil when it is another page or lacks the bits up to byte 6.
    ///
    /// The page grew with every MMC, and emulated drives send a short one: what is not there is unknown.
    public init?(_ page: ModePage) {
        let view = ByteView(page.bytes)
        guard page.code == Self.code, page.bytes.count >= 7 else { return nil }
        func byte(_ offset: Int) -> UInt8 { page.bytes.indices.contains(offset) ? page.bytes[offset] : 0 }
        func number(_ offset: Int) -> Int? {
            guard let value = try? view.uint16(at: offset), value != 0 else { return nil }
            return Int(value)
        }
        abilities = Abilities(rawValue: (2...7).reversed().reduce(0) { $0 << 8 | UInt64(byte($1)) })
        loadingMechanism = byte(6).bits(5...7)
        (maximumReadSpeed, bufferKiB, currentReadSpeed) = (number(8), number(12), number(14))
        maximumWriteSpeed = number(18)
        // MMC-3 moved the current speed to bytes 28-29, and put the rotation in front of it.
        currentWrite =
            number(28).map { RecordingSpeed(kilobytesPerSecond: $0, isPureCAV: byte(27).bits(0...1) == 1) }
            ?? number(20).map { RecordingSpeed(kilobytesPerSecond: $0) }
        let count = min(number(30) ?? 0, (page.bytes.count - 32) / 4)
        speeds = (0..<max(count, 0)).compactMap { index in
            let offset = 32 + index * 4
            let isPureCAV = byte(offset + 1).bits(0...2) == 1
            return number(offset + 2).map { RecordingSpeed(kilobytesPerSecond: $0, isPureCAV: isPureCAV) }
        }
    }
}
