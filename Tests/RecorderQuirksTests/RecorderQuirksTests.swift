import RecorderQuirks
import Testing

/// Which recorder has which quirk, and that the table says what it has to.
@Suite struct RecorderQuirksTests {
    private func behaviours(_ vendor: String, _ product: String, _ firmware: String = "1.00") -> [RecorderQuirk
        .Behaviour]
    {
        RecorderQuirk.inForce(vendor: vendor, product: product, firmware: firmware).map(\.behaviour)
    }

    @Test func `every behaviour stands in the table once, with its reason, its source and its recorders`() {
        #expect(RecorderQuirk.table.map(\.behaviour) == RecorderQuirk.Behaviour.allCases)
        for quirk in RecorderQuirk.table {
            #expect(quirk.reason.hasSuffix(".") && !quirk.source.isEmpty && !quirk.recorders.isEmpty)
        }
    }

    @Test func `patterns are as INQUIRY can send them: eight, sixteen and four printable characters, named once`() {
        for quirk in RecorderQuirk.table {
            for (place, pattern) in quirk.recorders.enumerated() {
                let firmware = pattern.firmware ?? ""
                #expect((1...8).contains(pattern.vendor.utf8.count) && pattern.product.utf8.count <= 16)
                #expect(firmware.utf8.count <= 4)
                let text = pattern.vendor + pattern.product + firmware
                #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
                #expect(!quirk.recorders[..<place].contains(pattern))
            }
        }
    }

    @Test func `an ordinary recorder has none`() {
        #expect(behaviours("PLEXTOR", "CD-R   PX-W1210A") == [])
        #expect(behaviours("BURND", "VIRTUAL CD-RW") == [])
        #expect(behaviours("", "", "") == [])
    }

    @Test func `padding and case do not matter`() {
        #expect(behaviours("ATAPI   ", "CD-R/RW 8X4X32  ", "5.EW") == [.reloadsAfterTest])
        #expect(behaviours("atapi", "cd-r/rw 8x4x32") == [.reloadsAfterTest])
        #expect(behaviours("HL-DT-ST", "DVDRAM  GSA-4082B") == [.selectsBeforeAsking])
    }

    @Test func `variants of a product are meant, and other makers' are not`() {
        #expect(behaviours("HP", "CD-Writer+ 7200i") == [.prefersRaw])
        #expect(behaviours("HP", "CD-Writer+ 8200") == [])
        #expect(behaviours("SONY", "CD-Writer+ 7200") == [])
        #expect(behaviours("RICOHX", "CD-R/RW MP7060A") == [])
    }

    @Test func `a maker's whole range, and one firmware alone`() {
        #expect(behaviours("RICOH", "CD-R/RW MP7060A") == [.toleratesCalibrationRefusal])
        #expect(behaviours("MITSUMI", "CR-4802TE") == [.waitsOutClosing, .prefersRaw])
        #expect(behaviours("RWD", "RW2224", "2.53") == [.takesWritePermitAsCalibrated])
        #expect(behaviours("RWD", "RW2224", "2.54") == [])
    }

    @Test func `a drive that says anything at all is looked up`() {
        let nonsense = String(repeating: "\u{0}\u{FFFD} ", count: 1000)
        #expect(behaviours(nonsense, nonsense, nonsense) == [])
    }
}
