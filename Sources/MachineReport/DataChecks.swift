/// The folder in which everything is kept, and the database in it.
enum DataChecks {
    static func lines(_ machine: Machine, _ installed: Installed) -> [CheckLine] {
        let folder = folder(machine, installed.data)
        guard folder.verdict != .problem else { return [folder] }
        return [folder, fileSystem(machine, installed.data), space(machine, installed.data)].compactMap(\.self)
            + [database(machine, installed.data)]
    }

    static func folder(_ machine: Machine, _ path: String) -> CheckLine {
        guard let node = machine.node(path) else {
            let parent = existing(path, machine)
            if machine.mayUse(parent, .writing) { return .ok("data", "\(path) will be made by the first server") }
            return CheckLine(
                "data", .problem, "\(path) is not there, and \(machine.user.name) may not make it",
                remedy: ["sudo install -d -m 750 -o \(machine.user.name) \(path)"])
        }
        guard node.kind == .folder else {
            return CheckLine(
                "data", .problem, "\(path) is no folder", remedy: ["burnd serve --data ANOTHER-FOLDER"])
        }
        guard machine.mayUse(path, .both), machine.mayUse(path, .running) else {
            return CheckLine(
                "data", .problem, "\(path) belongs to \(node.owner), and \(machine.user.name) may not write there",
                remedy: ["sudo -u \(node.owner) burnd check --data \(path)"],
                note: "Serve as \(node.owner), or from another folder: burnd serve --data DIR.")
        }
        return .ok("data", "\(path) may be written")
    }

    /// The path itself, or the lowest folder above it that is there.
    private static func existing(_ path: String, _ machine: Machine) -> String {
        var path = path
        while path != "/", machine.node(path) == nil {
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
            path = String(path[..<slash])
        }
        return path
    }

    /// Types on which what was acknowledged may be lost, by their magic numbers (statfs(2)).
    private static let weak: [UInt64: String] = [
        0x0102_1994: "in memory (tmpfs): gone with the next start of the machine",
        0x8584_58F6: "in memory (ramfs): gone with the next start of the machine",
        0x794C_7630: "on an overlay: gone with the container or the live system that it belongs to",
        0x4D44: "on FAT, which knows neither owners nor durable renames",
        0x2011_BAB0: "on exFAT, which knows neither owners nor durable renames",
        0x6969: "on NFS, where locks and durability are what the server makes of them",
        0xFF53_4D42: "on SMB, where locks and durability are what the server makes of them",
        0xFE53_4D42: "on SMB, where locks and durability are what the server makes of them",
        0x6573_5546: "on a file system of a program (FUSE), where durability is what that makes of it",
        0x0102_1997: "on a file system of a host (9p), where durability is what that makes of it",
    ]

    static func fileSystem(_ machine: Machine, _ path: String) -> CheckLine? {
        let place = existing(path, machine)
        guard let system = machine.fileSystem(place) else { return nil }
        if system.isReadOnly {
            return CheckLine(
                "file-system", .problem, "\(place) is on a file system that is mounted read-only",
                remedy: ["sudo mount -o remount,rw \"$(findmnt -no TARGET -T \(place))\""])
        }
        guard let weakness = weak[system.type] else {
            return .ok("file-system", "what is acknowledged there survives a power cut")
        }
        return CheckLine(
            "file-system", .warning, "\(place) is \(weakness)",
            remedy: machine.isContainer ? [] : ["burnd serve --data FOLDER-ON-A-DISK"],
            note: machine.isContainer ? "Give the container a volume: -v burnd:/data." : nil)
    }

    /// Sectors of the fullest disc that is sold, 99 minutes, as decoded audio: the most that one job wants.
    private static let fullestDisc = 99 * 60 * 75 * 2352
    /// What uploads leave free (`Spool.Limits.reserveBytes`); below it nothing is taken in.
    private static let reserve = 64 << 20

    static func space(_ machine: Machine, _ path: String) -> CheckLine? {
        guard let free = machine.fileSystem(existing(path, machine))?.free else { return nil }
        if free >= fullestDisc + reserve {
            return .ok("space", "\(gigabytes(free)) are free; the fullest disc takes \(gigabytes(fullestDisc))")
        }
        return CheckLine(
            "space", free < reserve ? .problem : .warning,
            "\(gigabytes(free)) are free, and the fullest disc takes \(gigabytes(fullestDisc))",
            remedy: ["burnd serve --data FOLDER-ON-ANOTHER-DISK"], note: "Or make room on this one.")
    }

    private static func gigabytes(_ bytes: Int) -> String {
        "\(bytes / 1_000_000_000).\(bytes / 100_000_000 % 10) GB"
    }

    static func database(_ machine: Machine, _ folder: String) -> CheckLine {
        let path = folder + "/burnd.sqlite"
        switch machine.database(path) {
        case .none: return .ok("database", "none yet; the first server makes it")
        case .sound(let version): return .ok("database", "sound, version \(version)")
        case .later(let version):
            return CheckLine(
                "database", .problem, "of version \(version), which a later burnd has made",
                remedy: ["sudo apt-get install burnd"], note: "This burnd is too old for it.")
        case .damaged(let words):
            return CheckLine(
                "database", .problem, "damaged: \(words)",
                remedy: ["sqlite3 \(path) .recover | sqlite3 \(folder)/recovered.sqlite"],
                note: "With the server stopped. Then put recovered.sqlite in its place.")
        case .unreadable(let words):
            return CheckLine(
                "database", .problem, "cannot be read: \(words)", remedy: ["sudo ls -l \(folder)"],
                note: "It belongs to the user that serves from this folder.")
        }
    }
}
