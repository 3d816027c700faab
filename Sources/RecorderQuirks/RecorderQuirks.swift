/// The oddities of certain recorders that burnd does something about, as a table: what, why, on whose word, and of which
/// recorders, told by what INQUIRY says of them.
///
/// The target is values and imports nothing. `BurnEngine` and `Drives` act on what it says of the drive before them;
/// `VirtualRecorder` must not see it.
///
/// Here is only what cannot be done for every drive. What does no harm elsewhere is done always, and stands where it is done:
/// - replies are never asked for in fewer than four bytes (Iomega), and with their own length after that: `MMC`;
/// - formats of READ TOC go into byte 2 alone; burnd asks no drive from before that byte;
/// - READ TRACK INFORMATION precedes every cue sheet, whatever it answers (Panasonic CW-7502): `SessionAtOnceRecording`;
///   the PMA is never read;
/// - a next writable address in front of the track's start is the start (Pioneer BDR-205, LiteOn LTR-48125S):
///   `TrackAtOnceRecording`, `NextTrack`; raw sessions begin where READ DISC INFORMATION says;
/// - ATIP in BCD is told by its digits (Ricoh), and one that is none is passed over (LiteOn, Yamaha, HP 7100): `ATIP`;
/// - write parameters leave no field as the drive had it (LG's audio pause, Matsushita's session format), and are selected
///   once, with their final values (Sony CDU920, CDU948): `WriteParametersPage`;
/// - a drive that answers before it has done what it was told is waited for (Mitsumi, Sony): `waitUntilReady`;
/// - CLOSE TRACK is never sent (LG GH22LS30), and no tray is moved with Immed (LG GSA-4082B);
/// - cue sheets are offered in several forms, SYNCHRONIZE CACHE precedes and follows the wait for a session's end, a disc
///   written raw is read anew before it is looked at, and calibration that a drive does not know is left out;
/// - Q and codes are checked for what drives are known to get wrong when they read them: `QReader`;
/// - transfers have at most 64 KiB, mode pages are asked for one by one where a drive refuses all of them (ACARD's bridges),
///   a status of the transport is fatal, and the device is opened exclusively.
///
/// Yamaha's, Plextor's and Ricoh's own extras (forced speed, recording power, their mode pages) are not used: no quality of a
/// disc that burnd promises needs them.
public struct RecorderQuirk: Equatable, Sendable {
    /// What burnd does otherwise. The raw value is API.
    public enum Behaviour: String, Codable, Sendable, CaseIterable {
        /// A refusal of SEND OPC INFORMATION with a code of the vendor's own is no failure where the disc is a CD-RW that is
        /// written on.
        case toleratesCalibrationRefusal = "calibration-refusal-tolerated"
        /// SEND OPC INFORMATION that is answered with 6/5A/03 has been carried out; it is not sent again.
        case takesWritePermitAsCalibrated = "write-permit-is-calibrated"
        /// After a test write the tray is opened and closed, because the drive would write nothing before that.
        case reloadsAfterTest = "reload-after-test"
        /// After the lead-out was sent for, the drive is given the time that it takes, whatever it says.
        case waitsOutClosing = "closing-takes-its-time"
        /// Where raw is possible, it is preferred to session at once.
        case prefersRaw = "raw-preferred"
        /// Write parameters are selected before the drive is asked for its next writable address, even if they are right.
        case selectsBeforeAsking = "select-before-asking"
    }

    /// What burnd does otherwise.
    public let behaviour: Behaviour
    /// What these recorders do otherwise than the standard says, in one sentence.
    public let reason: String
    /// Who has found that out, and where it can be read.
    public let source: String
    /// Which recorders, as INQUIRY names them.
    public let recorders: [InquiryPattern]

    /// The quirks of a recorder, in the order of the table.
    ///
    /// - Parameters:
    ///   - vendor: T10 vendor identification, with or without the spaces that pad it.
    ///   - product: product identification.
    ///   - firmware: product revision level.
    public static func inForce(vendor: String, product: String, firmware: String) -> [RecorderQuirk] {
        table.filter { quirk in
            quirk.recorders.contains { $0.matches(vendor: vendor, product: product, firmware: firmware) }
        }
    }
}

extension Sequence where Element == RecorderQuirk {
    /// One of them is this.
    public func contains(_ behaviour: RecorderQuirk.Behaviour) -> Bool { contains { $0.behaviour == behaviour } }
}
