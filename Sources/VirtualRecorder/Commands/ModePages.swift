import BinaryCoding

/// MODE SENSE and MODE SELECT in both forms (SPC-4, 6.9 to 6.12), with the pages of MMC-6, clause 7, and MMC-3, 6.3.11.
///
/// There is no page 0Dh, 0Eh or others of drives that play audio, since this one does not.
enum ModePages {
    /// Page 01h: read error recovery, defaults.
    static let defaultErrorRecovery: [UInt8] = [0x01, 0x0A] + [UInt8](repeating: 0, count: 10)
    /// Page 1Ah: power condition (MMC-6, 7.6), defaults: the standby timer is that of the motor.
    static func powerCondition(_ profile: RecorderProfile) -> [UInt8] {
        let tenths = UInt32(clamping: profile.mechanism.idle / 100)
        return [0x1A, 0x0A, 0, tenths == 0 ? 0 : 0x01, 0, 0, 0, 0] + tenths.bigEndianBytes
    }
    /// Time until the disc stands still, by page 1Ah; nil when it never does.
    static func standbyTime(_ page: [UInt8]) -> Duration? {
        guard page[3].bit(0) else { return nil }
        return .milliseconds(100) * page[8..<12].reduce(0) { $0 << 8 | Int($1) }
    }
    /// Page 1Dh: time-out and protect (MMC-6, 7.7): 30 seconds for commands that move something, 300 for those that write.
    /// Nothing of it can be changed.
    static let timeOut: [UInt8] = [0x1D, 0x0A, 0, 0, 0, 0, 0, 30, 0x01, 0x2C, 0, 0]
    /// Every page of the drive.
    static let all: [UInt8] = [0x01, 0x05, 0x1A, 0x1D, 0x2A]
    /// Asks for all of them.
    static let allPages: UInt8 = 0x3F
    /// More room than some drives can bear when all pages are asked for (`Quirk.allPagesRefused`).
    static let bearableRoom = 64
    /// One for the whole medium: blocks of 2048 bytes.
    static let blockDescriptor: [UInt8] = [0, 0, 0, 0, 0, 0, 0x08, 0]

    /// Page control: which values are meant.
    enum Control: UInt8 {
        case current = 0
        case changeable = 1
        case standard = 2
        case saved = 3
    }

    /// Six or ten bytes of CDB: the two have different headers in front of block descriptors and pages.
    enum Form {
        case six
        case ten

        var headerBytes: Int { self == .six ? 4 : 8 }

        /// The length of the list, by the CDB.
        func length(_ command: Command) -> Int { self == .six ? Int(command.cdb[4]) : command.uint16(at: 7) }

        /// Block descriptor length in a header.
        func descriptorLength(_ list: [UInt8]) -> Int {
            self == .six ? Int(list[3]) : Int(list[6]) << 8 | Int(list[7])
        }

        /// Header, descriptor and pages; nil when they are too long for the form.
        func reply(_ descriptor: [UInt8], _ pages: [UInt8]) -> [UInt8]? {
            let rest = descriptor + pages
            if self == .ten {
                return UInt16(clamping: 6 + rest.count).bigEndianBytes + [0, 0, 0, 0, 0, UInt8(descriptor.count)] + rest
            }
            return UInt8(exactly: 3 + rest.count).map { [$0, 0, 0, UInt8(descriptor.count)] + rest }
        }
    }
}

