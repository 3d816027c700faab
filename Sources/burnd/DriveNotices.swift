import Drives
import Logging

/// What the log says of drives that come and go.
enum DriveNotices {
    static func log(_ notice: DriveRegistry.Notice, to log: Logger) {
        switch notice {
        case .appeared(let drive): log.info("drive plugged in", metadata: description(drive))
        case .vanished(let drive): log.info("drive unplugged", metadata: description(drive))
        case .buttonIgnored(let drive, let job):
            log.notice(
                "somebody pressed the eject button; a job has the drive, so nothing happens",
                metadata: ["id": "\(drive.id)", "job": "\(job)"])
        case .discoveryEnded(let why):
            log.error("drives that come and go are noticed no more", metadata: ["error": "\(why)"])
        }
    }

    private static func description(_ drive: DriveStatus) -> Logger.Metadata {
        [
            "id": "\(drive.id)", "label": "\(drive.label)", "node": "\(drive.place?.node ?? drive.address)",
            "sg": "\(drive.place?.sgNode ?? "-")", "port": "\(drive.place?.port ?? "-")",
        ]
    }
}
