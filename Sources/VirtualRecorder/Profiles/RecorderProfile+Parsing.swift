import Glibc
import POSIX

/// # Profile files
///
/// A JSON object. `base` names the built-in profile that it starts from (`modern` when it is left out); every other field
/// replaces one of it, and a field that is not known is an error. Example:
///
/// ```json
/// {
///   "base": "modern",
///   "vendor": "ACME", "product": "CD-RW 40x", "revision": "1A02", "serial": "A0001", "firmware_date": "20020131120000",
///   "interface": "atapi", "loading": "tray", "buffer_bytes": 2097152,
///   "write_speeds": [40, 32, 24, 16, 8, 4], "rewrite_speeds": [12, 10, 4], "read_speed": 48,
///   "rotation": "zoned-clv", "constant_linear_limit": 16, "capabilities_page": "mmc-3",
///   "read_offset": 30, "write_offset": -30, "maximum_cue_sheet_bytes": 3200,
///   "capabilities": {
///     "session_at_once": true, "raw": true, "track_block_types": [0, 8, 10], "raw_block_types": [1, 3],
///     "sub_channel": true, "reads_text": true, "test_write": true, "underrun_free": true, "rewritable": true,
///     "multi_session": true, "error_pointers": true
///   },
///   "mechanism": { "full_seek_ms": 150, "spin_up_ms": 3000, "tray_ms": 1500, "idle_ms": 60000 },
///   "quirks": ["opc-unsupported", "q-binary"]
/// }
/// ```
///
/// What each field means and may be is said at the properties of `RecorderProfile`; quirks by `Quirk`.
extension RecorderProfile {
    /// Longest file that is read; a profile with every field takes some two thousand bytes.
    public static let maximumBytes = 64 << 10

