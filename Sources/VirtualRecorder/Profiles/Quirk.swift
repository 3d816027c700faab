/// A way in which a recorder departs from the standard, each seen on drives that were sold, and each worked around by
/// programs. A profile has a set of them; their raw values are their names in profile files.
///
/// Where no source is named, several drives of that kind are known to the authors of cdrecord, cdrdao or libburn, whose code
/// and notes are what this list was made of.
public enum Quirk: String, CaseIterable, Hashable, Sendable {
    // What the drive says of the disc.

    /// READ TRACK INFORMATION says −150 for the next writable address of a blank in track-at-once too (Pioneer BDR-205,
    /// LiteOn LTR-48125S): whoever writes there is refused.
    case nextAddressMinus150 = "next-address-minus-150"
    /// READ TRACK INFORMATION gives a meaningless next writable address on a blank in session-at-once and RAW (337007 on a
    /// TSSTcorp SH-S223C).
    case nextAddressGarbage = "next-address-garbage"
    /// ATIP times are BCD (Ricoh firmware): minutes from 90h on.
    case atipInBCD = "atip-bcd"
    /// ATIP is all zeros (Yamaha, for discs that it knows nothing of).
    case atipZero = "atip-zero"
    /// READ TOC/PMA/ATIP refuses format 4 (HP 7100).
    case atipRefused = "atip-refused"
    /// The table of contents of a disc recorded in RAW is not read until the disc has been out: READ TOC is refused as on a
    /// blank.
    case tocStaleAfterRaw = "toc-stale-after-raw"

    // Recording.

    /// SEND OPC INFORMATION is no operation of the drive (DVD recorders with CD-RW among others).
    case opcUnsupported = "opc-unsupported"
    /// CLOSE TRACK/SESSION refuses function 1 as an operation that it does not have (LG GH22LS30 fails on it); a track is
    /// closed by SYNCHRONIZE CACHE alone.
    case closeTrackUnsupported = "close-track-unsupported"
    /// A test write cannot be closed: CLOSE TRACK/SESSION is refused with 05/2C/00.
    case closeRefusedInTestWrite = "close-refused-in-test-write"
    /// The test-write bit of page 05h, once set, stays until the tray is opened (Acer 8×4×32).
    case testWriteSticks = "test-write-sticks"
    /// A cue sheet whose ISRC rows have control bits is refused: they must have ADR 3 alone.
    case cueSheetISRCControlRefused = "cue-isrc-control-refused"
    /// A cue sheet whose lead-in row has a time other than 00:00:00 is refused.
    case cueSheetLeadInTimeRefused = "cue-lead-in-time-refused"
    /// A cue sheet is refused unless every track has an index 0, at least a frame before index 1.
    case cueSheetPregapRequired = "cue-pregap-required"
    /// SEND CUE SHEET is out of sequence until READ TRACK INFORMATION was sent behind MODE SELECT (Panasonic CW-7502).
    case cueSheetNeedsTrackInformation = "cue-needs-track-information"
    /// Session-at-once is for blanks only: a cue sheet for a later session is refused (every drive that libburn's author
    /// tried).
    case laterSessionAtOnceRefused = "later-session-at-once-refused"
    /// In session-at-once a WRITE below −150 is out of range though the cue sheet announced CD-TEXT.
    case leadInWriteRefused = "lead-in-write-refused"
    /// Page 05h refuses data block type 3 in every write type: no raw sub-channel from the host.
    case blockType3Refused = "block-type-3-refused"
    /// After the last block of a session the drive does not become ready until SYNCHRONIZE CACHE comes.
    case notReadyUntilSynchronized = "not-ready-until-synchronized"
    /// SYNCHRONIZE CACHE, CLOSE TRACK/SESSION and BLANK always return at once and go on by themselves (ATAPI drives of
    /// Mitsumi), with or without the Immed bit.
    case impliedImmed = "implied-immed"
    /// TEST UNIT READY says ready while lead-in and lead-out are still being written; READ DISC INFORMATION knows better.
    case readyWhileClosing = "ready-while-closing"

    // Mode pages.

    /// Page 05h has four vendor-specific bytes at its end: a length of 36h.
    case writePageVendorBytes = "page-05-vendor-bytes"
    /// Page 05h has an audio pause length after power-on that MODE SELECT refuses (LG).
    case illegalDefaultPause = "default-pause-illegal"
    /// Page 05h has a session format after power-on that MODE SELECT refuses (Matsushita).
    case illegalDefaultSessionFormat = "default-session-format-illegal"
    /// Page 05h refuses data block type 8 together with multi-session, whatever the write type (Sony CDU920, CDU948).
    case multiSessionDataRefused = "multi-session-data-refused"
    /// MODE SENSE refuses the DBD bit.
    case disableBlockDescriptorsRefused = "dbd-refused"
    /// MODE SENSE puts a block descriptor in front of the pages unless DBD is set.
    case blockDescriptor = "block-descriptor"
    /// MODE SENSE for all pages fails with more than 64 bytes of room (ACARD bridges).
    case allPagesRefused = "all-pages-refused"

    // Speeds, buffer, configuration, tray.

    /// SET CD SPEED refuses a write speed below the slowest instead of rounding it up.
    case slowSpeedRefused = "slow-speed-refused"
    /// GET PERFORMANCE is no operation of the drive: speeds are known from page 2Ah alone.
    case getPerformanceUnsupported = "get-performance-unsupported"
    /// READ BUFFER CAPACITY says more free than there is in all.
    case bufferCapacityGarbage = "buffer-capacity-garbage"
    /// GET CONFIGURATION does not list feature 002Eh though the drive records sessions at once.
    case masteringFeatureMissing = "mastering-feature-missing"
    /// START STOP UNIT refuses the Immed bit when it moves the tray (LG GSA-4082B goes wrong there).
    case immediateTrayRefused = "immediate-tray-refused"

    // Reading.

    /// The numbers in the Q of READ CD are binary, not BCD.
    case binaryQ = "q-binary"
    /// The CRC in the formatted Q of READ CD is zero.
    case zeroQCRC = "q-crc-zero"
    /// READ CD gives the sub-channel of the sector behind the one asked for.
    case neighbouringSubChannel = "sub-channel-neighbour"
    /// READ CD puts C2 pointers behind the sub-channel, not in front of it.
    case errorFlagsLast = "c2-behind-sub-channel"
    /// READ SUB-CHANNEL gives the ISRC of the track asked for before.
    case recordingCodeStale = "isrc-stale"
}

extension Quirk {
    /// Pairs that no drive can have both of.
    static let exclusive: [(Quirk, Quirk)] = [
        (.atipInBCD, .atipZero), (.atipInBCD, .atipRefused), (.atipZero, .atipRefused),
        (.nextAddressMinus150, .nextAddressGarbage),
    ]
}
