public import BurnJobs
import BurnPlan
public import Drives
public import FoundationEssentials
public import JobQueue

/// The data of every event, in the API's words.
public struct EventDescriptions: ChangeDescribing {
    private struct JobChange: Encodable {
        let at: Date
        let job: JobResource
        let previous: OrNull<JobState>
    }

    private struct DriveChange: Encodable {
        let at: Date
        let drive: DriveResource
        let previous: DriveStatus.State?
    }

    /// There is only one set of words.
    public init() {}

    /// The whole job, and the state before.
    public func jobChanged(_ job: JobView, previous: JobState?, at: Date) throws -> [UInt8] {
        try WireFormat.encode(JobChange(at: at, job: JobResource(job), previous: OrNull(previous)))
    }

    /// The whole drive, and the state before.
    public func driveChanged(_ drive: DriveStatus, previous: DriveStatus.State?, at: Date) throws -> [UInt8] {
        try WireFormat.encode(DriveChange(at: at, drive: DriveResource(drive), previous: previous))
    }

    /// The progress alone; an empty object when nothing runs.
    public func progress(of job: JobView, at: Date) throws -> [UInt8] {
        guard let progress = ProgressResource(job) else { return Array("{}".utf8) }
        return try WireFormat.encode(progress)
    }
}
