import ApeCore
import ApeTransfer

/// A request that is ready to go out, and what it is for.
///
/// It is a class, since each function that waits for its answer would otherwise hold a copy, as long as the agent waits.
final class PlannedRequest: Sendable {
    enum Purpose: Sendable, Equatable {
        case action
        /// The harness's own, for the check of this number.
        case verification(check: Int)
    }

    let purpose: Purpose
    let target: Int
    /// The path with its query, without the base URL.
    let path: String
    /// Such as `GET /api/products/{id}`.
    let route: String
    let request: TransferRequest
    /// Whether a model thought it up.
    let isMadeUp: Bool
    /// Whether it carries a value that came from an earlier answer.
    let sendsReceived: Bool
    /// The status that the goal waits for, which is no failure whatever its class; nil for any below 400.
    let expectStatus: StatusPattern?

    init(
        purpose: Purpose,
        target: Int,
        path: String,
        route: String,
        request: TransferRequest,
        isMadeUp: Bool,
        sendsReceived: Bool,
        expectStatus: StatusPattern?
    ) {
        self.purpose = purpose
        self.target = target
        self.path = path
        self.route = route
        self.request = request
        self.isMadeUp = isMadeUp
        self.sendsReceived = sendsReceived
        self.expectStatus = expectStatus
    }
}
