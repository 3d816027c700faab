public import BurnPlan
public import Drives
import JobQueue

extension DriveSituation.Media {
    /// What the scheduler needs of a disc.
    init(_ media: DriveMedia) {
        self.init(
            kind: media.kind, status: media.status, freeSectors: media.freeSectors, isErasable: media.isErasable,
            capacitySectors: media.capacitySectors, trackCount: media.trackCount)
    }
}

extension RecorderAbilities {
    /// What a drive says that it can do; what it does not tell counts as possible: the worker finds out before the laser is
    /// on.
    public init(_ drive: DriveCapabilities) {
        let supports = drive.supports
        let possible: [(RecordingMode, Bool?)] = [(.tao, supports.tao), (.sao, supports.sao), (.raw, supports.raw)]
        let modes = possible.filter { $0.1 != false }.map(\.0)
        self.init(
            modes: Set(modes),
            sectorTypes: Set(drive.sectorTypes.map { $0.map(RawSectorType.init) } ?? RawSectorType.allCases),
            writesSubCodeInSAO: supports.rwSubCode != false, writesTextInSAO: supports.cdText != false,
            testModes: supports.testWrite == false ? [] : Set(modes), rewrites: supports.erase != false,
            prefersRaw: drive.prefersRaw)
    }
}

extension RawSectorType {
    /// The same in the words of drives.
    init(_ type: DriveCapabilities.SectorType) {
        self =
            switch type {
            case .pq: .pq
            case .cooked: .cooked
            case .raw: .raw
            }
    }
}
