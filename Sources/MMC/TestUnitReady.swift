public import SCSI

/// TEST UNIT READY (00h): succeeds when the medium can be used.
public struct TestUnitReady: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "TEST UNIT READY"
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0, 0, 0, 0, 0, 0]) }
}
