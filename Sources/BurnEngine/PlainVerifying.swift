import BurnPlan
import DiscLayout

extension BurnEngine {
    /// Proves what was written, as far as the order wants it proven and as reading back goes.
    func verify(_ disc: WrittenDisc) throws(BurnStop) -> [BurnOutcome.Proof] {
        guard plan.verify != .none, let layout = disc.layout, layout.tracks.allSatisfy({ $0.form == .audio }),
            disc.image == nil
        else { return [] }
        let tracks = layout.tracks.indices.compactMap { place in
            disc.segments.last { $0.place == place }?.content
        }
        return try verify(tracks)
    }
}
