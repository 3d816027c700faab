import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// Profile files.
@Suite struct ProfileTests {
    private static func parse(_ text: String) throws(RecorderProfileError) -> RecorderProfile {
        try RecorderProfile.parse(Array(text.utf8))
    }

    @Test func `an empty object is the modern recorder`() throws {
        var profile = try Self.parse("{}")
        #expect(profile.name == "file")
        profile.name = "modern"
        #expect(profile == .modern)
    }

    @Test func `every field of a file counts`() throws {
        let profile = try Self.parse(
            """
            {
              "base": "old", "vendor": "ACME", "product": "CD-RW 40x", "revision": "1A02", "serial": "A0001",
              "firmware_date": "20020131120000", "interface": "usb", "loading": "pop-up", "buffer_bytes": 1048576,
              "write_speeds": [4, 40, 8], "rewrite_speeds": [12, 4], "read_speed": 52,
              "rotation": "zoned-clv", "constant_linear_limit": 20, "capabilities_page": "mmc-2",
              "read_offset": 30, "write_offset": -30, "maximum_cue_sheet_bytes": 800,
              "capabilities": {
                "session_at_once": false, "raw": true, "track_block_types": [0], "raw_block_types": [1, 3],
                "sub_channel": true, "reads_text": true, "test_write": true, "underrun_free": true,
                "rewritable": true, "multi_session": false, "error_pointers": true
              },
              "mechanism": { "full_seek_ms": 1, "spin_up_ms": 2, "tray_ms": 3, "idle_ms": 4 },
              "quirks": ["opc-unsupported", "q-binary"]
            }
            """)
        #expect(profile.vendor == "ACME" && profile.product == "CD-RW 40x" && profile.revision == "1A02")
        #expect(profile.serial == "A0001" && profile.firmwareDate == "20020131120000")
        #expect(profile.interface == .usb && profile.loading == .popUp && profile.bufferBytes == 1 << 20)
        // Sorted, whatever the order in the file.
        #expect(profile.writeSpeeds == [40, 8, 4] && profile.rewriteSpeeds == [12, 4] && profile.readSpeed == 52)
        #expect(profile.rotation == .zoned && profile.constantLinearLimit == 20 && profile.capabilitiesPage == .mmc2)
        #expect(profile.readOffset == 30 && profile.writeOffset == -30 && profile.maximumCueSheetBytes == 800)
        var can = RecorderProfile.Capabilities()
        (can.sessionAtOnce, can.multiSession, can.trackBlockTypes, can.rawBlockTypes) = (false, false, [0], [1, 3])
        #expect(profile.capabilities == can)
        let mechanism = profile.mechanism
        #expect([mechanism.fullSeek, mechanism.spinUp, mechanism.tray, mechanism.idle] == [1, 2, 3, 4])
        #expect(profile.quirks == [.opcUnsupported, .binaryQ])
    }

