public import FoundationEssentials

/// One line of a burn's journal: what a worker tells the world, in the order in which it became true.
///
/// A journal is the file `burns/<id>/journal`: a JSON object a line, appended by the worker alone, which holds the lock on
/// the file as long as it lives. A last line without its line break was cut off by a crash and counts as not written.
public struct JournalLine: Codable, Equatable, Sendable {
    /// What became true. The lines marked *synced* are on stable storage before the worker goes on.
    public enum Event: Equatable, Sendable {
        /// The worker lives; its process id.
        case started(pid: Int)
        /// A part of the burn began.
        case phase(BurnPhase)
        /// How far it has got; once or twice a second.
        case progress(BurnProgress)
        /// What is known of burn and disc; the whole of it, whenever something of it changes.
        case record(BurnRecord)
        /// The next command may write on the disc. *Synced.*
        case laserPending
        /// The drive accepted the first WRITE. *Synced.*
        case laserOn
        /// A track is whole on the disc.
        case trackWritten(WrittenTrack)
        /// All tracks are on the disc. *Synced.*
        case written
        /// The session is closed. *Synced.*
        case closed
        /// It is over. *Synced*, and the last line.
        case outcome(BurnOutcome)
    }

    /// When, by the worker's clock.
    public var at: Date
    /// What.
    public var event: Event

    /// A line.
    public init(at: Date, _ event: Event) { (self.at, self.event) = (at, event) }

    /// The line as it stands in the journal, with its line break.
    public func encoded() throws -> [UInt8] { try WireFormat.encode(self) + [0x0A] }
}

/// A track that the drive has ended.
public struct WrittenTrack: Codable, Equatable, Sendable {
    /// Its number on the disc.
    public var number: Int
    /// Logical block address of its first sector, as the drive gave it.
    public var start: Int
    /// Sectors sent.
    public var sectors: Int

    /// A track on a disc.
    public init(number: Int, start: Int, sectors: Int) {
        (self.number, self.start, self.sectors) = (number, start, sectors)
    }
}

extension JournalLine {
    private enum CodingKeys: String, CodingKey { case at, event, pid, phase, progress, record, track, outcome }

    private enum Name: String, Codable {
        case started, phase, progress, record
        case laserPending = "laser-pending"
        case laserOn = "laser-on"
        case trackWritten = "track-written"
        case written, closed, outcome
    }

    /// Reads a line.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        at = try fields.decode(Date.self, forKey: .at)
        event =
            switch try fields.decode(Name.self, forKey: .event) {
            case .started: .started(pid: try fields.decode(Int.self, forKey: .pid))
            case .phase: .phase(try fields.decode(BurnPhase.self, forKey: .phase))
            case .progress: .progress(try fields.decode(BurnProgress.self, forKey: .progress))
            case .record: .record(try fields.decode(BurnRecord.self, forKey: .record))
            case .laserPending: .laserPending
            case .laserOn: .laserOn
            case .trackWritten: .trackWritten(try fields.decode(WrittenTrack.self, forKey: .track))
            case .written: .written
            case .closed: .closed
            case .outcome: .outcome(try fields.decode(BurnOutcome.self, forKey: .outcome))
            }
    }

    /// Writes a line.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(at, forKey: .at)
        func name(_ name: Name) throws { try fields.encode(name, forKey: .event) }
        switch event {
        case .started(let pid):
            try name(.started)
            try fields.encode(pid, forKey: .pid)
        case .phase(let phase):
            try name(.phase)
            try fields.encode(phase, forKey: .phase)
        case .progress(let progress):
            try name(.progress)
            try fields.encode(progress, forKey: .progress)
        case .record(let record):
            try name(.record)
            try fields.encode(record, forKey: .record)
        case .laserPending: try name(.laserPending)
        case .laserOn: try name(.laserOn)
        case .trackWritten(let track):
            try name(.trackWritten)
            try fields.encode(track, forKey: .track)
        case .written: try name(.written)
        case .closed: try name(.closed)
        case .outcome(let outcome):
            try name(.outcome)
            try fields.encode(outcome, forKey: .outcome)
        }
    }
}

/// Cuts the bytes of a growing journal into lines.
public struct JournalReader: Sendable {
    /// A line that is no journal line. Only damage can make one.
    public struct Malformed: Error, Equatable, Sendable {
        /// Which line, from 1.
        public let line: Int

        /// Damage in one line.
        public init(line: Int) { self.line = line }
    }

    private var rest: [UInt8] = []
    private var lines = 0

    /// Begins at the top of a journal.
    public init() {}

    /// The lines that `bytes` complete; what follows the last line break waits for more.
    public mutating func read(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [JournalLine] {
        rest += bytes
        var complete: [JournalLine] = []
        while let end = rest.firstIndex(of: 0x0A) {
            lines += 1
            guard let line = try? WireFormat.decode(JournalLine.self, from: Array(rest[..<end])) else {
                throw Malformed(line: lines)
            }
            complete.append(line)
            rest.removeSubrange(...end)
        }
        return complete
    }
}
