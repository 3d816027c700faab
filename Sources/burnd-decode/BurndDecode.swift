import AudioDecoding
import DecodeContract
import Glibc

/// The decoder in its cage: an audio file on descriptor 0, PCM on descriptor 1, one line of JSON on descriptor 2.
///
/// The only program of the project that links FFmpeg. It imports `AudioDecoding` for that, `DecodeContract` for what it says,
/// and `CSeccomp` for the cage, which is shut before the first byte of the input is read.
@main
enum BurndDecode {
    static func main() {
        switch Options(CommandLine.arguments.dropFirst()) {
        case nil:
            Answer.say(Options.usage, on: 2)
            _exit(DecodeFailure.Kind.internal.exitStatus)
        case .recipe:
            Answer.say(AudioDecoding.recipe, on: 1)
            _exit(0)
        case .proveCage(let limits):
            _exit(CageProof.run(limits))
        case .decode(let limits):
            _exit(decode(limits))
        }
    }

    /// Decodes, says how it went, and returns the exit status.
    private static func decode(_ limits: Cage.Limits) -> Int32 {
        do throws(DecodeFailure) {
            Cage.closeDescriptors()
            let input = try InputFile(descriptor: 0)
            let output = PCMWriter(descriptor: 1)
            let walls = try Cage.shut(limits)
            var report = try AudioDecoding.decode(input, to: output)
            report.cage = walls
            Answer.say(report, on: 2)
            return 0
        } catch {
            Answer.say(error, on: 2)
            return error.kind.exitStatus
        }
    }
}
