import BinaryCoding

/// CHECK CONDITION with its sense data, thrown by whoever in the drive refuses or fails (SPC-4, 4.5; MMC-6, annex F).
struct CheckCondition: Error, Equatable, Sendable {
    let key: UInt8
    let code: UInt8
    let qualifier: UInt8
    /// Sense-key specific bytes 15…17: a progress indication or a field pointer.
    var specific: [UInt8] = [0, 0, 0]

    init(_ key: UInt8, _ code: UInt8, _ qualifier: UInt8) {
        (self.key, self.code, self.qualifier) = (key, code, qualifier)
    }

    /// The fixed format, 18 bytes: what optical drives send.
    var senseData: [UInt8] { [0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0] + specific }

    /// The bytes of REQUEST SENSE when there is nothing to tell.
    static let noSense = CheckCondition(0, 0, 0)
}

extension CheckCondition {
    // 2: not ready.
    static let mediumNotPresentTrayOpen = CheckCondition(2, 0x3A, 2)

    /// LOGICAL UNIT IS IN PROCESS OF BECOMING READY, with how far it has got (0…1).
    static func becomingReady(_ progress: Double) -> CheckCondition { notReady(0x01, progress) }
    /// OPERATION IN PROGRESS, with how far it has got (0…1).
    static func operationInProgress(_ progress: Double) -> CheckCondition { notReady(0x07, progress) }
    /// LONG WRITE IN PROGRESS, with how far it has got (0…1) where that is known.
    static func longWriteInProgress(_ progress: Double?) -> CheckCondition { notReady(0x08, progress) }

    private static func notReady(_ qualifier: UInt8, _ progress: Double?) -> CheckCondition {
        var sense = CheckCondition(2, 0x04, qualifier)
        if let progress {
            let value = UInt16(min(max(progress, 0), 1) * 65_535)
            sense.specific = [0x80] + value.bigEndianBytes
        }
        return sense
    }

    // 3: medium error; 4: hardware error.
    static let writeError = CheckCondition(3, 0x0C, 0)
    static let lossOfStreaming = CheckCondition(3, 0x0C, 9)
    static let unrecoveredReadError = CheckCondition(3, 0x11, 0)
    static let internalTargetFailure = CheckCondition(4, 0x44, 0)

    // 5: illegal request.
    static let parameterListLengthError = CheckCondition(5, 0x1A, 0)
    static let invalidOperationCode = CheckCondition(5, 0x20, 0)
    static let addressOutOfRange = CheckCondition(5, 0x21, 0)
    static let invalidAddressForWrite = CheckCondition(5, 0x21, 2)
    static let commandSequenceError = CheckCondition(5, 0x2C, 0)
    static let cannotWriteIncompatibleMedium = CheckCondition(5, 0x30, 5)
    static let endOfUserArea = CheckCondition(5, 0x63, 0)
    static let savingParametersNotSupported = CheckCondition(5, 0x39, 0)
    static let mediumRemovalPrevented = CheckCondition(5, 0x53, 2)
    static let illegalModeForThisTrack = CheckCondition(5, 0x64, 0)
    static let incompleteTrackInSession = CheckCondition(5, 0x72, 3)
    static let emptyOrPartiallyWrittenReservedTrack = CheckCondition(5, 0x72, 4)
    static let noMoreTrackReservations = CheckCondition(5, 0x72, 5)

    /// INVALID FIELD IN CDB, pointing at a byte of it.
    static func invalidFieldInCDB(byte: UInt16) -> CheckCondition {
        var sense = CheckCondition(5, 0x24, 0)
        sense.specific = [0xC0] + byte.bigEndianBytes
        return sense
    }

    /// INVALID FIELD IN PARAMETER LIST, pointing at a byte of it and, where the field is less than that, at its highest bit.
    static func invalidFieldInParameterList(byte: Int, bit: Int? = nil) -> CheckCondition {
        var sense = CheckCondition(5, 0x26, 0)
        let pointer = bit.map { 0x08 | UInt8(clamping: $0) & 0x07 } ?? 0
        sense.specific = [0x80 | pointer] + UInt16(clamping: byte).bigEndianBytes
        return sense
    }

    // 6: unit attention.
    static let mediumMayHaveChanged = CheckCondition(6, 0x28, 0)
    static let powerOnReset = CheckCondition(6, 0x29, 0)
    static let operatorMediumRemovalRequest = CheckCondition(6, 0x5A, 1)
}
