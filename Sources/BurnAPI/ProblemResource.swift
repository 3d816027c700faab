import BurnPlan
import JobQueue

/// A burn's problem as a member of a job or burn: RFC 9457's members, and those of a device.
struct ProblemResource: Encodable, Sendable {
    let type: String
    let title: String
    let detail: String
    let hint: String
    let sense: String?
    let command: String?
    let lba: Int?
    /// The error of the Windows interfaces, where they have one.
    let contractError: String?
    let contractCode: String?

    init(_ problem: BurnProblem, of job: Job) {
        type = "/problems/" + problem.type.rawValue
        title = problem.type.title
        (detail, hint) = (problem.detail, problem.hint)
        (sense, command, lba) = (problem.sense, problem.command, problem.lba)
        let contract = problem.contractError(job.order.mode, job.order.task)
        (contractError, contractCode) = (contract?.name, contract?.code)
    }

    enum CodingKeys: String, CodingKey {
        case type, title, detail, hint, sense, command, lba
        case contractError = "contract_error"
        case contractCode = "contract_code"
    }
}

extension BurnProblem.Kind {
    /// The same words for every problem of the kind.
    var title: String {
        switch self {
        case .mediaNotBlank: "The disc is not blank"
        case .mediaTooSmall: "The disc has too little room"
        case .mediaIncompatible: "The drive cannot record on this disc"
        case .modeNotSupported: "The drive cannot record in this mode"
        case .driveOffline: "The drive does not answer"
        case .driveRefused: "The drive refused a command"
        case .powerCalibrationFailed: "The laser could not be calibrated"
        case .writeError: "Writing failed"
        case .layoutRefused: "The drive does not take the disc's layout"
        case .imageInvalid: "The image cannot be written on any disc"
        case .leadInTooShort: "The image has too little lead-in for this disc"
        case .eraseFailed: "The disc could not be blanked"
        case .bufferUnderrun: "The drive ran out of data"
        case .closeFailed: "The session could not be closed"
        case .driveTimeout: "The drive stayed busy"
        case .verifyMismatch: "The disc does not hold what was sent"
        case .tocMismatch: "The table of contents is not the expected one"
        case .subChannelMismatch: "The disc's sub-channel is not what was sent"
        case .readBackFailed: "The disc could not be read back"
        case .interruptedByRestart: "The burn was interrupted"
        case .workerDied: "The burn worker died"
        case .cancelledByUser: "The job was cancelled"
        case .decodeFailed: "A track could not be decoded"
        case .planInvalid: "The burn plan cannot be carried out"
        }
    }
}
