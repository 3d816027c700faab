import MMC
import SCSI
import TestSupport
import Testing

/// Every command's bytes, as cd-recording programs send them and MMC-6 lays them out.
@Suite struct CommandBytesTests {
    static let commands: [(CDB, String)] = [
        (TestUnitReady().cdb, "00 00 00 00 00 00"),
        (RequestSense().cdb, "03 00 00 00 12 00"),
        (Inquiry().cdb, "12 00 00 00 24 00"),
        (UnitSerialNumber().cdb, "12 01 80 00 FC 00"),
        (GetConfiguration(allocationLength: 0x1234).cdb, "46 00 0000 00 00 00 1234 00"),
        (ModeSense10(page: 0x2A, allocationLength: 0x1E).cdb, "5A 00 2A 00 00 00 00 001E 00"),
        (ModeSense10(page: 5, control: .defaults, allocationLength: 60).cdb, "5A 00 85 00 00 00 00 003C 00"),
        (ReadDiscInformation().cdb, "51 00 00 00 00 00 00 00 22 00"),
        (ReadTrackInformation(.next).cdb, "52 01 000000FF 00 00 24 00"),
        (ReadTrackInformation(.track(7)).cdb, "52 01 00000007 00 00 24 00"),
        (ReadTrackInformation(.lba(-150)).cdb, "52 00 FFFFFF6A 00 00 24 00"),
        (ReadFormattedTOC(allocationLength: 0x1C).cdb, "43 00 00 00 00 00 00 001C 00"),
        (ReadFullTOC(allocationLength: 0x3B).cdb, "43 00 02 00 00 00 01 003B 00"),
        (ReadATIP(allocationLength: 0x1C).cdb, "43 00 04 00 00 00 00 001C 00"),
        (ReadBufferCapacity().cdb, "5C 00 00 00 00 00 00 000C 00"),
        (Write10(lba: -150, blocks: 27).cdb, "2A 00 FFFFFF6A 00 001B 00"),
        (SynchronizeCache().cdb, "35 00 00 00 00 00 00 00 00 00"),
        (SynchronizeCache(immediate: true).cdb, "35 02 00 00 00 00 00 00 00 00"),
        (CloseTrackSession(.session, immediate: true).cdb, "5B 01 02 00 0000 00 00 00 00"),
        (CloseTrackSession(.track(0xFF), immediate: false).cdb, "5B 00 01 00 00FF 00 00 00 00"),
        (SendOPCInformation().cdb, "54 01 00 00 00 00 00 0000 00"),
        (SetCDSpeed(read: SetCDSpeed.maximum, write: 1416).cdb, "BB 00 FFFF 0588 00 00 00 00 00 00"),
        (GetPerformance().cdb, "AC 00 00000000 00 00 0040 03 00"),
        (ReadCD(lba: 150, blocks: 26).cdb, "BE 04 00000096 00001A 10 00 00"),
        (StartStopUnit(.stop).cdb, "1B 00 00 00 00 00"),
        (StartStopUnit(.start).cdb, "1B 00 00 00 01 00"),
        (StartStopUnit(.eject).cdb, "1B 00 00 00 02 00"),
        (StartStopUnit(.load).cdb, "1B 00 00 00 03 00"),
        (PreventAllowMediumRemoval(prevent: true).cdb, "1E 00 00 00 01 00"),
        (PreventAllowMediumRemoval(prevent: false).cdb, "1E 00 00 00 00 00"),
        (GetEventStatusNotification().cdb, "4A 01 00 00 10 00 00 0008 00"),
    ]

    @Test(arguments: commands) func `a command's bytes are the standard's`(_ cdb: CDB, _ expected: String) {
        #expect(cdb.bytes == hex(expected))
    }
}
