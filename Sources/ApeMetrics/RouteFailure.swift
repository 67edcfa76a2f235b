import ApeCore

/// Attempts at one route that failed in one way.
package struct RouteFailure: Sendable, Equatable {
    /// Such as `POST /api/checkout`.
    package var route: String
    /// The answer's status, or the ``AttemptFault`` without one, such as `timeout`.
    package var status: String
    package var count: Int64
    /// All attempts at the route, retries and verifications included.
    package var requests: Int64

    /// Whose failure it is.
    package var party: Party

    /// The share of the route's attempts; nil where those were not counted.
    package var rate: Double? {
        requests >= count && requests > 0 ? Double(count) / Double(requests) : nil
    }
}

extension RouteFailure {
    /// Reads a label of ``CounterFamily/routeErrors``. One without a party is a worker's that does not say it.
    init(label: String, count: Int64, requests: [String: Int64]) {
        var words = label.split(separator: " ").map(String.init)
        let party = words.count > 2 ? words.last.flatMap(Party.init(rawValue:)) : nil
        if party != nil { words.removeLast() }
        status = words.count > 1 ? words.removeLast() : WindowTally.otherLabel
        route = words.joined(separator: " ")
        self.party = party ?? (AttemptFault(rawValue: status).isOwn ? .harness : .target)
        self.count = count
        self.requests = requests[route] ?? 0
    }
}

extension Sequence<RouteFailure> {
    /// All these attempts.
    package var attempts: Int64 { reduce(0) { $0.addingClamped($1.count) } }
}

extension Measures {
    /// What failed by route and status, the most frequent first.
    package var routeFailures: [RouteFailure] {
        let requests = labels(of: .routeRequests)
        let failures = labels(of: .routeErrors).map { label, count in
            RouteFailure(label: label, count: count, requests: requests)
        }
        return failures.sorted {
            $0.count == $1.count ? ($0.route, $0.status) < ($1.route, $1.status) : $0.count > $1.count
        }
    }

    /// Attempts at a target by route, retries and verifications included.
    package var routeRequests: [String: Int64] { labels(of: .routeRequests) }
}

/// How the sessions of one goal ended.
package struct GoalSessions: Sendable, Equatable {
    package var succeeded: Int64 = 0
    package var failed: Int64 = 0
    package var successfulStateful: Int64 = 0

    package init() {}

    package var completed: Int64 { succeeded.addingClamped(failed) }
}

extension Measures {
    /// The completed sessions by goal.
    package var goalSessions: [String: GoalSessions] {
        var found: [String: GoalSessions] = [:]
        for (goal, number) in labels(of: .goalSessionsSucceeded) {
            found[goal, default: GoalSessions()].succeeded = number
        }
        for (goal, number) in labels(of: .goalSessionsFailed) {
            found[goal, default: GoalSessions()].failed = number
        }
        for (goal, number) in labels(of: .goalSessionsSuccessfulStateful) {
            found[goal, default: GoalSessions()].successfulStateful = number
        }
        return found
    }
}
