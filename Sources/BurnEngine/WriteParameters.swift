import BurnPlan
import DiscLayout
import MMC
import RecorderQuirks
import SCSI

/// One way to fill the write parameters page in.
struct PageAttempt {
    /// What is particular about it, for the log: "without its codes".
    let name: String
    let fill: (inout WriteParametersPage) -> Void
}

extension BurnEngine {
    /// Sets page 05h, from what the drive reports, in the first of some ways that it takes.
    ///
    /// - Returns: the place of that way.
    func setWriteParameters(_ what: String, _ attempts: [PageAttempt]) throws(BurnStop) -> Int {
        let what = "The drive does not take the write parameters of \(what)"
        var page = try writeParametersPage(what)
        var last: SCSIError?
        for (index, attempt) in attempts.enumerated() {
            attempt.fill(&page)
            do throws(SCSIError) {
                try patiently { () throws(SCSIError) in try transport.perform(ModeSelect10(page.page)) }
                isTestSelected = page.isTestWrite
                if index > 0 { log("write parameters: taken \(attempt.name)") }
                return index
            } catch {
                guard error.sense?.key == 5 else { throw failure(BurnProblem(.driveRefused, what, error)) }
                log("write parameters: refused \(attempt.name): \(error.explanation)")
                last = error
            }
        }
        guard let last else { preconditionFailure("there is a way to try") }
        throw failure(BurnProblem(.modeNotSupported, what, last))
    }

    /// Page 05h as the drive has it.
    func writeParametersPage(_ what: String) throws(BurnStop) -> WriteParametersPage {
        let reported = try must(.driveRefused, what) { () throws(SCSIError) in
            try patiently { () throws(SCSIError) in try transport.modePage(WriteParametersPage.code) }
        }
        guard let page = WriteParametersPage(from: reported) else {
            throw failure(
                BurnProblem(.modeNotSupported, "The drive's write parameters page has \(reported.bytes.count) bytes."))
        }
        return page
    }

    /// What is the same for all tracks of a session.
    func sessionParameters(freeFromUnderrun: Bool, catalogNumber: CatalogNumber? = nil)
        -> WriteParametersPage.Session
    {
        let disc = recorder?.disc
        let multiSession: WriteParametersPage.MultiSession =
            switch (plan.close, (disc?.sessionCount ?? 1) > 1) {
            case (.disc, false): .none
            // The first session's lead-in has promised that there may be more; the last one's says that there are not.
            case (.disc, true): plan.mode == .tao ? .none : .last
            case (.session, _), (.none, _): .next
            }
        return WriteParametersPage.Session(
            multiSession: multiSession, freeFromUnderrun: freeFromUnderrun, isTestWrite: plan.isTest,
            format: disc.map { $0.status == .empty ? .cdDAOrCDROM : .init(discType: $0.discType) } ?? .cdDAOrCDROM,
            catalogNumber: catalogNumber)
    }

    /// Whether to ask for underrun protection: as the plan says and the drive can, and then without, since some drives
    /// announce it and refuse the bit.
    var underrunChoices: [Bool] {
        let hasProtection = recorder?.hasBufferUnderrunProtection(plan.mode) ?? false
        return hasProtection && !plan.isUnderrunProtectionOff ? [true, false] : [false]
    }

    /// Takes the test bit out of the write parameters: some drives keep it until the tray opens, and the next program would
    /// write nothing.
    func leaveTestMode() {
        guard isTestSelected else { return }
        isTestSelected = false
        clearTestBit()
        if quirks.contains(.reloadsAfterTest) { reload() }
    }

    private func clearTestBit() {
        for _ in 0..<limits.readAttempts {
            do throws(SCSIError) {
                return try selectWriting()
            } catch {
                log("the drive may still be set to test writes: \(error.explanation)")
                if error.transportKind != nil { return }
            }
        }
    }

    private func selectWriting() throws(SCSIError) {
        let reported = try patiently { () throws(SCSIError) in try transport.modePage(WriteParametersPage.code) }
        guard var page = WriteParametersPage(from: reported) else { return }
        page.setTrackAtOnceAudio(control: [], multiSession: .none, freeFromUnderrun: false)
        try patiently { () throws(SCSIError) in try transport.perform(ModeSelect10(page.page)) }
    }
}
