import BurnPlan
import DiscLayout
import MMC
import SectorCoding
import TestSupport
import Testing

@testable import BurnEngine

/// How drives give Q is found out from what they give.
@Suite struct QMannerTests {
    private func frames(
        from lba: Int, shift: Int = 0, count: Int = 26, _ change: (QFrame) -> QFrame = { $0 }
    ) -> [(address: Int, frame: QFrame)] {
        (lba..<lba + count).map { address in
            let place = address + shift
            let frame = QFrame.position(
                control: [], track: 1, index: 1, relative: MSF(frameCount: place), absolute: MSF(lba: place))
            return (address, change(frame))
        }
    }

    private func binary(_ frame: QFrame) -> QFrame {
        var bytes = frame.bytes
        for offset in [1, 2, 3, 4, 5, 7, 8, 9] { bytes[offset] = bytes[offset] >> 4 * 10 + bytes[offset] & 0x0F }
        return QFrame(bytes)
    }

    @Test(arguments: -2...2) func `numbers and distance are told by the addresses`(_ shift: Int) {
        let plain = QReader.manner(of: frames(from: 1000, shift: shift), .q, .none)
        #expect(plain?.isBinary == false && plain?.shift == shift && plain?.hasCRC == true)
        let odd = QReader.manner(of: frames(from: 1000, shift: shift, binary), .q, .none)
        #expect(odd?.isBinary == true && odd?.shift == shift && odd?.hasCRC == true)
    }

    @Test func `a CRC that is always zero is not looked at`() {
        let found = QReader.manner(of: frames(from: 1000) { QFrame($0.bytes.prefix(10) + [0, 0]) }, .q, .none)
        #expect(found?.hasCRC == false && found?.isBinary == false)
    }

    @Test func `raw sub-channel is never binary`() {
        #expect(QReader.manner(of: frames(from: 1000, binary), .raw, .none)?.isBinary != true)
    }

    @Test func `what names no sectors, or sectors far away, is no Q`() {
        #expect(QReader.manner(of: frames(from: 1000, shift: 3), .q, .none) == nil)
        #expect(
            QReader.manner(of: frames(from: 1000) { _ in QFrame([UInt8](repeating: 0, count: 12)) }, .raw, .none) == nil
        )
        #expect(QReader.manner(of: [], .raw, .none) == nil)
        #expect(QReader.manner(of: frames(from: 1000, count: 12), .raw, .none) == nil)
    }

    @Test func `frames of noise never trap`() {
        var bytes = Bench.samples(seed: 5, count: 3 * 26)[...]
        var read: [(address: Int, frame: QFrame)] = []
        while bytes.count >= 12 {
            read.append((read.count, QFrame(bytes.prefix(12))))
            bytes.removeFirst(12)
        }
        #expect(QReader.manner(of: read, .q, .none) == nil)
    }
}

@Suite struct QMapTests {
    private static let layout = SessionLayout(
        catalogNumber: try? CatalogNumber("4012345678901"),
        tracks: [
            SessionLayout.Track(
                number: 1, recordingCode: RecordingCode("DEABC1234567"), pregap: 150, sectors: 400,
                indexes: Array(stride(from: 5, to: 60, by: 5))),
            SessionLayout.Track(number: 2, copy: .scms, pregap: 20, sectors: 300),
        ])
    private static let map = QMap(layout, readable: 0..<720, pausesAreDriveMade: false)

    private func frame(
        _ lba: Int, track: Int, index: Int, relative: Int, control: TrackControl = [], absolute: Int? = nil
    ) -> QFrame {
        .position(
            control: control, track: track, index: index, relative: MSF(frameCount: relative),
            absolute: MSF(lba: absolute ?? lba))
    }

    @Test func `every border is looked at from both sides, in stretches that fit one reading`() {
        for section in Self.map.sections {
            for lba in [section.addresses.lowerBound, section.addresses.upperBound - 1] {
                #expect(Self.map.windows.contains { $0.contains(lba) }, "\(lba)")
            }
        }
        #expect(Self.map.windows.allSatisfy { $0.count <= QReader.chunkSectors && !$0.isEmpty })
        let ends = zip(Self.map.windows, Self.map.windows.dropFirst())
        #expect(ends.allSatisfy { $0.upperBound <= $1.lowerBound })
    }

    @Test func `a pre-gap may count down to 0 or to 1`() {
        for relative in [10, 9] {
            #expect(Self.map.fault(of: frame(410, track: 2, index: 0, relative: relative), at: 410) == nil)
        }
        for relative in [11, 8] {
            #expect(Self.map.fault(of: frame(410, track: 2, index: 0, relative: relative), at: 410) != nil)
        }
    }

    @Test func `an alternating copy bit says nothing, other control bits do`() {
        for control in [TrackControl(), .copyPermitted] {
            #expect(Self.map.fault(of: frame(500, track: 2, index: 1, relative: 80, control: control), at: 500) == nil)
        }
        #expect(Self.map.fault(of: frame(500, track: 2, index: 1, relative: 80, control: .preEmphasis), at: 500) != nil)
        #expect(
            Self.map.fault(of: frame(100, track: 1, index: 12, relative: 100, control: .copyPermitted), at: 100) != nil)
    }

    @Test func `index, address and track are compared`() {
        #expect(Self.map.fault(of: frame(7, track: 1, index: 2, relative: 7), at: 7) == nil)
        #expect(Self.map.fault(of: frame(7, track: 1, index: 1, relative: 7), at: 7) != nil)
        #expect(Self.map.fault(of: frame(7, track: 2, index: 2, relative: 7), at: 7) != nil)
        #expect(Self.map.fault(of: frame(7, track: 1, index: 2, relative: 7, absolute: 8), at: 7) != nil)
        #expect(Self.map.fault(of: frame(7, track: 1, index: 2, relative: 6), at: 7) != nil)
    }

    @Test func `codes are compared, and zeros are none`() {
        func number(_ digits: [UInt8]) -> QFrame { .catalogNumber(digits, control: [], absolute: MSF(lba: 7)) }
        #expect(Self.map.fault(of: number([4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]), at: 7) == nil)
        #expect(Self.map.fault(of: number([4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 2]), at: 7) != nil)
        #expect(Self.map.fault(of: number([UInt8](repeating: 0, count: 13)), at: 7) == nil)
        func code(_ text: String) -> QFrame { .recordingCode(Array(text.utf8), control: [], absolute: MSF(lba: 7)) }
        #expect(
            Self.map.fault(of: code("DEABC1234567"), at: 7) == nil
                && Self.map.fault(of: code("DEABC1234567"), at: 500) != nil)
    }

    @Test func `pauses that the drive makes are judged by their end alone`() {
        let map = QMap(Self.layout, readable: 0..<720, pausesAreDriveMade: true)
        #expect(map.fault(of: frame(410, track: 2, index: 0, relative: 3), at: 410) == nil)
        #expect(map.fault(of: frame(410, track: 1, index: 11, relative: 410), at: 410) != nil)
    }
}
