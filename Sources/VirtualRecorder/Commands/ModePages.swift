import BinaryCoding

/// MODE SENSE and MODE SELECT in their ten-byte forms (SPC-4, 6.10, 6.12), with the pages of MMC-6, clause 7.
enum ModePages {
    /// Page 01h: read error recovery, defaults.
    static let defaultErrorRecovery: [UInt8] = [0x01, 0x0A] + [UInt8](repeating: 0, count: 10)
    /// Every page of the drive.
    static let all: [UInt8] = [0x01, 0x05, 0x2A]
    /// Asks for all of them.
    static let allPages: UInt8 = 0x3F
    /// Bytes in front of block descriptors and pages.
    static let headerBytes = 8

    /// Page control: which values are meant.
    enum Control: UInt8 {
        case current = 0
        case changeable = 1
        case standard = 2
        case saved = 3
    }
}

extension Drive {
    static let modeCommands: [UInt8: Entry] = [
        0x55: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.modeSelect(command) },
        0x5A: Entry(.attended) { (drive, command) throws(CheckCondition) in try drive.modeSense(command) },
    ]

    private func modeSense(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let wanted = command.cdb[2].bits(0...5)
        guard let control = ModePages.Control(rawValue: command.cdb[2].bits(6...7)), control != .saved else {
            throw .savingParametersNotSupported
        }
        let codes = wanted == ModePages.allPages ? ModePages.all : [wanted]
        var pages: [UInt8] = []
        for code in codes { pages += try page(code, control) }
        let length = UInt16(ModePages.headerBytes - 2 + pages.count)
        return Array((length.bigEndianBytes + [0, 0, 0, 0, 0, 0] + pages).prefix(command.uint16(at: 7)))
    }

    private func page(_ code: UInt8, _ control: ModePages.Control) throws(CheckCondition) -> [UInt8] {
        switch (code, control) {
        case (0x01, .current): errorRecoveryPage
        case (0x01, .changeable): [0x01, 0x0A, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8)
        case (0x01, _): ModePages.defaultErrorRecovery
        case (0x05, .current): parameters.page
        case (0x05, .changeable): parameters.changeableMask
        case (0x05, _): WriteParameters(profile: profile).page
        case (0x2A, .changeable): [0x2A] + capabilities.dropFirst().prefix(1) + capabilities.dropFirst(2).map { _ in 0 }
        case (0x2A, _): capabilities
        default: throw .invalidFieldInCDB(byte: 2)
        }
    }

    /// Page 2Ah: capabilities and mechanical status (MMC-3, 6.3.11, where it was last described).
    private var capabilities: [UInt8] {
        let write = SpeedModel.kilobytes(perSecondAt: speed.writeSpeed).bigEndianBytes
        let read = SpeedModel.kilobytes(perSecondAt: speed.readSpeed).bigEndianBytes
        let fastest = SpeedModel.kilobytes(perSecondAt: speed.speeds[0]).bigEndianBytes
        let descriptors = speed.speeds.flatMap { step -> [UInt8] in
            [0, 0] + SpeedModel.kilobytes(perSecondAt: step).bigEndianBytes
        }
        var page: [UInt8] = [
            0x2A, 0,
            0x03,  // reads CD-R and CD-RW
            0x01,  // writes CD-R
            0xC0,  // buffer-underrun-free, multi-session
            0x77,  // MCN, ISRC, C2, raw R-W, accurate streams, CD-DA
            0x29 | (isLocked ? 0x02 : 0),  // tray, ejects, can be locked
            0,
        ]
        page += fastest + [0, 0] + UInt16(SpeedModel.bufferBytes >> 10).bigEndianBytes + read + [0, 0]
        page += fastest + write + [0, 0, 0, 0, 0, 0] + write
        page += UInt16(speed.speeds.count).bigEndianBytes + descriptors
        page[1] = UInt8(page.count - 2)
        return page
    }

    private func modeSelect(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // Page format bit; saving is not supported.
        guard command.cdb[1].bit(4), !command.cdb[1].bit(0) else { throw .invalidFieldInCDB(byte: 1) }
        // The write parameters hold for a whole track (MMC-6, 7.5.4.1).
        if isRecording { throw .commandSequenceError }
        let list = Array(command.dataOut)
        guard list.count == command.uint16(at: 7) else { throw .parameterListLengthError }
        if list.isEmpty { return [] }
        guard list.count >= ModePages.headerBytes else { throw .parameterListLengthError }
        let descriptors = Int(list[6]) << 8 | Int(list[7])
        var offset = ModePages.headerBytes + descriptors
        guard offset <= list.count else { throw .parameterListLengthError }
        while offset < list.count {
            guard offset + 2 <= list.count, offset + 2 + Int(list[offset + 1]) <= list.count else {
                throw .parameterListLengthError
            }
            let end = offset + 2 + Int(list[offset + 1])
            try select(Array(list[offset..<end]), at: offset)
            offset = end
        }
        return []
    }

    private func select(_ page: [UInt8], at offset: Int) throws(CheckCondition) {
        switch page[0].bits(0...5) {
        case 0x01:
            guard page.count == errorRecoveryPage.count else { throw .invalidFieldInParameterList(byte: offset + 1) }
            errorRecoveryPage = [0x01] + page.dropFirst()
        case WriteParameters.pageCode:
            let before = parameters
            try parameters.select(page, at: offset)
            if parameters != before { writeParametersChanged() }
        default: throw .invalidFieldInParameterList(byte: offset)
        }
    }
}
