import DecodeContract
import FoundationEssentials
import POSIX
import TestSupport
import Testing

/// One run of the compiled `burnd-decode`. The tests link none of what it links.
struct Decoding {
    let ending: ChildProcess.Ending
    let pcm: [UInt8]
    let line: String

    init(_ path: String, _ arguments: [String] = []) throws {
        let run = try TestProgram(TestProgram.compiled("burnd-decode"), arguments, input: path)
        (ending, pcm) = (run.ending, run.output)
        line = run.errors.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// The report of a decoder that ended well.
    var report: DecodeReport {
        get throws {
            #expect(ending == .exited(0), "\(line)")
            return try JSONDecoder().decode(DecodeReport.self, from: Data(line.utf8))
        }
    }

    /// The failure of one that ended with the status of its kind.
    var failure: DecodeFailure {
        get throws {
            let failure = try JSONDecoder().decode(DecodeFailure.self, from: Data(line.utf8))
            #expect(ending == .exited(failure.kind.exitStatus))
            return failure
        }
    }

    /// The PCM as samples, left and right by turns.
    var samples: [Int16] {
        stride(from: 0, to: pcm.count - 1, by: 2).map { Int16(bitPattern: UInt16(pcm[$0]) | UInt16(pcm[$0 + 1]) << 8) }
    }
}
