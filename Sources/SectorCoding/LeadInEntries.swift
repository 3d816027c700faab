import BinaryCoding
public import DiscLayout

/// One entry of the table of contents as a lead-in's Q channel repeats it (IEC 60908, 17.5.1; ECMA-130, 22.3.3).
public enum LeadInEntry: Equatable, Hashable, Sendable {
    /// POINT A0h: number of the first track, and the disc type: 00h CD-DA or CD-ROM, 10h CD-i, 20h CD-ROM XA.
    case firstTrack(Int, discType: UInt8)
    /// POINT A1h: number of the last track.
    case lastTrack(Int)
    /// POINT A2h: where the lead-out begins.
    case leadOut(MSF)
    /// POINT 01…99: where index 1 of a track begins.
    case track(Int, start: MSF)

    /// POINT as it is recorded: BCD, or A0h to A2h.
    public var point: UInt8 {
        switch self {
        case .firstTrack: 0xA0
        case .lastTrack: 0xA1
        case .leadOut: 0xA2
        case .track(let number, _): QFrame.digits(UInt8(truncatingIfNeeded: number))
        }
    }

    /// PMIN as it is recorded.
    var minutes: UInt8 {
        switch self {
        case .firstTrack(let number, _), .lastTrack(let number): QFrame.digits(UInt8(truncatingIfNeeded: number))
        case .leadOut(let time), .track(_, let time): QFrame.digits(time.minutes)
        }
    }

    /// PSEC as it is recorded.
    var seconds: UInt8 {
        switch self {
        case .firstTrack(_, let type): type
        case .lastTrack: 0
        case .leadOut(let time), .track(_, let time): QFrame.digits(time.seconds)
        }
    }

    /// PFRAME as it is recorded.
    var frames: UInt8 {
        switch self {
        case .firstTrack, .lastTrack: 0
        case .leadOut(let time), .track(_, let time): QFrame.digits(time.frames)
        }
    }

    /// An entry from POINT, PMIN, PSEC and PFRAME, or nil when they are none.
    init?(point: UInt8, minutes: UInt8, seconds: UInt8, frames: UInt8) {
        switch point {
        case 0xA0:
            guard let number = UInt8(bcd: minutes) else { return nil }
            self = .firstTrack(Int(number), discType: seconds)
        case 0xA1:
            guard let number = UInt8(bcd: minutes) else { return nil }
            self = .lastTrack(Int(number))
        case 0xA2:
            guard let time = MSF(bcdMinutes: minutes, seconds: seconds, frames: frames) else { return nil }
            self = .leadOut(time)
        default:
            guard let number = UInt8(bcd: point), number > 0,
                let time = MSF(bcdMinutes: minutes, seconds: seconds, frames: frames)
            else { return nil }
            self = .track(Int(number), start: time)
        }
    }
}

/// What a lead-in's Q channel says in mode 5 about further sessions (MMC-6, "Mode-5 Q"; Orange Book).
public enum MultiSessionEntry: Equatable, Hashable, Sendable {
    /// POINT B0h: where the next session's program area may begin, nil (FF:FF:FF) when none may follow; how many mode-5
    /// pointers there are; the last lead-out that the medium has room for.
    case nextProgram(start: MSF?, pointers: UInt8, lastLeadOut: MSF?)
    /// POINT C0h: the recommended power code and where the first lead-in begins, as ATIP says them.
    case firstLeadIn(power: UInt8, start: MSF)
    /// Any other POINT, with bytes 3…9 as they stand, the first the most significant.
    case other(point: UInt8, bytes: UInt64)
}
