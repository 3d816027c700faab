import FoundationEssentials
public import SCSI

/// What is asked of a recorder by hand, a line at a time: faults, the button, the tray.
///
/// The answer is one line of JSON, or `error: ` and what is wrong.
public struct RecorderControl: Sendable {
    private let recorder: VirtualRecorder
    private let cable: Cable?

    /// The hand on a recorder, and on the cable between it and a kernel, if there is one.
    public init(_ recorder: VirtualRecorder, cable: Cable? = nil) { (self.recorder, self.cable) = (recorder, cable) }

    /// What can be done with a cable.
    public struct Cable: Sendable {
        /// Plugs it in, unless it is.
        let plug: @Sendable () throws -> Void
        /// Pulls it, if it is plugged in.
        let unplug: @Sendable () -> Void
        /// The port that it is in; nil when it is in none.
        let port: @Sendable () -> Int?

        /// A cable by what is done with it.
        public init(
            plug: @escaping @Sendable () throws -> Void, unplug: @escaping @Sendable () -> Void,
            port: @escaping @Sendable () -> Int?
        ) { (self.plug, self.unplug, self.port) = (plug, unplug, port) }
    }

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
        Request(form: "faults", meaning: "list the faults that are set"),
        Request(form: "clear [N]", meaning: "clear fault N, or all; a stuck drive goes on"),
        Request(form: "wait N", meaning: "answer when fault N has acted or is cleared"),
        Request(
            form: "button", meaning: "press the button of the tray"),
        Request(
            form: "eject", meaning: "take the disc out by force, whatever the drive does"),
        Request(form: "load [DIR]", meaning: "close the tray with that disc in it, or the next"),
        Request(form: "unplug", meaning: "pull the USB cable, whatever the drive does"),
        Request(form: "plug", meaning: "plug the USB cable in"),
        Request(form: "status", meaning: "tell what is in the tray, and what goes on"),
    ]

    /// Answers a request. `wait` blocks until its initiator goes; what moves the tray, until the drive has done the command
    /// that it is at. A drive that a fault has made slow or stuck delays nothing.
    public func answer(_ line: String, for initiator: SCSIInitiator = SCSIInitiator()) -> String {
        let (word, rest) = Self.split(line)
        do {
            return try answer(word, rest, initiator)
        } catch {
            return "error: \(error)"
        }
    }

    /// The first word, and what is behind it, as it is but for blanks at both ends.
    private static func split(_ line: String) -> (word: String, rest: String) {
        let line = line.drop { $0.isWhitespace }
        let word = line.prefix { !$0.isWhitespace }
        var rest = line.dropFirst(word.count).drop { $0.isWhitespace }
        while rest.last?.isWhitespace ?? false { rest.removeLast() }
        return (String(word), String(rest))
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
        case "button": return try Self.json(["button": recorder.pressButton().rawValue])
        case "eject":
            try recorder.removeDisc()
            return try statusAnswer()
        case "unplug", "plug":
            guard let cable else { throw Refusal.noCable }
            if word == "plug" { try cable.plug() } else { cable.unplug() }
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
        case noCable
        case unknown

        var description: String {
            switch self {
            case .tooManyFaults: "\(FaultMenu.maximumFaults) faults are set already"
            case .noSuchFault: "no fault with this number is set"
            case .noCable: "the recorder has no USB cable: it was started without --usb"
            case .unknown: "a request is one of \(requests.map(\.form).joined(separator: ", "))"
            }
        }
    }

    private func statusAnswer() throws -> String {
        try Self.json(StatusAnswer(recorder.status, usbPort: cable?.port()))
    }

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
    let usbPort: Int?

    enum CodingKeys: String, CodingKey {
        case tray, disc, locked, commands, executing, faults
        case heldBy = "held_by"
        case usbPort = "usb_port"
    }

    init(_ status: VirtualRecorder.Status, usbPort: Int?) {
        self.usbPort = usbPort
        (tray, disc) = (status.discInTray == nil ? "open" : "closed", status.discInTray)
        (locked, commands, executing) = (status.isLocked, status.commands, status.executing)
        (heldBy, faults) = (status.heldBy, status.faults)
    }
}
