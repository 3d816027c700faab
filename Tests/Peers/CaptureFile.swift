import POSIX
import SCSI
import SCSITransports
import Testing

/// A recording of traffic that the preload shim made (PROTOCOL.md, "Capture files").
struct CaptureFile {
    /// A command with all that was sent along.
    struct Command: Equatable {
        var cdb: [UInt8]
        let dataOut: [UInt8]
        var operationCode: UInt8 { cdb[0] }
    }

    /// In the order in which they were answered.
    let commands: [Command]
    /// Those of them that the drive carried out.
    let accepted: [Command]

    init(_ path: String) throws {
        let bytes = try DurableFile.contents(of: path, limit: 1 << 28)
        var (commands, accepted): ([Command], [Command]) = ([], [])
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = 4 + bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let frame = Array(bytes[offset..<offset + length])
            offset += length
            guard let execute = try? DriveFrame.Execute(parsing: Array(frame.prefix(DriveFrame.executeHeaderBytes)))
            else {
                // A result: SCSI status and host status (PROTOCOL.md, "RESULT").
                if frame[20] == 0 && frame[21] == 0, let command = commands.last { accepted.append(command) }
                continue
            }
            let dataOut = Array(frame.dropFirst(DriveFrame.executeHeaderBytes))
            commands.append(Command(cdb: execute.cdb.bytes, dataOut: dataOut))
        }
        (self.commands, self.accepted) = (commands, accepted)
    }
}
