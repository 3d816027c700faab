import BinaryCoding
import DiscLayout

/// Commands of the standards by name and by operation code (SPC-4; MMC-6, annex on commands), for those who write faults.
enum CommandNames {
    /// Which commands a fault is about.
    enum Selection: Equatable, Sendable {
        /// Every one.
        case any
        /// These operation codes.
        case these(Set<UInt8>)

        func contains(_ operationCode: UInt8) -> Bool {
            switch self {
            case .any: true
            case .these(let codes): codes.contains(operationCode)
            }
        }
    }

    /// READ (10), READ (12), READ CD and READ CD MSF: what `read` stands for.
    static let reads: Set<UInt8> = [0x28, 0xA8, 0xBE, 0xB9]
    /// WRITE (10), WRITE (12) and WRITE AND VERIFY (10): what `write` stands for.
    static let writes: Set<UInt8> = [0x2A, 0xAA, 0x2E]
    /// READ CD and READ CD MSF.
    static let readCDs: Set<UInt8> = [0xBE, 0xB9]

    /// Names as the standards have them.
    static let names: [UInt8: String] = [
        0x00: "TEST UNIT READY", 0x01: "REZERO UNIT", 0x03: "REQUEST SENSE", 0x04: "FORMAT UNIT", 0x12: "INQUIRY",
        0x15: "MODE SELECT (6)", 0x1A: "MODE SENSE (6)", 0x1B: "START STOP UNIT",
        0x1E: "PREVENT ALLOW MEDIUM REMOVAL", 0x23: "READ FORMAT CAPACITIES", 0x25: "READ CAPACITY", 0x28: "READ (10)",
        0x2A: "WRITE (10)", 0x2B: "SEEK (10)", 0x2E: "WRITE AND VERIFY (10)", 0x2F: "VERIFY (10)",
        0x35: "SYNCHRONIZE CACHE", 0x3B: "WRITE BUFFER", 0x3C: "READ BUFFER", 0x42: "READ SUB-CHANNEL",
        0x43: "READ TOC/PMA/ATIP", 0x44: "READ HEADER", 0x45: "PLAY AUDIO (10)", 0x46: "GET CONFIGURATION",
        0x47: "PLAY AUDIO MSF", 0x4A: "GET EVENT STATUS NOTIFICATION", 0x4B: "PAUSE/RESUME", 0x4E: "STOP PLAY/SCAN",
        0x51: "READ DISC INFORMATION", 0x52: "READ TRACK INFORMATION", 0x53: "RESERVE TRACK",
        0x54: "SEND OPC INFORMATION", 0x55: "MODE SELECT (10)", 0x58: "REPAIR TRACK", 0x5A: "MODE SENSE (10)",
        0x5B: "CLOSE TRACK/SESSION", 0x5C: "READ BUFFER CAPACITY", 0x5D: "SEND CUE SHEET", 0xA0: "REPORT LUNS",
        0xA1: "BLANK", 0xA3: "SEND KEY", 0xA4: "REPORT KEY", 0xA6: "LOAD/UNLOAD MEDIUM", 0xA8: "READ (12)",
        0xAA: "WRITE (12)", 0xAC: "GET PERFORMANCE", 0xAD: "READ DISC STRUCTURE", 0xB6: "SET STREAMING",
        0xB9: "READ CD MSF", 0xBB: "SET CD SPEED", 0xBD: "MECHANISM STATUS", 0xBE: "READ CD",
        0xBF: "SEND DISC STRUCTURE",
    ]

    /// The name of an operation code, or the code itself, such as `F0h`.
    static func name(of code: UInt8) -> String { names[code] ?? "\([code].hex().uppercased())h" }

    /// What somebody means: a name in any case and with any punctuation, its first words, `read`, `write`, `any`, or an
    /// operation code as `2Ah` or `0x2A`. Nil when there is no such command.
    static func selection(_ text: String) -> Selection? {
        let words = Self.words(text)
        switch words {
        case ["ANY"]: return .any
        case ["READ"]: return .these(reads)
        case ["WRITE"]: return .these(writes)
        default: break
        }
        if let code = operationCode(text) { return .these([code]) }
        guard !words.isEmpty else { return nil }
        let candidates = names.mapValues { Self.words($0) }.filter { $0.value.starts(with: words) }
        if let exact = candidates.first(where: { $0.value == words }) { return .these([exact.key]) }
        return candidates.isEmpty ? nil : .these(Set(candidates.keys))
    }

    private static func words(_ text: String) -> [String] {
        text.uppercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    }

    private static func operationCode(_ text: String) -> UInt8? {
        let lower = text.lowercased()
        if lower.hasPrefix("0x") { return UInt8(lower.dropFirst(2), radix: 16) }
        guard lower.hasSuffix("h"), lower.count == 3 else { return nil }
        return UInt8(lower.dropLast(), radix: 16)
    }
}

extension CommandNames {
    /// The blocks that a command is about; nil when it names none.
    static func blocks(of cdb: [UInt8]) -> Range<Int>? {
        func number(_ range: ClosedRange<Int>) -> Int { cdb[range].reduce(0) { $0 << 8 | Int($1) } }
        func address() -> Int { Int(Int32(truncatingIfNeeded: number(2...5))) }
        func time(_ offset: Int) -> Int {
            MSF(minutes: cdb[offset], seconds: cdb[offset + 1], frames: cdb[offset + 2]).lba
        }
        guard cdb.count >= addressedLength else { return nil }
        switch cdb[0] {
        case 0x28, 0x2A, 0x2E, 0x2F: return address()..<address() + number(7...8)
        case 0xA8, 0xAA: return address()..<address() + number(6...9)
        case 0xBE: return address()..<address() + number(6...8)
        case 0xB9: return time(3)..<max(time(3), time(6))
        case 0x2B, 0x44: return address()..<address() + 1
        default: return nil
        }
    }

    /// Commands that `blocks` has an answer for.
    static let addressed: Set<UInt8> = [0x28, 0x2A, 0x2E, 0x2F, 0xA8, 0xAA, 0xBE, 0xB9, 0x2B, 0x44]
    /// Bytes of a CDB that addresses are read from.
    private static let addressedLength = 10
}
