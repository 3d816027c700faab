import BurnPlan
import DiscComposition
import DiscLayout

/// Orders and their files as tests need them.
struct Orders {
    var order: BurnOrder
    var files: [String: FileFacts] = [:]

    /// Audio tracks of so many samples each, in files `a0`, `a1` and so on.
    init(_ mode: WriteMode, frames: [Int]) {
        order = BurnOrder(mode: mode, tracks: [])
        for (index, frames) in frames.enumerated() {
            order.tracks.append(.init(file: "a\(index)", name: "a\(index).wav"))
            files["a\(index)"] = FileFacts(bytes: frames * 4 + 44, sampleFrames: frames)
        }
    }

    /// Audio tracks of so many sectors each.
    init(_ mode: WriteMode, sectors: [Int]) { self.init(mode, frames: sectors.map { $0 * 588 }) }

    /// Adds a data track of so many bytes, in file `dN`.
    mutating func addData(_ bytes: Int) {
        let name = "d\(order.tracks.count)"
        order.tracks.append(.init(file: name, name: name + ".iso", form: .mode1))
        files[name] = FileFacts(bytes: bytes, isISO: true)
    }

    func composed(for purpose: DiscComposition.Purpose = .job) throws(OrderFaults) -> Composition {
        try DiscComposition.compose(order, files: files, for: purpose)
    }

    /// What is wrong, when something is.
    func faults(for purpose: DiscComposition.Purpose = .job) -> [OrderFault] {
        do throws(OrderFaults) {
            _ = try composed(for: purpose)
            return []
        } catch { return error.faults }
    }

    /// The rules that are broken and the pointers to them.
    func rules(for purpose: DiscComposition.Purpose = .job) -> [String: OrderFault.Rule] {
        Dictionary(faults(for: purpose).map { ($0.place.pointer, $0.rule) }) { first, _ in first }
    }
}

extension Composition {
    /// Address of a track's index 0, when it has one of its own, and of its index 1.
    func addresses(_ index: Int) -> [Int] {
        guard let layout else { return [] }
        let start = layout.trackStart(index)
        return layout.tracks[index].pregap > 0 ? [layout.pregapStart(index), start] : [start]
    }
}
