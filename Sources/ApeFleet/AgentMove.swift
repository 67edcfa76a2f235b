import ApeCore

/// Agents that went from one worker to others.
package struct AgentMove: Sendable, Equatable {
    /// Why they went.
    package enum Reason: String, Sendable, CaseIterable {
        /// Their worker was not heard for longer than agents may run without that.
        case lost
        /// Their worker left.
        case left
        /// Their worker came back and no longer ran them.
        case forgotten
        /// The split changed: a worker joined or came back.
        case rebalanced
    }

    /// The identity of the worker that had them.
    package var from: String
    package var reason: Reason
    package var agents: Int
    /// How many of them each worker got, by its identity; none where the run ended before anybody had room for them.
    package var to: [String: Int]
    /// The longest that one of them stood still: from the last sign of its old worker's life (`lost`), or from the
    /// moment that its old worker said it had stopped, until the revision that gives it to its new worker was made.
    package var stoodStill: Micros

    package init(from: String, reason: Reason, agents: Int, to: [String: Int], stoodStill: Micros) {
        self.from = from
        self.reason = reason
        self.agents = agents
        self.to = to
        self.stoodStill = stoodStill
    }
}
