import DiscLayout

/// What a line says the fault does, and which commands that can be about.
struct FaultKind: Equatable {
    let action: FaultAction
    /// Nil for all.
    var commands: Set<UInt8>?
    /// What else makes the command the right one, when the line does not name it.
    var cdb: [MaskedByte] = []

    private init(_ action: FaultAction, _ commands: Set<UInt8>? = nil) {
        (self.action, self.commands) = (action, commands)
    }

    /// READ TOC/PMA/ATIP, GET CONFIGURATION and MODE SENSE (10): replies that are edited.
    private static let readTOC: UInt8 = 0x43
    private static let getConfiguration: UInt8 = 0x46
    private static let modeSense: UInt8 = 0x5A

    /// Reads name and arguments.
    init(parsing words: inout FaultWords) throws(FaultSyntaxError) {
        let name = try words.next("a fault")
        switch name {
        case "sense", "deferred", "busy", "bad-read", "status", "host", "disconnect":
            self = try Self.answer(name, &words)
        case "slow": self.init(.slow(try Self.duration(&words)))
        case "stuck": self.init(.stuck)
        case "remove": self.init(.removeDisc)
        case "no-write": self.init(.loseData, CommandNames.writes)
        case "short": self.init(.short(try words.number(1...Int(Int32.max))))
        case "patch": self.init(.edit(.patch(try words.maskedBytes())))
        case "c2", "flip": self = try Self.mainChannel(name, &words)
        case "q-binary": self.init(.edit(.binaryQ), CommandNames.readCDs)
        case "atip":
            self.init(.edit(.atip(try Self.atip(&words))), [Self.readTOC])
            cdb = [MaskedByte(offset: 2, value: 0x04, mask: 0x0F)]
        case "feature": self.init(.edit(.feature(try Self.feature(&words))), [Self.getConfiguration])
        case "page":
            let code: UInt8 = try words.hex(2)
            self.init(.edit(.page(code, try words.maskedBytes())), [Self.modeSense])
        default: throw .unknownAction(name)
        }
    }

    private static func answer(_ name: String, _ words: inout FaultWords) throws(FaultSyntaxError) -> FaultKind {
        let answer: FaultAction.Answer
        var commands: Set<UInt8>?
        switch name {
        case "sense": answer = .sense(try sense(&words), isDeferred: false)
        case "deferred": answer = .sense(try sense(&words), isDeferred: true)
        case "busy": answer = .sense(.longWriteInProgress(nil), isDeferred: false)
        case "bad-read": (answer, commands) = (.unreadable, CommandNames.reads)
        case "status": answer = .status(try words.hex(2))
        case "host": answer = .host(try words.number(hostWords))
        default: answer = .disconnect
        }
        return FaultKind(.answer(answer, isCarriedOut: words.take("done")), commands)
    }

    /// Host status words that can be sent; 0 is success, and 1 is what `disconnect` means.
    private static let hostWords = 2...255

    private static func sense(_ words: inout FaultWords) throws(FaultSyntaxError) -> CheckCondition {
        try words.value("sense key, code and qualifier such as 3/0C/00") { word in
            let fields = word.split(separator: "/", omittingEmptySubsequences: false)
            guard fields.count == 3, fields[0].count == 1, fields[1].count == 2, fields[2].count == 2,
                let key: UInt8 = FaultWords.hex(fields[0]), let code: UInt8 = FaultWords.hex(fields[1]),
                let qualifier: UInt8 = FaultWords.hex(fields[2])
            else { return nil }
            return CheckCondition(key, code, qualifier)
        }
    }

    /// Longest that a drive is slow: a day.
    private static let longestDelay: Duration = .seconds(86_400)

    private static func duration(_ words: inout FaultWords) throws(FaultSyntaxError) -> Duration {
        try words.value("a time such as 500ms or 2.5s, up to a day") { word in
            let isMilliseconds = word.hasSuffix("ms")
            guard isMilliseconds || word.hasSuffix("s") else { return nil }
            let number = word.dropLast(isMilliseconds ? 2 : 1)
            guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(number),
                value <= 86_400_000
            else { return nil }
            let duration: Duration = isMilliseconds ? .milliseconds(value) : .seconds(value)
            return duration <= longestDelay ? duration : nil
        }
    }

    private static func mainChannel(_ name: String, _ words: inout FaultWords) throws(FaultSyntaxError) -> FaultKind {
        let bytes = 0...RedBook.sectorBytes - 1
        let positions = try words.value("byte positions such as 0..3,100, up to \(bytes.upperBound)") { word in
            let ranges = word.split(separator: ",", omittingEmptySubsequences: false).map {
                FaultWords.range($0, in: bytes)
            }
            return ranges.contains(nil) ? nil : ranges.compactMap { $0 }
        }
        let isFlagged = name == "c2"
        let edit = ReplyEdit.MainChannelEdit(positions: positions, isFlagged: isFlagged)
        return FaultKind(.edit(.main(edit)), isFlagged ? CommandNames.readCDs : CommandNames.reads)
    }

    private static func atip(_ words: inout FaultWords) throws(FaultSyntaxError) -> ReplyEdit.ATIPEdit {
        if words.take("zero") { return .zero }
        if words.take("bcd") { return .bcd }
        return .times(leadIn: try words.time(), lastLeadOut: try words.time())
    }

    /// Most data of a feature descriptor, whose length is one byte and a multiple of four.
    private static let longestFeature = 252

    private static func feature(_ words: inout FaultWords) throws(FaultSyntaxError) -> ReplyEdit.FeatureEdit {
        let code: UInt16 = try words.hex(4)
        let kind = try words.value("absent, not-current, current, or the data in hexadecimal, four bytes at a time") {
            word -> ReplyEdit.FeatureEdit.Kind? in
            switch word {
            case "absent": return .absent
            case "not-current": return .notCurrent
            case "current": return .claimed(nil)
            default:
                guard word.count.isMultiple(of: 8), word.count / 2 <= longestFeature else { return nil }
                let digits = Array(word)
                let bytes = stride(from: 0, to: digits.count, by: 2).map { index -> UInt8? in
                    FaultWords.hex(String(digits[index...index + 1]))
                }
                return bytes.contains(nil) ? nil : .claimed(bytes.compactMap { $0 })
            }
        }
        return ReplyEdit.FeatureEdit(code: code, kind: kind)
    }
}
