import Glibc

/// Where burnd's own parts are.
enum Installation {
    /// Path of this executable.
    static let executable: String = {
        let path = realpath("/proc/self/exe", nil)
        defer { free(path) }
        return path.map { String(cString: $0) } ?? "/proc/self/exe"
    }()

    private static var folder: String { parent(of: executable) }

    /// The decoder, beside this executable.
    static var decoder: String { folder + "/burnd-decode" }

    /// The page: that of the checkout that this executable was built in, else the installed one.
    static var publicFolder: String {
        checkout.map { $0 + "/public" } ?? parent(of: folder) + "/share/burnd/public"
    }

    /// The checkout that this executable was built in; nil for an installed one.
    static var checkout: String? {
        var place = folder
        while place != "/" {
            if exists(place + "/public/index.html"), exists(place + "/Package.swift") { return place }
            place = parent(of: place)
        }
        return nil
    }

    /// Where `openapi.yaml` is: beside the page's folder in a checkout, in it where it is installed.
    static func descriptionFolder(publicFolder: String) -> String {
        let beside = parent(of: publicFolder)
        return exists(beside + "/openapi.yaml") ? beside : publicFolder
    }

    /// Where things are kept when nobody says: the XDG folder for data.
    static var dataFolder: String {
        if let data = getenv("XDG_DATA_HOME"), data.pointee != 0 { return String(cString: data) + "/burnd" }
        let home = getenv("HOME").map { String(cString: $0) } ?? "."
        return home + "/.local/share/burnd"
    }

    /// A path from the root on.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let here = getcwd(nil, 0)
        defer { free(here) }
        return (here.map { String(cString: $0) } ?? ".") + "/" + path
    }

    /// Whether something is at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
