import BinaryCoding

/// Classes of GET EVENT STATUS NOTIFICATION (MMC-6, 6.6.2): the lower, the more urgent.
enum EventClass: Int, CaseIterable {
    case operationalChange = 1
    case powerManagement = 2
    case externalRequest = 3
    case media = 4
    case deviceBusy = 6

    /// The bit in masks of classes.
    var bit: UInt8 { 1 << UInt8(rawValue) }
    /// All that there are.
    static let supported: UInt8 = allCases.reduce(0) { $0 | $1.bit }
}

/// Media events (MMC-6, table 317).
enum MediaEvent: UInt8 {
    case ejectRequest = 1
    case newMedium = 2
    case removal = 3
}

/// Events that have not been told, a queue for each class. Every event is told once.
struct EventQueue {
    private struct Event: Equatable {
        let code: UInt8
        /// The moment from which on it can be told.
        let due: Duration
    }

    private var queues: [EventClass: [Event]] = [:]
    /// Whether the drive was busy when that was asked for last.
    private var wasBusy = false
    /// Longest that a queue gets when nobody asks; the oldest go first.
    private static let limit = 8

    private mutating func append(_ kind: EventClass, _ code: UInt8, due: Duration = .zero) {
        queues[kind, default: []].append(Event(code: code, due: due))
        if queues[kind, default: []].count > Self.limit { queues[kind]?.removeFirst() }
    }

    mutating func media(_ event: MediaEvent, due: Duration = .zero) { append(.media, event.rawValue, due: due) }

    /// What the drive can do has changed: event 2, operational change notification.
    mutating func featuresChanged(due: Duration = .zero) { append(.operationalChange, 2, due: due) }

    /// The power state has changed as it was told to: event 1.
    mutating func powerChanged() { append(.powerManagement, 1) }

    /// The button was pressed and let go: events 1 and 2.
    mutating func buttonPressed() {
        append(.externalRequest, 1)
        append(.externalRequest, 2)
    }

    /// The next event of a class, if it is due; 0 when there is none.
    func next(_ kind: EventClass, at now: Duration, isBusy: Bool) -> UInt8 {
        if kind == .deviceBusy { return isBusy == wasBusy ? 0 : 1 }
        return queues[kind]?.first.flatMap { $0.due <= now ? $0.code : nil } ?? 0
    }

    /// The next event of a class has been told.
    mutating func told(_ kind: EventClass, isBusy: Bool) {
        if kind == .deviceBusy { wasBusy = isBusy } else { queues[kind]?.removeFirst() }
    }
}

extension Drive {
    static let eventCommands: [UInt8: Entry] = [
        0x4A: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.getEventStatus(command) }
    ]

    /// Bytes in front of an event.
    private static let eventHeaderBytes = 4

    private func getEventStatus(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // Only polled; nothing waits here until something happens.
        guard command.cdb[1].bit(0) else { throw .invalidFieldInCDB(byte: 1) }
        let wanted = EventClass.allCases.filter { command.cdb[4] & $0.bit != 0 }
        let allocation = command.uint16(at: 7)
        let (now, isBusy) = (clock.now(), isBusy)
        let first = wanted.first { events.next($0, at: now, isBusy: isBusy) != 0 } ?? wanted.first
        // No class of these is there: no event available (NEA), and the header alone.
        guard let kind = first else { return Array([0, 2, 0x80, EventClass.supported].prefix(allocation)) }
        let code = events.next(kind, at: now, isBusy: isBusy)
        let reply = [0, 6, UInt8(kind.rawValue), EventClass.supported, code] + eventStatus(kind, code)
        // An event is told once; a header alone tells none.
        if code != 0, allocation > Self.eventHeaderBytes {
            events.told(kind, isBusy: isBusy)
            // Who is told that the button was pressed needs no attention for it any more.
            if kind == .media, code == MediaEvent.ejectRequest.rawValue {
                attentions.removeAll { $0 == .operatorMediumRemovalRequest }
            }
        }
        return Array(reply.prefix(allocation))
    }

    private var isBusy: Bool { speed.progress(at: clock.now()) != nil || mechanism.progress(at: clock.now()) != nil }

    /// The three bytes behind an event's code: how things are now.
    private func eventStatus(_ kind: EventClass, _ code: UInt8) -> [UInt8] {
        let persistent: UInt8 = removal.isPersistent ? 0x80 : 0
        switch kind {
        // Available; what has changed is features.
        case .operationalChange: return [persistent, 0, code == 0 ? 0 : 1]
        case .powerManagement: return [power.rawValue, 0, 0]
        // Ready; no request but the key itself.
        case .externalRequest: return [persistent, 0, 0]
        case .media: return [tray.isOpen ? 0x01 : 0x02, 0, 0]
        case .deviceBusy:
            let now = clock.now()
            let left = max(speed.remaining(at: now), mechanism.readyAt - now)
            let tenths = UInt16(clamping: Int(left / .milliseconds(100)))
            return isBusy ? [1] + tenths.bigEndianBytes : [0, 0, 0]
        }
    }
}
