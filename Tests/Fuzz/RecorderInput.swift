import BinaryCoding
import DiscLayout
import VirtualRecorder

/// What an input of the recorder's target means: `RecorderSettings`, then steps.
///
/// A step begins with a byte of flags: bit 7 switches the recorder off and on and nothing more; bit 6 sets a fault, a line as
/// long as the byte behind says; bit 0 puts the next writable
/// address into bytes 2 to 5 of the CDB, bit 2 that behind the last good WRITE; bit 1 takes the operation code as an index
/// into `operations`; bit 3 gives blocks with sub-channel a Q frame, see `BlockData`. A byte follows with
/// the CDB's length in bits 0 and 1, room for data-in in bits 2 to 4, and the kind of data-out in bits 5 to 7; then the CDB,
/// then the data-out as far as the input spells it out.
struct RecorderStep {
    /// Commands of MMC-6 and SPC-4 for drives that write CDs, supported or not.
    static let operations: [UInt8] = [
        0x00, 0x01, 0x03, 0x12, 0x1B, 0x1E, 0x23, 0x25, 0x28, 0x2A, 0x2B, 0x35, 0x3B, 0x3C, 0x42, 0x43, 0x44, 0x46,
        0x4A,
        0x51, 0x52, 0x53, 0x54, 0x55, 0x58, 0x5A, 0x5B, 0x5C, 0x5D, 0xA1, 0xA8, 0xAA, 0xAC, 0xB6, 0xB9, 0xBB, 0xBD,
        0xBE,
    ]
    static let lengths = [6, 10, 12, 16]
    static let rooms = [0, 4, 18, 100, 255, 2352, 20_000, 65_536]

    /// Data-out: none; so many bytes as a byte says, spelled out; so many as two bytes say, spelled out; or blocks of a size,
    /// as many as the CDB says.
    enum DataOut: UInt8 {
        case none
        case short
        case long
        case userData
        case mode2
        case audio
        case withPQ
        case withPW

        var blockBytes: Int? {
            switch self {
            case .none, .short, .long: nil
            case .userData: 2048
            case .mode2: 2336
            case .audio: 2352
            case .withPQ: 2368
            case .withPW: 2448
            }
        }
    }

    /// Where a command is about.
    enum Place {
        case asSpelled
        case nextWritable
        case following
    }

    var isPowerCycle = false
    var fault: String?
    var place = Place.asSpelled
    var room = 0
    var cdb: [UInt8] = []
    /// Spelled out.
    var bytes: [UInt8] = []
    var blocks: BlockData?

    init(_ input: inout Input) {
        let flags = input.byte()
        guard flags & 0x80 == 0 else {
            isPowerCycle = true
            return
        }
        guard flags & 0x40 == 0 else {
            fault = String(decoding: input.bytes(Int(input.byte())), as: UTF8.self)
            return
        }
        place = flags & 1 == 1 ? .nextWritable : flags & 4 == 4 ? .following : .asSpelled
        let shape = input.byte()
        let length = Self.lengths[Int(shape & 3)]
        room = Self.rooms[Int(shape >> 2 & 7)]
        cdb = input.bytes(length)
        cdb += [UInt8](repeating: 0, count: length - cdb.count)
        if flags & 2 == 2 { cdb[0] = Self.operations[Int(cdb[0]) % Self.operations.count] }
        let kind = DataOut(rawValue: shape >> 5) ?? .none
        switch kind {
        case .none: break
        case .short: bytes = input.bytes(Int(input.byte()))
        case .long: bytes = input.bytes(Int(input.byte()) << 8 | Int(input.byte()))
        case .userData, .mode2, .audio, .withPQ, .withPW:
            let count = length == 12 ? cdb[9] : length > 8 ? cdb[8] : 0
            let template = flags & 8 == 8
            blocks = BlockData(count: count, bytes: kind.blockBytes ?? 0, hasFrame: template, &input)
        }
    }

    /// Data-out of a command that is about an address.
    func dataOut(at lba: Int) -> [UInt8] { blocks?.bytes(at: lba) ?? bytes }
}

