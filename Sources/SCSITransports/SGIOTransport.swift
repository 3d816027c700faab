import CLinuxSG
import Glibc
import POSIX
public import SCSI

/// A drive behind device nodes of the kernel, by `ioctl(SG_IO)` (scsi/sg.h, version 3 headers).
///
/// Commands go through the block node, whose exclusive open keeps others and the kernel's own polling away. Those that it
/// would refuse or give more time than they shall have go through the drive's sg node, which is opened when the first of them
/// comes, unless it came open.
public final class SGIOTransport: SCSITransport {
    /// One of a drive's nodes, open.
    struct Node {
        let file: FileDescriptor
        let path: String
        let isBlock: Bool
    }

    /// Least time that the block layer gives a command, in milliseconds, whatever was asked for (`BLK_MIN_SG_TIMEOUT`).
    public static let leastBlockTimeout = 7_000
    /// Taken for the most of one transfer where the kernel does not tell: every bridge takes so much.
    private static let usualTransfer = 64 << 10
    private static let senseBytes = 64
    private static let longestCDB = 16

    /// The system call, as `errno` or 0.
    typealias Call = (_ file: Int32, _ header: inout sg_io_hdr) -> Int32

    private let primary: Node
    private var generic: Result<Node, SystemError>?
    private let genericPath: String?
    private let call: Call
    private let waits: [UInt32]
    /// Sense data goes here; 64 bytes hold every format.
    private let sense: UnsafeMutableRawBufferPointer
    private let command: UnsafeMutableRawBufferPointer
    /// Most bytes of one command, as the drive's queue said at opening: 120 KiB behind most USB bridges, 32 KiB behind some.
    public let maximumTransfer: Int

    /// Pauses before a command that the kernel had no room for is sent again, in microseconds: two seconds in all, in which a
    /// machine short of memory writes something out.
    private static let waits: [UInt32] = [10_000, 30_000, 100_000, 300_000, 500_000, 1_000_000]

    /// Sends to open nodes.
    ///
    /// - Parameters:
    ///   - generic: the sg node, when it is open already.
    ///   - genericPath: where it is opened when it is needed; nil when there is none.
    init(
        _ primary: Node, generic: Node? = nil, genericPath: String? = nil, maximumTransfer: Int? = nil,
        waits: [UInt32] = SGIOTransport.waits, call: @escaping Call = SGIOTransport.call
    ) {
        (self.primary, self.genericPath, self.call, self.waits) = (primary, genericPath, call, waits)
        self.generic = generic.map { .success($0) }
        self.maximumTransfer = maximumTransfer ?? Self.limit(of: primary)
        sense = .allocate(byteCount: Self.senseBytes, alignment: 16)
        command = .allocate(byteCount: Self.longestCDB, alignment: 16)
    }

    deinit {
        sense.deallocate()
        command.deallocate()
    }

    private static func limit(of node: Node) -> Int {
        let number = node.file.number
        let told = node.isBlock ? clinuxsg_block_transfer_limit(number) : clinuxsg_generic_transfer_limit(number)
        return told > 0 ? told : usualTransfer
    }

    /// Time that the kernel really gives a command, in milliseconds: never less than `leastBlockTimeout` when there is no sg
    /// node to send it to.
    public func effectiveTimeout(_ timeout: Int, of cdb: CDB) -> Int {
        node(for: cdb, timeout: timeout).isBlock ? max(timeout, Self.leastBlockTimeout) : timeout
    }

