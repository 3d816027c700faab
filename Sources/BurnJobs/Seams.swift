public import BurnPlan
public import Drives
public import FoundationEssentials
public import JobQueue

/// Gives the files of orders as they go onto discs.
public protocol OrderFilesProviding: Sendable {
    /// Path and length of the PCM of a file, which is decoded when that has not been done.
    ///
    /// - Throws: `BurnProblem` of kind `decode-failed` when the file is gone or cannot be decoded any more.
    func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int)

    /// Path and length of a file as it was uploaded, proven to be the one.
    ///
    /// - Throws: `BurnProblem` of kind `decode-failed` when the file is gone or is not what it was.
    func bytes(of digest: String) async throws -> (path: String, count: Int)
}

/// Words for what changes: the JSON that goes into events. The API has them, the station does not know them.
public protocol ChangeDescribing: Sendable {
    /// Data of `job-state-changed`.
    func jobChanged(_ job: JobView, previous: JobState?, at: Date) throws -> [UInt8]
    /// Data of `drive-state-changed`, or of `drive-media-changed`, `drive-added` and `drive-removed` when `previous` is nil.
    func driveChanged(_ drive: DriveStatus, previous: DriveStatus.State?, at: Date) throws -> [UInt8]
    /// Data of `job-progress`.
    func progress(of job: JobView, at: Date) throws -> [UInt8]
}

/// A job with what changes too often to be kept.
public struct JobView: Sendable, Equatable {
    /// The job.
    public var job: Job
    /// Its place among those that wait for a drive, from 1.
    public var position: Int?
    /// The running part of the burn.
    public var phase: BurnPhase?
    /// How far it has got.
    public var progress: BurnProgress?
    /// When the latest progress was reported.
    public var progressAt: Date?

    /// A view without anything running.
    public init(
        _ job: Job, position: Int? = nil, phase: BurnPhase? = nil, progress: BurnProgress? = nil,
        progressAt: Date? = nil
    ) {
        (self.job, self.position, self.phase) = (job, position, phase)
        (self.progress, self.progressAt) = (progress, progressAt)
    }
}
