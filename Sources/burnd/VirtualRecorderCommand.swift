import ArgumentParser
import Glibc
import POSIX
import SCSITransports
import USBMassStorage
import VirtualRecorder

/// `burnd virtual-recorder`: a CD recorder made of software, on a Unix socket.
struct VirtualRecorderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "virtual-recorder",
        abstract: "A CD recorder made of software, on a Unix socket or as a USB drive.",
        discussion: """
            Takes SCSI commands (MMC) as a recorder does and keeps its discs as folders; `burnd disc` shows what is on them. \
            Any program can burn to it: burnd by `--drive unix:PATH`, others through the preload shim in Tests/Peers/sgshim, \
            which has the protocol too (PROTOCOL.md).

            The folder is the disc in the tray; one that does not exist becomes a blank: an 80-minute CD-R, or what --medium \
            says. A disc that was ejected stays as a folder, and the next load puts in a fresh blank, in a new folder beside \
            it: DIR-2, DIR-3 and so on. A disc that was still blank when it was ejected comes back. DIR.tray remembers which \
            disc is in, so that a recorder started again goes on with that one. The folder of a disc can be carried to \
            another recorder once the first has ended or let go of it.

            --usb plugs it into the machine's own kernel as a USB drive, instead of the socket or besides: /dev/srN and \
            /dev/sgN appear, and every program may use them. That is Linux's virtual USB host controller, which root loads \
            by `modprobe vhci_hcd`; this command needs the right to write to its file `attach` in /sys, which root has. With \
            --control, `unplug` and `plug` pull the cable and plug it in; the end of the process is an unplug too.

            --profile says what the recorder is. `modern` does everything there is; `old` has no RAW, no test write and no \
            protection from buffer underruns, and pages of the first standards; `quirky` does everything, in odd ways that \
            drives were known for. A file is a JSON object that changes one of them, for example
            {"base": "old", "product": "CD-R 4x", "write_speeds": [4, 2, 1], "rotation": "clv", "quirks": ["atip-zero"]}
            Fields: base, vendor, product, revision, serial, firmware_date, interface, loading, buffer_bytes, write_speeds, \
            rewrite_speeds, read_speed, rotation, constant_linear_limit, capabilities_page, read_offset, write_offset, \
            maximum_cue_sheet_bytes, capabilities, mechanism, quirks. An unknown field is refused by name, an unknown quirk with \
            the names of those that there are.

            --fault and --faults make it misbehave, for tests of what burns to it; with --control, `burnd recorder-control` sets \
            faults, presses the button and changes discs while it runs.

            Prints a line when it is ready and runs until SIGTERM or SIGINT, which end it with status 0.
            """)

    @Option(help: ArgumentHelp("The socket to listen on, of any length. Required without --usb.", valueName: "path"))
    var socket: String?

    @Flag(help: "Be a USB drive of this machine's kernel. Needs root and the kernel's module vhci_hcd.")
    var usb = false

    @Option(help: ArgumentHelp("The disc that is in the tray at the start. Required.", valueName: "dir"))
    var disc = ""

    @Option(help: "Label and serial number. (default: the name of the disc folder)")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "What the recorder is: `modern`, `old` or `quirky`, or a file that describes one.",
            valueName: "name or file"))
    var profile = "modern"

    @Option(
        help: ArgumentHelp(
            "Fastest speed: 1 to 72, or `max` for as fast as the machine is. (default: as the profile says, 48 for modern)",
            valueName: "speed"))
    var speed: RecorderSpeed?

    @OptionGroup var media: MediumOptions
    @OptionGroup var faults: FaultOptions

    func validate() throws {
        // Not demanded by the parser, so that `--fault help` can be asked for alone.
        guard usb || socket != nil, socket != "", !disc.isEmpty else {
            throw ValidationError("--disc, and --socket or --usb, are needed and must not be empty.")
        }
        if let name, name.isEmpty { throw ValidationError("--name must not be empty.") }
    }

    func run() async throws {
        let termination = try TerminationSignal()
        let label = name ?? disc.split(separator: "/").last.map(String.init) ?? disc
        let fronts = try makeFronts(label)
        if let control = fronts.control { BlockingThread.start { try? control.run() } }
        print("ready: virtual recorder \(label) on \(fronts.places.joined(separator: " and "))")
        fflush(nil)
        guard let server = fronts.server else {
            try await BlockingThread.run { _ = try termination.wait() }
            return fronts.stop()
        }
        BlockingThread.start {
            _ = try? termination.wait()
            fronts.stop()
        }
        try await BlockingThread.run { try server.run() }
    }

    /// The ways to a recorder.
    private struct Fronts: Sendable {
        var server: UnixSocketServer?
        var cable: USBCable?
        var control: RecorderControlServer?
        /// Where they are, for people.
        var places: [String] = []

        func stop() {
            control?.stop()
            cable?.unplug()
            server?.stop()
        }
    }

    private func makeFronts(_ label: String) throws -> Fronts {
        do {
            let set = try faults.all()
            let recorder = try VirtualRecorder(
                VirtualRecorder.Configuration(
                    disc: disc, name: label, profile: try RecorderProfile.load(profile), blank: media.blank,
                    pace: speed?.pace ?? .ofProfile, report: { Self.tell($0) }))
            var fronts = Fronts()
            // It is asked what it is before anything is wrong with it.
            if usb { fronts.cable = USBCable(recorder) }
            for fault in set where recorder.setFault(fault) == nil {
                Self.tell("these are too many faults: \(set.count)")
                throw ExitCode.failure
            }
            try open(&fronts, to: recorder)
            return fronts
        } catch let error as ExitCode {
            throw error
        } catch let error as SystemError where error.number == EADDRINUSE {
            Self.tell("a recorder is listening on \(error.subject) already")
        } catch let error as SystemError where error.number == EEXIST && error.call == "bind" {
            Self.tell("\(error.subject) exists and is no socket")
        } catch {
            Self.tell("\(error)")
        }
        throw ExitCode.failure
    }

    private func open(_ fronts: inout Fronts, to recorder: VirtualRecorder) throws {
        if let socket {
            fronts.server = try UnixSocketServer(address: UnixSocketAddress(socket), target: recorder)
            fronts.places.append(socket)
        }
        let hand = fronts.cable.map { cable in
            RecorderControl.Cable(
                plug: { _ = try cable.plug() }, unplug: { _ = cable.unplug() }, port: { cable.port })
        }
        fronts.control = try faults.control.map { path in
            try RecorderControlServer(
                address: UnixSocketAddress(path), control: RecorderControl(recorder, cable: hand))
        }
        if let cable = fronts.cable { fronts.places.append("USB port \(try cable.plug())") }
    }

    /// One line to standard error.
    private static func tell(_ text: String) {
        let line = Array("burnd virtual-recorder: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// How fast a virtual recorder is at most.
enum RecorderSpeed: ExpressibleByArgument {
    case limited(Int)
    case unlimited

    /// Nothing faster was ever built for CDs.
    private static let range = 1...72

    init?(argument: String) {
        if argument == "max" {
            self = .unlimited
        } else if let number = Int(argument), Self.range.contains(number) {
            self = .limited(number)
        } else {
            return nil
        }
    }

    var pace: VirtualRecorder.Pace {
        switch self {
        case .limited(let number): .limited(number)
        case .unlimited: .unlimited
        }
    }
}
