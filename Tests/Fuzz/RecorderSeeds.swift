import BinaryCoding
import VirtualRecorder

/// Whole recordings, as inputs of the recorder's target.
enum RecorderSeeds {
    static var all: [[UInt8]] {
        [looks, tao, twoSessions, cutOff, tray, data, erased, faulty, sao, text, raw(.withPQ), raw(.withPW)].map(
            \.bytes)
    }

    /// Everything that can be asked.
    private static var looks: RecorderScript {
        var script = RecorderScript()
        ask(&script)
        for cdb in [
            "12 00 00 00 60 00", "03 00 00 00 12 00", "46 00 00 00 00 00 00 01 00 00", "5A 00 3F 00 00 00 00 01 00 00",
            "AC 00 00 00 00 00 00 00 00 10 03 00", "BB 00 FF FF FF FF 00 00 00 00 00 00",
            "5C 00 00 00 00 00 00 00 0C 00",
            "4A 01 00 00 50 00 00 00 08 00", "BD 00 00 00 00 00 00 00 00 08 00 00", "3C 00 00 00 00 00 00 00 40 00",
        ] { script.send(cdb) }
        return script
    }

    /// Track at once, two tracks, codes, finalized, read back.
    private static var tao: RecorderScript {
        var script = RecorderScript()
        var list = modeSelect(multiSession: 0)
        list.replaceSubrange(24..<38, with: [0x80] + Array("4012345678901".utf8))
        list.replaceSubrange(40..<53, with: [0x80] + Array("DEABC1234567".utf8))
        select(&script, list)
        script.send("54 01 00 00 00 00 00 00 00 00")
        for _ in 1...2 {
            script.write(27)
            script.write(27)
            script.send("35 00 00 00 00 00 00 00 00 00")
        }
        script.send("5B 00 02 00 00 00 00 00 00 00")
        ask(&script)
        return script
    }

    /// A session that another follows, on a recorder that takes its time.
    private static var twoSessions: RecorderScript {
        var script = RecorderScript(RecorderSettings(isTimed: true))
        for multiSession: UInt8 in [3, 0] {
            select(&script, modeSelect(multiSession: multiSession))
            script.write(20)
            script.send("5B 01 01 00 00 FF 00 00 00 00")
            script.send("5B 01 02 00 00 00 00 00 00 00")
            for _ in 1...3 { script.send("00 00 00 00 00 00") }
        }
        ask(&script)
        return script
    }

    /// Killed while it wrote.
    private static var cutOff: RecorderScript {
        var script = RecorderScript()
        select(&script, modeSelect(multiSession: 3))
        script.write(10)
        script.powerCycle()
        script.send("00 00 00 00 00 00")
        ask(&script)
        script.send("5B 00 01 00 00 FF 00 00 00 00")
        script.send("5B 00 06 00 00 00 00 00 00 00")
        return script
    }

    /// Discs that come and go.
    private static var tray: RecorderScript {
        var script = RecorderScript()
        select(&script, modeSelect(multiSession: 0))
        script.write(5)
        script.send("1E 00 00 00 01 00")
        script.send("1B 00 00 00 02 00")
        script.send("1E 00 00 00 00 00")
        script.send("1B 00 00 00 02 00")
        script.send("1B 00 00 00 03 00")
        for _ in 1...2 { script.send("00 00 00 00 00 00") }
        script.write(5)
        return script
    }

    /// A data track on a disc that ends soon, over-burnt.
    private static var data: RecorderScript {
        var script = RecorderScript(RecorderSettings(medium: 2, profile: 1))
        var list = modeSelect(multiSession: 0)
        (list[11], list[12]) = (4, 8)
        select(&script, list)
        script.send("53 00 00 00 00 00 00 01 90 00")
        for _ in 1...4 { script.write(32, .userData) }
        script.send("35 00 00 00 00 00 00 00 00 00")
        for _ in 1...40 { script.write(40, .userData) }
        script.send("5B 00 02 00 00 00 00 00 00 00")
        script.send("28 00 00 00 00 00 00 00 04 00")
        ask(&script)
        return script
    }

    /// A CD-RW that is written and blanked in every way, test writes between.
    private static var erased: RecorderScript {
        var script = RecorderScript(RecorderSettings(medium: 1))
        for type in 0...6 {
            var list = modeSelect(multiSession: 3)
            list[10] |= type % 2 == 1 ? 0x10 : 0
            select(&script, list)
            script.write(20)
            script.send("35 00 00 00 00 00 00 00 00 00")
            script.send("5B 00 02 00 00 00 00 00 00 00")
            script.send("A1 0\(type) 00 00 00 01 00 00 00 00 00 00")
        }
        script.send("A1 10 00 00 00 00 00 00 00 00 00 00")
        ask(&script)
        return script
    }