extension Drive {
    static let modeCommands: [UInt8: Entry] = [
        0x15: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.modeSelect(command, .six) },
        0x1A: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.modeSense(command, .six) },
        0x55: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.modeSelect(command, .ten) },
        0x5A: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.modeSense(command, .ten) },
    ]

    private func modeSense(_ command: Command, _ form: ModePages.Form) throws(CheckCondition) -> [UInt8] {
        let wanted = command.cdb[2].bits(0...5)
        let isWithoutDescriptor = command.cdb[1].bit(3)
        if isWithoutDescriptor, profile.quirks.contains(.disableBlockDescriptorsRefused) {
            throw .invalidFieldInCDB(byte: 1)
        }
        guard let control = ModePages.Control(rawValue: command.cdb[2].bits(6...7)), control != .saved else {
            throw .savingParametersNotSupported
        }
        // No page has subpages; all of them are those that there are.
        guard [0x00, 0xFF].contains(command.cdb[3]) else { throw .invalidFieldInCDB(byte: 3) }
        if wanted == ModePages.allPages, profile.quirks.contains(.allPagesRefused),
            form.length(command) > ModePages.bearableRoom
        {
            throw .invalidFieldInCDB(byte: 2)
        }
        let codes = wanted == ModePages.allPages ? ModePages.all : [wanted]
        var pages: [UInt8] = []
        for code in codes { pages += try page(code, control) }
        let hasDescriptor = profile.quirks.contains(.blockDescriptor) && !isWithoutDescriptor
        guard let reply = form.reply(hasDescriptor ? ModePages.blockDescriptor : [], pages) else {
            throw .invalidFieldInCDB(byte: 2)
        }
        return Array(reply.prefix(form.length(command)))
    }

    private func page(_ code: UInt8, _ control: ModePages.Control) throws(CheckCondition) -> [UInt8] {
        /// A page of which nothing can be changed.
        func fixed(_ page: [UInt8]) -> [UInt8] {
            control == .changeable ? page.prefix(2) + page.dropFirst(2).map { _ in 0 } : page
        }
        return switch (code, control) {
        case (0x01, .current): errorRecoveryPage
        case (0x01, .changeable): [0x01, 0x0A, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8)
        case (0x01, _): ModePages.defaultErrorRecovery
        case (0x05, .current): parameters.page
        case (0x05, .changeable): parameters.changeableMask
        case (0x05, _): WriteParameters(profile: profile).page
        case (0x1A, .current): powerConditionPage
        case (0x1A, .changeable): [0x1A, 0x0A, 0, 0x03] + [UInt8](repeating: 0xFF, count: 8)
        case (0x1A, _): ModePages.powerCondition(profile)
        case (0x1D, _): fixed(ModePages.timeOut)
        case (0x2A, _): fixed(capabilitiesPage)
        default: throw .invalidFieldInCDB(byte: 2)
        }
    }
}

/// What MODE SELECT can change. A list is taken as a whole or not at all.
private struct ModeDraft {
    var errorRecovery: [UInt8]
    var powerCondition: [UInt8]
    var write: WriteParameters
}

extension Drive {
    private func modeSelect(_ command: Command, _ form: ModePages.Form) throws(CheckCondition) -> [UInt8] {
        // Page format bit; saving is not supported.
        guard command.cdb[1].bit(4), !command.cdb[1].bit(0) else { throw .invalidFieldInCDB(byte: 1) }
        // The write parameters hold for a whole track or session (MMC-6, 7.5.4.1).
        try requireNoRecording()
        let list = Array(command.dataOut)
        guard list.count == form.length(command) else { throw .parameterListLengthError }
        if list.isEmpty { return [] }
        guard list.count >= form.headerBytes else { throw .parameterListLengthError }
        // Block descriptors are for block lengths, and CDs choose their own: read over, as are length and medium type.
        var offset = form.headerBytes + form.descriptorLength(list)
        guard offset <= list.count else { throw .parameterListLengthError }
        var draft = ModeDraft(errorRecovery: errorRecoveryPage, powerCondition: powerConditionPage, write: parameters)
        while offset < list.count {
            guard offset + 2 <= list.count, offset + 2 + Int(list[offset + 1]) <= list.count else {
                throw .parameterListLengthError
            }
            let end = offset + 2 + Int(list[offset + 1])
            try Self.select(Array(list[offset..<end]), at: offset, in: &draft)
            offset = end
        }
        (errorRecoveryPage, powerConditionPage) = (draft.errorRecovery, draft.powerCondition)
        if draft.write != parameters {
            parameters = draft.write
            writeParametersChanged()
        }
        return []
    }

    private static func select(
        _ page: [UInt8], at offset: Int, in draft: inout ModeDraft
    ) throws(CheckCondition) {
        func requireLength(of known: [UInt8]) throws(CheckCondition) {
            guard page.count == known.count else { throw .invalidFieldInParameterList(byte: offset + 1) }
        }
        switch page[0].bits(0...5) {
        case 0x01:
            try requireLength(of: draft.errorRecovery)
            draft.errorRecovery = [0x01] + page.dropFirst()
        case WriteParameters.pageCode: try draft.write.select(page, at: offset)
        case 0x1A:
            try requireLength(of: draft.powerCondition)
            draft.powerCondition = [0x1A] + page.dropFirst()
        case 0x1D:
            try requireLength(of: ModePages.timeOut)
            // Only what it says already.
            for index in 2..<page.count where page[index] != ModePages.timeOut[index] {
                throw .invalidFieldInParameterList(byte: offset + index)
            }
        default: throw .invalidFieldInParameterList(byte: offset, bit: 5)
        }
    }
}
