import DiscLayout
import RawRecording
import SectorCoding
import TestSupport
import Testing

/// What an image that stands in memory says.
func survey(_ bytes: [UInt8], _ type: RawBlockType, leadIn: Int) throws -> RawImage.Survey {
    let image = try RawImage(type: type, leadInSectors: leadIn, byteCount: bytes.count)
    return image.survey { offset, target in
        bytes.withUnsafeBytes {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + target.count]))
        }
    }
}

@Suite struct RawImageTests {
    @Test func `geometry`() throws {
        let image = try RawImage(type: .raw, byteCount: 30_000 * 2448)
        #expect(image.sectors == -22_650..<7350)
        #expect(image.offset(of: -22_650) == 0)
        #expect(image.offset(of: 0) == 22_650 * 2448)
        // A disc whose lead-in begins at 97:27:00.
        #expect(try image.skippedSectors(discStart: -11_625) == 11_025)
        let short = try RawImage(type: .pq, leadInSectors: 11_625, byteCount: 30_000 * 2368)
        #expect(try short.skippedSectors(discStart: -11_625) == 0)
        #expect(throws: RawImage.Fault.leadInTooShort(imageStart: -11_625, discStart: -11_626)) {
            try short.skippedSectors(discStart: -11_626)
        }
        #expect(throws: RawImage.Fault.leadInTooShort(imageStart: -11_625, discStart: 0)) {
            try short.skippedSectors(discStart: 0)
        }
        try image.checkRoom(leadOut: 600, lastPossible: 600)
        #expect(throws: RawImage.Fault.tooLong(leadOut: 601, lastPossible: 600)) {
            try image.checkRoom(leadOut: 601, lastPossible: 600)
        }
    }

    @Test(arguments: RawBlockType.allCases)
    func `lengths that no image has`(type: RawBlockType) {
        let bytes = type.blockBytes
        func fault(_ leadIn: Int, _ count: Int) -> RawImage.Fault? {
            do {
                _ = try RawImage(type: type, leadInSectors: leadIn, byteCount: count)
                return nil
            } catch {
                return error
            }
        }
        for leadIn in [-1, 0, 150, 45_151, Int.min, .max] { #expect(fault(leadIn, bytes) == .leadInSectors(leadIn)) }
        #expect(fault(151, 451 * bytes) == nil)
        #expect(fault(151, 450 * bytes) == .sectors(450))
        #expect(fault(151, 0) == .sectors(0))
        #expect(fault(151, 451 * bytes + 1) == .length(bytes: 451 * bytes + 1, blockBytes: bytes))
        #expect(fault(151, -bytes) == .length(bytes: -bytes, blockBytes: bytes))
        #expect(fault(22_650, (22_650 + 404_850) * bytes) == nil)
        #expect(fault(22_650, (22_650 + 404_851) * bytes) == .sectors(427_501))
        #expect(fault(22_650, .max / bytes * bytes) == .sectors(.max / bytes))
    }

    /// A small disc.
    static let layout = SessionLayout(
        tracks: [.init(number: 1, pregap: 150, sectors: 300), .init(number: 2, pregap: 150, sectors: 300)])

    private func stream(_ layout: SessionLayout = layout, _ type: RawBlockType = .pq) throws -> [UInt8] {
        blocks(try session(layout, leadIn: -1000, type))
    }

    @Test func `an image cut short has no lead-out`() throws {
        let whole = try stream()
        let cut = Array(whole[..<(1700 * 2368)])
        let survey = try survey(cut, .pq, leadIn: 1000)
        #expect(survey.faults == [.noLeadOut])
        #expect(survey.leadOut == 750)
        let short = try RawRecordingTests.survey(Array(whole[..<(2000 * 2368)]), .pq, leadIn: 1000)
        #expect(short.faults == [])
        #expect(short.remarks == [.shortLeadOut(sectors: 250)])
    }

    @Test func `a wrong number of lead-in sectors is noticed`() throws {
        let survey = try survey(try stream(), .pq, leadIn: 850)
        #expect(survey.faults.contains(.misplaced(by: -150)))
    }

    @Test func `tables of contents that disagree with Q, and none`() throws {
        var bytes = try stream()
        let other = SessionLayout(
            tracks: [.init(number: 1, pregap: 150, sectors: 310), .init(number: 2, pregap: 150, sectors: 300)])
        let otherBytes = try stream(other)
        // Lead-ins change places.
        let leadIn = 0..<(850 * 2368)
        bytes.replaceSubrange(leadIn, with: otherBytes[leadIn])
        let survey = try survey(bytes, .pq, leadIn: 1000)
        #expect(
            survey.faults == [
                .trackStart(track: 2, entry: 460, found: 450), .leadOutStart(entry: 760, found: 750),
            ])
        bytes.replaceSubrange(leadIn, with: repeatElement(0, count: leadIn.count))
        let none = try RawRecordingTests.survey(bytes, .pq, leadIn: 1000)
        #expect(none.faults == [.noTableOfContents, .unreadable(broken: 850, of: 850, first: -1000)])
        #expect(none.contents == Self.layout.tableOfContents)
        #expect(none.layout == Self.layout)
    }

    @Test func `single damaged frames do no harm`() throws {
        var bytes = try stream()
        for sector in stride(from: 1, to: 1600, by: 3) { bytes[sector * 2368 + 2352 + 7] ^= 0xFF }
        let survey = try survey(bytes, .pq, leadIn: 1000)
        #expect(survey.faults == [])
        #expect(survey.contents == Self.layout.tableOfContents)
        #expect(survey.remarks.contains(.brokenFrames(283, first: -999)))
    }

    @Test func `ways of other programs are understood`() throws {
        var bytes = try stream()
        for (sector, lba) in (-1000..<7500).enumerated() {
            let start = sector * 2368 + 2352
            var frame = Array(bytes[start..<start + 12])
            if lba < -150 { frame.replaceSubrange(3..<6, with: bcd(MSF(frameCount: sector))) }  // from 00:00:00
            // Index 0 counts N…1.
            if lba < 0, lba >= -150 { frame.replaceSubrange(3..<6, with: bcd(MSF(frameCount: -lba))) }
            let crc = QFrame(frame).repairingCRC.bytes[10...]
            frame.replaceSubrange(10..<12, with: crc.map { ~$0 })  // not inverted
            bytes.replaceSubrange(start..<start + 12, with: frame)
            bytes[start + 15] |= 0x7F
        }
        let survey = try survey(bytes, .pq, leadIn: 1000)
        #expect(survey.faults == [])
        #expect(survey.remarks == [])
        #expect(survey.layout == Self.layout)
    }

    private func bcd(_ time: MSF) -> [UInt8] {
        [time.minutes, time.seconds, time.frames].map { $0 / 10 << 4 | $0 % 10 }
    }

    @Test func `data that is not scrambled is refused, other modes are told`() throws {
        let data = SessionLayout(tracks: [.init(number: 1, form: .mode1, pregap: 150, sectors: 300)])
        var bytes = try stream(data)
        #expect(try survey(bytes, .pq, leadIn: 1000).faults == [])
        let first = 1000 * 2368
        bytes[first + 15] = 0x02 ^ 0x60
        #expect(try survey(bytes, .pq, leadIn: 1000).remarks == [.trackMode(track: 1, mode: 2)])
        bytes[first] = 1
        #expect(try survey(bytes, .pq, leadIn: 1000).remarks == [.trackMode(track: 1, mode: nil)])
        bytes.replaceSubrange(first..<first + 16, with: hex("00 FF FF FF FF FF FF FF FF FF FF 00 00 02 00 01"))
        #expect(try survey(bytes, .pq, leadIn: 1000).faults == [.notScrambled(track: 1)])
    }

    @Test(arguments: RawBlockType.allCases)
    func `noise is no image`(type: RawBlockType) throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5 {
            let noise = (0..<(700 * type.blockBytes)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let survey = try survey(noise, type, leadIn: 200)
            #expect(survey.faults.contains(.noTableOfContents))
            #expect(survey.faults.contains(.noLeadOut))
            #expect(survey.layout == nil)
        }
    }

    /// Frames with a right CRC that say anything at all.
    @Test func `frames made up by somebody hostile do not trap`() throws {
        for _ in 0..<20 {
            var bytes = [UInt8](repeating: 0, count: 700 * 2368)
            for sector in 0..<700 {
                let start = sector * 2368 + 2352
                var frame = (0..<12).map { _ in UInt8.random(in: 0...9) << 4 | UInt8.random(in: 0...9) }
                frame[0] = UInt8.random(in: 0...15) << 4 | [1, 1, 1, 2, 3, 5].randomElement(or: 1)
                frame[1] = [0, 1, 2, 0x99, 0xAA, frame[1]].randomElement(or: 0)
                frame[2] = [0, 1, 0xA0, 0xA1, 0xA2, frame[2]].randomElement(or: 0)
                bytes.replaceSubrange(start..<start + 12, with: QFrame(frame).repairingCRC.bytes)
            }
            let survey = try survey(bytes, .pq, leadIn: 200)
            #expect(!survey.faults.isEmpty)
        }
    }

    @Test func `an error of the file is passed on`() throws {
        struct Gone: Error, Equatable {}
        let image = try RawImage(type: .pq, leadInSectors: 200, byteCount: 700 * 2368)
        #expect(throws: Gone()) {
            try image.survey { (_: Int, _: UnsafeMutableRawBufferPointer) throws(Gone) in throw Gone() }
        }
    }
}

extension [UInt8] {
    fileprivate func randomElement(or other: UInt8) -> UInt8 { randomElement() ?? other }
}
