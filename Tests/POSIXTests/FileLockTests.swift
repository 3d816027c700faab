import Glibc
import POSIX
import Testing

@Suite struct FileLockTests {
    @Test func `a lock is seen by others, refused to others, and gone with its owner`() throws {
        let path = "/tmp/burnd-lock-\(getpid())"
        defer { unlink(path) }
        var owner: FileDescriptor? = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        let other = try FileDescriptor(opening: path, O_RDWR)
        #expect(try other.isLockedElsewhere() == false)
        #expect(try owner?.lockExclusively() == true)
        #expect(try other.isLockedElsewhere())
        #expect(try other.lockExclusively() == false)
        owner = nil
        #expect(try other.isLockedElsewhere() == false)
    }

    @Test func `a child given the descriptor keeps the lock alive after its parent let go`() throws {
        let path = "/tmp/burnd-lock-child-\(getpid())"
        defer { unlink(path) }
        let other = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        let gate = try Pipe()
        var owner: FileDescriptor? = try FileDescriptor(opening: path, O_RDWR)
        #expect(try owner?.lockExclusively() == true)
        let child = try ChildProcess.start(
            "/bin/cat", arguments: [], descriptors: [0: gate.reading, 3: try #require(owner)], newSession: true)
        owner = nil
        #expect(try other.isLockedElsewhere())
        kill(child.pid, SIGKILL)
        #expect(child.wait() == .signalled(SIGKILL))
        #expect(try other.isLockedElsewhere() == false)
    }

    @Test func `a replaced file holds all of the new bytes`() throws {
        let path = "/tmp/burnd-replace-\(getpid())"
        defer { unlink(path) }
        try DurableFile.replace(path, with: Array("old".utf8))
        try DurableFile.replace(path, with: Array("newer".utf8))
        #expect(try DurableFile.contents(of: path, limit: 100) == Array("newer".utf8))
        #expect(throws: SystemError(call: "read", number: EFBIG, subject: path)) {
            try DurableFile.contents(of: path, limit: 4)
        }
    }
}
