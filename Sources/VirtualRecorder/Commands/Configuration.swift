import BinaryCoding

extension Drive {
    /// GET CONFIGURATION (MMC-6, 6.5).
    static let configurationCommands: [UInt8: Entry] = [
        0x46: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.getConfiguration(command) }
    ]

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
    }

    private static let profileCDROM: UInt16 = 0x0008
    private static let profileCDR: UInt16 = 0x0009

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
        let profile = tray.isOpen ? 0 : Self.profileCDR
        let header = UInt32(4 + descriptors.count).bigEndianBytes + [0, 0] + profile.bigEndianBytes
        return Array((header + descriptors).prefix(command.uint16(at: 7)))
    }

    private var features: [Feature] {
        let status = tray.folder?.disc.status
        let isReadable = status.map { $0 != .blank } ?? false
        let isWritable = status.map { $0 != .finalized } ?? false
        let profiles =
            Self.profileCDR.bigEndianBytes + [tray.isOpen ? 0 : 1, 0] + Self.profileCDROM.bigEndianBytes + [0, 0]
        let serial = serialNumber
        let padding = [UInt8](repeating: 0x20, count: (4 - serial.count % 4) % 4)
        return [
            Feature(code: 0x0000, version: 0, isPersistent: true, isCurrent: true, data: profiles),
            // Core: a SCSI interface.
            Feature(code: 0x0001, version: 2, isPersistent: true, isCurrent: true, data: [0, 0, 0, 1, 0, 0, 0, 0]),
            // Morphing: events are polled.
            Feature(code: 0x0002, version: 1, isPersistent: true, isCurrent: true, data: [0, 0, 0, 0]),
            // Removable medium: tray, can eject, can be locked.
            Feature(code: 0x0003, version: 0, isPersistent: true, isCurrent: true, data: [0x29, 0, 0, 0]),
            Feature(code: 0x001D, version: 0, isPersistent: false, isCurrent: isReadable, data: []),
            // CD read: C2 flags; CD-TEXT is not read.
            Feature(code: 0x001E, version: 2, isCurrent: isReadable, data: [0x02, 0, 0, 0]),
            // CD track at once: buffer-underrun-free; data block type 0 (2352 bytes) only; no test write.
            Feature(code: 0x002D, version: 2, isCurrent: isWritable, data: [0x40, 0, 0, 0x01]),
            Feature(code: 0x0100, version: 0, isPersistent: true, isCurrent: true, data: []),
            Feature(code: 0x0105, version: 0, isPersistent: true, isCurrent: true, data: []),
            // Real-time streaming: buffer capacity in blocks, SET CD SPEED, write speeds by GET PERFORMANCE.
            Feature(code: 0x0107, version: 3, isCurrent: true, data: [0x1A, 0, 0, 0]),
            Feature(code: 0x0108, version: 0, isPersistent: true, isCurrent: true, data: serial + padding),
        ]
    }
}