/// What the recorder is, by a byte: bit 0 gives it a speed, bits 1 to 3 choose the medium, bits 4 and 5 the profile.
struct RecorderSettings {
    /// Those with few sectors are full soon.
    static let media: [Medium] = [
        .cdR80, .cdRW, short(.cdR), short(.cdRW), .cdR63, .cdR99, .cdRWHighSpeed, .cdRWUltraSpeed,
    ]

    var isTimed = false
    var medium = 0
    var profile = 0

    var byte: UInt8 { UInt8(profile << 4 | medium << 1) | (isTimed ? 1 : 0) }

    init(isTimed: Bool = false, medium: Int = 0, profile: Int = 0) {
        (self.isTimed, self.medium, self.profile) = (isTimed, medium, profile)
    }

    init(_ input: inout Input) {
        let byte = input.byte()
        self.init(isTimed: byte & 1 == 1, medium: Int(byte >> 1 & 7), profile: Int(byte >> 4 & 3))
    }

    private static func short(_ kind: Medium.Kind) -> Medium {
        Medium(
            kind: kind, leadInStart: Medium.cdR80.leadInStart, lastLeadOut: MSF(minutes: 0, seconds: 20, frames: 0),
            spareSectors: 100)
    }

    func configuration(disc: String, clock: RecorderClock) -> VirtualRecorder.Configuration {
        let profiles = RecorderProfile.named
        return VirtualRecorder.Configuration(
            disc: disc, name: "fuzz", profile: profiles[profile % profiles.count], blank: Self.media[medium],
            pace: isTimed ? .limited(48) : .unlimited, clock: clock)
    }
}

/// Writes inputs of the recorder's target.
struct RecorderScript {
    private(set) var bytes: [UInt8]

    init(_ settings: RecorderSettings = RecorderSettings()) { bytes = [settings.byte] }

    mutating func powerCycle() { bytes.append(0x80) }

    /// Sets a fault.
    mutating func set(_ fault: String) { bytes += [0x40, UInt8(fault.utf8.count)] + Array(fault.utf8) }

    /// A command in hexadecimal, with data-out spelled out or none.
    mutating func send(_ cdb: String, out: [UInt8] = []) {
        let kind: RecorderStep.DataOut = out.isEmpty ? .none : out.count < 256 ? .short : .long
        step(flags: 0, Hexadecimal.bytes(cdb), kind)
        if kind == .short { bytes.append(UInt8(out.count)) }
        if kind == .long { bytes += UInt16(out.count).bigEndianBytes }
        bytes += out
    }

    /// WRITE (10) at the next writable address.
    mutating func write(_ count: UInt8, _ kind: RecorderStep.DataOut = .audio) {
        step(flags: 1, [0x2A, 0, 0, 0, 0, 0, 0, 0, count, 0], kind)
        bytes.append(count)
    }

    /// WRITE (10) behind the last one.
    mutating func writeOn(_ count: UInt8, _ kind: RecorderStep.DataOut = .audio, frame: String? = nil) {
        step(flags: frame == nil ? 4 : 12, [0x2A, 0, 0, 0, 0, 0, 0, 0, count, 0], kind)
        bytes.append(count)
        if let frame { bytes += Hexadecimal.bytes(frame) }
    }

    /// WRITE (10) of blocks with Q at an address.
    mutating func write(at lba: Int, _ count: UInt8, _ kind: RecorderStep.DataOut, frame: String) {
        step(flags: 8, [0x2A, 0] + Int32(lba).bigEndianBytes + [0, 0, count, 0], kind)
        bytes += [count] + Hexadecimal.bytes(frame)
    }

    private mutating func step(flags: UInt8, _ cdb: [UInt8], _ kind: RecorderStep.DataOut) {
        let length = RecorderStep.lengths.firstIndex(of: cdb.count) ?? 0
        bytes += [flags, UInt8(length) | 7 << 2 | kind.rawValue << 5] + cdb
    }
}
