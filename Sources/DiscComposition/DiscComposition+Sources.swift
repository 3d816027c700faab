public import BurnPlan
import DiscLayout

extension DiscComposition {
    /// Everything of files that an order puts onto its disc, each once.
    public static func sources(of order: BurnOrder, files: [String: FileFacts]) -> Set<Source> {
        let order = dataTrack(of: order, files)
        var sources: Set<Source> = []
        for track in order.tracks {
            sources.insert(track.form == .audio ? .audio(track.file) : .bytes(track.file))
            if let file = track.pregap { sources.insert(.audio(file.file)) }
            if let file = track.graphics { sources.insert(.bytes(file.file)) }
        }
        if let image = order.image { sources.insert(.bytes(image.file.file)) }
        if let file = order.subCode { sources.insert(.bytes(file.file)) }
        return sources
    }
}
