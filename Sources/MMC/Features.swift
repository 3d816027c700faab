import BinaryCoding

extension Configuration {
    /// Removable Medium (0003h): tray and door (MMC-6, 5.3.4).
    public struct RemovableMedium: Equatable, Sendable {
        /// How the disc gets in: 0 caddy, 1 tray, 2 pop-up, 4 and 5 changers.
        public let loadingMechanism: UInt8
        /// START STOP UNIT can close the tray.
        public let loads: Bool
        /// It can open the tray.
        public let ejects: Bool
        /// The door can be locked.
        public let locks: Bool
    }

    /// CD Read (001Eh): what the drive reads of CDs besides their sectors (MMC-6, 5.3.11).
    public struct CDRead: Equatable, Sendable {
        /// Usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// Errors of audio need not be concealed.
        public let hasDigitalAudioPlay: Bool
        /// It tells errors of the second stage of correction.
        public let hasC2Pointers: Bool
        /// It reads CD-TEXT.
        public let readsText: Bool
    }

    /// CD Track at Once (002Dh): the drive writes TAO (MMC-6, 5.3.23).
    public struct TrackAtOnce: Equatable, Sendable {
        /// Usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// The drive can go on after its buffer ran empty.
        public let hasBufferUnderrunProtection: Bool
        /// It takes R to W as they go onto the disc.
        public let writesRawRToW: Bool
        /// It takes R to W as packs.
        public let writesPackedRToW: Bool
        /// It can write without the laser.
        public let hasTestWrite: Bool
        /// It writes CD-RW.
        public let writesCDRW: Bool
        /// It writes channels R to W.
        public let writesRToW: Bool
        /// Data block types that it takes: bit n for type n. 0 when it does not say.
        public let dataBlockTypes: UInt16
    }

    /// CD Mastering (002Eh): the drive writes SAO, RAW or both (MMC-6, 5.3.24).
    public struct Mastering: Equatable, Sendable {
        /// Usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// The drive can go on after its buffer ran empty.
        public let hasBufferUnderrunProtection: Bool
        /// It writes whole sessions from a cue sheet.
        public let writesSessionAtOnce: Bool
        /// It writes further sessions in RAW.
        public let writesRawMultiSession: Bool
        /// It writes raw sectors with sub-channel. Which of the blocks it takes, MODE SELECT alone tells.
        public let writesRaw: Bool
        /// It can write without the laser; of RAW the standard does not promise it.
        public let hasTestWrite: Bool
        /// It writes CD-RW.
        public let writesCDRW: Bool
        /// It writes channels R to W, so CD-TEXT.
        public let writesRToW: Bool
        /// Longest cue sheet in bytes; 0 when it does not say.
        public let longestCueSheet: Int
    }

    /// Real Time Streaming (0107h): what the drive tells of speeds and buffer (MMC-6, 5.3.39).
    public struct RealTimeStreaming: Equatable, Sendable {
        /// READ BUFFER CAPACITY can count in blocks.
        public let readsBufferCapacityInBlocks: Bool
        /// SET CD SPEED is known.
        public let setsSpeed: Bool
        /// Page 2Ah lists write speeds.
        public let hasWriteSpeedsInPage: Bool
        /// GET PERFORMANCE lists write speeds.
        public let listsWriteSpeeds: Bool
    }

    /// Feature 0003h, or nil when the drive has none.
    public var removableMedium: RemovableMedium? {
        features[0x0003].map { feature in
            let bits = feature.byte(4)
            // The Load bit came with version 1. Before it a tray was one that closes.
            let mechanism = bits.bits(5...7)
            return RemovableMedium(
                loadingMechanism: mechanism, loads: feature.version > 0 ? bits.bit(4) : mechanism == 1,
                ejects: bits.bit(3), locks: bits.bit(0))
        }
    }

    /// Feature 001Eh, or nil when the drive has none.
    public var cdRead: CDRead? {
        features[0x001E].map { feature in
            let bits = feature.byte(4)
            return CDRead(
                isCurrent: feature.isCurrent, hasDigitalAudioPlay: bits.bit(7), hasC2Pointers: bits.bit(1),
                readsText: bits.bit(0))
        }
    }

