import SCSI

/// One way for a command to go wrong.
struct FaultKind: Sendable, CustomStringConvertible {
    enum Effect: Sendable {
        /// This answer; the drive never sees the command.
        case answer(SCSIOutcome)
        /// Carried out and answered with GOOD, and with sense data beside it.
        case goodAnswer(sense: [UInt8])
        /// Carried out, and answered so.
        case answerBehind(SCSIOutcome)
        /// Carried out, and so many bytes less moved.
        case missing(Int)
        /// Carried out, and no more than so many bytes of the reply came.
        case cut(Int)
        /// Not answered within the time that the command has.
        case hang
        /// The drive is gone, from then on.
        case gone
    }

    let description: String
    let effect: Effect
    /// Calls in a row that it befalls.
    var times = 1
    /// What it means, to the rules.
    let meaning: Meaning

    /// What a fault says of the command.
    enum Meaning: Sendable, Equatable {
        /// It was carried out.
        case success
        /// Nobody knows.
        case unknown(isTimeout: Bool)
        /// The drive never saw it.
        case unsent
        /// The drive is busy with something else.
        case busy
        /// The drive refused it, without a reason that can be read.
        case status
        /// The drive refused it.
        case sense(key: UInt8, code: UInt8, qualifier: UInt8)
        /// The drive tells of an earlier one.
        case deferred(code: UInt8, qualifier: UInt8)
        /// Something is missing of what had to move.
        case incomplete
    }

    var isLasting: Bool { times == .max / 2 }

    func lasting() -> FaultKind { repeated(.max / 2, "for ever") }

    func repeated(_ times: Int, _ word: String) -> FaultKind {
        FaultKind(description: "\(description) \(word)", effect: effect, times: times, meaning: meaning)
    }
}

extension FaultKind {
    static func sense(_ key: UInt8, _ code: UInt8, _ qualifier: UInt8) -> FaultKind {
        let sense = SenseData(key, code, qualifier)
        let meaning: Meaning =
            switch (key, code, qualifier) {
            case (0, _, _), (1, _, _): .success
            case (2, 0x04, 0x00), (2, 0x04, 0x01), (2, 0x04, 0x04), (2, 0x04, 0x07), (2, 0x04, 0x08): .busy
            default: .sense(key: key, code: code, qualifier: qualifier)
            }
        let outcome = SCSIOutcome(status: 2, driverStatus: 8, sense: sense.fixedFormat)
        // Drives say so when all is done.
        let isBehind = meaning == .success || (key == 5 && code == 0xB5)
        return FaultKind(
            description: "\(sense)", effect: isBehind ? .answerBehind(outcome) : .answer(outcome), meaning: meaning)
    }

    /// Of an earlier command, with CHECK CONDITION.
    static func deferred(_ key: UInt8, _ code: UInt8, _ qualifier: UInt8) -> FaultKind {
        let sense = SenseData(key, code, qualifier)
        return raw(
            "\(sense), deferred", [0x71] + sense.fixedFormat.dropFirst(),
            .deferred(code: code, qualifier: qualifier))
    }

    private static func raw(_ name: String, _ sense: [UInt8], _ meaning: Meaning) -> FaultKind {
        FaultKind(
            description: name, effect: .answer(SCSIOutcome(status: 2, driverStatus: 8, sense: sense)), meaning: meaning)
    }

    private static func status(_ status: UInt8, _ name: String, _ meaning: Meaning = .status) -> FaultKind {
        FaultKind(description: name, effect: .answer(SCSIOutcome(status: status)), meaning: meaning)
    }

    private static func host(_ host: Int) -> FaultKind {
        FaultKind(
            description: "host status \(host)", effect: .answer(SCSIOutcome(hostStatus: host)),
            meaning: host == 2 || host == 0x0B ? .unsent : .unknown(isTimeout: host == 3))
    }

