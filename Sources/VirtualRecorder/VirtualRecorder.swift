import BinaryCoding
import POSIX
public import SCSI

/// A CD recorder made of software: an MMC target that takes CDBs and keeps its discs as folders of plain files.
///
/// It is the judge of what the engine sends, so it knows nothing of it: this target imports `BinaryCoding`, `DiscLayout`,
/// `SectorCoding`, `SCSI` and `POSIX`, and reads the standards (SPC-4, MMC-6, Orange Book part II) by itself. Never `MMC`,
/// `BurnPlan` or `BurnEngine`.
///
/// What it does: CD-R and CD-RW of every length, written track at once, session at once and raw, in as many sessions as fit,
/// blanked, and read back in every way.
///
/// # A disc
///
/// A folder with these files:
/// - `disc.json`: what has been recorded. Replaced as a whole, never changed in place. `format` (2; 1 is read too), `state`
///   (for people; it follows from the rest), `medium`, `base_lba` (−150: the block that the files begin with) and `sessions`.
///   The medium is what the pre-groove says: `type` (`CD-R`, `CD-RW`), `lead_in`, `last_lead_out`, `spare_sectors` (groove
///   behind that), `sub_type` (of CD-RW, 0 to 3), `speed_code` (A1 or A2 of ATIP).
///   - A session has `number`, `write_type` (`tao`, `sao`, `raw`), `start` (the first block of its first pause), `stage`
///     (`open`, `recording`: being written in one go, `spoiled`: broken off for good, `closed`), `disc_type`, `mcn`,
///     `text_packs` (of CD-TEXT in its lead-in), `tracks`, and once it is closed `lead_out` (an LBA) and `following` (`none`,
///     `last`, `another`: what the lead-in says of a next session).
///   - A track has `number`, `control`, `form` (`audio`, `mode0`, `mode1`, `mode2`, `xa`), `state` (`reserved`, `open`,
///     `complete`, `cut-off`), `damaged`, `isrc`, `first_copy` (true when the copy bit alternates), `indexes` (each `index` and
///     `lba`, from 0 on), `blocks` (from index 1 on), `run_out` (link blocks behind them) and `reservation` (blocks that
///     RESERVE TRACK keeps for it).
///   - Fields that the first format did not have can be left out: a `tao` session of audio without any of the rest.
/// - `main.bin`: 2352 bytes for every block from `base_lba` on: pauses, run-outs and what lies between sessions too, those as
///   zeros and mostly as holes. Sectors of data are whole, from sync to ECC, and not scrambled. In RAW the lead-out is there
///   too, and blocks that Q calls data but that have no sync pattern are as they came. Audio lies where it landed, beside
///   its place by the write offset of the recorder's profile; a read offset shifts what is read and changes nothing here.
/// - `sub.bin`: 96 bytes for every block, channels P to W interleaved as drives send them: byte k holds bit k of all eight
///   channels, P in bit 7 and Q in bit 6. In RAW all of it is the host's, bit by bit (`RawBlockSplitter`).
/// - `lead-in-main.bin`, `lead-in-sub.bin`: the same for the first lead-in, from `medium.lead_in` on. Only when a host has
///   written a lead-in; what it did not write is zero. The main channel is as it came in RAW, so data in it is scrambled.
/// - `cd-text-N.cdt`: the `text_packs` packs of CD-TEXT in the lead-in of session N, 18 bytes each. Only when there are any.
/// - `journal`: a line for each event, beginning with its time.
///
/// The lock on `main.bin` is held while the disc is in a recorder. `Tray` says how discs follow one another.
///
/// Whatever moment the recorder is killed at, the folder opens again: a track that was open then is `cut-off`, and CLOSE
/// TRACK closes it with what it has; a session that was being written in one go is `spoiled`, its last track `cut-off`.
///
/// # What it is, and how fast
///
/// A `RecorderProfile` has its names, speeds and abilities, and the oddities (`Quirk`) that it has; three are built in, others
/// are files, which `RecorderProfile.parse` describes. Time is arithmetic on the moments of a `RecorderClock`, in `Timing/`:
/// how the disc turns (`SpeedCurve`), the buffer in front of the laser (`WriteBuffer`), motor, arm and tray (`Mechanism`).
/// A disc turns already when the recorder is switched on.
///
/// # Initiators
///
/// All initiators are one to it: there is one state of mode pages, locks, unit attentions and events. What one is told the
/// others are not told again, and a MODE SELECT of one is no unit attention (6/2A/01) for the others, since the protocol does
/// not say who sends a command.
///
/// What cannot be done within a recording, such as MODE SELECT and BLANK, is refused (5/2C) while there is one. A program
/// that dies leaves one behind, which would be in everybody's way: so when the connection that blocks came on last has closed,
/// such a command ends the recording first as SYNCHRONIZE CACHE does (a track is closed with what it has, a session that is
/// not complete is spoiled) and is then carried out. Nothing happens before that, and a host that comes back may go on
/// writing.
///
/// # Faults
///
/// It misbehaves as it is told: `Fault` is a line that says when and how, `FaultListing` what there is, `RecorderControl` the
/// hand on a recorder that runs. Faults act between the initiator and the drive, which knows nothing of them.
public final class VirtualRecorder: SCSITarget {
    /// How a recorder is set up.
    public struct Configuration: Sendable {
        /// Folder of the first disc; it becomes a blank if it does not exist.
        public var disc: String
        /// What new blanks are.
        public var blank: Medium
        /// Serial number, up to 32 characters of it.
        public var name: String
        /// What it is and what it can do.
        public var profile: RecorderProfile
        /// How fast it is.
        public var pace: Pace
        /// Time as the recorder knows it.
        public var clock: RecorderClock
        /// Told of failures that a SCSI answer cannot explain, such as a full disk under the recorder.
        public var report: @Sendable (String) -> Void

