/// Decides which drive a found one is: one that was here before, or a new one.
///
/// A drive is known by vendor, product and serial number: the drive's own (page 80h), else the one that the system has for it.
/// Without any it is known by its port, and so are drives that claim the same serial number.
struct DriveNaming {
    /// All drives that were ever here, by id.
    var remembered: [String: RememberedDrive]
    /// Ids of drives that are here now.
    var attached: Set<String>

    /// The id of a found drive.
    ///
    /// - Parameter identity: what the drive itself said; nil when it could not be asked.
    func id(of found: FoundDrive, _ identity: DriveIdentity?) -> String {
        let kin = kin(of: found, identity)
        if let here = kin.first(where: { $0.port == found.port && !attached.contains($0.id) }) { return here.id }
        // One of its kind, wherever it was: plugged in elsewhere. More are twins, and only the port tells which.
        if kin.count == 1, !attached.contains(kin[0].id) { return kin[0].id }
        let name = (identity ?? found.identity).slug(address: found.port)
        let atPort = name + "-" + DriveIdentity.words(found.port)
        let isFree = { (id: String) in remembered[id] == nil && !attached.contains(id) }
        if isFree(name) { return name }
        var (candidate, number) = (atPort, 2)
        while !isFree(candidate) {
            (candidate, number) = ("\(atPort)-\(number)", number + 1)
        }
        return candidate
    }

    /// Drives that were here and may be this one, sorted by id.
    private func kin(of found: FoundDrive, _ identity: DriveIdentity?) -> [RememberedDrive] {
        remembered.values.filter { isKin($0, found, identity) }.sorted { $0.id < $1.id }
    }

    private func isKin(_ old: RememberedDrive, _ found: FoundDrive, _ identity: DriveIdentity?) -> Bool {
        guard let identity else { return Self.isLikely(old, found) }
        guard old.identity.isSameModel(as: identity), old.identity.serial == identity.serial else { return false }
        return !identity.serial.isEmpty || old.port == found.port
    }

    /// Whether a drive that cannot be asked now is one that was here, by the system's words alone.
    static func isLikely(_ old: RememberedDrive, _ found: FoundDrive) -> Bool {
        // Before the system's words were kept there was only the node.
        guard let serial = old.systemSerial, let port = old.port else { return old.address == found.node }
        guard old.identity.isSameModel(as: found.identity), serial == found.serial else { return false }
        return !serial.isEmpty || port == found.port
    }

    /// A name for people: what the drive calls itself, told from others of the same name by a number.
    static func label(_ product: String, taken: Set<String>) -> String {
        var (candidate, number) = (product, 2)
        while taken.contains(candidate) {
            (candidate, number) = ("\(product) \(number)", number + 1)
        }
        return candidate
    }
}

extension DriveIdentity {
    /// The same make of drive, whatever its firmware.
    func isSameModel(as other: DriveIdentity) -> Bool { vendor == other.vendor && product == other.product }
}
