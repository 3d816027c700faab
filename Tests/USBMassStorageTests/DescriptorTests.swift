import TestSupport
import Testing
import USBMassStorage

struct DescriptorTests {
    private let descriptors = USBDescriptors(manufacturer: "burnd", product: "CD", serialNumber: "left")

    @Test func `the device has USB 2.0 and three strings`() {
        #expect(
            descriptors.descriptor(type: 1, index: 0)
                == hex(
                    """
                    12 01 0002          // length, type, USB 2.0
                    00 00 00 40         // class at the interface, 64 bytes a packet
                    0912 0100 0001      // 1209:0001, release 1.0
                    01 02 03 01         // strings, configurations
                    """))
    }

    @Test func `the configuration is one interface of mass storage, SCSI, Bulk-Only`() {
        #expect(
            descriptors.descriptor(type: 2, index: 0)
                == hex(
                    """
                    09 02 2000 01 01 00 C0 32       // 32 bytes, one interface, self-powered
                    09 04 00 00 02 08 06 50 00      // two endpoints, 08/06/50
                    07 05 81 02 0002 00             // bulk in, 512
                    07 05 02 02 0002 00             // bulk out, 512
                    """))
    }

    @Test func `strings are UTF-16 in US English`() {
        #expect(descriptors.descriptor(type: 3, index: 0) == hex("04 03 0904"))
        #expect(descriptors.descriptor(type: 3, index: 2) == hex("06 03 4300 4400"))
        #expect(descriptors.descriptor(type: 3, index: 3) == hex("0A 03 6C00 6500 6600 7400"))
    }

    @Test func `a text that a length byte cannot say is cut`() {
        let long = USBDescriptors(
            manufacturer: String(repeating: "m", count: 300), product: "", serialNumber: "")
        let text = long.descriptor(type: 3, index: 1) ?? []
        #expect(text.count == 254 && text[0] == 254)
    }

    @Test(arguments: [(6, 0), (7, 0), (15, 0), (1, 1), (2, 1), (3, 4)] as [(UInt8, UInt8)])
    func `there is no other descriptor`(type: UInt8, index: UInt8) {
        #expect(descriptors.descriptor(type: type, index: index) == nil)
    }
}
