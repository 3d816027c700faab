/// What the standards call features, profiles and mode pages, as lower-case words with hyphens.
enum CapabilityNames {
    /// Features (MMC-6, table "Feature List").
    static let features: [UInt16: String] = [
        0x0000: "profile-list", 0x0001: "core", 0x0002: "morphing", 0x0003: "removable-medium", 0x0004: "write-protect",
        0x0010: "random-readable", 0x001D: "multi-read", 0x001E: "cd-read", 0x001F: "dvd-read",
        0x0020: "random-writable", 0x0021: "incremental-streaming-writable", 0x0022: "sector-erasable",
        0x0023: "formattable", 0x0024: "hardware-defect-management", 0x0025: "write-once",
        0x0026: "restricted-overwrite", 0x0027: "cd-rw-cav-write", 0x0028: "mrw", 0x0029: "enhanced-defect-reporting",
        0x002A: "dvd-plus-rw", 0x002B: "dvd-plus-r", 0x002C: "rigid-restricted-overwrite",
        0x002D: "cd-track-at-once", 0x002E: "cd-mastering", 0x002F: "dvd-r-rw-write",
        0x0030: "double-density-cd-read", 0x0031: "double-density-cd-r-write", 0x0032: "double-density-cd-rw-write",
        0x0033: "layer-jump-recording", 0x0037: "cd-rw-media-write-support", 0x0038: "bd-r-pseudo-overwrite",
        0x003A: "dvd-plus-rw-dual-layer", 0x003B: "dvd-plus-r-dual-layer", 0x0040: "bd-read", 0x0041: "bd-write",
        0x0050: "hd-dvd-read", 0x0051: "hd-dvd-write", 0x0080: "hybrid-disc", 0x0100: "power-management",
        0x0101: "smart", 0x0102: "embedded-changer", 0x0103: "cd-audio-external-play", 0x0104: "microcode-upgrade",
        0x0105: "time-out", 0x0106: "dvd-css", 0x0107: "real-time-streaming", 0x0108: "drive-serial-number",
        0x0109: "media-serial-number", 0x010A: "disc-control-blocks", 0x010B: "dvd-cprm",
        0x010C: "firmware-information", 0x010D: "aacs", 0x010E: "dvd-css-managed-recording", 0x0110: "vcps",
        0x0113: "securdisc",
    ]

    /// Profiles (MMC-6, table "Profile List").
    static let profiles: [UInt16: String] = [
        0x0001: "non-removable-disk", 0x0002: "removable-disk", 0x0003: "mo-erasable", 0x0004: "mo-write-once",
        0x0005: "as-mo", 0x0008: "cd-rom", 0x0009: "cd-r", 0x000A: "cd-rw", 0x0010: "dvd-rom",
        0x0011: "dvd-r-sequential", 0x0012: "dvd-ram", 0x0013: "dvd-rw-restricted-overwrite",
        0x0014: "dvd-rw-sequential", 0x0015: "dvd-r-dual-layer-sequential", 0x0016: "dvd-r-dual-layer-jump",
        0x0017: "dvd-rw-dual-layer", 0x0018: "dvd-download", 0x001A: "dvd-plus-rw", 0x001B: "dvd-plus-r",
        0x0020: "ddcd-rom", 0x0021: "ddcd-r", 0x0022: "ddcd-rw", 0x002A: "dvd-plus-rw-dual-layer",
        0x002B: "dvd-plus-r-dual-layer", 0x0040: "bd-rom", 0x0041: "bd-r-sequential", 0x0042: "bd-r-random",
        0x0043: "bd-re", 0x0050: "hd-dvd-rom", 0x0051: "hd-dvd-r", 0x0052: "hd-dvd-ram", 0xFFFF: "non-standard",
    ]

    /// Mode pages (MMC-6, table "Mode Pages for C/DVD devices"; MMC-3 for 2Ah, SPC-4 for what all devices may have).
    static let modePages: [UInt8: String] = [
        0x01: "read-write-error-recovery", 0x03: "mrw", 0x05: "write-parameters", 0x08: "caching",
        0x0D: "cd-device-parameters", 0x0E: "cd-audio-control", 0x1A: "power-condition",
        0x1C: "informational-exceptions", 0x1D: "time-out-and-protect", 0x2A: "capabilities",
    ]
}
