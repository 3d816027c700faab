public import SCSI

/// SEND OPC INFORMATION (54h) with DoOPC: the drive calibrates the laser's power on the disc.
public struct SendOPCInformation: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "SEND OPC INFORMATION"
    /// Calibrates at the speed that is set.
    public init() {}
    /// The command descriptor block, DoOPC set, no table.
    public var cdb: CDB { CDB([0x54, 1, 0, 0, 0, 0, 0, 0, 0, 0]) }
    /// It writes, on a test area.
    public var timeout: Int { MMC.writeTimeout }
}
