/// What faults there are, for people.
public enum FaultListing {
    /// A fault, a condition or a way to name commands.
    public struct Entry: Equatable, Sendable {
        /// How it is written.
        public let form: String
        /// What it does.
        public let meaning: String
        /// A whole line with it.
        public let example: String

        init(_ form: String, _ meaning: String, _ example: String) {
            (self.form, self.meaning, self.example) = (form, meaning, example)
        }
    }

    /// When a fault acts.
    public static let conditions: [Entry] = [
        Entry("call N", "the Nth such command after the fault was set", "write call 100: sense 3/0C/09"),
        Entry(
            "call N..M", "from the Nth to the Mth; N.. is all from the Nth on",
            "send-cue-sheet call 1..2: sense 5/26/00"),
        Entry("times K", "K times at most", "test-unit-ready times 1: sense 6/28/00"),
        Entry("lba A, lba A..B", "commands that touch one of these blocks", "write lba -150..-1: sense 3/0C/00"),
        Entry("laser", "after a WRITE was taken, until the disc leaves", "any laser times 1: sense 6/28/00"),
        Entry("cdb I=HH[/MM]", "byte I of the CDB (and mask MM) is HH", "read-toc cdb 2=04/0F: sense 5/24/00"),
        Entry("data I=HH[/MM]", "the same of the data-out", "mode-select data 10=03/0F,12=03/0F: sense 5/26/00"),
    ]

    /// What a fault does.
    public static let faults: [Entry] = [
        Entry(
            "sense K/CC/QQ [done]", "CHECK CONDITION; done: after it was carried out", "send-opc: sense 3/73/03"),
        Entry("deferred K/CC/QQ [done]", "the same, for an earlier command (71h)", "write call 20: deferred 3/0C/00"),
        Entry("busy", "not ready, long write in progress (2/04/08)", "write call 7.. times 5: busy"),
        Entry("bad-read", "unreadable (3/11/05), and says which block", "read lba 1000..1010: bad-read"),
        Entry("c2 POSITIONS", "READ CD: wrong bytes, and C2 flags that say so", "lba 500: c2 0..3,100"),
        Entry("flip POSITIONS", "wrong bytes, and nothing says so", "read lba 500: flip 17"),
        Entry("no-write", "WRITE is good, and zeros are recorded", "lba 300..400: no-write"),
        Entry("slow TIME", "waits so long before it begins", "synchronize-cache: slow 90s"),
        Entry("stuck", "no answer until the fault is cleared", "write call 50: stuck"),
        Entry("disconnect [done]", "all connections end, without an answer", "write lba 2000: disconnect"),
        Entry("status HH [done]", "a status byte: 08 is BUSY, 18 a conflict", "inquiry times 3: status 08"),
        Entry("host N [done]", "the transport fails: 3 timed out, 7 error", "close-track: host 3 done"),
        Entry("short N", "N bytes less move", "write call 3: short 2352"),
        Entry("remove", "the disc is taken out by force", "write lba 4500: remove"),
        Entry("atip zero, atip bcd", "an empty pre-groove, or its times in BCD", "atip zero"),
        Entry("atip LEADIN LEADOUT", "a pre-groove with these times", "atip 97:15:10 74:05:00"),
        Entry("feature CODE absent", "GET CONFIGURATION leaves a feature out", "feature 002E absent"),
        Entry("feature CODE not-current", "tells it, but not as current", "feature 002D not-current"),
        Entry("feature CODE DATA", "claims it as current; `current`: with its own data", "feature 002E 6F000C80"),
        Entry("page CODE I=HH[/MM]", "a byte in a mode page", "page 2A 3=00/04"),
        Entry("patch I=HH[/MM]", "a byte in any reply", "read-disc-information: patch 2=0E"),
        Entry("q-binary", "READ CD gives Q in binary instead of BCD", "q-binary"),
    ]

    /// All of it as text of up to 78 columns.
    public static var text: String {
        """
        A fault is a line: [[COMMAND] [CONDITION...]:] FAULT

        COMMAND is a name of the standards in any case and with any punctuation, or
        its first words (WRITE (10), read-cd, send-opc), an operation code (2Ah or
        0x2A), `read` or `write` for all that read or write blocks, or `any`. Without
        one, the fault is about every command that it can be about.

        Codes and bytes are hexadecimal; calls, addresses, offsets and counts are
        decimal. POSITIONS are bytes of the main channel as it is read, 0 to 2351,
        such as 0..3,100. Commas join several I=HH. When several faults answer one
        command, the one that was set first does.

        Conditions
        \(lines(conditions))

        Faults
        \(lines(faults))

        In a file, a fault is a line of its own, and # begins a comment.
        """
    }

    private static let formWidth = 24

    private static func lines(_ entries: [Entry]) -> String {
        let indent = String(repeating: " ", count: formWidth + 3)
        return entries.map { entry in
            let gap = String(repeating: " ", count: formWidth - entry.form.count)
            return "  \(entry.form)\(gap) \(entry.meaning)\n\(indent)  \(entry.example)"
        }.joined(separator: "\n")
    }
}