    /// Sends one command. Buffers on page boundaries spare the kernel a copy; any others do, too.
    public func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
        guard data.byteCount <= maximumTransfer else {
            throw TransportFault(
                call: "ioctl(SG_IO)", errno: EINVAL,
                description: "\(data.byteCount) bytes are more than \(primary.path) takes at once, \(maximumTransfer)",
                kind: .tooLarge)
        }
        let node = node(for: cdb, timeout: timeout)
        command.copyBytes(from: cdb.bytes)
        var retries = waits[...]
        while true {
            sense.initializeMemory(as: UInt8.self, repeating: 0)
            var header = header(cdb, data, timeout: timeout)
            let number = call(node.file.number, &header)
            if number == 0 { return outcome(header) }
            // Never sent, so that sending it again is no second time.
            if Self.isForWantOfRoom(number, node), let pause = retries.popFirst() {
                usleep(pause)
                continue
            }
            throw fault(number, cdb, data, node)
        }
    }

    private func header(_ cdb: CDB, _ data: DataTransfer, timeout: Int) -> sg_io_hdr {
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
        return header
    }

    private func outcome(_ header: sg_io_hdr) -> SCSIOutcome {
        SCSIOutcome(
            status: header.status, hostStatus: Int(header.host_status), driverStatus: Int(header.driver_status),
            residual: Int(header.resid), sense: Array(sense.prefix(Int(header.sb_len_wr))))
    }

    /// The ioctl, with every signal held back: `/dev/sgN` gives up waiting when one arrives, and then nobody knows whether
    /// the command was carried out. They are delivered when it has returned.
    private static func call(_ file: Int32, _ header: inout sg_io_hdr) -> Int32 {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        let number = clinuxsg_io(file, &header) == 0 ? 0 : errno
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return number
    }
}

// MARK: Which node

extension SGIOTransport {
    /// Where a command goes. What the filter refuses on the block node is tried there all the same when the sg node cannot
    /// be had: root may send everything.
    private func node(for cdb: CDB, timeout: Int) -> Node {
        guard primary.isBlock, let code = cdb.bytes.first else { return primary }
        guard !CommandFilter.allows(code) || timeout < Self.leastBlockTimeout else { return primary }
        guard case .success(let node) = openedGeneric() else { return primary }
        return node
    }

    private func openedGeneric() -> Result<Node, SystemError>? {
        if generic == nil, let genericPath {
            do throws(SystemError) {
                let file = try FileDescriptor(opening: genericPath, O_RDWR | O_NONBLOCK)
                generic = .success(Node(file: file, path: genericPath, isBlock: false))
            } catch {
                generic = .failure(error)
            }
        }
        return generic
    }
}

// MARK: What went wrong

extension SGIOTransport {
    /// The kernel could not queue the command: no memory for it, or too many at once.
    private static func isForWantOfRoom(_ number: Int32, _ node: Node) -> Bool {
        switch number {
        case ENOMEM, EBUSY, EAGAIN: true
        // The sg driver's word for a full queue.
        case EDOM: !node.isBlock
        default: false
        }
    }

    private func fault(_ number: Int32, _ cdb: CDB, _ data: DataTransfer, _ node: Node) -> TransportFault {
        let meaning = String(cString: strerror(number))
        let (kind, text): (TransportFault.Kind, String) =
            switch number {
            case ENODEV, ENXIO, ESHUTDOWN: (.gone, "the drive behind \(node.path) is gone (\(meaning))")
            case EPERM, EACCES: (.notPermitted, refusal(of: cdb, node))
            case _ where Self.isForWantOfRoom(number, node): (.notSent, "\(node.path) had no room for it: \(meaning)")
            // Which it says of too much data; of anything else it is a command that this kernel cannot carry.
            case EINVAL: (data.byteCount > 0 ? .tooLarge : .notSent, "\(node.path) does not take it: \(meaning)")
            default: (.unknown, meaning)
            }
        return TransportFault(call: "ioctl(SG_IO)", errno: number, description: text, kind: kind)
    }

    private func refusal(of cdb: CDB, _ node: Node) -> String {
        let code = cdb.bytes.first ?? 0
        let hex = (code < 16 ? "0" : "") + String(code, radix: 16, uppercase: true)
        let refused = "this user may not send operation code \(hex)h to \(node.path)"
        guard node.isBlock else { return refused }
        return switch generic {
        case .failure(let error): "\(refused), and its sg node cannot be used: \(error)"
        case .success: refused
        case nil: "\(refused), and it has no sg node that would take it (is the kernel's module sg loaded?)"
        }
    }
}
