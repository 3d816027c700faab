import BurnPlan
import DiscLayout

/// A way of recording a session: what differs between track at once, session at once, raw, and a raw image.
///
/// The engine calls its members once each, in the order in which they stand here. Everything up to `announce` leaves the
/// disc as it is.
protocol Recording: AnyObject {
    /// Why the drive or its disc rules this way out; nil when neither does.
    func problem(with recorder: RecorderFacts) -> BurnProblem?
    /// Sets write parameters, decides where everything goes, and sees that there is room for it.
    func prepare() throws(BurnStop)
    /// What is sent, in order.
    var sequence: BlockSequence { get }
    /// Tells the drive what will come, where that has a command of its own.
    func announce() throws(BurnStop)
    /// Sends everything, and sees that it is on the disc.
    func write(from reader: ReadAheadBuffer) throws(BurnStop)
    /// Closes the session, where that has not happened by itself.
    func close() throws(BurnStop)
    /// What is on the disc now.
    var written: WrittenDisc { get }
}

extension Recording {
    func announce() throws(BurnStop) {}
}

/// A part of what is sent, for people: it has a name, and progress is counted over it.
struct Section: Equatable {
    /// Addresses of its blocks.
    let addresses: Range<Int>
    /// What is done meanwhile.
    let action: BurnProgress.Action
    /// Number of the track that it is, when it is one.
    let track: Int?

    /// As in "at LBA 12 of track 1".
    var name: String {
        switch (action, track) {
        case (_, let track?): "track \(track)"
        case (.writingLeadIn, nil): "the lead-in"
        case (.writingLeadOut, nil): "the lead-out"
        default: "the program area"
        }
    }

    /// The tracks of a session, each with its pre-gap, that of the first too.
    static func tracks(of layout: SessionLayout) -> [Section] {
        layout.tracks.indices.map { place in
            Section(
                addresses: layout.pregapStart(place)..<layout.pregapStart(place + 1), action: .writing,
                track: layout.tracks[place].number)
        }
    }
}

extension BurnEngine {
    /// The way that the plan demands.
    func recording() throws(BurnStop) -> any Recording {
        switch (plan.mode, plan.image) {
        case (.tao, _): TrackAtOnceRecording(self, try openSources())
        case (.sao, _): SessionAtOnceRecording(self, try openSources(), try textPacks())
        case (.raw, let image?): try RawImageRecording(self, image)
        case (.raw, nil):
            RawRecordingOfTracks(self, try openSources(), try textPacks(), symbols: try wholeDiscSymbols())
        }
    }
}