    @Test func `null takes serial number and date away`() throws {
        let profile = try Self.parse(#"{"serial": null, "firmware_date": null}"#)
        #expect(profile.serial == nil && profile.firmwareDate == nil)
    }

    @Test(arguments: [
        ("", ""), ("[]", ""), ("{", ""), ("12", ""), (#"{"a": 1}"#, "a"),
        (#"{"capabilities": {"a": 1}}"#, "capabilities.a"),
        (#"{"capabilities": []}"#, "capabilities"), (#"{"base": "newest"}"#, "base"), (#"{"base": 1}"#, "base"),
        (#"{"vendor": "NINE CHAR"}"#, "vendor"), (#"{"vendor": ""}"#, "vendor"), (#"{"vendor": "É"}"#, "vendor"),
        (#"{"vendor": null}"#, "vendor"), (#"{"revision": 1}"#, "revision"), (#"{"serial": "\u0007"}"#, "serial"),
        (#"{"firmware_date": "2002"}"#, "firmware_date"), (#"{"firmware_date": "2002013112000x"}"#, "firmware_date"),
        (#"{"buffer_bytes": 65535}"#, "buffer_bytes"), (#"{"buffer_bytes": 67108865}"#, "buffer_bytes"),
        (#"{"buffer_bytes": 1e30}"#, "buffer_bytes"), (#"{"buffer_bytes": "2"}"#, "buffer_bytes"),
        (#"{"write_speeds": []}"#, "write_speeds"), (#"{"write_speeds": [0]}"#, "write_speeds[0]"),
        (#"{"write_speeds": [4, 73]}"#, "write_speeds[1]"), (#"{"write_speeds": [4, 4]}"#, "write_speeds[1]"),
        (#"{"write_speeds": [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}"#, "write_speeds"),
        (#"{"rewrite_speeds": []}"#, "rewrite_speeds"), (#"{"capabilities": {"rewritable": false}}"#, "rewrite_speeds"),
        (#"{"read_offset": -4705}"#, "read_offset"), (#"{"write_offset": 9223372036854775808}"#, "write_offset"),
        (#"{"maximum_cue_sheet_bytes": 25}"#, "maximum_cue_sheet_bytes"),
        (#"{"capabilities": {"raw": 1}}"#, "capabilities.raw"),
        (#"{"capabilities": {"raw": false}}"#, "capabilities.raw_block_types"),
        (#"{"capabilities": {"raw_block_types": [0]}}"#, "capabilities.raw_block_types[0]"),
        (#"{"capabilities": {"track_block_types": [1]}}"#, "capabilities.track_block_types[0]"),
        (#"{"mechanism": {"spin_up_ms": -1}}"#, "mechanism.spin_up_ms"),
        (#"{"quirks": {}}"#, "quirks"), (#"{"quirks": ["none"]}"#, "quirks[0]"),
        (#"{"quirks": ["q-binary", "q-binary"]}"#, "quirks[1]"),
        (#"{"quirks": ["atip-zero", "atip-bcd"]}"#, "quirks"),
    ])
    func `what is wrong with a file is named`(text: String, field: String) {
        let error = #expect(throws: RecorderProfileError.self) { try Self.parse(text) }
        guard case .malformed(let named, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(named == field)
    }

    @Test func `an error says the field and what it must be`() {
        let error = #expect(throws: RecorderProfileError.self) { try Self.parse(#"{"read_speed": 100}"#) }
        #expect(error?.description == "the profile is wrong: read_speed must be an integer from 1 to 72")
    }

    @Test func `a profile is found by name or by file`() throws {
        #expect(try RecorderProfile.load("old") == .old)
        let folder = TemporaryFolder(inMemory: true)
        let path = "\(folder.path)/my.json"
        try DurableFile.replace(path, with: Array(#"{"vendor": "ME"}"#.utf8))
        let profile = try RecorderProfile.load(path)
        #expect(profile.vendor == "ME" && profile.name == "my.json")
        #expect(throws: RecorderProfileError.notFound(name: "\(path)x")) { try RecorderProfile.load("\(path)x") }
    }

    @Test func `a file that is too long is not read`() throws {
        let folder = TemporaryFolder(inMemory: true)
        let path = "\(folder.path)/long.json"
        try DurableFile.replace(path, with: [UInt8](repeating: 0x20, count: RecorderProfile.maximumBytes + 1))
        #expect(throws: RecorderProfileError.self) { try RecorderProfile.load(path) }
        #expect(throws: RecorderProfileError.self) {
            try RecorderProfile.parse([UInt8](repeating: 0x20, count: RecorderProfile.maximumBytes + 1))
        }
    }

    @Test func `quirks have names that files can have, each only once`() {
        let names = Quirk.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
        }
    }

    @Test func `the built-in profiles are such as a file could say`() {
        for profile in RecorderProfile.named {
            #expect(
                profile.vendor.utf8.count <= 8 && profile.product.utf8.count <= 16 && profile.revision.utf8.count <= 4)
            #expect(profile.capabilities.raw != profile.capabilities.rawBlockTypes.isEmpty)
            #expect(profile.writeSpeeds == profile.writeSpeeds.sorted(by: >))
            for (one, other) in Quirk.exclusive { #expect(!profile.quirks.isSuperset(of: [one, other])) }
        }
    }
}
