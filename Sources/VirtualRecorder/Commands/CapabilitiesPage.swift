import BinaryCoding

extension Drive {
    /// Page 2Ah: capabilities and mechanical status (MMC-3, 6.3.11, where it was last described), as long as the edition of
    /// the standard that the profile follows had it.
    var capabilitiesPage: [UInt8] {
        var page: [UInt8] = [0x2A, 0] + capabilityBits
        let read = SpeedModel.kilobytes(perSecondAt: speed.readSpeed).bigEndianBytes
        let write = SpeedModel.kilobytes(perSecondAt: speed.writeSpeed).bigEndianBytes
        let fastestRead = SpeedModel.kilobytes(perSecondAt: speed.fastestRead).bigEndianBytes
        let fastestWrite = SpeedModel.kilobytes(perSecondAt: speed.speeds.first ?? speed.writeSpeed).bigEndianBytes
        // Volume levels: no audio is played.
        page += fastestRead + [0, 0] + UInt16(clamping: speed.bufferBytes >> 10).bigEndianBytes + read + [0, 0]
        page += fastestWrite + write
        // Copy management, of which there is none.
        if profile.capabilitiesPage != .mmc1 { page += [0, 0, 0, 0] }
        if profile.capabilitiesPage == .mmc3 { page += [0, rotation(at: speed.writeSpeed)] + write + speedList }
        page[1] = UInt8(clamping: page.count - 2)
        return page
    }

    /// Bytes 2…7.
    private var capabilityBits: [UInt8] {
        let can = profile.capabilities
        return [
            0x03,  // reads CD-R and CD-RW
            0x01 | (can.rewritable ? 0x02 : 0) | (can.testWrite ? 0x04 : 0),
            0x30 | (can.multiSession ? 0x40 : 0) | (can.underrunFree ? 0x80 : 0),  // and Mode 2, form 1 and 2
            0x6F | (can.errorPointers ? 0x10 : 0),  // MCN, ISRC, R-W raw and corrected, accurate streams, CD-DA
            profile.loading.code << 5 | 0x09 | (isLocked ? 0x02 : 0),  // ejects, can be locked
            can.readsText ? 0x20 : 0,  // R-W in the lead-in
        ]
    }

    /// The number of write speed descriptors and the descriptors.
    private var speedList: [UInt8] {
        UInt16(clamping: speed.speeds.count).bigEndianBytes
            + speed.speeds.flatMap { step in
                [0, rotation(at: step)] + SpeedModel.kilobytes(perSecondAt: step).bigEndianBytes
            }
    }

    /// Rotation control: 1 for pure constant angular velocity.
    private func rotation(at speed: Int) -> UInt8 { self.speed.rotation(at: speed) == .constantAngular ? 1 : 0 }
}
