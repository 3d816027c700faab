import Glibc
import POSIX
import SCSI

/// Where commands pass the faults that are set: it asks the menu and does what the menu says.
final class FaultDesk: Sendable {
    private struct State {
        var menu = FaultMenu()
        /// Writing a byte to one of these wakes somebody who waits for a change of the menu.
        var waiting: [Pipe] = []
        var activity = Activity()
    }

    /// What goes on.
    struct Activity: Sendable {
        /// Commands that have come.
        var commands = 0
        /// Operation code of the one that is being executed.
        var executing: UInt8?
        /// The fault that keeps it waiting.
        var heldBy: Int?
    }

    private let state = Lock(State())
    private let clock: RecorderClock
    /// The drive puts C2 flags behind the sub-channel.
    private let isFlagsLast: Bool
    /// How long the drive is slow before it looks whether it still has to be.
    private static let slice: Duration = .milliseconds(100)

    init(clock: RecorderClock, isFlagsLast: Bool = false) { (self.clock, self.isFlagsLast) = (clock, isFlagsLast) }

    /// What goes on now.
    var activity: Activity { state.withLock { $0.activity } }

    /// Looks at the menu.
    func read<Value: Sendable>(_ body: (FaultMenu) -> Value) -> Value { state.withLock { body($0.menu) } }

    /// Changes the menu and wakes whoever waits for that.
    func change<Value: Sendable>(_ body: (inout FaultMenu) -> Value) -> Value {
        state.withLock { state in
            defer { Self.wake(&state) }
            return body(&state.menu)
        }
    }

    private static func wake(_ state: inout State) {
        for pipe in state.waiting { try? pipe.writing.writeAll([0]) }
        state.waiting = []
    }

    /// Carries a command out by `perform`, or whatever the faults make of it.
    func execute(
        _ request: Request, from initiator: SCSIInitiator, removeDisc: () -> Void, _ perform: (Request) -> Response
    ) -> Response {
        let cdb = request.paddedCDB
        let call = FaultCall(cdb: cdb, dataOut: request.dataOut)
        let plan = state.withLock { state -> FaultPlan? in
            let plan = state.menu.plan(for: call)
            state.activity.commands += 1
            // Whoever is woken because a fault acts finds the command held by it.
            (state.activity.executing, state.activity.heldBy) = (cdb[0], plan?.holds.first?.fault)
            if plan != nil { Self.wake(&state) }
            return plan
        }
        defer { state.withLock { ($0.activity.executing, $0.activity.heldBy) = (nil, nil) } }
        func carryOut(_ request: Request) -> Response {
            let response = perform(request)
            let isGood = response.outcome.status == 0
            state.withLock { $0.menu.observe(cdb, isGood: isGood) }
            return response
        }
        guard let plan else { return carryOut(request) }
        for hold in plan.holds where !wait(hold, initiator) {
            // Nobody is left to read it.
            return (SCSIOutcome(hostStatus: SCSIOutcome.Host.error), [])
        }
        if plan.removesDisc { removeDisc() }
        return plan.response(to: request, isFlagsLast: isFlagsLast, carryOut)
    }

    /// Lets a slow or stuck drive wait. False when the initiator went.
    private func wait(_ hold: FaultPlan.Hold, _ initiator: SCSIInitiator) -> Bool {
        state.withLock { $0.activity.heldBy = hold.fault }
        defer { state.withLock { $0.activity.heldBy = nil } }
        guard let duration = hold.duration else {
            return wait(orUntilGone: initiator) { $0.entry(hold.fault) == nil }
        }
        var left = duration
        while left > .zero, read({ $0.entry(hold.fault) != nil }) {
            if initiator.isGone { return false }
            clock.wait(min(left, Self.slice))
            left -= Self.slice
        }
        return true
    }

    /// Waits for the menu to be as is wanted. False when the one who asks went before. Blocks.
    func wait(orUntilGone initiator: SCSIInitiator, until isReached: (FaultMenu) -> Bool) -> Bool {
        while true {
            guard let pipe = try? Pipe() else { return false }
            let isDone = state.withLock { state in
                if isReached(state.menu) { return true }
                state.waiting.append(pipe)
                return false
            }
            if isDone { return true }
            if !initiator.waits(for: pipe.reading) {
                state.withLock { state in state.waiting.removeAll { $0.reading === pipe.reading } }
                return false
            }
        }
    }
}

extension SCSIInitiator {
    /// Whether the other side has closed.
    fileprivate var isGone: Bool {
        guard let connection else { return false }
        // Nothing is asked for, so that only a connection closed in both directions is told.
        var entry = pollfd(fd: connection, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Blocks until there is something to read; false when the other side has closed before.
    fileprivate func waits(for source: FileDescriptor) -> Bool {
        var entries = [
            pollfd(fd: source.number, events: Int16(POLLIN), revents: 0),
            // A negative number is passed over.
            pollfd(fd: connection ?? -1, events: 0, revents: 0),
        ]
        while poll(&entries, nfds_t(entries.count), -1) < 0 && errno == EINTR {}
        return entries[0].revents != 0
    }
}
