import ApeTransfer
import Synchronization

/// Spaces the requests of a worker's agents to its share of an endpoint's budget.
///
/// The budget is the whole fleet's: the scenario's, or else what the endpoint says of it in its answers. The share is as
/// large as the worker's share of the fleet's agents, so that no agent waits longer for being on one worker rather than
/// on another.
package final class RateGovernor: Sendable {
    /// Where endpoints say how many requests a minute they take, the more exact names first. Under the last name some
    /// give a day's limit, which is so high that it holds nobody up.
    private static let limitHeaders = [
        "x-ratelimit-limit-requests-minute", "x-ratelimit-limit-req-minute", "anthropic-ratelimit-requests-limit",
        "x-ratelimit-limit-requests",
    ]

    private struct State: Sendable {
        /// The fleet's budget; nil while none is known.
        var requestsPerMinute: Double?
        var share = 1.0
        var schedule: RateSchedule?

        mutating func settle() {
            guard let requestsPerMinute else { return }
            if schedule == nil { schedule = RateSchedule(requestsPerMinute: requestsPerMinute * share) }
            schedule?.setBudget(requestsPerMinute: requestsPerMinute * share)
        }
    }

    private let isFixed: Bool
    private let state: Mutex<State>

    /// - Parameter fleetRequestsPerMinute: the budget that the scenario sets, above 0; nil for what the endpoint says.
    package init(fleetRequestsPerMinute: Int64? = nil) {
        isFixed = fleetRequestsPerMinute != nil
        var state = State(requestsPerMinute: fleetRequestsPerMinute.map(Double.init))
        state.settle()
        self.state = Mutex(state)
    }

    /// Gives the worker another share, by its agents; requests that already have their turn keep it.
    package func setShare(agents: Int, of fleetAgents: Int) {
        state.withLock { state in
            state.share = Double(agents) / Double(max(1, fleetAgents))
            state.settle()
        }
    }

    /// Takes note of the limit that an answer names, unless the scenario sets one.
    func learn(from response: TransferResponse) {
        guard !isFixed, let text = response.headers.first(ofAny: Self.limitHeaders),
            let limit = Double(text), limit > 0, limit.isFinite
        else { return }
        state.withLock { state in
            guard state.requestsPerMinute != limit else { return }
            state.requestsPerMinute = limit
            state.settle()
        }
    }

    /// Whether a request may have to wait.
    package var isLimiting: Bool { state.withLock { $0.schedule != nil } }

    /// Takes a turn, and tells how long to wait for it in microseconds.
    func reserve(at now: Int64) -> Int64 {
        state.withLock { $0.schedule?.reserve(at: now) ?? 0 }
    }
}
