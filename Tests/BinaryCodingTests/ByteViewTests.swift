import BinaryCoding
import TestSupport
import Testing

@Suite struct ByteViewTests {
    @Test func `fields are big-endian and addresses signed`() throws {
        let view = ByteView(hex("01 02 03 04 FF FF FF 6A"))
        #expect(try view.uint16(at: 0) == 0x0102)
        #expect(try view.uint24(at: 1) == 0x020304)
        #expect(try view.uint32(at: 0) == 0x0102_0304)
        #expect(try view.int32(at: 4) == -150)
    }

    @Test func `a field past the end is an error that says where`() {
        #expect(throws: ByteView.OutOfBounds(offset: 2, length: 4, available: 5)) {
            try ByteView([1, 2, 3, 4, 5]).uint32(at: 2)
        }
    }

    @Test func `ASCII fields lose their padding and hostile bytes`() throws {
        #expect(try ByteView(Array("BURND   ".utf8)).ascii(at: 0, count: 8) == "BURND")
        #expect(try ByteView([0x41, 0x1B, 0x42, 0, 0]).ascii(at: 0, count: 5) == "A?B")
    }

    @Test func `bits are numbered from the least significant`() {
        #expect(UInt8(0b1010_0110).bits(1...3) == 0b011)
        #expect(UInt8(0x80).bit(7) && !UInt8(0x80).bit(0))
        #expect(UInt8(0xFF).bits(0...7) == 0xFF)
    }

    @Test func `BCD goes both ways and refuses what is no digit`() {
        #expect(UInt8(59).bcd == 0x59)
        #expect(UInt8(bcd: 0x74) == 74)
        #expect(UInt8(bcd: 0x7A) == nil)
    }

    @Test func `a number's bytes come most significant first`() {
        #expect(Int32(-150).bigEndianBytes == hex("FF FF FF 6A"))
    }
}
