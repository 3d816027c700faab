import FoundationEssentials
import MachineReport
import Testing

/// The report as people read it.
@Suite struct CheckTextTests {
    @Test func `verdict, name, finding, what mends it, and a sum`() {
        let text = CheckText.render([
            CheckLine("user", .ok, "eric (uid 1000)"),
            CheckLine(
                "drive", .problem, "no right", remedy: ["sudo usermod -aG cdrom eric"], note: "Then log in again."),
            CheckLine("udev", .warning, "not running", remedy: ["start it"]),
            CheckLine("space", .warning, "little"),
        ])
        #expect(
            text == """
                ok       user   eric (uid 1000)
                problem  drive  no right
                                $ sudo usermod -aG cdrom eric
                                Then log in again.
                warning  udev   not running
                                $ start it
                warning  space  little

                1 problem, 2 warnings.

                """)
        #expect(CheckText.render([CheckLine("user", .ok, "x")]).hasSuffix("\n\nAll is well.\n"))
    }

    @Test func `lines are a hundred characters at most, and commands are never broken`() {
        let words = Array(repeating: "word", count: 60).joined(separator: " ")
        let command = "sudo " + String(repeating: "x", count: 200)
        let lines = CheckText.render([CheckLine("kernel", .warning, words, remedy: [command], note: words)])
            .split(separator: "\n")
        #expect(lines.filter { $0.count > 100 } == ["                 $ \(command)"[...]])
        #expect(lines.joined(separator: " ").split(separator: " ").count { $0 == "word" } == 120)
    }

    @Test func `what somebody called a thing moves no cursor`() {
        let text = CheckText.render([CheckLine("data", .ok, "/a\u{1B}[2Jb\u{7}c")])
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func `programs get every member of every line`() throws {
        let report = CheckReport([
            CheckLine("user", .ok, "eric"), CheckLine("drive", .warning, "none", remedy: ["x"], note: "y"),
        ])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(report), as: UTF8.self)
        #expect(
            json == #"{"lines":[{"check":"user","found":"eric","note":null,"remedy":[],"verdict":"ok"},"#
                + #"{"check":"drive","found":"none","note":"y","remedy":["x"],"verdict":"warning"}],"verdict":"warning"}"#
        )
    }
}
