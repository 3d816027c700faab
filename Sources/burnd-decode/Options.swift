/// What is asked of this program. Read by hand: a parser of arguments would bring Foundation along, which the cage would have
/// to let in.
enum Options {
    /// Say what is made and by what, on descriptor 1.
    case recipe
    /// Shut the cage and try to get out.
    case proveCage(Cage.Limits)
    /// Decode descriptor 0 into descriptor 1.
    case decode(Cage.Limits)

    static let usage = """
        usage: burnd-decode [--memory MIB] [--cpu SECONDS] < FILE > PCM
               burnd-decode --recipe
               burnd-decode --prove-cage
        Decodes a wav, aiff, flac, mp3, m4a, ogg, opus or aac file to 44.1 kHz 16-bit little-endian stereo PCM.
        --memory MIB    memory beyond what the libraries take (256)
        --cpu SECONDS   processor time (240)
        The last line on descriptor 2 is JSON: what was decoded, with exit status 0, or the error:
        10 not-audio  11 unsupported  12 damaged  13 too-long  14 empty  20 resources  21 full  30 internal
        --recipe        says what is made and by which versions of the libraries
        --prove-cage    shuts the cage, tries to get out, and says what was refused; exit status 0 when all was
        """

    /// Nil when they make no sense.
    init?(_ arguments: some Sequence<String>) {
        var limits = Cage.Limits()
        var proves = false
        var arguments = arguments.makeIterator()
        while let argument = arguments.next() {
            switch argument {
            case "--recipe":
                self = .recipe
                return
            case "--prove-cage": proves = true
            case "--memory":
                guard let text = arguments.next(), let value = UInt64(text), (1...65_536).contains(value) else {
                    return nil
                }
                limits.memoryMiB = value
            case "--cpu":
                guard let text = arguments.next(), let value = UInt64(text), (1...86_400).contains(value) else {
                    return nil
                }
                limits.cpuSeconds = value
            default: return nil
            }
        }
        self = proves ? .proveCage(limits) : .decode(limits)
    }
}
