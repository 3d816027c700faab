import VirtualRecorder

extension FuzzTarget {
    /// A file of faults. The input is the file.
    static let faults = FuzzTarget(name: "faults", test: testFaults) {
        let lines = (FaultListing.faults + FaultListing.conditions).map(\.example)
        return lines.map { Array($0.utf8) } + [Array(lines.joined(separator: "\n").utf8)]
    }

    /// A file that says what a recorder is. The input is edits of a sound one, or the file: as in `disc`.
    static let profile = FuzzTarget(name: "profile", test: testProfile) {
        [[0, 9, 0, 3, 21, 2, 200], [0x80] + soundProfile]
    }
}

private let testFaults: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let file = try? FaultFile(bytes, path: "faults") else { return 0 }
    for fault in file.faults {
        promise((try? Fault(fault.description)) == fault, "a fault is read as it is told: \(fault.description)")
    }
    return 0
}

/// Every field that there is.
private let soundProfile = Array(
    """
    {
      "base": "modern", "vendor": "ACME", "product": "CD-RW 40x", "revision": "1A02", "serial": "A0001",
      "firmware_date": "20020131120000", "interface": "atapi", "loading": "tray", "buffer_bytes": 2097152,
      "write_speeds": [40, 32, 24, 16, 8, 4], "rewrite_speeds": [12, 10, 4], "read_speed": 48,
      "rotation": "zoned-clv", "constant_linear_limit": 16, "capabilities_page": "mmc-3",
      "read_offset": 30, "write_offset": -30, "maximum_cue_sheet_bytes": 3200,
      "capabilities": {
        "session_at_once": true, "raw": true, "track_block_types": [0, 8, 10], "raw_block_types": [1, 3],
        "sub_channel": true, "reads_text": true, "test_write": true, "underrun_free": true, "rewritable": true,
        "multi_session": true, "error_pointers": true
      },
      "mechanism": { "full_seek_ms": 150, "spin_up_ms": 3000, "tray_ms": 1500, "idle_ms": 60000 },
      "quirks": ["opc-unsupported", "q-binary"]
    }
    """.utf8)

private let testProfile: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    let file = input.byte() < 0x80 ? JSONEdits.apply(&input, to: soundProfile) : input.bytes(count)
    guard let profile = try? RecorderProfile.parse(file) else { return 0 }
    var bench = FuzzBench(in: Workplace.cleared(), RecorderSettings(isTimed: true), profile: profile)
    // Behind the settings of a seed come its steps.
    for seed in RecorderSeeds.all.prefix(2) {
        seed.withUnsafeBufferPointer { seed in
            var steps = Input(seed.baseAddress, seed.count)
            _ = steps.byte()
            while !steps.isEmpty { bench.perform(RecorderStep(&steps)) }
        }
    }
    return 0
}
