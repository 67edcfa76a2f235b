import ApeCore
import ApeTransfer

/// A request that is ready to go out, and what it is for.
struct PlannedRequest: Sendable {
    enum Purpose: Sendable, Equatable {
        case action
        /// The harness's own, for the check of this number.
        case verification(check: Int)
    }

    var purpose = Purpose.action
    var target: Int
    /// The path with its query, without the base URL.
    var path: String
    /// Such as `GET /api/products/{id}`.
    var route: String
    var request: TransferRequest
    /// Whether a model thought it up.
    var isMadeUp = false
    /// Whether it carries a value that came from an earlier answer.
    var sendsReceived: Bool
    /// The status that the goal waits for, which is no failure whatever its class; nil for any below 400.
    var expectStatus: StatusPattern?
}
