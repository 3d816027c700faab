public import DiscLayout

extension WriteParametersPage {
    /// Data block type of RAW: what the host sends behind the 2352 bytes of a sector.
    public enum RawBlock: UInt8, CaseIterable, Sendable {
        /// 16 bytes: the Q channel, and P as one bit.
        case pq = 1
        /// 96 bytes of P to W, the packs in R to W without parity and interleaving.
        case packs = 2
        /// 96 bytes of P to W as they go onto the disc.
        case raw = 3

        /// Bytes of a block.
        public var blockBytes: Int { RedBook.sectorBytes + (self == .pq ? 16 : RedBook.subChannelBytes) }
    }

    /// Session format: the disc type that the lead-in names.
    public enum SessionFormat: UInt8, Sendable {
        /// Audio, and data in Mode 1.
        case cdDAOrCDROM = 0x00
        /// CD-i.
        case cdI = 0x10
        /// CD-ROM XA.
        case cdROMXA = 0x20

        /// The format to continue a disc in, of the disc type that READ DISC INFORMATION tells; FFh, undefined, and what is
        /// none is as good as a new disc.
        public init(discType: UInt8) { self = Self(rawValue: discType) ?? .cdDAOrCDROM }
    }

    /// What is the same for all tracks of a session.
    public struct Session: Equatable, Sendable {
        /// What may follow it.
        public var multiSession: MultiSession
        /// The drive shall go on after its buffer ran empty; only where it says it can.
        public var freeFromUnderrun: Bool
        /// The laser stays off; only where the drive says it can.
        public var isTestWrite: Bool
        /// The disc type.
        public var format: SessionFormat
        /// The catalogue number: Track-At-Once, or where the cue sheet does not hold it.
        public var catalogNumber: CatalogNumber?

        /// A session.
        public init(
            multiSession: MultiSession = .none, freeFromUnderrun: Bool = false, isTestWrite: Bool = false,
            format: SessionFormat = .cdDAOrCDROM, catalogNumber: CatalogNumber? = nil
        ) {
            (self.multiSession, self.freeFromUnderrun) = (multiSession, freeFromUnderrun)
            (self.isTestWrite, self.format, self.catalogNumber) = (isTestWrite, format, catalogNumber)
        }
    }

    /// Everything for a track that is written Track-At-Once: its control bits, whether it is itself a copy (SCMS), its
    /// recording code. A block has 2352 bytes of an audio track and 2048 of one in Mode 1.
    ///
    /// The setters leave no field as the drive had it: LG drives report an illegal audio pause and Matsushita drives an
    /// illegal session format as their defaults, and link size, packet size and codes may be left over from other programs.
    public mutating func setTrackAtOnce(_ track: SessionLayout.Track, _ session: Session) {
        var fields = Fields(.trackAtOnce, session)
        fields.setControl(track.control, isCopy: track.form == .audio && track.copy == .scms)
        fields[4] = track.form == .audio ? 0 : Self.mode1Block
        if let code = track.recordingCode { fields.setCode(at: 32, code.characters) }
        replaceFields(fields.bytes)
    }

    /// Everything for an audio track that is written Track-At-Once and has no codes.
    public mutating func setTrackAtOnceAudio(
        control: TrackControl, multiSession: MultiSession, freeFromUnderrun: Bool
    ) {
        let session = Session(multiSession: multiSession, freeFromUnderrun: freeFromUnderrun)
        var fields = Fields(.trackAtOnce, session)
        fields.setControl(control, isCopy: false)
        replaceFields(fields.bytes)
    }

    /// Everything for a session that is written at once. What its blocks are is up to the cue sheet.
    public mutating func setSessionAtOnce(_ session: Session) {
        replaceFields(Fields(.sessionAtOnce, session).bytes)
    }

    /// Everything for a disc whose sub-channel comes from the host too, lead-in and lead-out as well. Multi-session, format
    /// and catalogue number are what the host writes, so that the page says nothing of them.
    public mutating func setRaw(_ block: RawBlock, freeFromUnderrun: Bool, isTestWrite: Bool) {
        var fields = Fields(.raw, Session(freeFromUnderrun: freeFromUnderrun, isTestWrite: isTestWrite))
        fields[4] = block.rawValue
        replaceFields(fields.bytes)
    }

    /// The page to try whether the drive knows a block of RAW: no feature tells, so that MODE SELECT has to. It sets nothing
    /// that a drive could refuse for another reason. The answer may depend on the medium.
    public func probing(_ block: RawBlock) -> WriteParametersPage {
        var probe = self
        probe.setRaw(block, freeFromUnderrun: false, isTestWrite: false)
        return probe
    }

    /// Data block type of a Mode 1 track: 2048 bytes.
    private static let mode1Block: UInt8 = 8

    /// Bytes 2 to 51, by the standard's offsets.
    private struct Fields {
        private(set) var bytes = [UInt8](repeating: 0, count: minimumLength - 2)

        init(_ type: WriteType, _ session: Session) {
            self[2] = (session.freeFromUnderrun ? 0x40 : 0) | (session.isTestWrite ? 0x10 : 0) | type.rawValue
            self[3] = session.multiSession.rawValue << 6
            self[8] = session.format.rawValue
            self[15] = UInt8(RedBook.pauseSectors)
            if let number = session.catalogNumber { setCode(at: 16, number.characters) }
        }

        subscript(offset: Int) -> UInt8 {
            get { bytes[offset - 2] }
            set { bytes[offset - 2] = newValue }
        }

        mutating func setControl(_ control: TrackControl, isCopy: Bool) {
            self[3] = self[3] | (isCopy ? 0x10 : 0) | control.rawValue
        }

        /// A code and, in the byte in front of it, the bit that makes it valid.
        mutating func setCode(at offset: Int, _ characters: [UInt8]) {
            self[offset] = 0x80
            for (place, character) in characters.enumerated() { self[offset + 1 + place] = character }
        }
    }
}
