import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// burnd as a service of systemd's: what it tells (sd_notify(3)), and the socket that it is handed (sd_listen_fds(3)).
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServiceTests {
    let files = AudioFiles()

    @Test
    func `systemd hears how the service starts, that it lives, what it does, and that it ends when the disc is done`()
        throws
    {
        try files.noise("long", seconds: 40)
        let manager = try NotifySocket()
        let server = try ServerProcess {
            $0.environment = [manager.environment, "WATCHDOG_USEC=1500000"]
            $0.speed = "24"
        }
        try manager.next { $0 == ["READY=1"] }
        // Everything that READY promises is there: it answers, with its drives.
        #expect(try server.drive().state.string == "idle")
        #expect(
            Array(manager.messages.joined().prefix(2)) == ["STATUS=starting: database", "STATUS=starting: drives"])
        for _ in 0..<3 { try manager.next { $0 == ["STATUS=idle", "WATCHDOG=1"] } }

        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        _ = try events.until { $0.name == "job-progress" && $0.data.action.string == "writing" }
        _ = try server.job([try Album.short(files)])
        try manager.next { $0 == ["STATUS=burning job 1 on left; 1 queued", "WATCHDOG=1"] }
        try childrenKnowNothing(server)

        server.signal(SIGTERM)
        try manager.next { $0 == ["STOPPING=1", "EXTEND_TIMEOUT_USEC=60000000"] }
        for _ in 0..<3 {
            try manager.next {
                $0.contains("STATUS=stopping, no new jobs: burning job 1 on left; 1 queued")
                    && $0.contains("EXTEND_TIMEOUT_USEC=60000000") && $0.contains("WATCHDOG=1")
            }
        }
        let heard = try events.until(job: id, ["completed", "failed"])
        #expect(heard.last?.jobs.first?.state.string == "completed")
        #expect(try server.wait() == .exited(0))
    }

    /// Neither worker nor recorder could speak for the service.
    private func childrenKnowNothing(_ server: ServerProcess) throws {
        let own = ["NOTIFY_SOCKET=", "WATCHDOG_USEC="]
        let isKnown = { (pid: Int32) in
            ServerProcess.environment(of: pid).contains { entry in own.contains { entry.hasPrefix($0) } }
        }
        #expect(isKnown(server.pid))
        let children = server.workers() + [try #require(server.recorder())]
        #expect(children.count == 2 && !children.contains(where: isKnown))
    }

    @Test func `a service that nobody watches feeds no watchdog`() throws {
        let manager = try NotifySocket()
        let server = try ServerProcess { $0.environment = [manager.environment] }
        try manager.next { $0 == ["READY=1"] }
        try manager.next { $0 == ["STATUS=idle"] }
        server.signal(SIGTERM)
        try manager.next { $0.contains("STOPPING=1") }
        #expect(try server.wait() == .exited(0))
        #expect(!manager.messages.contains { $0.contains("WATCHDOG=1") })
    }

    // MARK: Stopping

    enum Moment: CaseIterable { case preparing, verifying }

    @Test(arguments: Moment.allCases)
    func `SIGTERM cuts no burn, whatever it is at`(moment: Moment) throws {
        // A logind that keeps the worker waiting makes preparing long.
        let logind = try MockLogind(moment == .preparing ? .late : .grant)
        try files.noise("long", seconds: 30)
        let server = try ServerProcess {
            $0.environment = [logind.environment]
            $0.speed = "48"
        }
        let events = try EventReader(server)
        let id = try server.job([files.path("long.wav")])
        switch moment {
        case .preparing: try logind.line { $0.contains("job 1: burning") }
        case .verifying: _ = try events.until { $0.jobs.first?.state.string == "verifying" }
        }
        server.signal(SIGTERM)
        try Deadline.waiting("draining", server.words) { server.words.contains("] stopping") }
        logind.grantLate()
        let heard = try events.until(job: id, ["completed", "failed", "cancelled"])
        #expect(heard.last?.jobs.first?.state.string == "completed")
        #expect(try server.wait() == .exited(0))
        #expect(server.burnsByJob() == [id: 1])
    }

    @Test func `SIGTERM ends a server at once whose jobs only wait`() throws {
        let server = try ServerProcess()
        #expect(try server.post("/drives/left/eject").status == 200)
        let id = try server.job([try Album.short(files)])
        try server.wait(id, ["waiting"])
        server.signal(SIGTERM)
        #expect(try server.wait() == .exited(0))
        #expect(server.burnsByJob().isEmpty)
    }

    // MARK: Socket activation

    /// A listening socket as systemd keeps it: open as long as the test runs.
    private func listening() throws -> (FileDescriptor, url: String) {
        let (socket, port) = try FileDescriptor.loopback(SOCK_STREAM)
        guard listen(socket.number, 64) == 0 else { throw SystemError.last("listen") }
        return (socket, "http://127.0.0.1:\(port)")
    }

    @Test func `a socket that is handed over is listened on, and --listen is not`() throws {
        let (socket, url) = try listening()
        let server = try ServerProcess {
            $0.handedOver = socket
            $0.arguments = ["--drive", "unix:/nonexistent"]
        }
        #expect(server.url == url)
        #expect(server.words.contains("it is listened on, and --listen is not"))
        #expect(try server.curl(url + "/healthz").text == "ok\n")
        #expect(try !ServerProcess.environment(of: #require(server.recorder())).contains { $0.hasPrefix("LISTEN_") })
    }

    @Test func `a restart refuses nobody: who connects meanwhile waits for the next server`() throws {
        let (socket, url) = try listening()
        let server = try ServerProcess { $0.handedOver = socket }
        let (statuses, isOver) = (Lock<[Int]>([]), Lock(false))
        let (ended, end) = (try Pipe(), Lock<FileDescriptor?>(nil))
        end.withLock { $0 = ended.writing }
        BlockingThread.start {
            while !isOver.withLock({ $0 }) {
                let status = (try? server.curl(url + "/healthz").status) ?? -1
                statuses.withLock { $0.append(status) }
            }
            end.withLock { $0 = nil }
        }
        for _ in 0..<2 {
            let before = statuses.withLock { $0.count }
            try Deadline.waiting("requests") { statuses.withLock { $0.count } > before + 2 }
            server.signal(SIGTERM)
            #expect(try server.wait() == .exited(0))
            // One comes while nobody is there.
            try Deadline.waiting("somebody who waits") { try pending(url) > 0 }
            try server.start()
        }
        isOver.withLock { $0 = true }
        try Deadline.waiting("the end of the requests") { end.withLock { $0 == nil } }
        // 503 is what a server says that is about to end.
        #expect(statuses.withLock { Set($0) }.isSubset(of: [200, 503]), "\(statuses.withLock { $0 })")
    }

    /// Connections that wait to be accepted (proc_net_tcp(5): of a listening socket, the length of the receive queue).
    private func pending(_ url: String) throws -> Int {
        let port = UInt16(url.split(separator: ":").last ?? "") ?? 0
        let digits = String(port, radix: 16, uppercase: true)
        let place = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
        let file = try FileDescriptor(opening: "/proc/net/tcp", O_RDONLY)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = try chunk.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += chunk.prefix(count)
        }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            // 0A is TCP_LISTEN.
            guard fields.count > 4, fields[1] == place, fields[3] == "0A" else { continue }
            return Int(fields[4].split(separator: ":").last ?? "", radix: 16) ?? 0
        }
        return 0
    }

    enum Wrong: CaseIterable { case file, datagram, unconnected, unix, two }

    @Test(arguments: Wrong.allCases) func `what is no listening TCP socket is refused by its name`(wrong: Wrong) throws
    {
        let folder = TemporaryFolder()
        var given: [Int32: FileDescriptor] = [:]
        switch wrong {
        case .file: given[3] = try FileDescriptor(opening: folder.path + "/file", O_RDWR | O_CREAT)
        case .datagram: given[3] = try FileDescriptor.loopback(SOCK_DGRAM).0
        case .unconnected: given[3] = try FileDescriptor.loopback(SOCK_STREAM).0
        case .unix:
            let socket = try FileDescriptor.unixSocket(SOCK_STREAM, boundTo: folder.path + "/socket")
            guard listen(socket.number, 1) == 0 else { throw SystemError.last("listen") }
            given[3] = socket
        case .two: (given[3], given[4]) = (try listening().0, try listening().0)
        }
        let shell = "LISTEN_PID=$$ LISTEN_FDS=\(given.count) LISTEN_FDNAMES=web:more exec \"$0\" \"$@\""
        let names = given.count == 1 ? shell.replacing(":more", with: "") : shell
        let run = try TestProgram(
            "/bin/sh", ["-c", names, TestProgram.compiled("burnd"), "serve", "--data", folder.path + "/data"],
            given: given)
        #expect(run.ending == .exited(1), "\(run)")
        let words = wrong == .two ? "2 descriptors (web, more)" : "\"web\" that systemd hands over is no listening TCP"
        #expect(run.errors.contains(words), "\(run.errors)")
    }
}
