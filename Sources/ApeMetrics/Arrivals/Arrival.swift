import ApeCore

/// A session that is to begin at a moment.
package struct Arrival: Sendable, Hashable {
    /// The stage's index in the plan.
    package var stage: Int
    /// The number whose arrival it is. The agent that takes the session may have another.
    package var agent: Int
    package var at: FleetTime

    package init(stage: Int, agent: Int, at: FleetTime) {
        self.stage = stage
        self.agent = agent
        self.at = at
    }

    /// A session that begins later than this after its arrival is late. It is well above what timers and event loops of a
    /// worker that has room are off by (a millisecond or two; a loop is told of as lagging at 50 ms too), and well below
    /// what a user notices.
    package static let lateMicros: Int64 = 50_000
}

extension Arrival: Comparable {
    package static func < (left: Arrival, right: Arrival) -> Bool {
        (left.at, left.agent) < (right.at, right.agent)
    }
}
