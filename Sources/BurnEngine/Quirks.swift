import BurnPlan
import DiscLayout
import MMC
import RecorderQuirks
import SCSI

/// What the engine does otherwise for recorders that are known to need it.
extension BurnEngine {
    /// Takes note of the drive's quirks, in the record and for people.
    func note(_ quirks: [RecorderQuirk]) {
        record.quirks = quirks.map(\.behaviour.rawValue)
        guard quirks != self.quirks else { return }
        self.quirks = quirks
        for quirk in quirks { log("quirk: \(quirk.behaviour.rawValue): \(quirk.reason) (\(quirk.source))") }
    }

    /// Whether a refused calibration means that the drive is calibrated, or needs not to be.
    func isCalibrated(_ error: SCSIError) -> Bool {
        guard let sense = error.sense else { return false }
        if quirks.contains(.takesWritePermitAsCalibrated), (sense.key, sense.code, sense.qualifier) == (6, 0x5A, 0x03) {
            return true
        }
        guard quirks.contains(.toleratesCalibrationRefusal), let disc = recorder?.disc else { return false }
        // A hardware error is one. From 80h on codes and qualifiers are the vendor's (SPC-4, annex D).
        return sense.key != 4 && disc.isErasable && disc.status != .empty
            && (sense.code >= 0x80 || sense.qualifier >= 0x80)
    }

    /// Opens and closes the tray, for a drive that forgets its test mode only by that.
    func reload() {
        let wasLocked = isLocked
        unlock()
        for action in [StartStopUnit.Action.eject, .load] {
            do throws(SCSIError) {
                try ask(StartStopUnit(action))
            } catch {
                log("to leave test mode the tray has to be opened and closed by hand: \(error.explanation)")
                return
            }
        }
        _ = try? waitUntilReady(limits.becomingReady, .forReload)
        guard wasLocked else { return }
        isLocked = true
        do throws(SCSIError) {
            try ask(PreventAllowMediumRemoval(prevent: true))
        } catch {
            log("the tray is not locked any more: \(error.explanation)")
        }
    }

    /// Seconds that lead-in and lead-out take at playing speed; a drive that has kept us for less has not written them, and
    /// is given the time that they take at most (cdrecord's figures).
    private static let closingAtPlayingSpeed = (least: 220.0, most: 280.0)

    /// Lets the time go by that a drive needs for lead-in and lead-out, when nothing it says can be relied on.
    ///
    /// - Parameter start: when it was told to write them.
    func waitOutClosing(since start: Duration) {
        guard quirks.contains(.waitsOutClosing) else { return }
        let times = max(Double(record.writeSpeed?.sectorsPerSecond ?? 0) / Double(RedBook.framesPerSecond), 1)
        guard (clock.now - start).inSeconds < Self.closingAtPlayingSpeed.least / times else { return }
        let end = start + .seconds(Self.closingAtPlayingSpeed.most / times)
        log("the drive is given \(Int((end - clock.now).inSeconds)) s more for lead-in and lead-out")
        while clock.now < end {
            reportProgress()
            clock.sleep(min(limits.longestPoll, end - clock.now))
        }
    }
}
