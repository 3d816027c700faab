public import SCSI

/// PREVENT ALLOW MEDIUM REMOVAL (1Eh): the door's lock.
public struct PreventAllowMediumRemoval: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "PREVENT ALLOW MEDIUM REMOVAL"
    private let prevent: Bool
    /// - Parameter prevent: true to lock.
    public init(prevent: Bool) { self.prevent = prevent }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x1E, 0, 0, 0, prevent ? 1 : 0, 0]) }
}
