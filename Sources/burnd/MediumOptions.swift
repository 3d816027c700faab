import ArgumentParser
import DiscLayout
import VirtualRecorder

/// What kind of blank a virtual recorder's disc is made as.
struct MediumOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What new blanks are.", valueName: "name"))
    var medium = NamedMedium(medium: .cdR80)

    @Option(
        help: ArgumentHelp(
            "Where the lead-in of new blanks begins, from 90:00:00 on; its code names the maker.", valueName: "mm:ss:ff"
        ))
    var atipLeadIn: Time?

    @Option(
        help: ArgumentHelp(
            "The last lead-out that the groove of new blanks allows, up to 89:59:74.", valueName: "mm:ss:ff"))
    var lastLeadOut: Time?

    /// A medium of `Medium.named`.
    struct NamedMedium: ExpressibleByArgument {
        let medium: Medium

        init(medium: Medium) { self.medium = medium }

        init?(argument: String) {
            guard let medium = Medium(name: argument) else { return nil }
            self.medium = medium
        }

        static var allValueStrings: [String] { Medium.named.map(\.name) }
        var defaultValueDescription: String { medium.name ?? "" }
    }

    /// A time as an option.
    struct Time: ExpressibleByArgument {
        let time: MSF

        init?(argument: String) {
            guard let time = MSF(text: argument) else { return nil }
            self.time = time
        }
    }

    /// The medium that the options describe together; nil when its times are no medium's.
    private var described: Medium? {
        medium.medium.with(leadInStart: atipLeadIn?.time, lastLeadOut: lastLeadOut?.time)
    }

    /// The blank.
    var blank: Medium { described ?? .cdR80 }

    func validate() throws {
        guard described != nil else {
            throw ValidationError(
                "--atip-lead-in must be from 90:00:00 on, and --last-lead-out from 00:02:01 to 89:59:74.")
        }
    }
}
