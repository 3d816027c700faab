import DiscLayout
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
        (SetCDSpeed(read: 0x1B90, write: 1416, isPureCAV: true).cdb, "BB 01 1B90 0588 00 00 00 00 00 00"),
        (
            SetCDSpeed(write: RecordingSpeed(kilobytesPerSecond: 1411)).cdb,  // 8x as listed is asked for as 8 × 177
            "BB 00 FFFF 0588 00 00 00 00 00 00"
        ),
        (GetPerformance(descriptors: 7).cdb, "AC 00 00000000 00 00 0007 03 00"),
        (ReadCD(lba: 150, blocks: 26).cdb, "BE 04 00000096 00001A 10 00 00"),
        (ReadCD(lba: -150, blocks: 26, subChannel: .raw).cdb, "BE 04 FFFFFF6A 00001A 10 01 00"),
        (ReadCD(lba: 0, blocks: 1, .audio, .none, subChannel: .q).cdb, "BE 04 00000000 000001 00 02 00"),
        (ReadCD(lba: 0, blocks: 1, .any, .whole, subChannel: .packs).cdb, "BE 00 00000000 000001 F8 04 00"),
        (ReadCD(lba: 0, blocks: 1, .mode1, .whole).cdb, "BE 08 00000000 000001 F8 00 00"),
        (ReadCD(lba: 0, blocks: 1, .mode2Form2, .userData).cdb, "BE 14 00000000 000001 10 00 00"),
        (Read10(lba: 16, blocks: 1).cdb, "28 00 00000010 00 0001 00"),
        (ReadCapacity().cdb, "25 00 00 00 00 00 00 00 00 00"),
        (ReadSessionInformation().cdb, "43 00 01 00 00 00 00 000C 00"),
        (ReadPMA(allocationLength: 0x1A).cdb, "43 00 03 00 00 00 00 001A 00"),
        (ReadText(allocationLength: 0x28).cdb, "43 00 05 00 00 00 00 0028 00"),
        (ReadCurrentPosition().cdb, "42 00 40 01 00 00 00 00 10 00"),
        (ReadMediaCatalogNumber().cdb, "42 00 40 02 00 00 00 00 18 00"),
        (ReadTrackRecordingCode(track: 2).cdb, "42 00 40 03 00 00 02 00 18 00"),
        (Blank(.disc, immediate: true).cdb, "A1 10 00000000 00 00 00 00 00 00"),
        (Blank(.minimal, immediate: true).cdb, "A1 11 00000000 00 00 00 00 00 00"),
        (Blank(.minimal, immediate: false).cdb, "A1 01 00000000 00 00 00 00 00 00"),
        (Blank(.track(3), immediate: true).cdb, "A1 12 00000003 00 00 00 00 00 00"),
        (Blank(.reservation(3), immediate: true).cdb, "A1 13 00000003 00 00 00 00 00 00"),
        (Blank(.trackTail(0x1234), immediate: true).cdb, "A1 14 00001234 00 00 00 00 00 00"),
        (Blank(.lastSessionClosure, immediate: true).cdb, "A1 15 00000000 00 00 00 00 00 00"),
        (Blank(.lastSession, immediate: true).cdb, "A1 16 00000000 00 00 00 00 00 00"),
        (StartStopUnit(.stop).cdb, "1B 00 00 00 00 00"),
        (StartStopUnit(.start).cdb, "1B 00 00 00 01 00"),
        (StartStopUnit(.eject).cdb, "1B 00 00 00 02 00"),
        (StartStopUnit(.load).cdb, "1B 00 00 00 03 00"),
        (PreventAllowMediumRemoval(prevent: true).cdb, "1E 00 00 00 01 00"),
        (PreventAllowMediumRemoval(prevent: false).cdb, "1E 00 00 00 00 00"),
        (GetEventStatusNotification().cdb, "4A 01 00 00 10 00 00 0008 00"),
    ]

    @Test func `the first WRITE of a RAW disc goes into the lead-in`() {
        #expect(Write10(lba: -11_635, blocks: 26).cdb.bytes == hex("2A 00 FF FF D2 8D 00 00 1A 00"))
        #expect(Write10(lba: -11_635, blocks: 341).cdb.bytes == hex("2A 00 FF FF D2 8D 00 01 55 00"))
    }

    @Test func `what READ CD brings of a sector is as long as what is asked for`() {
        #expect(ReadCD(lba: 0, blocks: 1).sectorBytes == 2352)
        #expect(ReadCD(lba: 0, blocks: 1, subChannel: .raw).sectorBytes == 2448)
        #expect(ReadCD(lba: 0, blocks: 1, subChannel: .q).sectorBytes == 2368)
        #expect(ReadCD(lba: 0, blocks: 1, .any, .none, subChannel: .packs).sectorBytes == 96)
        #expect(ReadCD(lba: 0, blocks: 1, .mode1, .userData).sectorBytes == 2048)
        #expect(ReadCD(lba: 0, blocks: 1, .mode1, .whole).sectorBytes == 2352)
    }

    @Test func `what returns at once has less time than what does it all before`() {
        #expect(Blank(.disc, immediate: true).timeout < Blank(.disc, immediate: false).timeout)
        #expect(SynchronizeCache(immediate: true).timeout < SynchronizeCache().timeout)
        #expect(
            CloseTrackSession(.session, immediate: true).timeout < CloseTrackSession(.session, immediate: false).timeout
        )
    }

    @Test(arguments: commands) func `a command's bytes are the standard's`(_ cdb: CDB, _ expected: String) {
        #expect(cdb.bytes == hex(expected))
    }
}