    /// The codes that matter to a recorder (MMC-6, annex F), once each.
    private static let senses: [FaultKind] =
        [
            (0, 0x00, 0x00), (1, 0x17, 0x01), (1, 0x73, 0x01), (2, 0x04, 0x00), (2, 0x04, 0x01), (2, 0x04, 0x02),
            (2, 0x04, 0x03), (2, 0x04, 0x04), (2, 0x04, 0x07), (2, 0x04, 0x08), (2, 0x30, 0x00), (2, 0x3A, 0x00),
            (2, 0x3A, 0x01), (2, 0x3A, 0x02), (3, 0x02, 0x00), (3, 0x09, 0x01), (3, 0x0C, 0x00), (3, 0x0C, 0x07),
            (3, 0x0C, 0x08), (3, 0x0C, 0x09), (3, 0x10, 0x00), (3, 0x11, 0x05), (3, 0x31, 0x00), (3, 0x57, 0x00),
            (3, 0x72, 0x00), (3, 0x72, 0x01), (3, 0x72, 0x02), (3, 0x72, 0x03), (3, 0x72, 0x04), (3, 0x72, 0x05),
            (3, 0x73, 0x00), (3, 0x73, 0x01), (3, 0x73, 0x02), (3, 0x73, 0x03), (3, 0x73, 0x04), (3, 0x73, 0x05),
            (4, 0x08, 0x00), (4, 0x09, 0x00), (4, 0x15, 0x01), (4, 0x3E, 0x02), (4, 0x44, 0x00), (5, 0x1A, 0x00),
            (5, 0x20, 0x00), (5, 0x21, 0x00), (5, 0x21, 0x02), (5, 0x24, 0x00), (5, 0x26, 0x00), (5, 0x26, 0x01),
            (5, 0x26, 0x02), (5, 0x26, 0x03), (5, 0x2C, 0x00), (5, 0x30, 0x00), (5, 0x30, 0x05), (5, 0x53, 0x02),
            (5, 0x63, 0x00), (5, 0x64, 0x00), (5, 0x64, 0x01), (5, 0x72, 0x00), (5, 0x72, 0x03), (5, 0xB5, 0x00),
            (6, 0x28, 0x00), (6, 0x28, 0x01), (6, 0x29, 0x00), (6, 0x2A, 0x01), (6, 0x2E, 0x00), (6, 0x5A, 0x01),
            (6, 0x5A, 0x03), (7, 0x27, 0x00), (8, 0x00, 0x00), (9, 0x80, 0x00), (0xB, 0x00, 0x00), (0xE, 0x1D, 0x00),
        ].map { sense($0.0, $0.1, $0.2) }

    /// What a transport and a drive can do beside sense data, and sense data in its other forms.
    private static let others: [FaultKind] = {
        let (writeError, hardware) = (SenseData(3, 0x0C, 0), SenseData(4, 0x44, 0))
        func responding(_ response: UInt8, _ sense: SenseData) -> [UInt8] {
            response < 0x72
                ? [response] + sense.fixedFormat.dropFirst()
                : [response, sense.key, sense.code, sense.qualifier, 0, 0, 0, 0]
        }
        let failed = Meaning.sense(key: 4, code: 0x44, qualifier: 0)
        return [
            raw("4/44/00 as descriptors", responding(0x72, hardware), failed),
            .deferred(3, 0x0C, 0), .deferred(3, 0x0C, 9),
            raw(
                "3/0C/00, deferred, as descriptors", responding(0x73, writeError),
                .deferred(code: 0x0C, qualifier: 0)),
            FaultKind(
                description: "GOOD with 1/17/01", effect: .goodAnswer(sense: SenseData(1, 0x17, 1).fixedFormat),
                meaning: .success),
            FaultKind(
                description: "GOOD with 4/44/00", effect: .goodAnswer(sense: hardware.fixedFormat), meaning: failed),
            FaultKind(
                description: "GOOD with 3/0C/00, deferred", effect: .goodAnswer(sense: responding(0x71, writeError)),
                meaning: .deferred(code: 0x0C, qualifier: 0)),
            status(0x02, "CHECK CONDITION without sense"), status(0x08, "BUSY", .busy),
            status(0x18, "RESERVATION CONFLICT"), status(0x28, "TASK SET FULL"),
            host(1), host(2), host(3), host(4), host(5), host(7), host(8), host(0x0B),
            FaultKind(
                description: "driver status 6", effect: .answer(SCSIOutcome(driverStatus: 6)),
                meaning: .unknown(isTimeout: true)),
            FaultKind(
                description: "an answer lost", effect: .answerBehind(SCSIOutcome(hostStatus: 3)),
                meaning: .unknown(isTimeout: true)),
            FaultKind(description: "a byte missing", effect: .missing(1), meaning: .incomplete),
            FaultKind(description: "two bytes of reply", effect: .cut(2), meaning: .incomplete),
            FaultKind(description: "no byte of reply", effect: .cut(0), meaning: .incomplete),
            FaultKind(description: "no answer", effect: .hang, meaning: .unknown(isTimeout: true)),
            FaultKind(description: "the drive gone", effect: .gone, meaning: .unknown(isTimeout: false)),
        ]
    }()

    private static let longer: [FaultKind] =
        [sense(2, 4, 8), sense(2, 4, 1), status(0x08, "BUSY", .busy)].map { $0.repeated(5, "five times") }
        + [
            sense(2, 4, 8), sense(2, 4, 1), status(0x08, "BUSY", .busy), sense(2, 0x3A, 0), sense(3, 0x0C, 0),
            sense(4, 0x44, 0), sense(5, 0x20, 0), sense(5, 0x24, 0), sense(5, 0x26, 0), sense(6, 0x28, 0),
            sense(6, 0x2A, 1), sense(0xB, 0, 0),
        ].map { $0.lasting() }

    /// All of them.
    static let all = senses + others + longer

    /// Whether it can befall a command that moves something or nothing.
    func fits(_ taken: FaultyDrive.Taken) -> Bool {
        switch effect {
        case .missing: taken.movesIn || taken.movesOut
        case .cut: taken.movesIn
        case .answer, .goodAnswer, .answerBehind, .hang, .gone: true
        }
    }
}
