import BinaryCoding
import DiscLayout
import POSIX
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

/// A clock that stands still until somebody waits.
final class ManualClock: Sendable {
    private let state = Lock((now: Duration.zero, waits: [Duration]()))

    /// What the recorder is given.
    var clock: RecorderClock {
        RecorderClock(
            now: { self.state.withLock { $0.now } },
            wait: { duration in
                self.state.withLock { state in
                    if duration > .zero { state.waits.append(duration) }
                    state.now += max(duration, .zero)
                }
            }, secondsSince1970: { 1_795_000_000 })
    }

    /// Lets time pass.
    func advance(by duration: Duration) { state.withLock { $0.now += duration } }

    /// Time that the recorder has made its initiators wait.
    var waited: Duration { state.withLock { $0.waits.reduce(.zero, +) } }
}

/// A recorder on a bench: a disc folder of its own, commands in hexadecimal.
final class Bench {
    let folder: TemporaryFolder
    let clock = ManualClock()
    let recorder: VirtualRecorder
    /// What the recorder reported beside its answers.
    let reports = Lock<[String]>([])

    var disc: String { "\(folder.path)/disc" }

    /// Switches one on, with the profile's own speed, if it is `pace` that says so. The power-on attention is taken unless it
    /// is what is looked at.
    init(
        in folder: TemporaryFolder = TemporaryFolder(inMemory: true), profile: RecorderProfile = .modern,
        blank: Medium = .cdR80, speed: Int? = nil, pace: VirtualRecorder.Pace? = nil, takingAttention: Bool = true
    ) throws {
        self.folder = folder
        let reports = reports
        recorder = try VirtualRecorder(
            VirtualRecorder.Configuration(
                disc: "\(folder.path)/disc", name: "bench", profile: profile, blank: blank,
                pace: pace ?? speed.map { .limited($0) } ?? .unlimited, clock: clock.clock,
                report: { text in reports.withLock { $0.append(text) } }))
        if takingAttention { #expect(send("00 00 00 00 00 00") == .refused(6, 0x29, 0)) }
    }

    /// How a command went.
    enum Answer: Equatable, CustomStringConvertible {
        case good([UInt8])
        case refused(UInt8, UInt8, UInt8)

        var data: [UInt8] { if case .good(let data) = self { data } else { [] } }
        var isGood: Bool { if case .good = self { true } else { false } }
        var description: String {
            switch self {
            case .good(let data): "good \(data.hex(separator: " "))"
            case .refused(let key, let code, let qualifier): "refused \([key, code, qualifier].hex(separator: "/"))"
            }
        }
    }

    /// Sends a command; `room` for data-in.
    @discardableResult
    func send(_ cdb: String, out: [UInt8] = [], room: Int = 65_536) -> Answer { send(hex(cdb), out: out, room: room) }

    /// Sends a command; `room` for data-in.
    @discardableResult
    func send(_ cdb: [UInt8], out: [UInt8] = [], room: Int = 65_536) -> Answer {
        let (outcome, data) = out.withUnsafeBytes { buffer in
            recorder.execute(CDB(cdb), dataOut: buffer, transfer: out.isEmpty ? room : 0)
        }
        if outcome.status == 0 { return .good(data) }
        lastSense = outcome.sense
        return .refused(outcome.sense[2], outcome.sense[12], outcome.sense[13])
    }

    /// Sense data of the last refusal.
    private(set) var lastSense: [UInt8] = []
}

extension Bench {
    /// MODE SELECT payloads of a TAO audio track; `multiSession` 0 closes the disc, 3 leaves it open.
    static func tao(multiSession: UInt8 = 0, control: UInt8 = 0, changes: [Int: UInt8] = [:]) -> [UInt8] {
        var list = hex("00 00 00 00 00 00 00 00  05 32 41 00 00 00 00 00 00 00 00 00 00 00 00 96")
        list[11] = multiSession << 6 | control
        list += [UInt8](repeating: 0, count: 60 - list.count)
        for (offset, value) in changes { list[offset] = value }
        return list
    }

    /// MODE SELECT (10).
    @discardableResult
    func select(_ list: [UInt8]) -> Answer { send("55 10 00 00 00 00 00 00 \(hexByte(list.count)) 00", out: list) }

    /// WRITE (10) of blocks that say their address.
    @discardableResult
    func write(at lba: Int, blocks: Int) -> Answer {
        let cdb = [0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [0]
        return send(cdb, out: (0..<blocks).flatMap { Self.block(lba + $0) })
    }

    /// A whole track, in pieces of 27 blocks like those of programs, closed.
    func track(at lba: Int, blocks: Int) {
        var done = 0
        while done < blocks {
            let count = min(27, blocks - done)
            #expect(write(at: lba + done, blocks: count) == .good([]))
            done += count
        }
        #expect(send("35 00 00 00 00 00 00 00 00 00") == .good([]))
    }

    /// Content of a block that is like no other's.
    static func block(_ lba: Int) -> [UInt8] {
        [Int32](repeating: Int32(lba).bigEndian, count: RedBook.sectorBytes / 4).withUnsafeBytes { Array($0) }
    }

    /// READ CD of audio: any type, user data.
    @discardableResult
    func read(from lba: Int, blocks: Int, flags: UInt8 = 0x10, sub: UInt8 = 0) -> Answer {
        let cdb = [0xBE, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [flags, sub, 0]
        return send(cdb, room: 1 << 20)
    }

    /// Makes the disc of a bench a blank that ends earlier than usual.
    static func putBlank(in folder: TemporaryFolder, lastLeadOut: MSF) throws {
        let medium = Medium(kind: .cdR, leadInStart: Medium.cdR80.leadInStart, lastLeadOut: lastLeadOut)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(Disc(medium: medium)).bytes)
    }

    /// A profile with something changed.
    static func profile(
        _ base: RecorderProfile = .modern, _ change: (inout RecorderProfile) -> Void
    ) -> RecorderProfile {
        var profile = base
        change(&profile)
        return profile
    }

    /// The next writable address by READ TRACK INFORMATION.
    var nextWritableAddress: Int? {
        let reply = send("52 01 00 00 00 FF 00 00 30 00").data
        guard reply.count == 48, reply[7] & 1 == 1 else { return nil }
        return Int(reply[12...15].reduce(0 as UInt32) { $0 << 8 | UInt32($1) })
    }

    private func hexByte(_ value: Int) -> String { [UInt8(value)].hex() }
}
