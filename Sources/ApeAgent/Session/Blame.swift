import ApeCore
import ApeMetrics

/// Who is answerable for what a target answered: the one place that decides it.
///
/// A model makes its requests up, so that a refusal of one is as a rule its own mistake. It is not where the target forgot
/// what it had handed out itself, and never in a script, whose requests are as its author wants them.
enum Blame {
    /// What a status stands for; nil for one that is as the request waits for it.
    ///
    /// - Parameters:
    ///   - status: the answer's.
    ///   - request: what it answers.
    ///   - carriesReceived: whether the request carried a cookie of the target's.
    /// - Returns: why a session fails of it.
    static func reason(status: Int, of request: PlannedRequest, carriesReceived: Bool) -> FailureReason? {
        if request.expectStatus?.matches(status) ?? false { return nil }
        switch status {
        case ..<400: return nil
        case 429: return .target429
        case 500...: return .target5xx
        case 408: return .target4xx
        case 401, 403: return request.isMadeUp && !carriesReceived && !request.sendsReceived ? .refused : .target4xx
        default: return request.isMadeUp ? .refused : .target4xx
        }
    }
}
