import BurnJobs
import BurnPlan
import DiscComposition
import Drives
import HTTPCore
import JobQueue

/// `/jobs:check`: what an order would become, without becoming it.
struct CheckHandlers: Sendable {
    let station: Station
    let uploads: Uploads
    let drives: DriveRegistry

    /// POST: the body of an order. Files that came with it are looked at and forgotten.
    func check(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await APIErrors.translate {
            try await RequestFiles.collect(for: uploads) { files in
                let taken = try await OrderIntake(uploads: uploads, drives: drives).take(request, files)
                let composition = try taken.compose()
                let choices = await station.choices(for: taken.order, composition.demand)
                let statuses = await drives.statuses().filter { choices[$0.id] != nil }
                var warnings: [String: String] = [:]
                for drive in statuses { warnings[drive.id] = try await station.warning(for: taken.order, on: drive) }
                return .wire(CheckResource(taken.order, composition, choices, statuses, warnings: warnings))
            }
        }
    }
}
