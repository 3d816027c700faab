import Testing

/// What of all that a program sent makes the disc, where it writes a session at once or raw: questions and trials are left
/// away, and where one WRITE ended and the next began.
struct SentSession {
    /// Blocks of one size that follow on one another.
    struct Stretch: Equatable {
        /// Address of the first.
        let lba: Int
        /// Bytes of each.
        let blockBytes: Int
        fileprivate(set) var bytes: [UInt8]

        init(lba: Int, blockBytes: Int, bytes: [UInt8]) {
            (self.lba, self.blockBytes, self.bytes) = (lba, blockBytes, bytes)
        }

        var blocks: Int { bytes.count / blockBytes }
        var end: Int { lba + blocks }

        /// Where two are not the same, in words; nil when they are. Half a megabyte is not worth printing.
        static func difference(_ one: [Stretch], _ other: [Stretch]) -> String? {
            func shape(_ stretches: [Stretch]) -> String {
                stretches.map { "\($0.lba)..<\($0.end) of \($0.blockBytes) bytes" }.joined(separator: ", ")
            }
            guard shape(one) == shape(other) else { return "\(shape(one)) and \(shape(other))" }
            for (mine, its) in zip(one, other) where mine.bytes != its.bytes {
                let place = zip(mine.bytes, its.bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
                return "block \(mine.lba + place / mine.blockBytes), byte \(place % mine.blockBytes)"
            }
            return nil
        }
    }

    /// Page 05h that was in force when the first block was written, from its page code on.
    let writeParameters: [UInt8]
    /// The last cue sheet, which the drive took; empty when there was none.
    let cueSheet: [UInt8]
    let stretches: [Stretch]

    private static let (write, modeSelect, sendCueSheet): (UInt8, UInt8, UInt8) = (0x2A, 0x55, 0x5D)
    /// MODE SELECT (10) has a header of eight bytes in front of the page.
    private static let modeHeaderBytes = 8

    /// What a shim recorded.
    init(_ capture: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let commands = try CaptureFile(capture).accepted
        let first = try #require(
            commands.firstIndex { $0.operationCode == Self.write }, "nothing was written",
            sourceLocation: sourceLocation)
        let parameters = commands[..<first].last { $0.operationCode == Self.modeSelect }
        writeParameters = Array(parameters?.dataOut.dropFirst(Self.modeHeaderBytes) ?? [])
        cueSheet = commands[..<first].last { $0.operationCode == Self.sendCueSheet }?.dataOut ?? []
        var stretches: [Stretch] = []
        // Where the last one ends and what its blocks are; taken out of it, it would be copied for each WRITE.
        var (end, size) = (0, 0)
        for command in commands where command.operationCode == Self.write {
            let address = command.cdb[2...5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let lba = Int(Int32(bitPattern: address))
            let blocks = Int(command.cdb[7]) << 8 | Int(command.cdb[8])
            try #require(blocks > 0 && command.dataOut.count % blocks == 0, sourceLocation: sourceLocation)
            let blockBytes = command.dataOut.count / blocks
            if lba == end, size == blockBytes {
                stretches[stretches.count - 1].bytes += command.dataOut
            } else {
                stretches.append(Stretch(lba: lba, blockBytes: blockBytes, bytes: command.dataOut))
            }
            (end, size) = (lba + blocks, blockBytes)
        }
        self.stretches = stretches
    }
}
