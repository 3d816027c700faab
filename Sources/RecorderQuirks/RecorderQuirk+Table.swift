extension RecorderQuirk {
    /// All that is known; a behaviour stands in it once.
    public static let table: [RecorderQuirk] = [
        RecorderQuirk(
            behaviour: .toleratesCalibrationRefusal,
            reason:
                "It refuses to calibrate its laser on a CD-RW that is written on, with a code of its own, and writes it.",
            source: "cdrecord's notes on Ricoh drives",
            recorders: [InquiryPattern(vendor: "RICOH")]),
        RecorderQuirk(
            behaviour: .takesWritePermitAsCalibrated,
            reason:
                "It answers each calibration of its laser with a unit attention, \"operator selected write permit\".",
            source: "cdrecord, drv_mmc.c: a log of this drive",
            recorders: [InquiryPattern(vendor: "RWD", product: "RW2224", firmware: "2.53")]),
        RecorderQuirk(
            behaviour: .reloadsAfterTest,
            reason: "After a test write it stays in test mode until its tray was open, and writes nothing.",
            source: "cdrecord, cdrecord.c: a note on this drive of Acer's",
            recorders: [InquiryPattern(vendor: "ATAPI", product: "CD-R/RW 8X4X32")]),
        RecorderQuirk(
            behaviour: .waitsOutClosing,
            reason: "It answers before lead-in and lead-out are written, and nothing it says tells when they are.",
            source: "cdrecord, drv_mmc.c: fixating on Mitsumi drives",
            recorders: [InquiryPattern(vendor: "MITSUMI")]),
        RecorderQuirk(
            behaviour: .prefersRaw,
            reason: "Its session at once from a cue sheet is missing or goes wrong; raw it writes whole discs.",
            source: "cdrdao's table of drivers: generic-mmc-raw",
            recorders: rawWriters),
        RecorderQuirk(
            behaviour: .selectsBeforeAsking,
            reason: "Its next writable address is not to be trusted before write parameters were sent.",
            source: "libburn, write.c and cdrskin: notes on this drive",
            recorders: [InquiryPattern(vendor: "HL-DT-ST", product: "DVDRAM GSA-4082B")]),
    ]

    private static let rawWriters = [
        InquiryPattern(vendor: "ATAPI", product: "CD-R/RW 4X4X32"),
        InquiryPattern(vendor: "ATAPI", product: "CD-R/RW CRW6206A"),
        InquiryPattern(vendor: "BTC", product: "BCE621E"),
        InquiryPattern(vendor: "HP", product: "CD-Writer+ 7100"),
        InquiryPattern(vendor: "HP", product: "CD-Writer+ 7200"),
        InquiryPattern(vendor: "IDE-CD", product: "R/RW 2x2x24"),
        InquiryPattern(vendor: "IOMEGA", product: "ZIPCD 4x650"),
        InquiryPattern(vendor: "MEMOREX", product: "CDRW-2216"),
        InquiryPattern(vendor: "MEMOREX", product: "CR-622"),
        InquiryPattern(vendor: "MEMOREX", product: "CRW-1662"),
        InquiryPattern(vendor: "MITSUMI", product: "CR-4802"),
        InquiryPattern(vendor: "PHILIPS", product: "CDD3600"),
        InquiryPattern(vendor: "PHILIPS", product: "CDD3610"),
        InquiryPattern(vendor: "PHILIPS", product: "PCRW404"),
        InquiryPattern(vendor: "TRAXDATA", product: "CDRW2260+"),
        InquiryPattern(vendor: "TRAXDATA", product: "CRW2260 PRO"),
        InquiryPattern(vendor: "WAITEC", product: "WT4424"),
    ]
}
