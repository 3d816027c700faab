public import POSIX

/// Chooses how the drives of this machine are found.
public enum SystemDiscovery {
    /// By udev where it runs and can be heard, or else by looking.
    public static func make() throws(SystemError) -> any DriveDiscovering {
        // Tried at once: the service may have been forbidden the kind of socket that udev speaks through.
        guard UdevDiscovery.isAvailable, (try? UdevMonitor()) != nil else { return try SysfsDiscovery() }
        return try UdevDiscovery()
    }
}
