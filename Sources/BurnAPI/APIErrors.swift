import BurnJobs
import BurnPlan
import Drives
import HTTPCore
import JobQueue
import Spool

/// Puts the errors of the layers below into the API's words, in one place.
enum APIErrors {
    /// Runs `body`; what it throws comes out as a `Problem` where it is one of the kinds that a client may see.
    static func translate<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SpoolError {
            throw Problem(error)
        } catch let error as Station.Refusal {
            throw Problem(error)
        } catch let error as DriveError {
            throw Problem(error)
        }
    }
}

extension HTTPResponse {
    /// A value as JSON in the wire format.
    static func wire(_ value: some Encodable, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]) -> HTTPResponse {
        guard let bytes = try? WireFormat.encode(value) else {
            // Only numbers without JSON, such as infinity, can be the cause, and no resource has one.
            return .problem(
                Problem(.internalServerError, type: "internal-error", detail: "The answer has no JSON."), requestID: "")
        }
        var response = HTTPResponse(status: status, headers: headers, body: .bytes(bytes + [0x0A]))
        response.headers["Content-Type"] = "application/json"
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
