import CSeccomp
import DecodeContract
import Glibc

/// Shuts the cage and tries to get out of it, for whoever wants to know whether it holds on this machine.
enum CageProof {
    /// What is said on descriptor 2.
    private struct Proof: Encodable {
        /// The walls, as in a report.
        let cage: [String]
        /// Attempts that failed, as they should.
        let refused: [String]
        /// Attempts that succeeded: holes.
        let allowed: [String]
        /// Descriptors that are open inside.
        let descriptors: [Int32]
    }

    private static let attempts: [(String, @Sendable () -> Int32)] = [
        ("open", { ccage_try_open() }),
        ("create", { ccage_try_create() }),
        ("unix-socket", { ccage_try_socket(AF_UNIX) }),
        ("internet-socket", { ccage_try_socket(AF_INET) }),
        ("duplicate", { ccage_try_duplicate() }),
        ("signal", { ccage_try_signal() }),
        ("executable-memory", { makeCode() }),
        ("fork", { ccage_try_fork() }),
        ("execute", { ccage_try_execute() }),
    ]

    /// Runs it, and returns the exit status: 0 when every attempt was refused.
    static func run(_ limits: Cage.Limits) -> Int32 {
        Cage.closeDescriptors()
        let descriptors = (Int32(0)..<1024).filter { fcntl($0, F_GETFD) >= 0 }
        let walls: [String]
        do throws(DecodeFailure) { walls = try Cage.shut(limits) } catch {
            Answer.say(error, on: 2)
            return error.kind.exitStatus
        }
        let outcomes = attempts.map { name, attempt in (name, attempt()) }
        let proof = Proof(
            cage: walls, refused: outcomes.filter { $0.1 == 0 }.map(\.0),
            allowed: outcomes.filter { $0.1 != 0 }.map(\.0),
            descriptors: descriptors)
        Answer.say(proof, on: 2)
        return proof.allowed.isEmpty ? 0 : DecodeFailure.Kind.internal.exitStatus
    }

    private static func makeCode() -> Int32 {
        mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 0 : 1
    }
}
