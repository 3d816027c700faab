public import SCSITransports

/// What is heard of drives from the system.
public enum DiscoveryEvent: Equatable, Sendable {
    /// All that there are now: the first word, and again whenever something may have been missed.
    case all([FoundDrive])
    /// A drive appeared, or what is known of it changed.
    case found(FoundDrive)
    /// The drive with this path in sysfs is gone.
    case gone(String)
    /// The disc in a drive was put in, taken out or exchanged, as the kernel noticed.
    case mediaChanged(String)
    /// Somebody pressed the eject button of a drive.
    case ejectRequested(String)
    /// Nothing more will be heard; why.
    case ended(String)
}

/// Finds the drives of a machine and follows them. The registry decides what becomes of what is found.
public protocol DriveDiscovering: Sendable {
    /// How it learns of things.
    var means: DiscoveryMeans { get }

    /// How a found drive is opened.
    func address(of drive: FoundDrive) -> DriveAddress

    /// Begins: nothing that happens after the first `all` is missed. Called once.
    func events() -> AsyncStream<DiscoveryEvent>

    /// Ends the events.
    func stop()
}

extension DriveDiscovering {
    /// By its node.
    public func address(of drive: FoundDrive) -> DriveAddress { .deviceNode(drive.node) }
}

/// How drives are found.
public enum DiscoveryMeans: String, Sendable {
    /// udev tells of drives, discs and buttons as they come and go.
    case udev
    /// No udev can be heard, as in a container: the kernel's list is looked through, and discs are looked for, again and
    /// again.
    case scan
}
