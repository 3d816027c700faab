import BurnPlan
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import BurnEngine

@Suite struct TOCCheckTests {
    private static let tracks = [
        TableOfContents.Track(number: 1, control: .copyPermitted, start: 0),
        TableOfContents.Track(number: 2, control: .copyPermitted, start: 452),
    ]

    private func difference(
        _ tracks: [TableOfContents.Track] = tracks, leadOut: Int? = 852, runOut: Int = 0,
        earlier: [TableOfContents.Track] = [], first: Int? = nil, last: Int? = nil
    ) -> String? {
        let expected = TOCCheck.Expectation(
            TableOfContents(tracks: Self.tracks, leadOut: 852), earlier: earlier, runOut: runOut)
        return TOCCheck.difference(
            TOCCheck.Found(tracks: tracks, leadOut: leadOut, first: first, last: last, discType: 0), from: expected)
    }

    @Test func `the lead-out of track at once lies 0 to 2 blocks behind the last one written`() {
        for leadOut in 852...854 { #expect(difference(leadOut: leadOut, runOut: 2) == nil) }
        for leadOut in [851, 855, nil] { #expect(difference(leadOut: leadOut, runOut: 2) != nil) }
    }

    @Test func `of sessions sent as a whole the lead-out has one place`() {
        #expect(difference() == nil && difference(leadOut: 853) != nil && difference(leadOut: 851) != nil)
    }

    @Test func `number, start and control bits of every track are compared`() {
        for track in [
            TableOfContents.Track(number: 3, control: .copyPermitted, start: 452),
            TableOfContents.Track(number: 2, control: .copyPermitted, start: 450),
            TableOfContents.Track(number: 2, control: [], start: 452),
        ] { #expect(difference([Self.tracks[0], track]) != nil, "\(track)") }
        #expect(difference([Self.tracks[0]]) != nil && difference(Self.tracks + [Self.tracks[1]]) != nil)
    }

    @Test func `tracks that were there before must still be there`() {
        let earlier = TableOfContents.Track(number: 3, control: [], start: 12000)
        #expect(difference(earlier: [earlier]) != nil)
        #expect(difference(Self.tracks + [earlier], earlier: [earlier]) == nil)
    }

    @Test func `the numbers of first and last track are looked at`() {
        #expect(difference(first: 1, last: 2) == nil)
        #expect(difference(first: 3) != nil && difference(last: 1) != nil)
    }
}

@Suite struct TextCheckTests {
    private static let packs = (0..<8).map { number in
        TextPack(
            type: 0x80, track: 0, sequence: UInt8(number % 4), block: UInt8(number / 4), characterPosition: 0,
            payload: [UInt8](repeating: UInt8(number), count: 12))
    }

    @Test func `neither order nor repetition nor a CRC of zero matters`() {
        let bare = Self.packs.map { TextPack($0.bytes.prefix(16) + [0, 0]) }
        for found in [Self.packs, Self.packs.reversed(), Self.packs + Self.packs, bare] {
            #expect(TextCheck.difference(found, from: Self.packs) == nil)
        }
    }

    @Test func `a pack that is missing, surplus or damaged is a difference`() {
        let other = TextPack(type: 0x81, track: 0, sequence: 9, characterPosition: 0, payload: [1])
        let damaged = TextPack(Self.packs[0].bytes.dropLast() + [Self.packs[0].bytes[17] ^ 1])
        for found in [Array(Self.packs.dropLast()), Self.packs + [other], Self.packs.dropFirst() + [damaged], []] {
            #expect(TextCheck.difference(found, from: Self.packs) != nil)
        }
    }
}