        /// A recorder that works on the machine's clock.
        public init(
            disc: String, name: String, profile: RecorderProfile = .modern, blank: Medium = .cdR80,
            pace: Pace, clock: RecorderClock = .system, report: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            (self.disc, self.name, self.profile, self.pace) = (disc, name, profile, pace)
            (self.blank, self.clock, self.report) = (blank, clock, report)
        }

        /// The same, with a fastest speed as a multiple of 75 sectors a second, or nil when nothing is to take any time.
        public init(
            disc: String, name: String, profile: RecorderProfile = .modern, blank: Medium = .cdR80,
            maximumSpeed: Int?, clock: RecorderClock = .system, report: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.init(
                disc: disc, name: name, profile: profile, blank: blank,
                pace: maximumSpeed.map(Pace.limited) ?? .unlimited, clock: clock, report: report)
        }
    }

    /// How fast a recorder is.
    public enum Pace: Equatable, Sendable {
        /// As its profile says.
        case ofProfile
        /// With this fastest speed instead of the profile's, as a multiple of 75 sectors a second, 1…72.
        case limited(Int)
        /// Nothing takes any time.
        case unlimited
    }

    let drive: Lock<Drive>
    let faults: FaultDesk
    /// Held by the command that is being executed, also while a fault makes it wait; the drive itself is free then for what
    /// happens by hand.
    private let turn = Lock(())
    /// The tray as it was after the last command: to be seen while the next one takes its time.
    let lastSeen: Lock<TrayView>

    struct TrayView: Sendable {
        let disc: String?
        let isLocked: Bool

        init(_ drive: Drive) { (disc, isLocked) = (drive.tray.folder?.path, drive.isLocked) }
    }

    /// Switches a recorder on, with the disc in that was in it last.
    ///
    /// - Throws: `DiscFolderError` when that disc cannot be used.
    public init(_ configuration: Configuration) throws(DiscFolderError) {
        let clock = configuration.clock
        let tray = try Tray(
            disc: configuration.disc, blank: configuration.blank, secondsSince1970: clock.secondsSince1970)
        drive = Lock(
            Drive(
                name: configuration.name, profile: configuration.profile, tray: tray,
                pace: configuration.pace, clock: clock, report: configuration.report))
        faults = FaultDesk(clock: clock, isFlagsLast: configuration.profile.quirks.contains(.errorFlagsLast))
        lastSeen = Lock(drive.withLock { TrayView($0) })
    }

    /// Folder of the disc that is in; nil when the tray is open.
    public var discInTray: String? { drive.withLock { $0.tray.folder?.path } }

    /// Executes one command, one at a time; a command that takes its time keeps the next one waiting, as in any drive.
    public func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        execute(cdb, dataOut: dataOut, transfer: transfer, from: SCSIInitiator())
    }

    /// Executes one command, one at a time, with the faults that are set for it.
    public func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int, from initiator: SCSIInitiator
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        turn.withLock { _ in
            let request = Request(cdb: cdb, dataOut: dataOut, transfer: transfer)
            return faults.execute(request, from: initiator, removeDisc: { removeDiscInMidCommand() }) {
                perform($0, from: initiator)
            }
        }
    }

    /// Remembers when it was the one who writes that has gone.
    public func initiatorLeft(_ initiator: SCSIInitiator) {
        guard let connection = initiator.connection else { return }
        drive.withLock { $0.writer.closed(connection) }
    }

    private func removeDiscInMidCommand() {
        do throws(TrayError) { try removeDisc() } catch { drive.withLock { $0.report("\(error)") } }
    }

    /// Remembers what the tray looks like, with the drive's lock held.
    func see(_ drive: Drive) {
        let view = TrayView(drive)
        lastSeen.withLock { $0 = view }
    }

    private func perform(_ request: Request, from initiator: SCSIInitiator) -> Response {
        let (dataOut, transfer) = (request.dataOut, request.transfer)
        let command = Command(cdb: request.paddedCDB, dataOut: dataOut, transfer: transfer)
        // The lock is what makes commands go one at a time, so it is held while a command waits for the laser.
        let result = drive.withLock { drive in
            defer { see(drive) }
            if command.operationCode == Drive.writeOperation { drive.writer.wrote(on: initiator.connection) }
            return drive.execute(command, length: request.cdb.bytes.count)
        }
        switch result {
        case .success(let reply):
            let dataIn = reply.count > transfer ? Array(reply.prefix(transfer)) : reply
            let residual = dataOut.isEmpty ? transfer - dataIn.count : 0
            return (SCSIOutcome(residual: residual), dataIn)
        case .failure(let condition):
            let residual = dataOut.isEmpty ? transfer : dataOut.count
            let outcome = SCSIOutcome(status: 0x02, driverStatus: 8, residual: residual, sense: condition.senseData)
            return (outcome, [])
        }
    }
}
