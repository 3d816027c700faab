import BurnPlan
public import Drives

/// Drives as `GET /drives` answers them, for somebody who runs no server.
public enum DriveListing {
    /// JSON of the list.
    public static func json(_ drives: [DriveStatus]) throws -> [UInt8] {
        try WireFormat.encode(ListResource(drives.map(DriveResource.init)))
    }
}