    /// The built-in profile of a name, else the profile in the file of that name. A `/` makes it a file in any case.
    public static func load(_ nameOrPath: String) throws(RecorderProfileError) -> RecorderProfile {
        if let profile = named.first(where: { $0.name == nameOrPath }) { return profile }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try DurableFile.contents(of: nameOrPath, limit: maximumBytes)
        } catch {
            throw error.number == ENOENT ? .notFound(name: nameOrPath) : .system(error)
        }
        var profile = try parse(bytes)
        profile.name = nameOrPath.split(separator: "/").last.map(String.init) ?? nameOrPath
        return profile
    }

    /// Reads a profile file. It must say what it says in full: an unknown field is an error.
    public static func parse(_ bytes: [UInt8]) throws(RecorderProfileError) -> RecorderProfile {
        guard bytes.count <= maximumBytes else {
            throw .malformed(field: "", reason: "must not be longer than \(maximumBytes) bytes")
        }
        var fields = try ProfileFields(parsing: bytes)
        var base = BuiltIn.modern
        try fields.take("base", into: &base)
        var profile = base.profile
        profile.name = "file"
        try profile.takeIdentity(from: &fields)
        try profile.takeSpeeds(from: &fields)
        try profile.takeCapabilities(from: &fields)
        try profile.takeMechanism(from: &fields)
        try fields.take("quirks", into: &profile.quirks)
        try fields.finish()
        try profile.check()
        return profile
    }

    private enum BuiltIn: String, CaseIterable {
        case modern, old, quirky
        var profile: RecorderProfile {
            switch self {
            case .modern: .modern
            case .old: .old
            case .quirky: .quirky
            }
        }
    }

    private static let speedRange = 1...72
    private static let maximumSpeeds = 16
    /// Two sectors each way; real drives stay below 1500.
    private static let offsetRange = -4704...4704

    private mutating func takeIdentity(from fields: inout ProfileFields) throws(RecorderProfileError) {
        try fields.take("vendor", upTo: 8, into: &vendor)
        try fields.take("product", upTo: 16, into: &product)
        try fields.take("revision", upTo: 4, into: &revision)
        try fields.takeOptional("serial", upTo: 32, into: &serial)
        try fields.takeOptional("firmware_date", upTo: 14, into: &firmwareDate)
        if let date = firmwareDate, date.utf8.count != 14 || !date.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw .malformed(field: "firmware_date", reason: "must be fourteen digits, YYYYMMDDhhmmss, or null")
        }
        try fields.take("interface", into: &interface)
        try fields.take("loading", into: &loading)
        try fields.take("buffer_bytes", in: 64 << 10...64 << 20, into: &bufferBytes)
        try fields.take("read_offset", in: Self.offsetRange, into: &readOffset)
        try fields.take("write_offset", in: Self.offsetRange, into: &writeOffset)
        try fields.take("capabilities_page", into: &capabilitiesPage)
        // Three rows are the shortest sheet; the field of feature 002Eh has three bytes.
        try fields.take("maximum_cue_sheet_bytes", in: 24...0xFF_FFF8, multipleOf: 8, into: &maximumCueSheetBytes)
    }

    private mutating func takeSpeeds(from fields: inout ProfileFields) throws(RecorderProfileError) {
        try fields.take(
            "write_speeds", count: 1...Self.maximumSpeeds, among: Self.speedRange, into: &writeSpeeds)
        try fields.take(
            "rewrite_speeds", count: 0...Self.maximumSpeeds, among: Self.speedRange, into: &rewriteSpeeds)
        writeSpeeds.sort(by: >)
        rewriteSpeeds.sort(by: >)
        try fields.take("read_speed", in: Self.speedRange, into: &readSpeed)
        try fields.take("rotation", into: &rotation)
        try fields.take("constant_linear_limit", in: Self.speedRange, into: &constantLinearLimit)
    }

    private mutating func takeCapabilities(from fields: inout ProfileFields) throws(RecorderProfileError) {
        var inner = try fields.object("capabilities")
        var tracks = capabilities.trackBlockTypes.map(Int.init)
        var raw = capabilities.rawBlockTypes.map(Int.init)
        try inner.take("session_at_once", into: &capabilities.sessionAtOnce)
        try inner.take("raw", into: &capabilities.raw)
        try inner.take("track_block_types", count: 1...7, among: [0, 8, 9, 10, 11, 12, 13], into: &tracks)
        try inner.take("raw_block_types", count: 0...3, among: [1, 2, 3], into: &raw)
        try inner.take("sub_channel", into: &capabilities.subChannel)
        try inner.take("reads_text", into: &capabilities.readsText)
        try inner.take("test_write", into: &capabilities.testWrite)
        try inner.take("underrun_free", into: &capabilities.underrunFree)
        try inner.take("rewritable", into: &capabilities.rewritable)
        try inner.take("multi_session", into: &capabilities.multiSession)
        try inner.take("error_pointers", into: &capabilities.errorPointers)
        try inner.finish()
        capabilities.trackBlockTypes = Set(tracks.map(UInt8.init))
        capabilities.rawBlockTypes = Set(raw.map(UInt8.init))
    }

    private mutating func takeMechanism(from fields: inout ProfileFields) throws(RecorderProfileError) {
        var inner = try fields.object("mechanism")
        try inner.take("full_seek_ms", in: 0...10_000, into: &mechanism.fullSeek)
        try inner.take("spin_up_ms", in: 0...60_000, into: &mechanism.spinUp)
        try inner.take("tray_ms", in: 0...10_000, into: &mechanism.tray)
        try inner.take("idle_ms", in: 0...3_600_000, into: &mechanism.idle)
        try inner.finish()
    }

    /// What fields say together.
    private func check() throws(RecorderProfileError) {
        guard capabilities.raw != capabilities.rawBlockTypes.isEmpty else {
            throw .malformed(
                field: "capabilities.raw_block_types", reason: "must have a type where there is RAW, and none elsewhere"
            )
        }
        guard capabilities.rewritable != rewriteSpeeds.isEmpty else {
            throw .malformed(
                field: "rewrite_speeds",
                reason: "must have a speed where the recorder is rewritable, and none elsewhere")
        }
        for (one, other) in Quirk.exclusive where quirks.contains(one) && quirks.contains(other) {
            throw .malformed(field: "quirks", reason: "cannot have both \(one.rawValue) and \(other.rawValue)")
        }
    }
}
