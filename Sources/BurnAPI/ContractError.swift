import BurnPlan
import HTTPCore
import JobQueue
import Spool

/// An error of the Windows disc-writing interfaces, by the name and value that their headers give it, so that whoever knows
/// those can look it up.
struct ContractError: Sendable, Equatable {
    let name: String
    let value: UInt32

    private init(_ name: String, _ value: UInt32) { (self.name, self.value) = (name, value) }

    /// `0xC0AA0606`.
    var code: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    static let invalidArgument = ContractError("E_INVALIDARG", 0x8007_0057)
    static let missingArgument = ContractError("E_POINTER", 0x8000_4003)
    static let deviceGone = ContractError("ERROR_DEV_NOT_EXIST", 0x8007_0037)
    static let cancelled = ContractError("E_IMAPI_REQUEST_CANCELLED", 0xC0AA_0002)
    static let verificationFailed = ContractError("E_IMAPI_BURN_VERIFICATION_FAILED", 0xC0AA_0007)
    static let lossOfStreaming = ContractError("E_IMAPI_LOSS_OF_STREAMING", 0xC0AA_0300)
    static let unexpectedResponse = ContractError("E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE", 0xC0AA_0301)

    static func recorder(_ name: String, _ low: UInt32) -> ContractError {
        ContractError("E_IMAPI_RECORDER_" + name, 0xC0AA_0200 | low)
    }
    static func trackAtOnce(_ name: String, _ low: UInt32) -> ContractError {
        ContractError("E_IMAPI_DF2TAO_" + name, 0xC0AA_0500 | low)
    }
    static func raw(_ name: String, _ low: UInt32) -> ContractError {
        ContractError("E_IMAPI_DF2RAW_" + name, 0xC0AA_0600 | low)
    }
    static func image(_ name: String, _ low: UInt32) -> ContractError {
        ContractError("E_IMAPI_RAW_IMAGE_" + name, 0x80AA_0A00 | low)
    }
    static let notErasable = ContractError("E_IMAPI_ERASE_MEDIA_IS_NOT_ERASABLE", 0x80AA_0904)
    static let eraseRefused = ContractError("E_IMAPI_ERASE_DRIVE_FAILED_ERASE_COMMAND", 0x80AA_0905)
    static let eraseTooLong = ContractError("E_IMAPI_ERASE_TOOK_LONGER_THAN_ONE_HOUR", 0x80AA_0906)

    static let invalidCode = trackAtOnce("INVALID_ISRC", 0x0B)
    static let invalidCatalogNumber = trackAtOnce("INVALID_MCN", 0x0C)

    /// The writers count tracks, and so does what makes images.
    static func tooManyTracks(_ mode: WriteMode) -> ContractError {
        mode == .tao ? trackAtOnce("TRACK_LIMIT_REACHED", 0x08) : image("TOO_MANY_TRACKS", 0x01)
    }

    /// A file that gives no audio; nil where that is not the file's fault.
    static func stream(_ error: DecodeError, _ mode: WriteMode) -> ContractError? {
        switch error {
        case .notAudio, .unsupported, .damaged, .tooLong, .empty, .resources:
            writer(mode, "STREAM_NOT_SUPPORTED", tao: 0x0D, raw: 0x0D)
        case .notFound, .full, .cancelled, .internal: nil
        }
    }

    /// Why nothing can be put any more in a job that is in a state: nil when it is over.
    static func notEditable(_ mode: WriteMode, _ state: JobState) -> ContractError? {
        guard state.hasWorker else { return nil }
        return state == .burning
            ? writer(mode, "WRITE_IN_PROGRESS", tao: 0x00, raw: 0x00)
            : writer(mode, "MEDIA_IS_PREPARED", tao: 0x03, raw: 0x03)
    }

    /// What a drive lacks.
    static func lack(_ lack: ModeChoice.Lack, _ order: BurnOrder) -> ContractError? {
        switch lack {
        case .sectorType: raw("DATA_BLOCK_TYPE_NOT_SUPPORTED", 0x0E)
        case .rewriting: ContractError("E_IMAPI_ERASE_RECORDER_NOT_SUPPORTED", 0xC0AA_090A)
        case .mode, .discAtOnce: writer(order.mode, "RECORDER_NOT_SUPPORTED", tao: 0x0E, raw: 0x10)
        case .subCodeInSAO, .textInSAO, .testWrite: nil
        }
    }

