/// Who made a recordable disc: the start time of its lead-in, rounded down to ten frames, is assigned to manufacturers
/// (Orange Book part II, ATIP; the list as burning programs publish it).
public enum DiscManufacturer {
    /// The manufacturer's name; nil for a code that is not on the list.
    public static func name(leadIn: MSF) -> String? {
        names[Code(minutes: leadIn.minutes, seconds: leadIn.seconds, frames: leadIn.frames / 10 * 10)]
    }

    /// How pits are burned into a disc: dyes of one kind want longer pulses than others.
    public enum Strategy: String, Sendable {
        /// Long: as a rule cyanine and azo dyes.
        case long
        /// Short: as a rule phthalocyanine dyes.
        case short
    }

    /// The writing strategy of a CD-R, told from the last digit of its lead-in's frames.
    public static func strategy(leadIn: MSF) -> Strategy { leadIn.frames % 10 < 5 ? .long : .short }

    private struct Code: Hashable {
        let minutes: UInt8
        let seconds: UInt8
        let frames: UInt8
    }

    private static let names: [Code: String] = {
        var names: [Code: String] = [:]
        for (name, codes) in assignments {
            for (seconds, frames) in codes { names[Code(minutes: 97, seconds: seconds, frames: frames)] = name }
        }
        return names
    }()

    /// Seconds and frames behind minute 97.
    private static let assignments: [(String, [(UInt8, UInt8)])] = [
        ("TDK", [(15, 0), (32, 0), (49, 0)]), ("Pioneer", [(27, 30), (48, 30)]), ("Moser Baer", [(17, 0)]),
        ("Kodak Japan", [(27, 40), (48, 10)]), ("BenQ", [(22, 60), (45, 20)]), ("Mitsui", [(27, 50), (48, 50)]),
        ("Matsushita", [(23, 0), (49, 60)]), ("Ricoh", [(27, 60), (48, 0)]), ("Taiyo Yuden", [(24, 0), (46, 0)]),
        ("Gigastorage", [(28, 10), (49, 10)]), ("Sony", [(24, 10)]), ("Auvistar", [(28, 30), (46, 50)]),
        ("Hitachi Maxell", [(25, 20), (47, 10)]), ("Ritek", [(31, 0), (47, 50), (15, 10)]),
        ("Infodisc", [(25, 30), (51, 20)]), ("Prodisc", [(32, 10), (47, 60)]), ("Fornet", [(26, 0), (45, 0)]),
        ("Mitsubishi", [(34, 20), (50, 20), (15, 20)]), ("Fuji", [(26, 40), (46, 40)]),
        ("Lead Data", [(26, 50), (48, 60)]), ("CMC Magnetics", [(26, 60), (46, 60)]),
        ("Digital Storage", [(27, 0), (48, 40)]), ("Plasmon", [(27, 10), (48, 20)]), ("Princo", [(27, 20), (47, 20)]),
    ]
}
