import BinaryCoding

extension Configuration {
    /// CD Track at Once (002Dh): the drive writes TAO (MMC-6, 5.3.23).
    public struct TrackAtOnce: Equatable, Sendable {
        /// Usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// The drive can go on after its buffer ran empty.
        public let hasBufferUnderrunProtection: Bool
        /// It can write without the laser.
        public let hasTestWrite: Bool
        /// It writes CD-RW.
        public let writesCDRW: Bool
    }

    /// CD Mastering (002Eh): the drive writes SAO, RAW or both (MMC-6, 5.3.24).
    public struct Mastering: Equatable, Sendable {
        /// Usable with the medium that is in the drive.
        public let isCurrent: Bool
        /// The drive can go on after its buffer ran empty.
        public let hasBufferUnderrunProtection: Bool
        /// It writes whole sessions from a cue sheet.
        public let writesSessionAtOnce: Bool
        /// It writes raw sectors with sub-channel.
        public let writesRaw: Bool
        /// It can write without the laser.
        public let hasTestWrite: Bool
        /// It writes CD-RW.
        public let writesCDRW: Bool
        /// It writes channels R to W, so CD-TEXT.
        public let writesRToW: Bool
        /// Longest cue sheet in bytes.
        public let longestCueSheet: Int
    }

    /// Real Time Streaming (0107h): what the drive tells of speeds and buffer (MMC-6, 5.3.39).
    public struct RealTimeStreaming: Equatable, Sendable {
        /// READ BUFFER CAPACITY can count in blocks.
        public let readsBufferCapacityInBlocks: Bool
        /// SET CD SPEED is known.
        public let setsSpeed: Bool
        /// GET PERFORMANCE lists write speeds.
        public let listsWriteSpeeds: Bool
    }

    /// Feature 002Dh, or nil when the drive has none.
    public var trackAtOnce: TrackAtOnce? {
        features[0x002D].map { feature in
            let bits = feature.byte(4)
            return TrackAtOnce(
                isCurrent: feature.isCurrent, hasBufferUnderrunProtection: bits.bit(6), hasTestWrite: bits.bit(2),
                writesCDRW: bits.bit(1))
        }
    }

    /// Feature 002Eh, or nil when the drive has none.
    public var mastering: Mastering? {
        features[0x002E].map { feature in
            let bits = feature.byte(4)
            return Mastering(
                isCurrent: feature.isCurrent, hasBufferUnderrunProtection: bits.bit(6),
                writesSessionAtOnce: bits.bit(5), writesRaw: bits.bit(3), hasTestWrite: bits.bit(2),
                writesCDRW: bits.bit(1), writesRToW: bits.bit(0),
                longestCueSheet: (5...7).reduce(0) { $0 << 8 | Int(feature.byte($1)) })
        }
    }

    /// Feature 0107h, or nil when the drive has none.
    public var realTimeStreaming: RealTimeStreaming? {
        features[0x0107].map { feature in
            let bits = feature.byte(4)
            return RealTimeStreaming(
                readsBufferCapacityInBlocks: bits.bit(4), setsSpeed: bits.bit(3), listsWriteSpeeds: bits.bit(1))
        }
    }

    /// Logical Unit Serial Number (0108h), or nil when the drive has none.
    public var serialNumber: String? {
        guard let feature = features[0x0108] else { return nil }
        let text = try? ByteView(feature.data).ascii(at: 0, count: feature.data.count)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// True with a CD-R or CD-RW in the drive.
    public var hasRecordableCD: Bool { currentProfile == Profile.cdR || currentProfile == Profile.cdRW }
}
