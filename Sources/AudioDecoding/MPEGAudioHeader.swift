/// The four bytes in front of every frame of MPEG audio (ISO/IEC 11172-3 §2.4.1.3 and 13818-3 §2.4.1.3; rates below 16 kHz
/// are the "MPEG-2.5" of Fraunhofer).
struct MPEGAudioHeader: Equatable {
    /// Length of the frame with its header; nil in the free format, where no header says it.
    let frameBytes: Int?
    /// Bytes of side information between header and sound, of layer III.
    let sideInformationBytes: Int

    /// Bytes of a header.
    static let byteCount = 4

    /// Kilobits a second by index 1–14. Version 1 of layers I, II, III; then versions 2 and 2.5 of layer I, and of II and III.
    private static let bitRates: [[Int]] = [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]
    private static let sampleRates = [44_100, 48_000, 32_000]

    /// Reads a header; nil when the bytes are none.
    init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes.prefix(Self.byteCount))
        guard bytes.count == Self.byteCount, bytes[0] == 0xFF, bytes[1] & 0xE0 == 0xE0 else { return nil }
        // Version: 3 is 1, 2 is 2, 0 is 2.5. Layer: 3 is I, 2 is II, 1 is III.
        let (version, layer) = (bytes[1] >> 3 & 3, 4 - Int(bytes[1] >> 1 & 3))
        let (bitRateIndex, rateIndex) = (Int(bytes[2] >> 4), Int(bytes[2] >> 2 & 3))
        guard version != 1, layer != 4, bitRateIndex != 15, rateIndex != 3 else { return nil }
        let isVersion1 = version == 3
        let rate = Self.sampleRates[rateIndex] >> (isVersion1 ? 0 : version == 2 ? 1 : 2)
        let isMono = bytes[3] >> 6 == 3
        sideInformationBytes = isVersion1 ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
        guard bitRateIndex > 0 else {
            frameBytes = nil
            return
        }
        let bits = 1000 * Self.bitRates[isVersion1 ? layer - 1 : layer == 1 ? 3 : 4][bitRateIndex - 1]
        let padding = Int(bytes[2] >> 1 & 1)
        // Slots of 4 bytes in layer I, which has 384 samples a frame; else 1152, or 576 in layer III below version 1.
        frameBytes =
            switch layer {
            case 1: (12 * bits / rate + padding) * 4
            case 3 where !isVersion1: 72 * bits / rate + padding
            default: 144 * bits / rate + padding
            }
    }
}

/// The table that encoders put into the first frame of a layer III file ("Xing", or "Info" where the bit rate is constant):
/// how much sound follows.
struct MPEGInfoTag: Equatable {
    /// Bytes from the beginning of this frame to the end of the sound; nil when it does not say.
    let bytes: Int?

    /// Reads it from the first frame; nil when that is a frame of sound.
    init?(firstFrame bytes: [UInt8]) {
        guard let header = MPEGAudioHeader(bytes) else { return nil }
        let tag = MPEGAudioHeader.byteCount + header.sideInformationBytes
        guard bytes.count >= tag + 16 else { return nil }
        let name = bytes[tag..<tag + 4]
        guard name.elementsEqual("Xing".utf8) || name.elementsEqual("Info".utf8) else { return nil }
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        // Bit 0: the number of frames follows, 4 bytes; bit 1: then the number of bytes.
        let flags = number(tag + 4)
        self.bytes = flags & 2 == 0 ? nil : number(tag + 8 + (flags & 1 == 0 ? 0 : 4))
    }
}
