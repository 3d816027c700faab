import ServerSupport
import Testing

/// Members that are not on this system: nothing offers them, and the table says why.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct AbsentTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    /// The paths of the description that the server serves.
    private func paths() throws -> [String] {
        let text = try station.server.curl(station.server.url + "/openapi.yaml").text
        return text.split(separator: "\n").filter { $0.hasPrefix("  /") }.map { String($0.dropFirst(2)) }
    }

    /// Whether neither the description nor the server knows a path of a drive.
    private func isUnknown(_ names: [String]) throws -> Bool {
        let paths = try paths()
        return try paths.count > 10
            && names.allSatisfy { name in
                guard !paths.contains(where: { $0.hasSuffix("/\(name):") }) else { return false }
                return try station.server.post("/drives/left/\(name)").status == 404
            }
    }

    @Test func `Q1 to Q7: no path takes a raw command or gives raw bytes of a drive, and the table says why`() throws {
        let names = [
            "command", "scsi", "disc-information", "track-information", "features", "mode-pages", "dvd-structure",
            "adapter",
        ]
        #expect(try isUnknown(names))
        #expect(try ContractTable.reason(of: (1...7).map { "Q\($0)" }))
    }

    @Test func `D1 to D14, E4 and A12: there is no writer of data sessions, and the table says why`() throws {
        for mode in ["data", "packet"] {
            let answer = try station.form("/jobs", ["mode=\(mode)", try station.track()])
            #expect(answer.status == 400 && answer.json.errors[0].field.string == "mode", "\(answer)")
        }
        for field in ["force_overwrite", "force_media_to_be_closed", "postgap_already_in_image"] {
            let answer = try station.form("/jobs", ["\(field)=true", try station.track()])
            #expect(answer.status == 400 && answer.problem == "unknown-field", "\(answer)")
        }
        let text = try station.server.curl(station.server.url + "/openapi.yaml").text
        #expect(text.contains("remaining_seconds:") && !text.contains("total_seconds:"))
        #expect(try ContractTable.reason(of: (1...14).map { "D\($0)" } + ["E4", "A12"]))
    }

    @Test func `K11, K12 and K14: a drive has no volume, no mount point and no number, and the table says why`() throws
    {
        let names = Set(try station.server.drive().names)
        #expect(names.isSuperset(of: ["id", "label", "address"]))
        #expect(
            names.isDisjoint(with: ["volume", "volume_name", "mount_points", "volume_path_names", "number", "index"]))
        #expect(try station.server.curl("/drives/0").status == 404)
        #expect(try ContractTable.reason(of: ["K11", "K12", "K14"]))
    }
}
