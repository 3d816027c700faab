import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

/// Requests by hand, as lines.
@Suite struct RecorderControlTests {
    private static func control(_ bench: Bench) -> RecorderControl { RecorderControl(bench.recorder) }

    @Test func `faults are set, listed and cleared`() throws {
        let bench = try Bench()
        let control = Self.control(bench)
        #expect(control.answer("fault test-unit-ready  call 2: sense 4/44/00") == #"{"fault":1}"#)
        bench.send("00 00 00 00 00 00")
        bench.send("00 00 00 00 00 00")
        #expect(
            control.answer("faults")
                == #"[{"acted":1,"calls":2,"fault":"test-unit-ready call 2: sense 4/44/00","id":1}]"#)
        #expect(control.answer("wait 1") == #"{"acted":true}"#)
        #expect(control.answer("clear 1") == #"{"cleared":1}"#)
        #expect(control.answer("faults") == "[]")
        #expect(control.answer("clear") == #"{"cleared":0}"#)
    }

    @Test func `the tray is moved, and the status tells`() throws {
        let bench = try Bench()
        let control = Self.control(bench)
        bench.send("1E 00 00 00 01 00")
        #expect(
            control.answer("status")
                == #"{"commands":2,"disc":"\#(bench.disc)","faults":0,"locked":true,"tray":"closed"}"#)
        #expect(control.answer("button") == #"{"button":"requested"}"#)
        #expect(control.answer("eject") == #"{"commands":2,"faults":0,"locked":false,"tray":"open"}"#)
        let other = "\(bench.folder.path)/another  disc"
        #expect(
            control.answer(" load \(other) ")
                == #"{"commands":2,"disc":"\#(other)","faults":0,"locked":false,"tray":"closed"}"#)
        #expect(bench.recorder.discInTray == other)
    }

    @Test func `a cable is plugged in and pulled, and the status tells the port`() throws {
        let bench = try Bench()
        let port = Lock<Int?>(nil)
        let cable = RecorderControl.Cable(
            plug: { port.withLock { $0 = 7 } }, unplug: { port.withLock { $0 = nil } }, port: { port.withLock { $0 } })
        let control = RecorderControl(bench.recorder, cable: cable)
        let pulled = #"{"commands":1,"disc":"\#(bench.disc)","faults":0,"locked":false,"tray":"closed"}"#
        #expect(control.answer("unplug") == pulled)
        #expect(control.answer("plug") == String(pulled.dropLast()) + #","usb_port":7}"#)
        #expect(control.answer("unplug") == pulled)
    }

    /// All of them, as a refusal lists them.
    private static let requests =
        "fault LINE, faults, clear [N], wait N, button, eject, load [DIR], unplug, plug, status"

    @Test(arguments: [
        ("", "a request is one of \(requests)"), ("status now", "a request is one of \(requests)"),
        ("unplug", "the recorder has no USB cable: it was started without --usb"),
        ("clear 1", "no fault with this number is set"), ("clear all", "no fault with this number is set"),
        ("wait", "no fault with this number is set"), ("load", "the tray is closed"),
        ("fault", "there is no fault; a command and conditions end with a colon, and the fault follows"),
        ("fault write: bsy", "no fault is called \"bsy\""),
    ])
    func `what cannot be done is an error in words`(line: String, text: String) throws {
        #expect(Self.control(try Bench()).answer(line) == "error: \(text)")
    }
}

/// The same on a socket.
@Suite(.timeLimit(.minutes(1))) struct RecorderControlServerTests {
    /// A recorder with a control socket.
    private final class Station {
        let bench: Bench
        let server: RecorderControlServer

        init() throws {
            bench = try Bench(in: TemporaryFolder())
            let address = UnixSocketAddress("\(bench.folder.path)/control")
            let server = try RecorderControlServer(address: address, control: RecorderControl(bench.recorder))
            BlockingThread.start { try? server.run() }
            self.server = server
        }

        deinit { server.stop() }

        func connect() throws -> FileDescriptor { try UnixSocketAddress("\(bench.folder.path)/control").connect() }
    }

    private static func receive(_ connection: FileDescriptor) throws -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != 0x0A, try withUnsafeMutableBytes(of: &byte, { try connection.read(into: $0) }) == 1 {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    private static func ask(_ text: String, _ connection: FileDescriptor) throws -> String {
        try connection.sendAll(Array(text.utf8))
        return try receive(connection)
    }

    @Test func `requests on one connection are answered one after the other`() throws {
        let station = try Station()
        let connection = try station.connect()
        try connection.sendAll(Array("fault busy\nfaults\nnonsense\nclear\nsta".utf8))
        #expect(try Self.receive(connection) == "{\"fault\":1}\n")
        #expect(try Self.receive(connection) == "[{\"acted\":0,\"calls\":0,\"fault\":\"busy\",\"id\":1}]\n")
        #expect(try Self.receive(connection).hasPrefix("error: a request is one of"))
        #expect(try Self.receive(connection) == "{\"cleared\":1}\n")
        #expect(try Self.ask("tus\n", connection).contains("\"tray\":\"closed\""))
    }

    @Test func `the last request needs no end of line`() throws {
        let station = try Station()
        let connection = try station.connect()
        try connection.sendAll(Array("fault busy".utf8))
        shutdown(connection.number, Int32(SHUT_WR))
        #expect(try Self.receive(connection) == "{\"fault\":1}\n")
        #expect(try Self.receive(connection) == "")
    }

    @Test func `a line without end is refused, and its connection closed`() throws {
        let station = try Station()
        let connection = try station.connect()
        let flood = [UInt8](repeating: 0x41, count: 3 * RecorderControlServer.maximumLine)
        // The other side may close before it has taken all of it.
        try? connection.sendAll(flood)
        #expect(try Self.receive(connection) == "error: a request has at most 8192 bytes\n")
        #expect(try Self.ask("status\n", try station.connect()).hasPrefix("{"))
    }

    @Test(arguments: [
        [0x00, 0xFF, 0xFE, 0x0A], [0x0A], Array("fault \u{1B}[2J: busy\n".utf8), Array("load \0\n".utf8),
    ])
    func `hostile bytes are answered with one printable line`(bytes: [UInt8]) throws {
        let station = try Station()
        let connection = try station.connect()
        try connection.sendAll(bytes)
        let answer = try Self.receive(connection)
        #expect(answer.hasPrefix("error: ") && answer.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(try Self.ask("status\n", connection).hasPrefix("{"))
    }

    @Test func `a stuck drive is seen, waited for and freed`() async throws {
        let station = try Station()
        let (waiting, other) = (try station.connect(), try station.connect())
        #expect(try Self.ask("fault inquiry: stuck\n", other) == "{\"fault\":1}\n")
        try waiting.sendAll(Array("wait 1\n".utf8))
        let recorder = station.bench.recorder
        async let stuck = BlockingThread.run {
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            return recorder.execute(CDB([0x12, 0, 0, 0, 36, 0]), dataOut: nothing, transfer: 36).dataIn.count
        }
        // Not on this thread, which the line above may need to begin.
        let acted = try await BlockingThread.run { try Self.receive(waiting) }
        #expect(acted == "{\"acted\":true}\n")
        #expect(try Self.ask("status\n", other).contains("\"executing\":\"INQUIRY\",\"faults\":1,\"held_by\":1"))
        #expect(try Self.ask("clear\n", other) == "{\"cleared\":1}\n")
        #expect(await stuck == 36)
    }
}
