import BinaryCoding

extension Drive {
    /// TEST UNIT READY, REQUEST SENSE and INQUIRY (SPC-4, 6.47, 6.39, 6.6).
    static let identityCommands: [UInt8: Entry] = [
        0x00: Entry(.ready) { _, _ in [] },
        0x03: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.requestSense(command) },
        0x12: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.inquiry(command) },
    ]

    /// What the drive has to tell, or else what keeps it from being ready.
    private func requestSense(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // Descriptor format is not for optical drives.
        guard !command.cdb[1].bit(0) else { throw .invalidFieldInCDB(byte: 1) }
        let sense = attentions.isEmpty ? pendingSense : attentions.removeFirst()
        return Array(sense.senseData.prefix(Int(command.cdb[4])))
    }

    private var pendingSense: CheckCondition {
        do throws(CheckCondition) {
            try requireTurning()
            try requireIdle()
            return tray.isOpen ? .mediumNotPresentTrayOpen : .noSense
        } catch {
            return error
        }
    }

    private func inquiry(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let allocation = command.uint16(at: 3)
        guard command.cdb[1].bit(0) else {
            guard command.cdb[2] == 0 else { throw .invalidFieldInCDB(byte: 2) }
            return Array(standardInquiry.prefix(allocation))
        }
        let serial = serialNumber
        return switch command.cdb[2] {
        case 0x00: Array([5, 0, 0, 2, 0x00, 0x80].prefix(allocation))
        case 0x80: Array(([5, 0x80, 0, UInt8(serial.count)] + serial).prefix(allocation))
        default: throw .invalidFieldInCDB(byte: 2)
        }
    }

    /// The serial number of the profile, else the recorder's name, in ASCII, as page 80h and feature 0108h give it.
    var serialNumber: [UInt8] {
        let text = profile.serial ?? name
        return Array(text.utf8.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }.prefix(Self.longestSerialNumber))
    }

    /// Labels are short; a page of VPD holds 252 bytes, feature 0108h likewise.
    private static let longestSerialNumber = 32

    private var standardInquiry: [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            let bytes = Array(text.utf8.prefix(width))
            return bytes + [UInt8](repeating: 0x20, count: width - bytes.count)
        }
        // Multimedia device, removable medium, SPC-3, 96 bytes in all. ATAPI drives say response format 1, whatever they send.
        let format: UInt8 = profile.interface == .atapi ? 1 : 2
        var reply: [UInt8] = [0x05, 0x80, 0x05, format, 91, 0, 0, 0]
        reply += field(profile.vendor, 8) + field(profile.product, 16) + field(profile.revision, 4)
        reply += [UInt8](repeating: 0, count: 22)
        // Version descriptors from byte 58 on: SPC-3, MMC-5.
        reply += [0x03, 0x00, 0x04, 0x20]
        return reply + [UInt8](repeating: 0, count: 96 - reply.count)
    }
}
