import BinaryCoding

extension Drive {
    /// GET CONFIGURATION (MMC-6, 6.5).
    static let configurationCommands: [UInt8: Entry] = [
        0x46: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.getConfiguration(command) }
    ]

    private func getConfiguration(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let first = UInt16(command.uint16(at: 2))
        let selected: [Feature] =
            switch command.cdb[1].bits(0...1) {
            case 0: features.filter { $0.code >= first }
            case 1: features.filter { $0.code >= first && $0.isCurrent }
            case 2: features.filter { $0.code == first }
            default: throw .invalidFieldInCDB(byte: 1)
            }
        let descriptors = selected.flatMap(\.bytes)
        let header = UInt32(4 + descriptors.count).bigEndianBytes + [0, 0] + currentProfile.bigEndianBytes
        return Array((header + descriptors).prefix(command.uint16(at: 7)))
    }

    /// The profile of the medium (MMC-6, table 95): none without one.
    private var currentProfile: UInt16 {
        guard let medium = tray.folder?.disc.medium else { return 0 }
        return medium.isErasable ? Feature.cdRW : Feature.cdR
    }

    /// Everything that the drive has, in the order of the codes; what is current depends on the medium.
    private var features: [Feature] {
        let state = MediumState(disc: tray.folder?.disc, isRecordable: !speed.speeds.isEmpty)
        return [
            .profileList(current: currentProfile, isRewritable: profile.capabilities.rewritable),
            .core(profile.interface), .morphing, .removableMedium(profile.loading),
            .randomReadable(isCurrent: state.isReadable),
            .multiRead(isCurrent: state.isReadable), .cdRead(profile.capabilities, isCurrent: state.isReadable),
        ] + recordingFeatures(state)
            + [
                .powerManagement, .timeOut, .realTimeStreaming(profile), .serialNumber(serialNumber),
                .firmwareDate(profile.firmwareDate),
            ].compactMap { $0 }
    }

    private func recordingFeatures(_ state: MediumState) -> [Feature] {
        var features: [Feature] = [.trackAtOnce(profile.capabilities, isCurrent: state.isWritable)]
        if profile.capabilities.sessionAtOnce || profile.capabilities.raw,
            !profile.quirks.contains(.masteringFeatureMissing)
        {
            features.append(.mastering(profile, isCurrent: state.isWritable))
        }
        if profile.capabilities.rewritable { features.append(.rewritableMedia(profile, isCurrent: state.isRewritable)) }
        return features
    }
}

/// What can be done with the medium that is in.
private struct MediumState {
    var isReadable = false
    var isWritable = false
    var isRewritable = false

    /// - Parameter isRecordable: some speed of the drive suits the medium.
    init(disc: Disc?, isRecordable: Bool) {
        guard let disc else { return }
        isReadable = disc.status != .blank
        isRewritable = disc.medium.isErasable && isRecordable
        // A CD-RW that is full is blanked and written again.
        isWritable = disc.medium.isErasable ? isRewritable : disc.status != .finalized
    }
}

/// A feature descriptor (MMC-6, 5.2.2).
private struct Feature {
    let code: UInt16
    let version: UInt8
    var isPersistent = false
    let isCurrent: Bool
    let data: [UInt8]

    var bytes: [UInt8] {
        let flags = version << 2 | (isPersistent ? 2 : 0) | (isCurrent ? 1 : 0)
        return code.bigEndianBytes + [flags, UInt8(data.count)] + data
    }

    private static func always(_ code: UInt16, _ version: UInt8, _ data: [UInt8]) -> Feature {
        Feature(code: code, version: version, isPersistent: true, isCurrent: true, data: data)
    }

    static let cdROM: UInt16 = 0x0008
    static let cdR: UInt16 = 0x0009
    static let cdRW: UInt16 = 0x000A
}

/// Features of MMC-6, clause 5.3, by their numbers.
extension Feature {
    /// 0000h. The most capable profile first.
    static func profileList(current: UInt16, isRewritable: Bool) -> Feature {
        let profiles = (isRewritable ? [cdRW] : []) + [cdR, cdROM]
        return always(0x0000, 0, profiles.flatMap { $0.bigEndianBytes + [$0 == current ? 1 : 0, 0] })
    }

    /// 0001h: how the drive is connected; events tell when it is busy.
    static func core(_ interface: RecorderProfile.Interface) -> Feature {
        always(0x0001, 2, interface.code.bigEndianBytes + [0x01, 0, 0, 0])
    }

    /// 0002h: operational changes are told, and events are polled.
    static let morphing = always(0x0002, 1, [0x02, 0, 0, 0])

