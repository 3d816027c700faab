import DiscLayout
import Testing

@Suite struct MSFTests {
    static let pairs: [(Int, UInt8, UInt8, UInt8)] = [
        (-45150, 90, 0, 0), (-22650, 95, 0, 0), (-12508, 97, 15, 17), (-11933, 97, 22, 67), (-11635, 97, 26, 65),
        (-11077, 97, 34, 23), (-4500, 99, 2, 0), (-151, 99, 59, 74), (-150, 0, 0, 0), (-75, 0, 1, 0), (-1, 0, 1, 74),
        (0, 0, 2, 0), (16, 0, 2, 16), (4350, 1, 0, 0), (13350, 3, 0, 0), (13500, 3, 2, 0), (27000, 6, 2, 0),
        (332_850, 74, 0, 0), (359_849, 79, 59, 74), (404_849, 89, 59, 74),
    ]

    @Test(arguments: pairs) func `an address and its time are the same place`(_ pair: (Int, UInt8, UInt8, UInt8)) {
        let time = MSF(minutes: pair.1, seconds: pair.2, frames: pair.3)
        #expect(MSF(lba: pair.0) == time)
        #expect(time.lba == pair.0)
    }

    @Test func `every address keeps its place through its time`() {
        #expect((-45_150...404_849).allSatisfy { MSF(lba: $0).lba == $0 })
    }

    @Test func `a time prints with leading zeros`() { #expect(MSF(lba: 0).description == "00:02:00") }

    @Test func `a time is read as it prints`() {
        #expect(MSF(text: "97:26:65") == MSF(minutes: 97, seconds: 26, frames: 65))
        #expect(MSF(text: MSF(lba: 404_849).description)?.lba == 404_849)
    }

    @Test(arguments: [
        "", "00:02", "0:02:00", "00:60:00", "00:00:75", "00:+1:00", "00:02:00:00", "aa:02:00", "٠٠:02:00",
    ])
    func `what is no time is read as none`(text: String) { #expect(MSF(text: text) == nil) }
}

@Suite struct DiscManufacturerTests {
    @Test func `a lead-in names its maker, whatever the last digit of its frames`() {
        #expect(DiscManufacturer.name(leadIn: MSF(minutes: 97, seconds: 26, frames: 65)) == "CMC Magnetics")
        #expect(DiscManufacturer.name(leadIn: MSF(minutes: 97, seconds: 34, frames: 23)) == "Mitsubishi")
        #expect(DiscManufacturer.name(leadIn: MSF(minutes: 95, seconds: 0, frames: 0)) == nil)
    }
}
