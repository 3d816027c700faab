import ServerSupport
import TestSupport
import Testing

/// The medium and the button.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct EventTests {
    @Test func `a disc that goes and one that comes are seen, by udev and in the API`() throws {
        let recorder = try USBRecorder("medium")
        let server = try ServerProcess(discovering: [])
        _ = try server.blankDrive(of: recorder)
        #expect(try Guest.properties(of: recorder.node())["ID_CDROM_MEDIA_STATE"] == "blank")
        try recorder.control("eject")
        try server.drive(of: recorder, "empty") { $0.media == .null }
        try Deadline.waiting("udev's word") {
            try Guest.properties(of: recorder.node())["ID_CDROM_MEDIA"] == nil
        }
        try recorder.control("load")
        _ = try server.blankDrive(of: recorder)
        try Deadline.waiting("udev's word") {
            try Guest.properties(of: recorder.node())["ID_CDROM_MEDIA_STATE"] == "blank"
        }
    }

    @Test func `the button opens the tray of an idle drive, and the API tells`() throws {
        let recorder = try USBRecorder("button")
        let server = try ServerProcess(discovering: [])
        _ = try server.blankDrive(of: recorder)
        // Where the door is locked, the button is a request, and whoever locked it opens it.
        try recorder.control("button")
        try server.drive(of: recorder, "open") { $0.media == .null && $0.tray.string == "open" }
        #expect(try recorder.control("status").tray.string == "open")
    }
}
