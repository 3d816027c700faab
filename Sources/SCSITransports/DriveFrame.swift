import BinaryCoding
public import SCSI

/// The frames of the drive protocol: SCSI commands on a Unix-domain stream socket, described in
/// `Tests/Peers/sgshim/PROTOCOL.md`.
///
/// One socket path is one logical unit, one connection one `open(2)` of it, one request at a time on a connection. Integers
/// are big-endian.
public enum DriveFrame {
    /// Version of the protocol.
    static let version: UInt8 = 1
    /// Type of a request.
    static let executeType: UInt8 = 0x01
    /// Type of a result.
    static let resultType: UInt8 = 0x81
    /// Bytes of a request in front of its data-out, the length field included.
    public static let executeHeaderBytes = 40
    /// Bytes of a result in front of its sense data, the length field included.
    public static let resultHeaderBytes = 24
    /// Most data that a frame carries; a frame that claims more is refused by closing the connection.
    public static let maximumData = 16 << 20

    /// A frame that does not follow the protocol; the connection it came on is to be closed.
    public struct Malformed: Error, Equatable, Sendable {
        /// The field that is wrong.
        public let field: String
    }

    /// The head of a request: everything but the data-out.
    public struct Execute: Equatable, Sendable {
        /// Which way data moves.
        public enum Direction: UInt8, Sendable {
            /// No data.
            case none = 0
            /// Host to drive.
            case toDevice = 1
            /// Drive to host.
            case fromDevice = 2
        }
        /// Chosen by the client, sent back in the result.
        public var tag: UInt32
        /// Milliseconds; 0 when no limit is given. Advice, not a duty.
        public var timeout: UInt32
        /// Bytes of data-out that follow, or room for data-in.
        public var transfer: Int
        /// Which way data moves.
        public var direction: Direction
        /// The command.
        public var cdb: CDB

        /// A request.
        public init(tag: UInt32, timeout: UInt32, transfer: Int, direction: Direction, cdb: CDB) {
            (self.tag, self.timeout, self.transfer, self.direction, self.cdb) = (tag, timeout, transfer, direction, cdb)
        }

        /// Bytes of data-out that follow the header.
        public var dataOutBytes: Int { direction == .toDevice ? transfer : 0 }

        /// The 40 bytes of the header.
        public var header: [UInt8] {
            var bytes = UInt32(executeHeaderBytes - 4 + dataOutBytes).bigEndianBytes + [version, executeType, 0, 0]
            bytes += tag.bigEndianBytes + timeout.bigEndianBytes + UInt32(transfer).bigEndianBytes
            bytes += [direction.rawValue, UInt8(cdb.bytes.count), 0, 0]
            return bytes + cdb.bytes + [UInt8](repeating: 0, count: 16 - cdb.bytes.count)
        }

        /// Reads the 40 bytes of a header.
        public init(parsing bytes: [UInt8]) throws(Malformed) {
            guard bytes.count == executeHeaderBytes else { throw Malformed(field: "length") }
            guard bytes[4] == version else { throw Malformed(field: "version") }
            guard bytes[5] == executeType else { throw Malformed(field: "type") }
            guard let direction = Direction(rawValue: bytes[20]) else { throw Malformed(field: "direction") }
            guard (1...16).contains(bytes[21]) else { throw Malformed(field: "cdb_length") }
            tag = unsigned(bytes[8..<12])
            timeout = unsigned(bytes[12..<16])
            transfer = Int(unsigned(bytes[16..<20]) as UInt32)
            self.direction = direction
            cdb = CDB(Array(bytes[24..<24 + Int(bytes[21])]))
            guard transfer <= maximumData, direction != .none || transfer == 0 else {
                throw Malformed(field: "transfer")
            }
            guard Int(unsigned(bytes[0..<4]) as UInt32) == executeHeaderBytes - 4 + dataOutBytes else {
                throw Malformed(field: "length")
            }
        }
    }

    /// The head of a result: everything but sense data and data-in.
    public struct Result: Equatable, Sendable {
        /// The request's.
        public var tag: UInt32
        /// Bytes of data-in that follow the sense data.
        public var dataLength: Int
        /// Bytes asked for or offered that did not move.
        public var residual: Int
        /// The status byte.
        public var status: UInt8
        /// 0 when the command reached the drive, 1 drive gone, 3 timed out, 7 another transport error.
        public var hostStatus: UInt8
        /// Bytes of sense data that follow the header, 0…252.
        public var senseLength: Int

        /// A result.
        public init(tag: UInt32, dataLength: Int, residual: Int, status: UInt8, hostStatus: UInt8, senseLength: Int) {
            (self.tag, self.dataLength, self.residual) = (tag, dataLength, residual)
            (self.status, self.hostStatus, self.senseLength) = (status, hostStatus, senseLength)
        }

        /// The 24 bytes of the header.
        public var header: [UInt8] {
            var bytes =
                UInt32(resultHeaderBytes - 4 + senseLength + dataLength).bigEndianBytes + [version, resultType, 0, 0]
            bytes += tag.bigEndianBytes + UInt32(dataLength).bigEndianBytes + UInt32(residual).bigEndianBytes
            return bytes + [status, hostStatus, UInt8(senseLength), 0]
        }

        /// Reads the 24 bytes of a header.
        public init(parsing bytes: [UInt8]) throws(Malformed) {
            guard bytes.count == resultHeaderBytes else { throw Malformed(field: "length") }
            guard bytes[4] == version else { throw Malformed(field: "version") }
            guard bytes[5] == resultType else { throw Malformed(field: "type") }
            guard bytes[22] <= 252 else { throw Malformed(field: "sense_length") }
            tag = unsigned(bytes[8..<12])
            dataLength = Int(unsigned(bytes[12..<16]) as UInt32)
            residual = Int(unsigned(bytes[16..<20]) as UInt32)
            status = bytes[20]
            hostStatus = bytes[21]
            senseLength = Int(bytes[22])
            guard dataLength <= maximumData else { throw Malformed(field: "data_length") }
            guard Int(unsigned(bytes[0..<4]) as UInt32) == resultHeaderBytes - 4 + senseLength + dataLength else {
                throw Malformed(field: "length")
            }
        }
    }

    private static func unsigned(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
