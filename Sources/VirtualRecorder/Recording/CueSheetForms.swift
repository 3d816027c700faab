import DiscLayout
import SectorCoding

/// The main-channel half of a cue sheet row's DATA FORM: what the blocks are, how much of each the host sends, and what the
/// drive makes of it (MMC-6, 6.33, "Data Form of Main Data").
struct MainDataForm: Equatable, Sendable {
    /// What comes from where.
    private enum Content: Equatable {
        /// Samples, as the host sends them.
        case samples
        /// Nothing from the host: silence.
        case silence
        /// Data sectors made of what the host sends.
        case sectors(DataBlock)
        /// Data sectors of zeros, whatever the host sends.
        case zeros(DataBlock)
        /// XA sectors with the sub-header that stands in the host's bytes, and user data of zero.
        case emptied(subHeaderAt: Int)
    }

    /// What the blocks are on the disc.
    let sector: SectorForm
    /// Bytes of main channel that the host sends for each block; 0 when the drive makes it alone.
    let hostBytes: Int
    private let content: Content

    private init(_ sector: SectorForm, _ hostBytes: Int, _ content: Content) {
        (self.sector, self.hostBytes, self.content) = (sector, hostBytes, content)
    }

    /// Bits 5…0 of DATA FORM; nil for a form that there is not.
    ///
    /// 1xh is Mode 1, 2xh CD-ROM XA or CD-i, 3xh Mode 2 without forms. In x2h and x3h the user data does not count. 24h
    /// makes sectors of Form 2, since those need no sub-header that means anything.
    init?(code: UInt8) {
        switch code {
        case 0x00: self.init(.audio, RedBook.sectorBytes, .samples)
        case 0x01: self.init(.audio, 0, .silence)
        case 0x10: self.init(.mode1, 2048, .sectors(.mode1))
        case 0x11: self.init(.mode1, 2352, .sectors(.mode1Whole))
        case 0x12: self.init(.mode1, 2048, .zeros(.mode1Zero))
        case 0x13: self.init(.mode1, 2352, .zeros(.mode1Zero))
        case 0x14: self.init(.mode1, 0, .zeros(.mode1Zero))
        case 0x20: self.init(.xa, 2336, .sectors(.xa))
        case 0x21: self.init(.xa, 2352, .sectors(.xaWhole))
        case 0x22: self.init(.xa, 2336, .emptied(subHeaderAt: 0))
        case 0x23: self.init(.xa, 2352, .emptied(subHeaderAt: 16))
        case 0x24: self.init(.xa, 0, .zeros(.xaZero(.form2)))
        case 0x30: self.init(.mode2, 2336, .sectors(.mode2))
        case 0x31: self.init(.mode2, 2352, .sectors(.mode2Whole))
        case 0x32: self.init(.mode2, 2336, .zeros(.mode2Zero))
        case 0x33: self.init(.mode2, 2352, .zeros(.mode2Zero))
        case 0x34: self.init(.mode2, 0, .zeros(.mode2Zero))
        default: return nil
        }
    }

    /// Forms of lead-in and lead-out: nothing from the host.
    static let generated: Set<UInt8> = [0x01, 0x14, 0x24, 0x34]

    /// What the host sends goes on the disc unchanged.
    var isVerbatim: Bool { content == .samples }
    /// Blocks of zeros without sync and header.
    var isSilence: Bool { content == .silence }

    /// Makes blocks of 2352 bytes.
    ///
    /// - Parameters:
    ///   - source: `hostBytes` for each block, whatever stands behind each counted in `stride`.
    ///   - stride: bytes from one block in `source` to the next.
    ///   - target: 2352 bytes for each; does not overlap `source`.
    func make(
        from lba: Int, count: Int, source: UnsafeRawBufferPointer, stride: Int,
        into target: UnsafeMutableRawBufferPointer
    ) {
        switch content {
        case .silence: target.initializeMemory(as: UInt8.self, repeating: 0)
        case .zeros(let block):
            DataSector.encode(block, from: lba, count: count, source: .init(start: nil, count: 0), into: target)
        case .sectors(let block) where stride == hostBytes:
            DataSector.encode(block, from: lba, count: count, source: source, into: target)
        case .samples, .sectors, .emptied:
            for index in 0..<count {
                let block = UnsafeRawBufferPointer(rebasing: source[index * stride..<index * stride + hostBytes])
                let start = index * RedBook.sectorBytes
                makeOne(at: lba + index, block, .init(rebasing: target[start..<start + RedBook.sectorBytes]))
            }
        }
    }

    private func makeOne(at lba: Int, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer) {
        switch content {
        case .samples: target.copyMemory(from: source)
        case .sectors(let block): DataSector.encode(block, from: lba, count: 1, source: source, into: target)
        case .emptied(let offset):
            let subHeader = SubHeader(
                file: source[offset], channel: source[offset + 1], submode: source[offset + 2],
                coding: source[offset + 3])
            DataSector.encode(
                .xaZero(subHeader), from: lba, count: 1, source: .init(start: nil, count: 0), into: target)
        case .silence, .zeros: break
        }
    }
}

/// The sub-channel half of DATA FORM, bits 7 and 6: what the host sends behind each block (MMC-6, 6.33, "Data Form of
/// Sub-channel"). P and Q are the drive's in all of them.
enum SubChannelForm: UInt8, Equatable, Sendable {
    /// Nothing.
    case none = 0b00
    /// 96 bytes, R to W in bits 5…0 as they go on the disc.
    case raw = 0b01
    /// 96 bytes, R to W as four packs in time order; parity and interleave are the drive's.
    case packed = 0b11

    /// Bytes behind each block.
    var hostBytes: Int { self == .none ? 0 : RedBook.subChannelBytes }
}