    /// Session at once: two tracks with codes, a pause between them, an index 2; the second is data.
    private static var sao: RecorderScript {
        var script = RecorderScript(RecorderSettings(medium: 2))
        select(&script, modeSelect(multiSession: 0, type: 2))
        let sheet = Hexadecimal.bytes(
            """
            02 34 30 31 32 33 34 35  02 36 37 38 39 30 31 00
            01 00 00 01 00 00 00 00  03 01 44 45 41 42 43 31  03 01 32 33 34 35 36 37
            01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00  01 01 02 00 00 00 02 10
            41 02 00 14 00 00 06 00  41 02 01 10 00 00 08 00  41 AA 01 14 00 00 08 14
            """)
        script.send("5D 00 00 00 00 00 00 00 \([UInt8(sheet.count)].hex()) 00", out: sheet)
        // The pause, then two seconds and more of track 1 in pieces, then the sectors of track 2.
        for _ in 1...15 { script.writeOn(30) }
        script.writeOn(20, .userData)
        script.send("35 00 00 00 00 00 00 00 00 00")
        ask(&script)
        return script
    }

    /// Session at once with CD-TEXT in the lead-in.
    private static var text: RecorderScript {
        var script = RecorderScript()
        select(&script, modeSelect(multiSession: 3, type: 2))
        let sheet = Hexadecimal.bytes(
            """
            01 00 00 41 00 00 00 00  01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00  01 AA 01 01 00 00 06 00
            """)
        script.send("5D 00 00 00 00 00 00 00 20 00", out: sheet)
        // Lead-in from −11 635 on, in 96 bytes a block.
        let packs = [UInt8](repeating: 0x20, count: 96 * 5)
        script.send("2A 00 FF FF D2 8D 00 00 05 00", out: packs)
        for _ in 1...15 { script.writeOn(30) }
        script.send("35 00 00 00 00 00 00 00 00 00")
        ask(&script)
        return script
    }

    /// RAW from the end of a lead-in to the begin of a lead-out.
    private static func raw(_ kind: RecorderStep.DataOut) -> RecorderScript {
        var script = RecorderScript()
        select(&script, modeSelect(multiSession: 0, type: 3, blockType: kind == .withPQ ? 1 : 3))
        // POINT A0, A1, A2 and 01 of one track up to 00:08:00.
        script.write(at: -198, 12, kind, frame: "01 00 A0 00 00 00 00 01 00 00")
        for frame in [
            "01 00 A1 00 00 00 00 01 00 00", "01 00 A2 00 00 00 00 00 08 00", "01 00 01 00 00 00 00 00 02 00",
        ] { script.writeOn(12, kind, frame: frame) }
        for _ in 1...5 { script.writeOn(30, kind, frame: "01 01 00 00 02 00 00 00 00 00") }
        for _ in 1...15 { script.writeOn(30, kind, frame: "01 01 01 00 02 00 00 00 00 00") }
        script.writeOn(30, kind, frame: "01 AA 01 00 08 00 00 00 00 00")
        script.send("35 00 00 00 00 00 00 00 00 00")
        ask(&script)
        return script
    }

    /// Faults of every kind.
    private static var faulty: RecorderScript {
        var script = RecorderScript(RecorderSettings(profile: 2))
        let lines = FaultListing.faults.map(\.example) + FaultListing.conditions.map(\.example)
        for line in lines {
            script.set(line)
            script.write(3)
            script.send("BE 00 00 00 00 00 00 00 02 F8 01 00")
        }
        script.send("46 00 00 00 00 00 00 01 00 00")
        script.send("5A 00 3F 00 00 00 00 01 00 00")
        ask(&script)
        return script
    }

    private static func ask(_ script: inout RecorderScript) {
        for cdb in [
            "51 00 00 00 00 00 00 00 22 00", "52 01 00 00 00 01 00 00 30 00", "52 01 00 00 00 FF 00 00 30 00",
            "43 00 00 00 00 00 01 00 FF 00", "43 02 02 00 00 00 01 00 FF 00", "43 02 04 00 00 00 00 00 FF 00",
            "42 02 40 01 00 00 00 00 10 00", "25 00 00 00 00 00 00 00 00 00", "BE 00 00 00 00 00 00 00 04 F8 01 00",
            "B9 04 00 00 00 00 00 02 04 10 02 00", "28 00 00 00 00 00 00 00 01 00",
        ] { script.send(cdb) }
    }

    /// MODE SELECT (10) with page 05h: by default track at once, audio blocks.
    private static func modeSelect(multiSession: UInt8, type: UInt8 = 1, blockType: UInt8 = 0) -> [UInt8] {
        var list = Hexadecimal.bytes("00 00 00 00 00 00 00 00  05 32 40 00 00 00 00 00 00 00 00 00 00 00 00 96")
        list[10] |= type
        (list[11], list[12]) = (multiSession << 6, blockType)
        return list + [UInt8](repeating: 0, count: 60 - list.count)
    }

    private static func select(_ script: inout RecorderScript, _ list: [UInt8]) {
        script.send("55 10 00 00 00 00 00 00 3C 00", out: list)
    }
}