    /// Feature 002Dh, or nil when the drive has none.
    public var trackAtOnce: TrackAtOnce? {
        features[0x002D].map { feature in
            let bits = feature.byte(4)
            return TrackAtOnce(
                isCurrent: feature.isCurrent, hasBufferUnderrunProtection: bits.bit(6), writesRawRToW: bits.bit(4),
                writesPackedRToW: bits.bit(3), hasTestWrite: bits.bit(2), writesCDRW: bits.bit(1),
                writesRToW: bits.bit(0), dataBlockTypes: UInt16(feature.byte(6)) << 8 | UInt16(feature.byte(7)))
        }
    }

    /// Feature 002Eh, or nil when the drive has none.
    public var mastering: Mastering? {
        features[0x002E].map { feature in
            let bits = feature.byte(4)
            return Mastering(
                isCurrent: feature.isCurrent, hasBufferUnderrunProtection: bits.bit(6),
                writesSessionAtOnce: bits.bit(5), writesRawMultiSession: bits.bit(4), writesRaw: bits.bit(3),
                hasTestWrite: bits.bit(2), writesCDRW: bits.bit(1), writesRToW: bits.bit(0),
                longestCueSheet: (5...7).reduce(0) { $0 << 8 | Int(feature.byte($1)) })
        }
    }

    /// Feature 0107h, or nil when the drive has none.
    public var realTimeStreaming: RealTimeStreaming? {
        features[0x0107].map { feature in
            let bits = feature.byte(4)
            return RealTimeStreaming(
                readsBufferCapacityInBlocks: bits.bit(4), setsSpeed: bits.bit(3),
                hasWriteSpeedsInPage: bits.bit(2), listsWriteSpeeds: bits.bit(1))
        }
    }

    /// Logical Unit Serial Number (0108h), or nil when the drive has none.
    public var serialNumber: String? {
        guard let feature = features[0x0108] else { return nil }
        let text = try? ByteView(feature.data).ascii(at: 0, count: feature.data.count)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Physical Interface Standard of feature Core (0001h): 1 SCSI, 2 ATAPI, 4 and 6 IEEE 1394, 7 SATA, 8 USB; nil when the
    /// drive does not tell, or leaves it open (MMC-6, 5.3.2).
    public var physicalInterface: UInt32? {
        guard let feature = features[0x0001], let code = try? ByteView(feature.data).uint32(at: 0) else { return nil }
        return code == 0 ? nil : code
    }

    /// When the firmware was made, as feature Firmware Information (010Ch) has it: fourteen digits, `YYYYMMDDhhmmss`. Nil when the
    /// drive does not tell, or something that is no date.
    public var firmwareDate: String? {
        guard let feature = features[0x010C], let text = try? ByteView(feature.data).ascii(at: 0, count: 14),
            text.utf8.count == 14, text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        func field(_ offset: Int) -> Int { Int(text.dropFirst(offset).prefix(2)) ?? 0 }
        let isDate = (1...12).contains(field(4)) && (1...31).contains(field(6))
        let isTime = field(8) < 24 && field(10) < 60 && field(12) <= 60
        return isDate && isTime ? text : nil
    }

    /// Sub-types of CD-RW that the drive writes, as their numbers in the ATIP (CD-RW Media Write Support, 0037h); nil when it
    /// does not tell.
    public var rewritableSubTypes: [UInt8]? {
        features[0x0037].map { feature in (0..<8).filter { feature.byte(5).bit(Int($0)) } }
    }

    /// All features, by their codes.
    public var featureList: [Feature] { features.values.sorted { $0.code < $1.code } }

    /// Profiles that the drive knows (feature 0000h), in its order.
    public var profiles: [SupportedProfile] {
        guard let list = features[0x0000]?.data else { return [] }
        return stride(from: 0, to: list.count - 3, by: 4).map { offset in
            SupportedProfile(
                number: UInt16(list[offset]) << 8 | UInt16(list[offset + 1]), isCurrent: list[offset + 2].bit(0))
        }
    }

    /// One entry of the profile list.
    public struct SupportedProfile: Equatable, Sendable {
        /// The profile's number.
        public let number: UInt16
        /// The medium in the drive has it.
        public let isCurrent: Bool
    }

    /// True with a CD-R or CD-RW in the drive.
    public var hasRecordableCD: Bool { currentProfile == Profile.cdR || currentProfile == Profile.cdRW }
}