    /// 0003h: the mechanism; it loads if it can, ejects, and can be locked.
    static func removableMedium(_ loading: RecorderProfile.Loading) -> Feature {
        always(0x0003, 1, [loading.code << 5 | (loading.canLoad ? 0x10 : 0) | 0x09, 0, 0, 0])
    }

    /// 0010h: blocks of 2048 bytes, one at a time; page 01h is there.
    static func randomReadable(isCurrent: Bool) -> Feature {
        Feature(code: 0x0010, version: 0, isCurrent: isCurrent, data: [0, 0, 0x08, 0, 0, 1, 1, 0])
    }

    /// 001Dh: CDs of every kind are read.
    static func multiRead(isCurrent: Bool) -> Feature {
        Feature(code: 0x001D, version: 0, isCurrent: isCurrent, data: [])
    }

    /// 001Eh: C2 pointers and CD-TEXT.
    static func cdRead(_ can: RecorderProfile.Capabilities, isCurrent: Bool) -> Feature {
        let flags = (can.errorPointers ? 0x02 : 0) | (can.readsText ? 0x01 : 0) as UInt8
        return Feature(code: 0x001E, version: 2, isCurrent: isCurrent, data: [flags, 0, 0, 0])
    }

    /// 002Dh: what track-at-once offers, and its data block types, bit n for type n.
    static func trackAtOnce(_ can: RecorderProfile.Capabilities, isCurrent: Bool) -> Feature {
        let flags = (can.underrunFree ? 0x40 : 0) | (can.testWrite ? 0x04 : 0) | (can.rewritable ? 0x02 : 0) as UInt8
        let types = can.trackBlockTypes.reduce(0 as UInt16) { $0 | 1 << $1 }
        return Feature(
            code: 0x002D, version: 2, isCurrent: isCurrent, data: [flags, 0] + types.bigEndianBytes)
    }

    /// 002Eh: what session-at-once and RAW offer, and the longest cue sheet. RAW is for blanks: no multi-session.
    static func mastering(_ profile: RecorderProfile, isCurrent: Bool) -> Feature {
        let can = profile.capabilities
        var flags: UInt8 = (can.underrunFree ? 0x40 : 0) | (can.sessionAtOnce ? 0x20 : 0)
        flags |= (can.raw ? 0x08 : 0) | (can.testWrite ? 0x04 : 0) | (can.rewritable ? 0x02 : 0)
        flags |= can.subChannel ? 0x01 : 0
        let sheet = UInt32(clamping: can.sessionAtOnce ? profile.maximumCueSheetBytes : 0).bigEndianBytes
        return Feature(code: 0x002E, version: 1, isCurrent: isCurrent, data: [flags] + sheet.dropFirst())
    }

    /// 0037h: the sub-types of CD-RW that some speed of the recorder suits, bit n for sub-type n.
    static func rewritableMedia(_ profile: RecorderProfile, isCurrent: Bool) -> Feature {
        let types = Medium.Rewritability.allCases.filter { type in
            profile.rewriteSpeeds.contains(where: type.speeds.contains)
        }
        let bits = types.reduce(0 as UInt8) { $0 | 1 << UInt8(clamping: $1.rawValue) }
        return Feature(code: 0x0037, version: 0, isCurrent: isCurrent, data: [0, bits, 0, 0])
    }

    /// 0100h.
    static let powerManagement: Feature? = always(0x0100, 0, [])
    /// 0105h: page 1Dh is there.
    static let timeOut: Feature? = always(0x0105, 0, [])

    /// 0107h: READ BUFFER CAPACITY in blocks, SET CD SPEED, and write speeds in page 2Ah and by GET PERFORMANCE.
    static func realTimeStreaming(_ profile: RecorderProfile) -> Feature? {
        let list: UInt8 = profile.capabilitiesPage == .mmc3 ? 0x04 : 0
        let performance: UInt8 = profile.quirks.contains(.getPerformanceUnsupported) ? 0 : 0x02
        return Feature(code: 0x0107, version: 3, isCurrent: true, data: [0x18 | list | performance, 0, 0, 0])
    }

    /// 0108h, filled up with spaces to a multiple of four.
    static func serialNumber(_ serial: [UInt8]) -> Feature? {
        always(0x0108, 0, serial + [UInt8](repeating: 0x20, count: (4 - serial.count % 4) % 4))
    }

    /// 010Ch: fourteen digits and two bytes of zero.
    static func firmwareDate(_ date: String?) -> Feature? { date.map { always(0x010C, 0, Array($0.utf8) + [0, 0]) } }
}
