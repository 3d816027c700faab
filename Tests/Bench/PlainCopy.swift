import DiscLayout
import Glibc
import POSIX

/// What the recorder is measured against: as many bytes through a Unix socket into a file, and on the disk at the end, with
/// nothing else done. Two threads, a core for each: one sends pieces as big as those of a burning program, one receives and
/// writes them. Nothing is answered, so that both are at work all the time.
enum PlainCopy {
    /// What is taken from the socket and written at a time: as much as a burning program sends with a command.
    static let pieceBytes = 27 * RedBook.sectorBytes

    /// - Returns: the run; its CPU time is the receiver's.
    static func run(_ site: Site, bytes: Int) throws -> Run {
        let path = "\(site.folder)/copy.bin"
        unlink(path)
        defer { unlink(path) }
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT)
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw SystemError.last("socketpair")
        }
        let (sender, receiver) = (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
        let (began, before) = (ContinuousClock.now, CPU.secondsOfThread)
        BlockingThread.start {
            let noise = Noise(bytes: pieceBytes)
            var rest = bytes
            while rest > 0 {
                let count = min(rest, pieceBytes)
                let part = UnsafeRawBufferPointer(rebasing: noise.bytes[..<count])
                do throws(SystemError) { try sender.sendAll(part) } catch { break }
                rest -= count
            }
            sender.shutDownConnection()
        }
        try receive(from: receiver, into: file)
        try file.synchronizeData()
        let cpu = CPU.secondsOfThread - before
        guard try file.size() == bytes else { throw BenchFailure(description: "the copy is not whole") }
        return Run(seconds: (ContinuousClock.now - began) / .seconds(1), bytes: bytes, cpuSeconds: cpu)
    }

    private static func receive(from socket: FileDescriptor, into file: FileDescriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try socket.receiveAll(into: buffer)
            if count == 0 { return }
            try file.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
