/// How long the parts of a burn may take, and how often something is tried. Nothing waits without an end.
public struct BurnLimits: Sendable {
    /// A disc spins up, or a drive comes to itself, before the burn. Two minutes: old drives take one.
    public var becomingReady: Duration = .seconds(120)
    /// A WRITE is refused because the drive's buffer is full. At playing speed the biggest buffers empty in a minute.
    public var bufferFull: Duration = .seconds(120)
    /// Pause before a refused WRITE is sent again (what libburn and wodim do).
    public var bufferFullPause: Duration = .milliseconds(40)
    /// A track's end: the rest of the buffer, the run-out and the entry in the PMA.
    public var trackEnd: Duration = .seconds(300)
    /// Lead-in and lead-out: four minutes at playing speed, with three times as much to spare.
    public var closing: Duration = .seconds(960)
    /// Blanking a disc's table of contents: a minute and a half, with three times as much to spare.
    public var erasingQuickly: Duration = .seconds(360)
    /// Blanking every sector: 99 minutes at playing speed, with half as much to spare.
    public var erasingFully: Duration = .seconds(9000)
    /// A drive quiets down after a fatal error.
    public var cleanUp: Duration = .seconds(60)
    /// The reader has nothing for the next WRITE.
    public var readAhead: Duration = .seconds(60)
    /// First pause between two questions whether a drive is ready; each next one is twice as long …
    public var firstPoll: Duration = .milliseconds(25)
    /// … up to this.
    public var longestPoll: Duration = .milliseconds(500)
    /// Between two lines of progress.
    public var progressInterval: Duration = .milliseconds(500)
    /// Unit attentions that are swallowed in a row, and other refusals that a drive is known to make once.
    public var unitAttentions = 5
    /// Times that a place of the disc is read before it counts as unreadable, and that the test bit is taken back.
    public var readAttempts = 3

    /// The defaults, each with its reason beside it.
    public init() {}
}
