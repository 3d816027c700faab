import DiscLayout
import POSIX
import RawRecording
import SectorCoding
import TestSupport
import Testing

/// The raw streams of burning programs beside burnd's of the same disc, sector by sector from the lead-in to the lead-out.
/// Where they differ the standards leave room, and each difference has a name here.
@Suite(.timeLimit(.minutes(5))) struct RawStreamTests {
    /// What a disc's folder or burnd's stream holds of one sector.
    struct Sector {
        let main: ArraySlice<UInt8>
        let channels: ArraySlice<UInt8>
        var q: QFrame { channels.withUnsafeBytes { SubChannel.q(of: $0) } }
        var p: Bool { channels.withUnsafeBytes { SubChannel.p(of: $0) } }
        var rw: [UInt8] { channels.map { $0 & 0x3F } }
    }

    /// All sectors of a stream that somebody else wrote, from the lead-in on.
    private static func sectors(of recorder: RecorderProcess) throws -> [Sector] {
        func file(_ name: String) throws -> [UInt8] {
            try DurableFile.contents(of: "\(recorder.disc)/\(name)", limit: 1 << 28)
        }
        let main = try file("lead-in-main.bin") + file("main.bin")
        let sub = try file("lead-in-sub.bin") + file("sub.bin")
        try #require(main.count / 2352 == sub.count / 96)
        return (0..<sub.count / 96).map {
            Sector(main: main[$0 * 2352..<$0 * 2352 + 2352], channels: sub[$0 * 96..<$0 * 96 + 96])
        }
    }

    /// All sectors of burnd's; main.bin on a disc holds data that is not scrambled.
    private static func sectors(
        _ layout: SessionLayout, text: [TextPack] = [], count: Int, program: [UInt8]
    ) throws -> [Sector] {
        let start = RawSession.leadOutSectors + layout.leadOut - count
        let session = try RawSession(layout, textPacks: text, leadInStart: start, type: .raw)
        var encoder = RawEncoder(session)
        var blocks = [UInt8](repeating: 0, count: session.byteCount)
        blocks.withUnsafeMutableBytes { target in
            program.withUnsafeBytes { encoder.encode(count, main: $0, into: target) }
        }
        return (0..<count).map { index in
            let block = blocks[index * 2448..<index * 2448 + 2448]
            var main = Array(block.prefix(2352))
            let lba = start + index
            if lba >= -150, session.areas[session.area(at: lba)].form == .mode1 {
                main.withUnsafeMutableBytes { Scrambler.apply(1, to: $0) }
            }
            return Sector(main: main[...], channels: block.suffix(96))
        }
    }

    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: ["-raw16", "-raw96r"])
    func `an album of wodim's`(mode: String) async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", mode, "-audio", "1.wav", "2.wav"], on: recorder, in: folder)
        let theirs = try Self.sectors(of: recorder)
        // The end of a track's sound is the next one's index 0.
        let layout = SessionLayout(
            tracks: [.init(number: 1, pregap: 150, sectors: 250), .init(number: 2, pregap: 150, sectors: 350)])
        let pause = [UInt8](repeating: 0, count: 150 * 2352)
        let ours = try Self.sectors(
            layout, count: theirs.count, program: pause + Album.first.samples + Album.second.samples)
        try Self.expectWodims(theirs, ours, layout)
    }

    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: ["-raw16", "-raw96r"])
    func `data of wodim's`(mode: String) async throws {
        let folder = TemporaryFolder()
        let image = DataImage(seed: 31, sectors: 320)
        try DurableFile.replace(folder.path + "/data.iso", with: image.bytes)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", mode, "-data", "data.iso"], on: recorder, in: folder)
        let theirs = try Self.sectors(of: recorder)
        let leadOut = try #require(try recorder.burned().sessions[0].lead_out)
        let layout = SessionLayout(tracks: [.init(number: 1, form: .mode1, pregap: 150, sectors: leadOut)])
        let padding = [UInt8](repeating: 0, count: (leadOut - 320) * 2048)
        let ours = try Self.sectors(
            layout, count: theirs.count,
            program: [UInt8](repeating: 0, count: 150 * 2048) + image.bytes + padding)
        try Self.expectWodims(theirs, ours, layout)
    }

    /// Everything is the same but P: wodim sets it in index 0 alone, and lets the lead-out's begin at once with 75 set. And
    /// of a data disc's empty sectors outside the track: it scrambles the same memory anew for each chunk, so that in every
    /// other one user data is the scrambler's output, with EDC and ECC of that.
    private static func expectWodims(_ theirs: [Sector], _ ours: [Sector], _ layout: SessionLayout) throws {
        let first = RawSession.leadOutSectors + layout.leadOut - theirs.count
        let isAudio = layout.tracks[0].form == .audio
        let mains = zip(first..., zip(theirs, ours)).count { lba, pair in
            let isProgram = lba >= 0 && lba < layout.leadOut
            return isProgram || isAudio ? pair.0.main != pair.1.main : pair.0.main.prefix(16) != pair.1.main.prefix(16)
        }
        #expect(mains == 0)
        let frames = zip(theirs, ours).enumerated().filter { $0.element.0.q != $0.element.1.q }
        #expect(frames.isEmpty, "\(frames.prefix(5).map { ($0.offset, $0.element.0.q.bytes, $0.element.1.q.bytes) })")
        #expect(zip(theirs, ours).allSatisfy { $0.rw == $1.rw })
        for (lba, pair) in zip(first..., zip(theirs, ours)) where lba < layout.leadOut {
            guard case .position(_, let index, _, _) = pair.0.q.content, index > 0 else {
                #expect(pair.0.p == pair.1.p)
                continue
            }
            #expect(!pair.0.p)
        }
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, Peer.why))
    func `an album of cdrdao's with text and codes`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(Album.cdrdaoToc, to: folder, as: "album.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc-raw", "album.toc"], on: recorder,
            in: folder)
        let theirs = try Self.sectors(of: recorder)
        let packs = try DurableFile.contents(of: "\(recorder.disc)/cd-text-1.cdt", limit: 1 << 16)
        let text = stride(from: 0, to: packs.count, by: 18).map { TextPack(packs[$0..<$0 + 18]) }
        let indexes = try recorder.burned().tracks[1].indexes.dropFirst(2).map { $0.lba - 550 }
        let layout = SessionLayout(
            catalogNumber: try CatalogNumber(Album.catalogNumber),
            tracks: [
                .init(number: 1, recordingCode: RecordingCode(Album.recordingCodes[0]), pregap: 150, sectors: 400),
                .init(
                    number: 2, copy: .permitted, recordingCode: RecordingCode(Album.recordingCodes[1]), pregap: 150,
                    sectors: 350, indexes: Array(indexes)),
            ])
        let pause = [UInt8](repeating: 0, count: 150 * 2352)
        let ours = try Self.sectors(
            layout, text: text, count: theirs.count,
            program: pause + Album.first.samples + pause + Album.second.samples)
        let mains = zip(theirs, ours).count { $0.main != $1.main }
        #expect(mains == 0)
        // P is the same everywhere, R to W are.
        let flags = zip(theirs, ours).enumerated().filter { $0.element.0.p != $0.element.1.p }.map(\.offset)
        #expect(flags.isEmpty, "\(flags.prefix(5))")
        let symbols = zip(theirs, ours).enumerated().filter { $0.element.0.rw != $0.element.1.rw }.map(\.offset)
        #expect(symbols.isEmpty, "\(symbols.prefix(5))")
        Self.expectCdrdaos(theirs, ours)
    }

    /// cdrdao's lead-in names tracks before A0 to A2 and counts its time from 0; index 0 counts down to 1 and not to 0; codes
    /// stand at other remainders. Control bits of A2 are the data bit alone.
    private static func expectCdrdaos(_ theirs: [Sector], _ ours: [Sector]) {
        func entries(_ sectors: [Sector]) -> Set<LeadInEntry> {
            Set(
                sectors.compactMap {
                    if case .tableOfContents(let entry, _) = $0.q.content { entry } else { nil }
                })
        }
        #expect(entries(theirs) == entries(ours))
        var compared = 0
        for (their, our) in zip(theirs, ours) {
            guard case .position(let track, let index, let relative, let absolute) = their.q.content,
                case .position(let ourTrack, let ourIndex, let ourRelative, let ourAbsolute) = our.q.content
            else { continue }
            #expect(track == ourTrack && index == ourIndex && absolute == ourAbsolute)
            #expect(relative.frameCount == ourRelative.frameCount + (index == 0 ? 1 : 0))
            #expect(their.q.control == our.q.control)
            compared += 1
        }
        // The pause, both tracks, the gap and the lead-out, but for codes.
        #expect(compared > 7500)
        func codes(_ sectors: [Sector], _ mode: UInt8) -> Set<QFrame.Content> {
            Set(
                sectors.compactMap {
                    switch $0.q.content {
                    case .catalogNumber(let digits, _): mode == 2 ? .catalogNumber(digits, frames: 0) : nil
                    case .recordingCode(let code, _): mode == 3 ? .recordingCode(code, frames: 0) : nil
                    default: nil
                    }
                })
        }
        #expect(codes(theirs, 2) == codes(ours, 2) && codes(ours, 2).count == 1)
        #expect(codes(theirs, 3) == codes(ours, 3) && codes(ours, 3).count == 2)
    }
}