    /// An error that both writers have, whose low byte may differ between them.
    static func writer(_ mode: WriteMode, _ name: String, tao: UInt32, raw: UInt32) -> ContractError {
        mode == .tao ? trackAtOnce(name, tao) : self.raw(name, raw)
    }
}

extension Problem {
    /// Names the contract's error beside burnd's own words.
    mutating func add(_ contract: ContractError?) {
        guard let contract else { return }
        extensions["contract_error"] = .string(contract.name)
        extensions["contract_code"] = .string(contract.code)
    }
}

extension BurnProblem {
    /// The contract's error for what happened in a job of a mode and task; nil where it knows none.
    func contractError(_ mode: WriteMode, _ task: BurnPlan.Task) -> ContractError? {
        contractErrorOfSense ?? contractErrorOfKind(mode, task)
    }

    /// What the drive said is more exact than what followed from it.
    private var contractErrorOfSense: ContractError? {
        let parts = (sense ?? "").split(separator: "/").map { UInt8($0, radix: 16) }
        guard parts.count == 3, let key = parts[0], let code = parts[1], let qualifier = parts[2] else { return nil }
        switch (key, code, qualifier) {
        case (2, 0x3A, _): return .recorder("MEDIA_NO_MEDIA", 0x02)
        case (2, 0x04, 0x01): return .recorder("MEDIA_BECOMING_READY", 0x05)
        case (2, 0x04, 0x04): return .recorder("MEDIA_FORMAT_IN_PROGRESS", 0x06)
        case (2, 0x04, 0x07), (2, 0x04, 0x08): return .recorder("MEDIA_BUSY", 0x07)
        case (2, 0x30, _), (5, 0x30, _): return .recorder("MEDIA_INCOMPATIBLE", 0x03)
        case (7, 0x27, _): return .recorder("MEDIA_WRITE_PROTECTED", 0x09)
        case (_, 0x0C, 0x09): return .lossOfStreaming
        case (5, 0x26, _) where command?.hasPrefix("MODE SELECT") == true:
            return .recorder("INVALID_MODE_PARAMETERS", 0x08)
        default: return nil
        }
    }

    private func contractErrorOfKind(_ mode: WriteMode, _ task: BurnPlan.Task) -> ContractError? {
        switch type {
        case .mediaNotBlank: .writer(mode, "MEDIA_IS_NOT_BLANK", tao: 0x06, raw: 0x06)
        case .mediaTooSmall: .writer(mode, "NOT_ENOUGH_SPACE", tao: 0x09, raw: 0x09)
        case .mediaIncompatible:
            task == .erase ? .notErasable : .writer(mode, "MEDIA_IS_NOT_SUPPORTED", tao: 0x07, raw: 0x07)
        case .modeNotSupported: .writer(mode, "RECORDER_NOT_SUPPORTED", tao: 0x0E, raw: 0x10)
        case .driveOffline: .deviceGone
        case .layoutRefused: .recorder("INVALID_MODE_PARAMETERS", 0x08)
        case .imageInvalid: .raw("STREAM_NOT_SUPPORTED", 0x0D)
        case .leadInTooShort: .raw("STREAM_LEADIN_TOO_SHORT", 0x0F)
        case .eraseFailed: .eraseRefused
        case .bufferUnderrun: .lossOfStreaming
        case .driveTimeout: task == .erase ? .eraseTooLong : .recorder("COMMAND_TIMEOUT", 0x0D)
        case .driveRefused, .powerCalibrationFailed, .writeError, .closeFailed: .unexpectedResponse
        case .verifyMismatch, .tocMismatch, .subChannelMismatch, .readBackFailed: .verificationFailed
        case .cancelledByUser: .cancelled
        case .decodeFailed: .writer(mode, "STREAM_NOT_SUPPORTED", tao: 0x0D, raw: 0x0D)
        case .planInvalid: .invalidArgument
        case .interruptedByRestart, .workerDied: nil
        }
    }
}
