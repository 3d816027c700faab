import BurnEngine
import BurnPlan
import DiscLayout
import POSIX
import SCSI
import SectorCoding
import TestSupport
import Testing

/// Sessions at once on a virtual recorder.
@Suite(.timeLimit(.minutes(5))) struct SessionAtOnceTests {
    /// Four packs with a CRC each; what they say does not matter here.
    static let packs = (0..<4).map { index in
        TextPack(withoutCRC: [0x80, 0, UInt8(index), 0] + Array(repeating: UInt8(0x41 + index), count: 12))
    }
    static var text: [String] { packs.map { $0.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() } }

    @Test func `commands come in the order that the reference gives for SAO`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.session(text: Self.text))
        #expect(result.outcome.result == .completed && result.outcome.problem == nil, "\(result.outcome)")
        let sequence = bench.drive.commands.drop { $0.operationCode != 0x1E }.map(\.operationCode)
            .filter { $0 != 0x5C && $0 != 0x5A }
            .reduce(into: [UInt8]()) { if $0.last != $1 { $0.append($1) } }
        let head: [UInt8] = [0x1E, 0xBB, 0x55, 0x52, 0x54, 0x5D, 0x2A, 0x35, 0x00, 0x51]
        #expect(Array(sequence.prefix(head.count)) == head)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x5B })
    }

    @Test func `the lead-in is sent in blocks of 96 bytes from its start, then the pause, then what follows`()
        async throws
    {
        let bench = try Bench()
        _ = try await bench.burn(try bench.session(text: Self.text))
        let writes = bench.drive.commands.filter { $0.operationCode == 0x2A }.map(\.cdb)
        // −11635, 663 blocks.
        #expect(writes.first == hex("2A 00 FF FF D2 8D 00 02 97 00"))
        // 11485 blocks of the lead-in are 18 WRITEs; −150, 27 blocks.
        #expect(writes.count > 18)
        #expect(writes.dropFirst(18).first == hex("2A 00 FF FF FF 6A 00 00 1B 00"))
        var next = -11635
        for cdb in writes {
            let lba = Int(Int32(bitPattern: cdb[2...5].reduce(0) { $0 << 8 | UInt32($1) }))
            #expect(lba == next)
            next = lba + Int(cdb[7]) << 8 + Int(cdb[8])
        }
        #expect(next == 1200)
    }

    @Test func `gaps with sound, indexes and samples are on the disc where they belong`() async throws {
        let bench = try Bench()
        let plan = try bench.session()
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2], "\(result.outcome)")
        #expect(
            result.written == [
                WrittenTrack(number: 1, start: 0, sectors: 400), WrittenTrack(number: 2, start: 550, sectors: 650),
            ])
        for track in plan.tracks {
            let start = track.number == 1 ? 0 : 400
            let pieces = (track.number == 1 ? [] : track.pregapContent) + track.content
            var expected: [UInt8] = []
            for piece in pieces {
                let file = try DurableFile.contents(of: try #require(piece.file), limit: 1 << 24)
                expected += file[piece.offset..<piece.offset + piece.count]
            }
            #expect(try bench.mainChannel(from: start, sectors: expected.count / 2352) == expected)
        }
        let json = try String(
            decoding: DurableFile.contents(of: bench.discPath + "/disc.json", limit: 1 << 20), as: UTF8.self)
        for mark in ["4006381333931", "DEABC1234567"] { #expect(json.contains(mark)) }
    }

    @Test func `text is on the disc as it was ordered`() async throws {
        let bench = try Bench()
        _ = try await bench.burn(try bench.session(text: Self.text))
        let stored = try DurableFile.contents(of: bench.discPath + "/cd-text-1.cdt", limit: 1 << 16)
        #expect(stored == Self.packs.flatMap(\.bytes))
    }

    @Test func `a pack whose CRC does not fit is refused before anything is sent`() async throws {
        let bench = try Bench()
        var plan = try bench.session(text: Self.text)
        plan.text[1] = plan.text[1].dropLast() + (plan.text[1].last == "0" ? "1" : "0")
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .planInvalid && bench.drive.commands.isEmpty)
    }

    @Test func `forms of the cue sheet are tried in order, and the record names the one that was taken`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0x5D && number < 2 ? .sense(SenseData(5, 0x26, 0)) : nil
        }
        let result = try await bench.burn(try bench.session(text: Self.text))
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        #expect(bench.drive.commands.count { $0.operationCode == 0x5D } == 3)
        #expect(result.history.record?.layoutVariant?.contains("lead-in at 00:00:00") == true)
    }

    @Test func `a drive that takes no cue sheet leaves the disc untouched`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x5D ? .sense(SenseData(5, 0x26, 0)) : nil }
        let result = try await bench.burn(try bench.session())
        #expect(result.outcome.problem?.type == .layoutRefused && result.outcome.disc == .untouched)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A } && bench.isTrayLocked == false)
        #expect(bench.drive.commands.count { $0.operationCode == 0x5D } == 3)
    }

    @Test func `a drive that refuses the lead-in it was promised leaves the disc untouched`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x2A && cdb[2] == 0xFF ? .sense(SenseData(5, 0x21, 0)) : nil }
        let result = try await bench.burn(try bench.session(text: Self.text))
        #expect(
            result.outcome.problem?.type == .layoutRefused && result.outcome.disc == .untouched, "\(result.outcome)")
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x35 } && bench.isTrayLocked == false)
    }

    @Test func `a full buffer is waited for in the lead-in too`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0x2A && (2..<5).contains(number) ? .sense(SenseData(2, 4, 8)) : nil
        }
        #expect(try await bench.burn(try bench.session(text: Self.text)).outcome.result == .completed)
    }

    @Test func `a session that is stopped is spoiled, in its lead-in too`() async throws {
        for writes in [3, 22] {
            let bench = try Bench()
            let result = try await bench.burn(try bench.session(text: Self.text)) { laserIsOn in
                laserIsOn && bench.drive.commands.count { $0.operationCode == 0x2A } >= writes
            }
            #expect(result.outcome.result == .cancelled && result.outcome.disc == .spoiled)
            #expect(result.outcome.tracksOnDisc.isEmpty && bench.isTrayLocked == false)
            #expect(bench.drive.commands.contains { $0.operationCode == 0x35 })
        }
    }

    @Test func `a flush that fails is a failed burn`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x35 ? .sense(SenseData(3, 0x0C, 0)) : nil }
        let result = try await bench.burn(try bench.session())
        #expect(result.outcome.problem?.type == .writeError && result.outcome.disc == .spoiled)
        #expect(result.outcome.tracksOnDisc.isEmpty)
    }

    @Test func `a session can follow one that was written at once`() async throws {
        let bench = try Bench()
        let first = try await bench.burn(try bench.session(close: .session))
        #expect(first.outcome.result == .completed, "\(first.outcome)")
        var plan = try bench.session(close: .disc)
        plan.mayAppend = true
        let second = try await bench.burn(plan)
        #expect(second.outcome.result == .completed, "\(second.outcome)")
        #expect(second.outcome.tracksOnDisc == [1, 2, 3, 4])
        // 1200 + 6750 + 4500, and 150 of pause.
        #expect(second.written.first == WrittenTrack(number: 3, start: 12_600, sectors: 400))
    }

    @Test func `data and audio are written in blocks of their own`() async throws {
        let bench = try Bench()
        let data = Bench.samples(seed: 9, count: 2048 / 4 * 320)
        try DurableFile.replace(bench.folder.path + "/data", with: data)
        var plan = try bench.session()
        let audio = BurnPlan.Track(
            number: 2, pregap: 150, sectors: 400, content: plan.tracks[0].content)
        plan.tracks = [
            BurnPlan.Track(
                number: 1, form: .mode1, pregap: 150, sectors: 320,
                content: [BurnPlan.Piece(file: bench.folder.path + "/data", count: data.count)]), audio,
        ]
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        let sector = try bench.mainChannel(from: 7, sectors: 1)
        #expect(Array(sector[16..<16 + 2048]) == Array(data[7 * 2048..<8 * 2048]))
        let first = try #require(bench.drive.commands.first { $0.operationCode == 0x2A })
        #expect(first.cdb == hex("2A 00 FF FF FF 6A 00 00 1F 00"))
    }

    @Test(arguments: [RecordingMode.sao, .raw]) func `a drive that does not list CD Mastering is asked all the same`(
        _ mode: RecordingMode
    ) async throws {
        // In the reply to GET CONFIGURATION feature 002Eh has a vendor's number.
        let bench = try Bench { cdb, _ in
            guard cdb[0] == 0x46 else { return nil }
            return .changedReply { reply in
                var (reply, place) = (reply, 8)
                while place + 4 <= reply.count {
                    if reply[place] == 0, reply[place + 1] == 0x2E { reply[place] = 0xFF }
                    place += 4 + Int(reply[place + 3])
                }
                return reply
            }
        }
        var plan = try bench.session(mode: mode)
        // One that does not promise test writes would perhaps write.
        plan.isTest = true
        let test = try await bench.burn(plan)
        #expect(test.outcome.problem?.type == .modeNotSupported && test.outcome.disc == .untouched, "\(test.outcome)")
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A })
        plan.isTest = false
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.disc == .written, "\(result.outcome)")
    }

    @Test func `graphics go along with the samples`() async throws {
        let bench = try Bench()
        var plan = try bench.session()
        let symbols = (0..<96 * 550).map { UInt8($0 % 61) }
        try DurableFile.replace(bench.folder.path + "/rw", with: symbols)
        plan.tracks[0].subCode = .raw
        plan.tracks[0].symbols = [BurnPlan.Piece(file: bench.folder.path + "/rw", count: symbols.count)]
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        let sub = try DurableFile.contents(of: bench.discPath + "/sub.bin", limit: 1 << 24)
        #expect(
            sub[(150 + 33) * 96..<(150 + 34) * 96].map { $0 & 0x3F }
                == Array(symbols[(150 + 33) * 96..<(150 + 34) * 96]))
    }
}

extension Bench {
    /// Two tracks of one file, as a live recording: the second has a gap of two seconds in which the sound goes on, and an
    /// index.
    func session(text: [String] = [], close: CloseMode = .disc, mode: RecordingMode = .sao) throws -> BurnPlan {
        let path = folder.path + "/live.pcm"
        try DurableFile.replace(path, with: Self.samples(seed: 5, count: 588 * 1200))
        func piece(_ sectors: Range<Int>) -> [BurnPlan.Piece] {
            [BurnPlan.Piece(file: path, offset: sectors.lowerBound * 2352, count: sectors.count * 2352)]
        }
        return BurnPlan(
            job: 1, burn: 1, drive: "unix:\(socket)", mode: mode, close: close, verify: .none,
            catalogNumber: "4006381333931", text: text,
            tracks: [
                BurnPlan.Track(number: 1, pregap: 150, sectors: 400, content: piece(0..<400)),
                BurnPlan.Track(
                    number: 2, copy: .permitted, recordingCode: "DEABC1234567", pregap: 150, sectors: 650,
                    indexes: [300], pregapContent: piece(400..<550), content: piece(550..<1200)),
            ])
    }
}
