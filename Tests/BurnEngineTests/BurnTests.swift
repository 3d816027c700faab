import BurnEngine
import BurnPlan
import DiscLayout
import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

/// Whole burns on a virtual recorder over a socket.
@Suite(.timeLimit(.minutes(5))) struct BurnTests {
    @Test func `an album is written where the drive wants it, closed and proven`() async throws {
        let bench = try Bench()
        let plan = try bench.plan()
        let result = try await bench.burn(plan)
        #expect(
            result.outcome
                == BurnOutcome(.completed, disc: .good, proven: [.toc, .audio, .indexes], tracksOnDisc: [1, 2, 3]))
        #expect(
            result.written == [
                WrittenTrack(number: 1, start: 0, sectors: 321), WrittenTrack(number: 2, start: 473, sectors: 300),
                WrittenTrack(number: 3, start: 925, sectors: 310),
            ])
        #expect(result.phases == [.preparing, .burning, .finalizing, .verifying])
        #expect(bench.isTrayLocked == false)
    }

    @Test func `what is on the disc are the samples, filled with silence to whole sectors and to four seconds`()
        async throws
    {
        let bench = try Bench()
        let plan = try bench.plan()
        let written = try await bench.burn(plan).written
        for (track, place) in zip(plan.tracks, written) {
            var expected = try DurableFile.contents(of: try #require(track.content[0].file), limit: 1 << 24)
            expected += [UInt8](repeating: 0, count: place.sectors * 2352 - expected.count)
            #expect(try bench.mainChannel(from: place.start, sectors: place.sectors) == expected)
        }
    }

    @Test func `the journal says things in the order in which they become true`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan([588 * 300]))
        let marks = result.events.compactMap { event -> String? in
            switch event {
            case .laserPending: "pending"
            case .laserOn: "on"
            case .trackWritten: "track"
            case .written: "written"
            case .closed: "closed"
            case .outcome: "outcome"
            case .started, .phase, .progress, .record: nil
            }
        }
        #expect(marks == ["pending", "on", "track", "written", "closed", "outcome"])
        #expect(result.history.outcome == result.outcome)
    }

    @Test func `the lead-out of the record is the one that the lead-in names, behind the run-out`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan([588 * 300]))
        #expect(result.history.record?.leadOut == 300 + 2)
    }

    @Test func `commands come in the order that the reference gives for TAO`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan([588 * 300, 588 * 300]))
        // Without what was asked before the tray was locked, and without questions about the drive's buffer.
        let sequence = bench.drive.commands.drop { $0.operationCode != 0x1E }.map(\.operationCode)
            .filter { $0 != 0x5C && $0 != 0x5A }
            .reduce(into: [UInt8]()) { if $0.last != $1 { $0.append($1) } }
        #expect(
            sequence == [
                0x1E, 0xBB, 0x55, 0x52, 0x54,  // lock, speed, write parameters, room, OPC
                0x52, 0x2A, 0x35, 0x00, 0x51,  // track 1: where, write, flush, ready?, disc?
                0x55, 0x52, 0x2A, 0x35, 0x00, 0x51,  // track 2, with write parameters of its own
                0x5B, 0x00, 0x51,  // close the session, ready?, disc?
                0x1B, 0x00, 0x51,  // stop and start
                0x52, 0x43, 0xBE, 0x1E,  // track list, table of contents, audio and sub-channel, unlock
            ])
    }

    /// Page 05h as the reference has it for each way of closing; byte 3: multi-session and control.
    @Test(arguments: [(CloseMode.disc, 0x02 as UInt8), (.session, 0xC2), (.none, 0xC2)])
    func `write parameters are those of TAO audio`(_ close: CloseMode, _ byte3: UInt8) async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.plan([588 * 300], close: close, copy: .permitted))
        let select = try #require(bench.drive.commands.first { $0.operationCode == 0x55 })
        #expect(select.cdb == hex("55 10 00 00 00 00 00 00 3C 00"))
        let page = hex("05 32 41") + [byte3] + hex("00 00 00 00 00 00 00 00 00 00 00 96")
        #expect(select.dataOut == hex("00 00 00 00 00 00 00 00") + page + [UInt8](repeating: 0, count: 36))
    }

    @Test func `a session can follow a closed session`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan([588 * 300], close: .session))
        #expect(
            result.outcome == BurnOutcome(.completed, disc: .good, proven: [.toc, .audio, .indexes], tracksOnDisc: [1]))
    }

    @Test func `a disc left open is proven by the drive's track list and by its audio`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan(close: .none))
        #expect(result.outcome.result == .completed && result.outcome.disc == .open)
        #expect(result.outcome.proven.first == .tracks && result.outcome.tracksOnDisc == [1, 2, 3])
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x5B })
        #expect(result.history.isWritten && !result.history.isClosed)
    }

    @Test func `where the drive does not read an open session, only the track list is proven`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0xBE ? .sense(SenseData(5, 0x64, 0)) : nil }
        let result = try await bench.burn(try bench.plan([588 * 300], close: .none))
        #expect(result.outcome == BurnOutcome(.completed, disc: .open, proven: [.tracks], tracksOnDisc: [1]))
    }

    @Test func `ninety-nine tracks fit on a disc`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan(Array(repeating: 588 * 2, count: 99)))
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == Array(1...99))
    }

    @Test func `the tray opens at the end only when it was asked to`() async throws {
        for eject in [false, true] {
            let bench = try Bench()
            let result = try await bench.burn(try bench.plan([588 * 300], eject: eject))
            #expect(result.outcome.result == .completed)
            #expect(bench.drive.commands.contains { $0.cdb.starts(with: hex("1B 00 00 00 02")) } == eject)
        }
    }

    @Test func `a speed the drive refuses is raised step by step`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0xBB && number < 2 ? .sense(SenseData(5, 0x24, 0)) : nil
        }
        let result = try await bench.burn(try bench.plan([588 * 300], speed: .times(4)))
        let asked = bench.drive.commands.filter { $0.operationCode == 0xBB }.map {
            Int($0.cdb[4]) << 8 | Int($0.cdb[5])
        }
        #expect(asked == [4 * 177, 5 * 177, 6 * 177] && result.outcome.result == .completed)
    }

    @Test func `a drive that needs no calibration is burned on without`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x54 ? .sense(SenseData(5, 0x20, 0)) : nil }
        #expect(try await bench.burn(try bench.plan([588 * 300])).outcome.result == .completed)
    }

    @Test func `a drive that gives the first sector of the pause is sent the start of the track`() async throws {
        let bench = try Bench { cdb, _ in
            guard cdb[0] == 0x52, cdb[1] == 1, cdb[5] == 0xFF else { return nil }
            // Pioneer BDR-205, LiteOn LTR-48125S: −150 as next writable address of a blank.
            return .changedReply {
                $0[12...15] == [0, 0, 0, 0] ? $0[..<12] + [0xFF, 0xFF, 0xFF, 0x6A] + $0[16...] : $0
            }
        }
        let result = try await bench.burn(try bench.plan([588 * 300]))
        #expect(result.outcome.result == .completed && result.written.first?.start == 0)
    }

    @Test func `a full buffer is waited for, and the same WRITE is sent again`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0x2A && (3..<6).contains(number) ? .sense(SenseData(2, 4, 8)) : nil
        }
        let result = try await bench.burn(try bench.plan([588 * 300]))
        #expect(result.outcome.result == .completed)
        let writes = bench.drive.commands.filter { $0.operationCode == 0x2A }.map(\.cdb)
        #expect(Set(writes[3...6]).count == 1 && writes.count == 12 + 3)
    }

    @Test func `a CLOSE that found the drive busy and did nothing is sent again`() async throws {
        let bench = try Bench { cdb, number in cdb[0] == 0x5B && number == 0 ? .sense(SenseData(2, 4, 8)) : nil }
        #expect(try await bench.burn(try bench.plan([588 * 300])).outcome.result == .completed)
        #expect(bench.drive.commands.count { $0.operationCode == 0x5B } == 2)
    }

    @Test func `a drive that knows no Immed closes without`() async throws {
        let bench = try Bench { cdb, _ in
            cdb[0] == 0x5B && cdb[1] == 1 ? .sense(SenseData(5, 0x24, 0)) : nil
        }
        #expect(try await bench.burn(try bench.plan([588 * 300])).outcome.result == .completed)
    }

    @Test func `progress carries what the Windows interfaces carry`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan())
        let progress = result.events.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
        let writing = try #require(progress.first { $0.action == .writing && $0.track == 2 })
        #expect(writing.tracks == 3 && writing.startLBA == 473 && writing.sectorCount == 300)
        #expect(writing.lastWrittenLBA == 473 + 26 && writing.lastReadLBA >= writing.lastWrittenLBA)
        #expect(writing.sectorsTotal == 931 && writing.sectorsDone == 321 + 27)
        #expect(writing.buffer.total == writing.buffer.used + writing.buffer.free && writing.buffer.total >= 8 << 20)
        #expect(writing.driveBufferPercent != nil)
        let actions = progress.map(\.action)
        for action in [
            BurnProgress.Action.opening, .calibrating, .writing, .closingTrack, .closingSession, .reloading, .reading,
        ] { #expect(actions.contains(action), "\(action)") }
    }
}
