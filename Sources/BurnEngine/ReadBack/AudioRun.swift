import DiscLayout

/// Audio sectors without a gap between them, through all borders of tracks.
struct AudioRun {
    /// By rising address.
    let spans: [Programme.Span]

    /// From the first to behind the last.
    var addresses: Range<Int> { spans[0].addresses.lowerBound..<spans[spans.count - 1].addresses.upperBound }

    /// The same in bytes, counted from address 0.
    var bytes: Range<Int> {
        addresses.lowerBound * RedBook.sectorBytes..<addresses.upperBound * RedBook.sectorBytes
    }

    /// The span of an address.
    func span(at lba: Int) -> Programme.Span? { spans.first { $0.addresses.contains(lba) } }

    /// The parts of some bytes that stand in one span each, with the first byte of each.
    func parts(of range: Range<Int>) -> [(span: Programme.Span, bytes: Range<Int>)] {
        spans.compactMap { span in
            let own =
                span.addresses.lowerBound * RedBook.sectorBytes..<span.addresses.upperBound * RedBook.sectorBytes
            let part = own.clamped(to: range)
            return part.isEmpty ? nil : (span, part)
        }
    }
}
