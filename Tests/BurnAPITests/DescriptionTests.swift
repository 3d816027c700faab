import BurnAPI
import BurnPlan
import FoundationEssentials
import HTTPCore
import JobQueue
import Testing

/// What `openapi.yaml` and `public/problems` say, against what there is.
@Suite struct DescriptionTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appendingPathComponent(path)), as: UTF8.self)
    }

    /// `METHOD path` of every operation: path items are indented by two, operations by four.
    static func describedOperations() throws -> Set<String> {
        var operations: Set<String> = []
        var path: Substring?
        for line in try text("openapi.yaml").split(separator: "\n") {
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = line.dropFirst(2).dropLast() }
            if !line.hasPrefix(" ") { path = nil }
            guard let path, line.hasPrefix("    "), !line.hasPrefix("     "), line.hasSuffix(":") else { continue }
            let method = line.dropFirst(4).dropLast()
            if ["get", "put", "post", "delete", "patch"].contains(method) {
                operations.insert("\(method.uppercased()) \(path)")
            }
        }
        return operations
    }

    /// The lines of one schema: those below its name that are indented further.
    static func schema(_ name: String) throws -> String {
        let lines = try text("openapi.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "    \(name):") else { return "" }
        return lines[(start + 1)...].prefix { $0.hasPrefix("      ") }.joined(separator: "\n")
    }

    /// Slugs that the sources put into problems.
    static func slugsInSources() throws -> Set<String> {
        var slugs = Set(BurnProblem.Kind.allCases.map(\.rawValue))
        for target in ["BurnAPI", "HTTPCore", "MicroHTTPD"] {
            let folder = root.appendingPathComponent("Sources/\(target)")
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".swift")
            {
                let source = try text("Sources/\(target)/\(name)")
                for match in source.matches(of: /type: "([a-z-]+)"/) { slugs.insert(String(match.1)) }
                for match in source.matches(of: /\(type, title, text\) = \("([a-z-]+)"|\(\s*"([a-z-]+)", "The file/) {
                    if let slug = match.1 ?? match.2 { slugs.insert(String(slug)) }
                }
            }
        }
        return slugs
    }

    @Test func `every route is described and everything described is a route`() async throws {
        let harness = try await APIHarness()
        let routes = Set(harness.router.routes.map { "\($0.method) \($0.pattern)" })
        #expect(try Self.describedOperations() == routes)
    }

    @Test func `every problem has a page, and every page a problem`() throws {
        let folder = Self.root.appendingPathComponent("public/problems")
        let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".html") && $0 != "index.html" }.map { String($0.dropLast(5)) }
        #expect(try Self.slugsInSources() == Set(pages))
    }

    @Test func `the description lists exactly the problems that there are`() throws {
        let schema = try Self.schema("ProblemSlug")
        #expect(try Self.slugsInSources() == Set(schema.matches(of: /- ([a-z-]+)/).map { String($0.1) }))
    }

    @Test func `every state and reason is described`() throws {
        let states = try Self.schema("JobState").matches(of: /[a-z]+(?=[,\]])/).map { String($0.0) }
        #expect(Set(states) == Set(JobState.allCases.map(\.rawValue)))
        let reasons = try Self.schema("StateReason").matches(of: /- ([a-z-]+)/).map { String($0.1) }
        #expect(Set(reasons) == Set(StateReason.allCases.map(\.rawValue)))
    }
}
