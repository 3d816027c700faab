import BinaryCoding
import SCSI

/// One command as it arrived: the CDB filled up with zeros, and what came with it.
struct Command: @unchecked Sendable {
    // Unchecked is right: what `dataOut` points to is read only, and only until the command has been answered.

    /// Sixteen bytes.
    let cdb: [UInt8]
    /// A parameter list or blocks; empty when there is none.
    let dataOut: UnsafeRawBufferPointer
    /// Room for data-in at the initiator.
    let transfer: Int

    var operationCode: UInt8 { cdb[0] }
    func uint16(at offset: Int) -> Int { Int(cdb[offset]) << 8 | Int(cdb[offset + 1]) }
    func uint24(at offset: Int) -> Int { uint16(at: offset) << 8 | Int(cdb[offset + 2]) }
    /// A logical block address: two's complement.
    func address(at offset: Int) -> Int {
        Int(Int32(truncatingIfNeeded: uint16(at: offset) << 16 | uint16(at: offset + 2)))
    }
}

/// The drive: what is in it, what it has been told, and what it has to tell. One thread at a time.
///
/// Commands are extensions of it, a file per family, entered in `Drive.commands`.
final class Drive {
    let name: String
    /// What it is and what it can do.
    let profile: RecorderProfile
    let tray: Tray
    let clock: RecorderClock
    /// Told of failures that sense data cannot explain: a full disk under the recorder.
    let report: @Sendable (String) -> Void
    var speed: SpeedModel
    var parameters: WriteParameters
    /// The session that is being written in one go, or is about to be; nil at any other time.
    var recording: (any SessionRecording)?
    /// Who sends the blocks of it.
    var writer = Writer()
    /// The disc has got a table of contents that the drive has not read yet: a quirk.
    var isTableOfContentsStale = false
    /// READ TRACK INFORMATION came behind the MODE SELECT that changed the write parameters last.
    var hasToldTrackInformation = false
    /// Page 01h as MODE SELECT left it.
    var errorRecoveryPage = ModePages.defaultErrorRecovery
    /// Page 1Ah as MODE SELECT left it.
    var powerConditionPage: [UInt8] {
        didSet { mechanism.standBy(after: ModePages.standbyTime(powerConditionPage)) }
    }
    var removal = RemovalPrevention()
    var mechanism: Mechanism
    var power = PowerState.active
    /// Unit attentions not yet told, oldest first.
    var attentions: [CheckCondition] = [.powerOnReset]
    /// When the disc that was put in can be used, and the initiators are told of it.
    var mediumChangeDue: Duration?
    var events = EventQueue()

    init(
        name: String, profile: RecorderProfile, tray: Tray, pace: VirtualRecorder.Pace, clock: RecorderClock,
        report: @escaping @Sendable (String) -> Void
    ) {
        (self.name, self.profile, self.tray, self.clock, self.report) = (name, profile, tray, clock, report)
        parameters = WriteParameters(profile: profile)
        powerConditionPage = ModePages.powerCondition(profile)
        speed = SpeedModel(profile: profile, pace: pace)
        mechanism = Mechanism(pace == .unlimited ? nil : profile.mechanism)
        // The disc that is in at power-on turns already.
        guard let medium = tray.folder?.disc.medium else { return }
        speed.mediumChanged(to: medium)
        events.media(.newMedium)
    }

    /// The host at the other end of a recording.
    struct Writer {
        /// Its connection; nil when it has none that could close, or none is left.
        private var connection: Int32?
        /// It sent blocks and closed its connection, and nobody has sent more.
        private(set) var hasGone = false

        /// A WRITE has come.
        mutating func wrote(on connection: Int32?) { (self.connection, hasGone) = (connection, false) }

        /// A connection has closed.
        mutating func closed(_ connection: Int32) {
            guard connection == self.connection else { return }
            (self.connection, hasGone) = (nil, true)
        }
    }

    /// What a command does and when it may.
    struct Entry: Sendable {
        /// What has to be so before a command is looked at.
        enum Condition: Sendable {
            /// Answered whatever is going on, unit attentions kept for later (SPC-4, 5.14; MMC-6, 4.1.6).
            case always
            /// Answered with or without a disc, also while a long write is in progress.
            case attended
            /// Needs a drive that is not busy.
            case idle
            /// Needs a disc that turns, and a drive that is not busy.
            case medium
            /// Asks whether that is so.
            case ready
            /// Needs a disc that turns and that the drive can write, and a drive that is not busy.
            case recordable
        }
        let condition: Condition
        let run: @Sendable (Drive, Command) throws(CheckCondition) -> [UInt8]

        init(
            _ condition: Condition, _ run: @escaping @Sendable (Drive, Command) throws(CheckCondition) -> [UInt8]
        ) { (self.condition, self.run) = (condition, run) }
    }

    /// Everything that the drive can do.
    static let commands: [UInt8: Entry] = [
        identityCommands, configurationCommands, modeCommands, discInformationCommands, tableOfContentsCommands,
        writingCommands, readingCommands, trayCommands, eventCommands, bufferCommands, speedCommands,
    ].reduce(into: [:]) { all, family in all.merge(family) { _, _ in preconditionFailure("one entry a command") } }

    /// Carries out one command; at most `transfer` bytes come back.
    func execute(_ command: Command, length: Int) -> Result<[UInt8], CheckCondition> {
        Result { () throws(CheckCondition) in
            let entry = Self.commands[command.operationCode]
            tellOfMedium()
            if entry?.condition != .always, !attentions.isEmpty { throw attentions.removeFirst() }
            guard let entry else { throw .invalidOperationCode }
            guard length >= Self.length(ofOperation: command.operationCode) else {
                throw .invalidFieldInCDB(byte: UInt16(clamping: length))
            }
            try check(entry.condition)
            return try entry.run(self, command)
        }
    }

    /// CDB length by the group in the operation code's upper three bits (SPC-4, 4.3.4.1).
    private static func length(ofOperation code: UInt8) -> Int {
        switch code >> 5 {
        case 0: 6
        case 1, 2: 10
        case 4: 16
        default: 12
        }
    }

    private func check(_ condition: Entry.Condition) throws(CheckCondition) {
        switch condition {
        case .always, .attended: break
        case .idle: try requireIdle()
        case .medium, .ready, .recordable:
            _ = try medium()
            try requireTurning()
            if condition != .ready || !profile.quirks.contains(.readyWhileClosing) { try requireIdle() }
            if condition != .ready { change(to: .active) }
            if condition == .recordable { try requireRecordable() }
            if condition == .ready { try requireEnded() }
        }
    }

    /// A disc that was put in and turns by now is told of, once.
    private func tellOfMedium() {
        guard let due = mediumChangeDue, clock.now() >= due else { return }
        mediumChangeDue = nil
        attentions.append(.mediumMayHaveChanged)
    }

    /// The disc in the tray.
    func medium() throws(CheckCondition) -> DiscFolder {
        guard let folder = tray.folder else { throw .mediumNotPresentTrayOpen }
        return folder
    }

    func requireIdle() throws(CheckCondition) {
        guard let progress = speed.progress(at: clock.now()) else { return }
        // Drives that return early say so in another way (ATAPI drives of Mitsumi).
        throw profile.quirks.contains(.impliedImmed) ? .operationInProgress(progress) : .longWriteInProgress(progress)
    }

    func requireTurning() throws(CheckCondition) {
        if let progress = mechanism.progress(at: clock.now()) { throw .becomingReady(progress) }
    }
}
