extension RecorderProfile {
    /// The plain recorder of our days: everything that recorders do, as the standard says.
    public static let modern = RecorderProfile()

    /// A recorder of about 1999: track and session at once, no RAW, no test write, no protection from underruns, half a
    /// mebibyte of buffer, and mode pages as the first editions of the standard had them.
    public static let old: RecorderProfile = {
        var profile = RecorderProfile()
        profile.name = "old"
        (profile.product, profile.revision, profile.firmwareDate) = ("OLD CD-RW", "0.9", nil)
        (profile.interface, profile.loading) = (.atapi, .tray)
        profile.bufferBytes = 512 << 10
        (profile.writeSpeeds, profile.rewriteSpeeds, profile.readSpeed) = ([8, 4, 2, 1], [4, 2], 24)
        profile.capabilitiesPage = .mmc1
        profile.maximumCueSheetBytes = 1_024
        profile.capabilities.raw = false
        profile.capabilities.rawBlockTypes = []
        profile.capabilities.trackBlockTypes = [0, 8, 10]
        profile.capabilities.subChannel = false
        profile.capabilities.readsText = false
        profile.capabilities.testWrite = false
        profile.capabilities.underrunFree = false
        profile.capabilities.errorPointers = false
        profile.mechanism.fullSeek = 400
        profile.mechanism.spinUp = 5_000
        profile.mechanism.tray = 2_000
        profile.quirks = [
            .blockDescriptor, .illegalDefaultPause, .getPerformanceUnsupported, .masteringFeatureMissing,
            .laterSessionAtOnceRefused,
        ]
        return profile
    }()

    /// A recorder that does everything, and much of it in an odd way: every oddity here is one that some program gets around.
    /// wodim writes where `nextAddressMinus150` sends it, so that it cannot write track-at-once here.
    public static let quirky: RecorderProfile = {
        var profile = RecorderProfile()
        profile.name = "quirky"
        (profile.product, profile.revision) = ("QUIRKY CD-RW", "6.66")
        profile.interface = .usb
        (profile.writeSpeeds, profile.rewriteSpeeds) = ([40, 32, 24, 16, 8, 4], [16, 10, 4])
        profile.rotation = .zoned
        (profile.readOffset, profile.writeOffset) = (30, -30)
        profile.quirks = [
            .nextAddressMinus150, .atipInBCD, .tocStaleAfterRaw, .opcUnsupported, .closeTrackUnsupported,
            .closeRefusedInTestWrite, .cueSheetISRCControlRefused, .cueSheetLeadInTimeRefused, .blockType3Refused,
            .impliedImmed, .readyWhileClosing, .writePageVendorBytes, .illegalDefaultPause,
            .illegalDefaultSessionFormat, .disableBlockDescriptorsRefused, .slowSpeedRefused,
            .getPerformanceUnsupported, .bufferCapacityGarbage, .immediateTrayRefused, .binaryQ,
            .neighbouringSubChannel,
        ]
        return profile
    }()

    /// The profiles that can be chosen by name.
    public static let named: [RecorderProfile] = [.modern, .old, .quirky]
}
