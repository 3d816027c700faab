import CLinuxSG
import Glibc
import POSIX
public import SCSI

/// A drive behind a device node of the kernel, by `ioctl(SG_IO)` (scsi/sg.h, version 3 headers).
public final class SGIOTransport: SCSITransport {
    private let node: FileDescriptor
    /// Sense data goes here; 64 bytes hold every format.
    private let sense: UnsafeMutableRawBufferPointer
    private let command: UnsafeMutableRawBufferPointer
    private static let senseBytes = 64
    private static let longestCDB = 16

    /// Sends to an open node.
    init(_ node: FileDescriptor) {
        self.node = node
        sense = .allocate(byteCount: Self.senseBytes, alignment: 16)
        command = .allocate(byteCount: Self.longestCDB, alignment: 16)
    }

    deinit {
        sense.deallocate()
        command.deallocate()
    }

    /// Sends one command. Buffers on page boundaries spare the kernel a copy.
    public func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
        command.copyBytes(from: cdb.bytes)
        sense.initializeMemory(as: UInt8.self, repeating: 0)
        var header = sg_io_hdr()
        header.interface_id = Int32(UInt8(ascii: "S"))
        header.cmd_len = UInt8(cdb.bytes.count)
        header.cmdp = command.baseAddress?.assumingMemoryBound(to: UInt8.self)
        header.mx_sb_len = UInt8(Self.senseBytes)
        header.sbp = sense.baseAddress?.assumingMemoryBound(to: UInt8.self)
        header.timeout = UInt32(clamping: timeout)
        header.dxfer_len = UInt32(data.byteCount)
        switch data {
        case .none: header.dxfer_direction = SG_DXFER_NONE
        case .toDevice(let buffer):
            header.dxfer_direction = SG_DXFER_TO_DEV
            header.dxferp = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
        case .fromDevice(let buffer):
            header.dxfer_direction = SG_DXFER_FROM_DEV
            header.dxferp = buffer.baseAddress
        }
        try call(&header)
        return SCSIOutcome(
            status: header.status, hostStatus: Int(header.host_status), driverStatus: Int(header.driver_status),
            residual: Int(header.resid), sense: Array(sense.prefix(Int(header.sb_len_wr))))
    }

    /// The ioctl, with every signal held back: `/dev/sgN` gives up waiting when one arrives, and then nobody knows whether
    /// the command was carried out.
    private func call(_ header: inout sg_io_hdr) throws(TransportFault) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        let result = clinuxsg_io(node.number, &header)
        let number = errno
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard result == 0 else {
            throw TransportFault(call: "ioctl(SG_IO)", errno: number, description: String(cString: strerror(number)))
        }
    }
}
