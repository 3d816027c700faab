import BurnPlan
import DiscLayout
import FoundationEssentials
import POSIX
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// Random legal discs in every mode are, byte by byte, what was asked for. `BURND_DISCS` says how many, `BURND_SEED` where
/// to begin.
@Suite(.serialized, .timeLimit(.minutes(30))) struct RandomDiscTests {
    private static func number(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
    }

    static let seeds: Range<Int> = {
        let first = number("BURND_SEED", 0)
        return first..<first + number("BURND_DISCS", 20)
    }()

    @Test(arguments: seeds) func `a disc reads back as it was asked for`(seed: Int) async throws {
        let disc = try RandomDisc(seed: seed)
        let (outcome, faults, log) = try await BlockingThread.run { try Self.burn(disc) }
        #expect(outcome.result == .completed && outcome.problem == nil, "\(outcome) \(disc) \(log.suffix(20))")
        #expect(outcome.disc == .good && !outcome.proven.isEmpty, "\(outcome)")
        #expect(outcome.tracksOnDisc == disc.layout.tracks.map(\.number))
        #expect(faults.isEmpty, "seed \(seed), \(disc): \(faults.prefix(10))")
    }

    @Test func `a disc that is another in one place is told apart`() async throws {
        // A seed of a disc that has everything.
        let disc = try RandomDisc(seed: 121)
        try #require(!disc.packs.isEmpty && disc.layout.tracks[0].subCode == .raw && disc.layout.tracks.count == 2)
        try #require(disc.layout.tracks[0].form == .audio)
        var others = [disc, disc, disc, disc, disc]
        others[0].contents[1][others[0].contents[1].count / 2] ^= 1
        others[1].symbols[0][5000] ^= 1
        others[2].packs.removeLast()
        others[3].layout.tracks[0].hasPreEmphasis.toggle()
        others[4].layout.tracks[1].pregap += 1
        let faults = try await BlockingThread.run { [others] in
            let folder = TemporaryFolder(inMemory: true)
            _ = try Self.burn(disc, in: folder)
            let plain = try PlainDisc(folder.path + "/disc")
            return [disc.differences(from: plain)] + others.map { $0.differences(from: plain) }
        }
        #expect(faults.map(\.isEmpty) == [true, false, false, false, false, false])
    }

    private static func burn(_ disc: RandomDisc) throws -> (BurnOutcome, [String], [String]) {
        try burn(disc, in: TemporaryFolder(inMemory: true))
    }

    private static func burn(_ disc: RandomDisc, in folder: TemporaryFolder) throws -> (BurnOutcome, [String], [String])
    {
        let blank = Medium(kind: .cdR, leadInStart: MSF(lba: -4_500), lastLeadOut: Medium.cdR80.lastLeadOut)
        let path = folder.path + "/disc"
        let recorder = try VirtualRecorder(
            VirtualRecorder.Configuration(disc: path, name: "random", blank: blank, maximumSpeed: nil))
        let clock = ManualClock()
        var log: [String] = []
        let engine = BurnEngine(
            plan: try disc.plan(in: folder.path), transport: FaultyDrive(recorder, clock), journal: EventList(),
            clock: clock, log: { log.append($0) })
        let outcome = engine.run()
        guard outcome.result == .completed else { return (outcome, [], log) }
        return (outcome, disc.differences(from: try PlainDisc(path)), log)
    }
}

extension RandomDisc {
    /// Where a track's index 0 and index 1 are on the disc.
    fileprivate struct Place {
        let gap: Int
        let start: Int
        let end: Int
    }

    /// Track at once there are two blocks of run-out that belong to no track, and a pause, between two tracks.
    private var places: [Place] {
        var end = -150
        return layout.tracks.indices.map { place in
            let track = layout.tracks[place]
            guard case .tao = way else {
                let start = layout.trackStart(place)
                return Place(gap: layout.pregapStart(place), start: start, end: start + track.sectors)
            }
            let gap = place == 0 ? end : end + 2
            end = gap + 150 + track.sectors
            return Place(gap: gap, start: gap + 150, end: end)
        }
    }

    /// What is not as it was asked for, in words.
    fileprivate func differences(from disc: PlainDisc) -> [String] {
        guard disc.sessions.count == 1, let session = disc.sessions.first else { return ["no single session"] }
        let writeType = if case .raw = way { "raw" } else { "\(way)" }
        var faults: [String] = []
        func expect(_ isSo: Bool, _ what: @autoclosure () -> String) { if !isSo { faults.append(what()) } }
        expect(session.stage == "closed" && session.write_type == writeType, "the session is \(session)")
        expect(session.mcn == layout.catalogNumber?.description, "catalogue number \(session.mcn ?? "none")")
        expect(disc.text == packs.flatMap(\.bytes), "\(disc.text.count) bytes of CD-TEXT")
        if case .tao = way {} else { expect(session.lead_out == layout.leadOut, "lead-out \(session.lead_out ?? -1)") }
        guard session.tracks.count == layout.tracks.count else { return faults + ["\(session.tracks.count) tracks"] }
        for (index, place) in places.enumerated() {
            let track = layout.tracks[index]
            faults += differences(of: session.tracks[index], from: track, place)
            faults += mainFaults(disc, index, place) + qFaults(disc, track, place)
        }
        return faults + symbolFaults(disc)
    }

