import Drives
import FoundationEssentials
import JobQueue

/// What is remembered of a drive's burns.
struct MemoryResource: Encodable, Sendable {
    /// All of them.
    struct Summary: Encodable, Sendable {
        let burns: Int
        let failures: Int
        let failuresInARow: Int
        let lastGoodAt: OrNull<Date>
        let lastFailureAt: OrNull<Date>
        let lastFailure: OrNull<String>
        let outSince: OrNull<Date>
        let outOfService: OrNull<String>

        init(_ service: DriveStatus.Service) {
            (burns, failures, failuresInARow) = (service.burns, service.failures, service.failuresInARow)
            (lastGoodAt, lastFailureAt) = (OrNull(service.lastGoodAt), OrNull(service.lastFailureAt))
            (lastFailure, outSince) = (OrNull(service.lastFailure), OrNull(service.outSince))
            outOfService = OrNull(service.sentence)
        }

        enum CodingKeys: String, CodingKey {
            case burns, failures
            case failuresInARow = "failures_in_a_row"
            case lastGoodAt = "last_good_at"
            case lastFailureAt = "last_failure_at"
            case lastFailure = "last_failure"
            case outSince = "out_of_service_since"
            case outOfService = "out_of_service"
        }
    }

    /// Those that were made with the same drive firmware, kind of disc and speed.
    struct Setting: Encodable, Sendable {
        let firmware: String
        let kind: String
        let medium: OrNull<String>
        let times: OrNull<Int>
        let burns: Int
        let failures: Int
        let failuresByType: [String: Int]
        let tests: Int
        let failedTests: Int
        let lowestBufferPercent: OrNull<Double>
        let lowestReadAheadPercent: OrNull<Double>
        let lastGoodAt: OrNull<Date>
        let lastFailureAt: OrNull<Date>

        init(_ memory: DriveMemory) {
            (firmware, kind) = (memory.setting.firmware, memory.setting.kind)
            (medium, times) = (OrNull(memory.setting.medium), OrNull(memory.setting.times))
            (burns, failures, failuresByType) = (memory.burns, memory.failed, memory.failures)
            (tests, failedTests) = (memory.tests, memory.failedTests)
            lowestBufferPercent = OrNull(memory.lowestBufferPercent)
            lowestReadAheadPercent = OrNull(memory.lowestReadAheadPercent)
            (lastGoodAt, lastFailureAt) = (OrNull(memory.lastGoodAt), OrNull(memory.lastFailureAt))
        }

        enum CodingKeys: String, CodingKey {
            case firmware, kind, medium, burns, failures, tests
            case times = "speed_x"
            case failuresByType = "failures_by_type"
            case failedTests = "failed_tests"
            case lowestBufferPercent = "lowest_buffer_percent"
            case lowestReadAheadPercent = "lowest_read_ahead_percent"
            case lastGoodAt = "last_good_at"
            case lastFailureAt = "last_failure_at"
        }
    }

    let drive: String
    let total: Summary
    let settings: [Setting]

    init(_ status: DriveStatus, _ memories: [DriveMemory]) {
        (drive, total, settings) = (status.id, Summary(status.service), memories.map(Setting.init))
    }
}
