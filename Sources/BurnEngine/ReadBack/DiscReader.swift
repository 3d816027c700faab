import BurnPlan
import DiscLayout
import MMC
import SCSI

/// Reads sectors of the written disc: again where a drive could not, sector by sector where a stretch has a bad place, and
/// slowly before a place is given up.
final class DiscReader {
    /// What is read of each sector.
    enum Form: Equatable {
        /// 2352 bytes of samples.
        case audio
        /// 2352 bytes of a data sector, descrambled.
        case wholeData(ReadCD.SectorType)
        /// 2048 bytes by READ(10), for drives that give no more.
        case userData
        /// Sub-channel, behind the main channel where a drive gives none without.
        case subChannel(ReadCD.SubChannel, ReadCD.MainChannel)

        /// Bytes of a sector.
        var sectorBytes: Int {
            switch self {
            case .audio, .wholeData: RedBook.sectorBytes
            case .userData: Read10.sectorBytes
            case .subChannel(let channel, let main): channel.byteCount + (main == .none ? 0 : RedBook.sectorBytes)
            }
        }
    }

    /// Read speed of the last attempt in kB/s: four times that of playing, which the oldest drives have.
    private static let carefulSpeed = UInt16(4 * SetCDSpeed.requestPerTimes)

    let engine: BurnEngine

    init(_ engine: BurnEngine) { self.engine = engine }

    /// Reads whole sectors from `lba` on, once, with as many commands as the way to the drive wants.
    func receive(_ form: Form, _ lba: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SCSIError) {
        let most = max(engine.transport.maximumTransfer / form.sectorBytes, 1)
        let count = buffer.count / form.sectorBytes
        var first = 0
        repeat {
            let end = first + min(most, count - first)
            let part = buffer[first * form.sectorBytes..<end * form.sectorBytes]
            try receivePart(form, lba + first, into: UnsafeMutableRawBufferPointer(rebasing: part))
            first = end
        } while first < count
    }

    private func receivePart(
        _ form: Form, _ lba: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SCSIError) {
        let address = Int32(truncatingIfNeeded: lba)
        let blocks = UInt32(buffer.count / form.sectorBytes)
        try engine.repeating { () throws(SCSIError) in
            let transport = engine.transport
            switch form {
            case .audio: try transport.receive(ReadCD(lba: address, blocks: blocks), into: buffer)
            case .wholeData(let type):
                try transport.receive(ReadCD(lba: address, blocks: blocks, type, .whole), into: buffer)
            case .userData: try transport.receive(Read10(lba: address, blocks: UInt16(blocks)), into: buffer)
            case .subChannel(let channel, let main):
                let command = ReadCD(lba: address, blocks: blocks, .any, main, subChannel: channel)
                try transport.receive(command, into: buffer)
            }
        }
    }

    /// Reads, again when the drive could not, and at last sector by sector.
    ///
    /// - Parameter number: the track's, for the problem.
    /// - Throws: the burn's end where a sector cannot be read at all.
    func read(
        _ form: Form, _ lba: Int, into buffer: UnsafeMutableRawBufferPointer, track number: Int
    ) throws(BurnStop) {
        guard let error = try attempt(form, lba, into: buffer, times: engine.limits.readAttempts) else { return }
        if buffer.count > form.sectorBytes {
            for start in stride(from: 0, to: buffer.count, by: form.sectorBytes) {
                let one = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + form.sectorBytes])
                try read(form, lba + start / form.sectorBytes, into: one, track: number)
            }
            return
        }
        throw engine.failure(
            BurnProblem(.readBackFailed, "LBA \(lba) of track \(number) could not be read back", error, lba: lba),
            disc: .unsure)
    }

    /// Reads what a drive need not be able to read.
    ///
    /// - Returns: nil when it was read, else why not.
    /// - Throws: the burn's end when the drive is gone.
    func attempt(
        _ form: Form, _ lba: Int, into buffer: UnsafeMutableRawBufferPointer, times: Int = 1
    ) throws(BurnStop) -> SCSIError? {
        var last: SCSIError?
        var isSlow = false
        defer { if isSlow { setReadSpeed(SetCDSpeed.maximum) } }
        for time in 0..<max(times, 1) {
            do throws(SCSIError) {
                try receive(form, lba, into: buffer)
                return nil
            } catch {
                engine.log("reading at LBA \(lba): \(error.explanation)")
                try stopWhenGone(error, lba)
                last = error
                if ReadinessReaction(error, writing: false) == .wait {
                    _ = try? engine.waitUntilReady(engine.limits.becomingReady, .forReload)
                }
            }
            if time == times - 2, !isSlow {
                setReadSpeed(Self.carefulSpeed)
                isSlow = true
            }
        }
        return last
    }

    private func stopWhenGone(_ error: SCSIError, _ lba: Int) throws(BurnStop) {
        guard error.transportKind != nil else { return }
        throw engine.failure(
            BurnProblem(.readBackFailed, "LBA \(lba) could not be read back", error, lba: lba), disc: .unsure)
    }

    /// A wish: a drive that has no other speed reads at its own.
    private func setReadSpeed(_ speed: UInt16) {
        do throws(SCSIError) {
            try engine.ask(SetCDSpeed(read: speed, write: SetCDSpeed.maximum))
        } catch {
            engine.log("the speed of reading stays: \(error.explanation)")
        }
    }
}

extension SCSIError {
    /// The drive says that it does not do such a thing, not that a place is damaged.
    var isRefusal: Bool { sense?.key == 5 }
}
