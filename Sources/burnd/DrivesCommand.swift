import ArgumentParser
import BurnAPI
import Drives
import Glibc
import MachineReport
import POSIX
import SCSITransports

/// `burnd drives`: the recorders of this machine, without a server.
struct DrivesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drives",
        abstract: "List the drives of this machine and what is in them, without a server.",
        discussion: """
            Without an address all drives of this machine, in a table; with one everything that it tells. A drive that anybody \
            uses is not touched: the list says who has it, as far as this user may see. The others are opened for a moment, \
            exclusively.

            JSON: as `GET /api/v1/drives` of a server; openapi.yaml describes it.

            Status 0 when there are drives, 1 when there is none (or none at one of the addresses), 2 when none of them may be \
            opened by this user.
            """)

    @Argument(help: ArgumentHelp("Drives to look at: /dev/srN, or unix:PATH of a recorder.", valueName: "address"))
    var addresses: [String] = []

    @Flag(help: "Print what the API would answer.")
    var json = false

    /// No drive may be opened.
    private static let notPermitted = ExitCode(2)

    func validate() throws {
        for address in addresses { _ = try Self.address(address) }
    }

    private static func address(_ text: String) throws -> DriveAddress {
        do { return try DriveAddress(text) } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        let looks = Self.distinguished(try await look())
        if json {
            print(String(decoding: try DriveListing.json(looks.map(\.status)), as: UTF8.self))
        } else if looks.count == 1, addresses.count == 1 {
            print(DriveText.details(looks[0].status), terminator: "")
        } else if !looks.isEmpty {
            print(DriveText.table(looks.map(\.status)), terminator: "")
        }
        fflush(nil)
        if looks.isEmpty {
            StandardError.write("burnd drives: there is no CD drive; `burnd check` says what is missing")
            throw ExitCode.failure
        }
        if looks.allSatisfy({ !$0.isPermitted }) {
            StandardError.write("burnd drives: no drive may be opened by this user; `burnd check` says what helps")
            throw Self.notPermitted
        }
        let isMissing = looks.contains { look in
            if case .unreachable = look.status.obstacle { look.isPermitted } else { false }
        }
        if !addresses.isEmpty, isMissing { throw ExitCode.failure }
    }

    /// All at once: a disc that is recognised takes seconds.
    private func look() async throws -> [DriveLook] {
        let targets: [(DriveAddress, FoundDrive?)] =
            addresses.isEmpty
            ? DriveLook.attached().map { (.deviceNode($0.node), $0) }
            : try addresses.map { (try Self.address($0), nil) }
        return await withTaskGroup(of: (Int, DriveLook).self) { group in
            for (index, (address, found)) in targets.enumerated() {
                group.addTask { (index, await BlockingThread.run { DriveLook(at: address, found) }) }
            }
            var looks: [(Int, DriveLook)] = []
            for await look in group { looks.append(look) }
            return looks.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Twins that claim one serial number have ids of their own.
    private static func distinguished(_ looks: [DriveLook]) -> [DriveLook] {
        var seen: [String: Int] = [:]
        return looks.map { look in
            var look = look
            let count = seen[look.status.id, default: 0] + 1
            seen[look.status.id] = count
            if count > 1 { look.status.id += "-\(count)" }
            return look
        }
    }
}
