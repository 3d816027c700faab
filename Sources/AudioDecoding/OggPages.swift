import CFFmpeg
import DecodeContract

/// The pages of an Ogg file (RFC 3533 §6): all there, none changed. libavformat passes over a page that is missing or broken,
/// and the track would be shorter by it.
struct OggPages {
    private let input: InputFile
    private var offset: Int64
    /// Number that the next page of each stream must have; a stream that has ended is not in here.
    private var next: [UInt32: UInt32] = [:]
    private var pages = 0

    /// Bytes of a page's header before the table of its segments.
    private static let headerBytes = 27
    /// Streams at once. A file of sound has one.
    private static let mostStreams = 64

    private init(_ input: InputFile, from start: Int64) { (self.input, offset) = (input, start) }

    /// Requires every page of a file, from `start` to the end of all its streams.
    static func check(_ input: InputFile, from start: Int64) throws(DecodeFailure) {
        var walk = OggPages(input, from: start)
        while try walk.step() {}
        guard walk.next.isEmpty else { throw DecodeFailure(.damaged, "it is cut off: the last page is not the end") }
    }

    /// Passes one page; false where there is none any more.
    private mutating func step() throws(DecodeFailure) -> Bool {
        let header = input.bytes(at: offset, count: Self.headerBytes)
        guard header.count == Self.headerBytes, header.starts(with: Array("OggS".utf8)) else {
            // Behind the end of all streams others may put their tags.
            if next.isEmpty, pages > 0 { return false }
            throw DecodeFailure(.damaged, "it is cut off or broken behind page \(pages)")
        }
        let lacing = input.bytes(at: offset + Int64(header.count), count: Int(header[26]))
        let length = header.count + Int(header[26]) + lacing.reduce(0) { $0 + Int($1) }
        var page = input.bytes(at: offset, count: length)
        guard page.count == length else { throw DecodeFailure(.damaged, "it is cut off inside page \(pages + 1)") }
        try checkSum(of: &page)
        try follow(header)
        (offset, pages) = (offset + Int64(length), pages + 1)
        return true
    }

    /// The CRC over the page with its own four bytes zero; polynomial 04C11DB7h, first bit first, begun with 0.
    private func checkSum(of page: inout [UInt8]) throws(DecodeFailure) {
        let place = 22..<26
        let said = page[place].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        page.replaceSubrange(place, with: [0, 0, 0, 0])
        // libavutil has it with its bytes turned round, as the field has.
        let sum = av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0, page, page.count)
        guard sum == said else {
            throw DecodeFailure(.damaged, "page \(pages + 1) is not what was written: its CRC differs")
        }
    }

    private mutating func follow(_ header: [UInt8]) throws(DecodeFailure) {
        func number(_ at: Int) -> UInt32 { header[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        let (serial, sequence) = (number(14), number(18))
        // Header type: bit 1 begins a stream, bit 2 ends it.
        let (begins, ends) = (header[5] & 2 != 0, header[5] & 4 != 0)
        if !begins, next[serial] != sequence {
            throw DecodeFailure(.damaged, "pages before page \(pages + 1) are missing")
        }
        next[serial] = ends ? nil : sequence &+ 1
        guard next.count <= Self.mostStreams else { throw DecodeFailure(.unsupported, "it has too many streams") }
    }
}
