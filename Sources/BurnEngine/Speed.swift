import BurnPlan
import DiscLayout
import MMC
import SCSI

extension BurnEngine {
    /// Asks for the wanted speed, reads back what the drive took, and says in the record what of it differs.
    func setSpeed() throws(SCSIError) {
        var adjusted: [BurnRecord.Adjustment] = []
        if case .sectors(let perSecond, let isPureCAV) = plan.speed,
            let choice = RecordingSpeed.nearest(
                sectorsPerSecond: perSecond, isPureCAV: isPureCAV, among: offeredSpeeds())
        {
            try request([choice.speed.request], isPureCAV: choice.speed.isPureCAV)
            if choice.isSpeedAdjusted { adjusted.append(.speed) }
            if choice.isRotationAdjusted { adjusted.append(.rotation) }
        } else {
            try request(SpeedLadder.requests(for: plan.speed), isPureCAV: plan.speed.wantsPureCAV)
        }
        guard let speed = currentSpeed() else {
            record.adjusted = adjusted
            return
        }
        record.writeSpeed = BurnRecord.Speed(
            sectorsPerSecond: speed.sectorsPerSecond, isPureCAV: speed.isPureCAV)
        record.adjusted = plan.speed.adjustments(in: speed)
        log("writing at \(speed)\(record.adjusted.isEmpty ? "" : ", which is not what was asked for")")
    }

    /// Sends one request after the other, as long as the drive refuses: some do not round up to their lowest speed.
    private func request(_ requests: [UInt16], isPureCAV: Bool) throws(SCSIError) {
        for speed in requests {
            do throws(SCSIError) {
                try ask(SetCDSpeed(read: SetCDSpeed.maximum, write: speed, isPureCAV: isPureCAV))
                return
            } catch {
                guard let sense = error.sense, sense.key == 5 else { throw error }
                log("the drive does not take \(speed) kB/s: \(sense)")
                // A drive that lacks the command writes at its own speed.
                if sense.code == 0x20 { return }
            }
        }
    }

    /// What the drive offers for this disc, by GET PERFORMANCE or else page 2Ah; empty when it says nothing.
    private func offeredSpeeds() -> [RecordingSpeed] {
        do throws(SCSIError) {
            let speeds = try repeating { () throws(SCSIError) in try transport.writeSpeeds() }.speeds
            if !speeds.isEmpty { return speeds }
        } catch {
            log("the drive lists no speeds: \(error.explanation)")
        }
        return capabilities()?.speeds ?? []
    }

    private func currentSpeed() -> RecordingSpeed? { capabilities()?.currentWrite }

    private func capabilities() -> CapabilitiesPage? {
        do throws(SCSIError) {
            return CapabilitiesPage(
                try repeating { () throws(SCSIError) in try transport.modePage(CapabilitiesPage.code) })
        } catch {
            log("no capabilities page: \(error.explanation)")
            return nil
        }
    }
}

extension WriteSpeed {
    /// The disc is to turn at one speed.
    var wantsPureCAV: Bool { if case .sectors(_, let isPureCAV) = self { isPureCAV } else { false } }

    /// What of the wish a speed in use is not.
    func adjustments(in speed: RecordingSpeed) -> [BurnRecord.Adjustment] {
        switch self {
        case .max: return []
        case .times(let times): return speed.times == times ? [] : [.speed]
        case .sectors(let perSecond, let isPureCAV):
            // Drives tell rates in whole kB/s: a sector more or less is the same speed.
            let differs = abs(speed.sectorsPerSecond - perSecond) > 1
            return (differs ? [.speed] : []) + (speed.isPureCAV == isPureCAV ? [] : [.rotation])
        }
    }
}
