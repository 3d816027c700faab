import FoundationEssentials
public import SCSI

/// What is asked of a recorder by hand, a line at a time: faults, the button, the tray.
///
/// The answer is one line of JSON, or `error: ` and what is wrong.
public struct RecorderControl: Sendable {
    private let recorder: VirtualRecorder

    /// The hand on a recorder.
    public init(_ recorder: VirtualRecorder) { self.recorder = recorder }

    /// A kind of request.
    public struct Request: Equatable, Sendable {
        /// How it is written.
        public let form: String
        /// What it does.
        public let meaning: String
    }

    /// All there are.
    public static let requests = [
        Request(form: "fault LINE", meaning: "set a fault"),
        Request(form: "faults", meaning: "list the faults that are set, and how often they have acted"),
        Request(form: "clear [N]", meaning: "clear fault N, or all; a drive that is stuck goes on"),
        Request(form: "wait N", meaning: "answer when fault N has acted or is cleared"),
        Request(
            form: "button", meaning: "press the button: the tray opens or closes, or programs are asked for the disc"),
        Request(
            form: "eject", meaning: "take the disc out by force, locked or not, in the middle of a recording or not"),
        Request(form: "load [DIR]", meaning: "close the tray with this disc in it, or with the next one"),
        Request(form: "status", meaning: "tell what is in the tray and what the drive is doing"),
    ]

    /// Answers a request. `wait` blocks until its initiator goes; what moves the tray, until the drive has done the command
    /// that it is at. A drive that a fault has made slow or stuck delays nothing.
    public func answer(_ line: String, for initiator: SCSIInitiator = SCSIInitiator()) -> String {
        let line = line.split { $0.isWhitespace }.joined(separator: " ")
        let (word, rest) = Self.split(line)
        do {
            return try answer(word, rest, initiator)
        } catch {
            return "error: \(error)"
        }
    }

    private static func split(_ line: String) -> (word: String, rest: String) {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }

    private func answer(_ word: String, _ rest: String, _ initiator: SCSIInitiator) throws -> String {
        switch word {
        case "fault":
            guard let id = recorder.setFault(try Fault(rest)) else { throw Refusal.tooManyFaults }
            return try Self.json(["fault": id])
        case "clear": return try Self.json(["cleared": recorder.clearFaults(rest.isEmpty ? nil : try known(rest))])
        case "wait": return try Self.json(["acted": recorder.waitForFault(try known(rest), for: initiator)])
        case "load":
            try recorder.loadDisc(rest.isEmpty ? nil : rest)
            return try statusAnswer()
        case _ where !rest.isEmpty: throw Refusal.unknown
        case "faults": return try Self.json(recorder.faultRecords.map(FaultAnswer.init))
        case "button": return try Self.json(["tray": recorder.pressButton().rawValue])
        case "eject":
            try recorder.removeDisc()
            return try statusAnswer()
        case "status": return try statusAnswer()
        default: throw Refusal.unknown
        }
    }

    private func known(_ text: String) throws(Refusal) -> Int {
        guard let id = Int(text), recorder.faultRecords.contains(where: { $0.id == id }) else { throw .noSuchFault }
        return id
    }

    private enum Refusal: Error, CustomStringConvertible {
        case tooManyFaults
        case noSuchFault
        case unknown

        var description: String {
            switch self {
            case .tooManyFaults: "\(FaultMenu.maximumFaults) faults are set already"
            case .noSuchFault: "no fault with this number is set"
            case .unknown: "a request is one of \(requests.map(\.form).joined(separator: ", "))"
            }
        }
    }

    private func statusAnswer() throws -> String { try Self.json(StatusAnswer(recorder.status)) }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

private struct FaultAnswer: Encodable {
    let id: Int
    let fault: String
    let calls: Int
    let acted: Int

    init(_ record: VirtualRecorder.FaultRecord) {
        (id, fault, calls, acted) = (record.id, record.fault.description, record.calls, record.acted)
    }
}

private struct StatusAnswer: Encodable {
    let tray: String
    let disc: String?
    let locked: Bool
    let commands: Int
    let executing: String?
    let heldBy: Int?
    let faults: Int

    enum CodingKeys: String, CodingKey {
        case tray, disc, locked, commands, executing, faults
        case heldBy = "held_by"
    }

    init(_ status: VirtualRecorder.Status) {
        (tray, disc) = (status.discInTray == nil ? "open" : "closed", status.discInTray)
        (locked, commands, executing) = (status.isLocked, status.commands, status.executing)
        (heldBy, faults) = (status.heldBy, status.faults)
    }
}
