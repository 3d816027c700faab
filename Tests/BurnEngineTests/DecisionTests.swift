import BurnPlan
import DiscLayout
import SCSI
import Testing

@testable import BurnEngine

/// What a refusal means, as section 3.3 of the reference has it: one row a code.
@Suite struct ReactionTests {
    private func error(_ key: UInt8, _ code: UInt8, _ qualifier: UInt8, deferred: Bool = false) throws -> SCSIError {
        var bytes = SenseData(key, code, qualifier).fixedFormat
        if deferred { bytes[0] = 0x71 }
        return .checkCondition(command: "TEST", try #require(SenseData(parsing: bytes)))
    }

    static let writing: [([UInt8], WriteReaction)] = [
        ([2, 0x04, 0x08], .resendLater), ([2, 0x04, 0x07], .resendLater), ([2, 0x04, 0x01], .resendLater),
        ([2, 0x04, 0x02], .fail(.writeError)), ([2, 0x3A, 0x00], .fail(.writeError)),
        ([3, 0x0C, 0x00], .fail(.writeError)), ([3, 0x0C, 0x09], .fail(.bufferUnderrun)),
        ([3, 0x73, 0x04], .fail(.writeError)), ([4, 0x09, 0x00], .fail(.writeError)),
        ([5, 0x21, 0x00], .fail(.mediaTooSmall)), ([5, 0x21, 0x02], .fail(.writeError)),
        ([5, 0x63, 0x00], .fail(.mediaTooSmall)), ([6, 0x5A, 0x01], .resendNow), ([6, 0x2A, 0x01], .resendNow),
        ([6, 0x28, 0x00], .fail(.writeError)), ([6, 0x29, 0x00], .fail(.writeError)),
        ([7, 0x27, 0x00], .fail(.mediaIncompatible)), ([0xB, 0x00, 0x00], .fail(.writeError)),
    ]

    @Test(arguments: writing) func `a refused WRITE is sent again or ends the burn`(
        _ sense: [UInt8], _ reaction: WriteReaction
    ) throws {
        #expect(WriteReaction(try error(sense[0], sense[1], sense[2])) == reaction)
    }

    @Test func `a deferred error ends the burn whatever it says`() throws {
        #expect(WriteReaction(try error(2, 0x04, 0x08, deferred: true)) == .fail(.writeError))
        #expect(ReadinessReaction(try error(2, 0x04, 0x08, deferred: true), writing: true) == .fail)
    }

    @Test func `a WRITE of unknown fate is never sent again`() {
        let fault = TransportFault(call: "ioctl", errno: 5, description: "")
        for error in [
            SCSIError.host(command: "WRITE(10)", hostStatus: 3, driverStatus: 0),
            .host(command: "WRITE(10)", hostStatus: 2, driverStatus: 0), .transport(command: "WRITE(10)", fault),
            .shortTransfer(command: "WRITE(10)", moved: 1, of: 2), .status(command: "WRITE(10)", 2),
        ] { #expect(WriteReaction(error) == .fail(.writeError), "\(error)") }
        #expect(WriteReaction(.status(command: "WRITE(10)", 8)) == .resendLater)
    }

    static let polling: [([UInt8], ReadinessReaction, ReadinessReaction)] = [
        // Sense, with nothing written, with the laser on.
        ([2, 0x04, 0x00], .wait, .wait), ([2, 0x04, 0x01], .wait, .wait), ([2, 0x04, 0x08], .wait, .wait),
        ([2, 0x04, 0x02], .start, .fail), ([2, 0x04, 0x03], .fail, .fail), ([2, 0x3A, 0x02], .fail, .fail),
        ([6, 0x28, 0x00], .askAgain, .fail), ([6, 0x29, 0x00], .askAgain, .fail),
        ([6, 0x2A, 0x01], .askAgain, .askAgain), ([6, 0x5A, 0x01], .askAgain, .askAgain),
        ([6, 0x2E, 0x00], .wait, .wait), ([3, 0x0C, 0x00], .fail, .fail), ([4, 0x44, 0x00], .fail, .fail),
        ([5, 0x30, 0x00], .fail, .fail), ([0xB, 0x00, 0x00], .askAgain, .askAgain),
    ]

    @Test(arguments: polling) func `a drive that is not ready is waited for, asked again or given up`(
        _ sense: [UInt8], _ idle: ReadinessReaction, _ writing: ReadinessReaction
    ) throws {
        let error = try error(sense[0], sense[1], sense[2])
        #expect(ReadinessReaction(error, writing: false) == idle)
        #expect(ReadinessReaction(error, writing: true) == writing)
    }
}

@Suite struct SpeedLadderTests {
    @Test func `speeds are asked for in 177 kB/s, rising, and at last left to the drive`() {
        #expect(SpeedLadder.requests(for: .max) == [0xFFFF])
        let requests = SpeedLadder.requests(for: .times(8))
        #expect(requests.prefix(3) == [1416, 1593, 1770] && requests.last == 0xFFFF)
        #expect(SpeedLadder.requests(for: .times(WriteSpeed.highestTimes)).allSatisfy { $0 >= 72 * 177 })
    }
}

@Suite struct BurnLimitsTests {
    @Test func `nothing waits without an end, and all is written down in plausible sizes`() {
        let limits = BurnLimits()
        for limit in [
            limits.becomingReady, limits.bufferFull, limits.trackEnd, limits.closing, limits.cleanUp, limits.readAhead,
        ] { #expect(limit >= .seconds(30) && limit <= .seconds(1200)) }
        #expect(limits.progressInterval == .milliseconds(500))
    }
}