    private func differences(
        of found: PlainDisc.Track, from track: SessionLayout.Track, _ place: Place
    ) -> [String] {
        var faults: [String] = []
        func expect(_ isSo: Bool, _ what: String) { if !isSo { faults.append("track \(track.number): \(what)") } }
        expect(found.state == "complete" && !found.damaged, "\(found.state), damaged \(found.damaged)")
        expect(found.number == track.number && found.blocks == track.sectors, "\(found)")
        expect(found.control == Int(track.control.rawValue), "control \(found.control)")
        expect(found.form == track.form.rawValue, found.form)
        expect((found.first_copy ?? false) == (track.copy == .scms), "copy bit")
        expect(found.isrc == track.recordingCode?.description, found.isrc ?? "no code")
        let starts = [place.gap, place.start] + track.indexes.map { place.start + $0 }
        expect(found.indexes.map(\.lba) == starts, "indexes \(found.indexes.map(\.lba)), not \(starts)")
        return faults
    }

    private static func bcd(_ value: Int) -> UInt8 { UInt8(value / 10) << 4 | UInt8(value % 10) }

    private static func time(_ lba: Int) -> [UInt8] {
        let frames = lba + 150
        return [bcd(frames / 4500), bcd(frames / 75 % 60), bcd(frames % 75)]
    }

    /// Samples as they were given; sectors of data with their address and with what was given.
    private func mainFaults(_ disc: PlainDisc, _ index: Int, _ place: Place) -> [String] {
        let track = layout.tracks[index]
        let size = track.form.userBytes
        let first = place.start - track.pregap
        for lba in first..<place.end {
            let sector = disc.main(lba)
            let wanted = contents[index].dropFirst((lba - first) * size).prefix(size)
            let isRight: Bool
            if track.form == .audio {
                isRight = sector.elementsEqual(wanted)
            } else {
                let header = [0] + [UInt8](repeating: 0xFF, count: 10) + [0] + Self.time(lba) + [1]
                isRight =
                    sector.prefix(16).elementsEqual(header) && sector.dropFirst(16).prefix(size).elementsEqual(wanted)
            }
            if !isRight { return ["track \(track.number): LBA \(lba) holds something else"] }
        }
        return []
    }

    /// Every Q is sound, and those that tell a place tell the right one.
    private func qFaults(_ disc: PlainDisc, _ track: SessionLayout.Track, _ place: Place) -> [String] {
        for lba in place.gap..<place.end {
            let q = disc.q(lba)
            guard PlainDisc.hasCRC(q) else { return ["LBA \(lba): Q \(q) has a wrong CRC"] }
            guard q[0] & 0x0F == 1 else { continue }
            let index = lba < place.start ? 0 : 1 + track.indexes.count { place.start + $0 <= lba }
            let wanted = [Self.bcd(track.number), Self.bcd(index)]
            let copyBit: UInt8 = track.copy == .scms ? 0x20 : 0
            let control = (q[0] >> 4) & ~(copyBit >> 4)
            if Array(q[1...2]) != wanted || Array(q[7...9]) != Self.time(lba) || control != track.control.rawValue {
                return ["LBA \(lba): Q is \(q)"]
            }
        }
        return []
    }

    /// R to W as given; packs when the interleaving is undone, but for the parity, which was not given.
    private func symbolFaults(_ disc: PlainDisc) -> [String] {
        let recorded = (layout.start..<layout.leadOut + RWDeinterleaver.delay).map { lba in
            lba < layout.leadOut ? disc.symbols(lba) : [UInt8](repeating: 0, count: 96)
        }
        let flat = recorded.flatMap { $0 }
        var (deinterleaver, packs) = (RWDeinterleaver(), [UInt8](repeating: 0, count: flat.count))
        packs.withUnsafeMutableBytes { target in
            flat.withUnsafeBytes { deinterleaver.process(recorded.count, from: $0, into: target) }
        }
        for (index, track) in layout.tracks.enumerated() where !isTrackAtOnce {
            let first = layout.pregapStart(index)
            // The last packs go on in the two sectors behind them.
            let afterPacks = index > 0 && layout.tracks[index - 1].subCode == .packs ? RWDeinterleaver.delay : 0
            let end = layout.pregapStart(index + 1) - (track.subCode == .packs ? RWDeinterleaver.delay : 0)
            for lba in first + (track.subCode == .none ? afterPacks : 0)..<end {
                let place = lba - layout.start
                let given = symbols[index].dropFirst((lba - first) * 96).prefix(96)
                let isRight =
                    switch track.subCode {
                    case .none: recorded[place].allSatisfy { $0 == 0 }
                    case .raw: recorded[place].elementsEqual(given)
                    case .packs: Self.areSamePacks(packs.dropFirst((place + RWDeinterleaver.delay) * 96), given)
                    }
                if !isRight { return ["LBA \(lba): R to W of \(track.subCode) are not as given"] }
            }
        }
        return []
    }

    /// Symbols 2 and 3 and the last four of a pack are parity.
    private static func areSamePacks(_ found: ArraySlice<UInt8>, _ given: ArraySlice<UInt8>) -> Bool {
        zip(found, given).enumerated().allSatisfy { index, pair in
            let symbol = index % 24
            return symbol == 2 || symbol == 3 || symbol >= 20 || pair.0 & 0x3F == pair.1
        }
    }
}
