package import POSIX
package import SCSI
import TestSupport

/// A drive that can only be looked at: it answers what an idle recorder answers. Enough for a station; what burns in these
/// tests is a `ScriptedWorker`.
package final class LookingDrive: SCSITarget {
    package struct State {
        package var isDiscPresent = true
        /// READ DISC INFORMATION, byte 2: 00h blank, 0Eh finalised.
        package var discStatus: UInt8 = 0
        package var hasNewMedia = false
    }

    package let state = Lock(State())
    package let serial: String

    package init(serial: String) { self.serial = serial }

    /// Somebody changes the disc.
    package func insert(blank: Bool) {
        state.withLock { state in
            state = State(isDiscPresent: true, discStatus: blank ? 0 : 0x0E, hasNewMedia: true)
        }
    }

    package func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (
        outcome: SCSIOutcome, dataIn: [UInt8]
    ) {
        let reply = state.withLock { state -> [UInt8]? in self.reply(to: cdb.bytes, &state) }
        guard let reply else {
            let sense = SenseData(5, 0x20, 0)
            return (SCSIOutcome(status: 2, residual: transfer, sense: sense.fixedFormat), [])
        }
        let moved = Array(reply.prefix(transfer))
        return (SCSIOutcome(residual: transfer - moved.count), moved)
    }

    private func reply(to cdb: [UInt8], _ state: inout State) -> [UInt8]? {
        switch (cdb[0], cdb[1]) {
        case (0x12, 1): return [5, 0x80, 0, UInt8(serial.utf8.count)] + Array(serial.utf8)
        case (0x12, _): return [5, 0x80, 5, 2, 31, 0, 0, 0] + Array("TESTS   LOOKING DRIVE   1.0 ".utf8)
        case (0x4A, _):
            defer { state.hasNewMedia = false }
            return [0, 6, 4, 0x10, state.hasNewMedia ? 2 : 0, state.isDiscPresent ? 2 : 1, 0, 0]
        case (0x00, _), (0x1B, _), (0x1E, _): return []
        case (0x51, _):
            // 80 minutes: lead-in 97:26:65, last lead-out 79:59:74.
            return hex("00 20") + [state.discStatus]
                + hex("01 01 01 01 20 00 00 00 00 00 00 00 00 00 61 1A 41 00 4F 3B 4A 00 00 00 00 00 00 00 00 00 00")
        case (0x46, _): return hex("00 00 00 04 00 00 00 09")
        case (0x52, _):
            return hex("00 2E 01 01 00 04 4F 01 00 00 00 00 00 00 00 00 00 05 7D A9 00 00 00 00 00 05 7D A9")
                + [UInt8](repeating: 0, count: 20)
        default: return nil
        }
    }
}
