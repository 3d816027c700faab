/// What the kernel lets a user send who is not `CAP_SYS_RAWIO`, by operation code (drivers/scsi/scsi_ioctl.c,
/// `scsi_cmd_allowed`).
///
/// A block node refuses everything that the filter does not list, with `EPERM`. A node of the sg driver that is open for
/// reading and writing asks no filter at all, so what is refused on `/dev/srN` goes to the drive's `/dev/sgM`: MECHANISM STATUS,
/// WRITE BUFFER and the makers' own commands among others. The table is that of Linux 6.1.
public enum CommandFilter {
    /// 44 codes that an open for reading is enough for.
    private static let reading: Set<UInt8> = [
        0x00, 0x03, 0x08, 0x12, 0x1A, 0x1B, 0x1C, 0x23, 0x25, 0x28, 0x2B, 0x2F, 0x37, 0x3C, 0x3E, 0x42, 0x43, 0x44,
        0x45,
        0x46, 0x47, 0x48, 0x4A, 0x4B, 0x4D, 0x4E, 0x51, 0x52, 0x5A, 0x5C, 0x88, 0x8F, 0x95, 0x9E, 0xA0, 0xA3, 0xA4,
        0xA8,
        0xAC, 0xAD, 0xB9, 0xBA, 0xBC, 0xBE,
    ]
    /// 31 more that want an open for writing as well.
    private static let writing: Set<UInt8> = [
        0x04, 0x0A, 0x0D, 0x15, 0x19, 0x1E, 0x2A, 0x2E, 0x35, 0x3F, 0x41, 0x4C, 0x53, 0x54, 0x55, 0x58, 0x5B, 0x5D,
        0x8A,
        0x93, 0x94, 0xA1, 0xA2, 0xA6, 0xA7, 0xAA, 0xAE, 0xB6, 0xBB, 0xBF, 0xEA,
    ]

    /// Whether a block node takes a command from a user without privileges.
    ///
    /// - Parameter forWriting: the node is open for reading and writing, not for reading alone.
    public static func allows(_ operationCode: UInt8, forWriting: Bool = true) -> Bool {
        reading.contains(operationCode) || forWriting && writing.contains(operationCode)
    }
}
