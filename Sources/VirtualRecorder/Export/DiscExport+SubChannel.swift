import DiscLayout
import POSIX
import SectorCoding

extension DiscExport {
    /// Writes the sub-channel of the blocks that `exportCue` writes: 96 bytes each, twelve of P, twelve of Q and so on to W, as
    /// CloneCD's `.sub` files hold it.
    ///
    /// - Returns: the path, alone.
    public static func exportSubChannel(_ stored: StoredDisc, to path: String) throws(Failure) -> [String] {
        let sessions = try sessions(of: stored)
        return try exporting { (files) throws(Failure) in
            let file = try system { () throws(SystemError) in try files.make(path) }
            for session in sessions {
                for track in session.tracks {
                    try copy(track, of: session, stored, needsSub: true) { (main, sub) throws(SystemError) in
                        // The buffer of the main channel is larger and not needed.
                        let linear = UnsafeMutableRawBufferPointer(rebasing: main[..<sub.count])
                        SubChannel.linear(
                            sub.count / RedBook.subChannelBytes, from: UnsafeRawBufferPointer(sub), into: linear)
                        try file.write(UnsafeRawBufferPointer(linear))
                    }
                }
            }
        }
    }
}
