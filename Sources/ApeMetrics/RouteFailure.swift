import ApeCore

/// Attempts at one route that failed in one way.
package struct RouteFailure: Sendable, Equatable {
    /// Such as `POST /api/checkout`.
    package var route: String
    /// The answer's status, or what went wrong without one, such as `timeout`.
    package var status: String
    package var count: Int64
    /// All attempts at the route, retries and verifications included.
    package var requests: Int64

    /// What stands for a request that the session's end cut short: it says nothing about the target.
    package static let sessionEnd = "session_end"
    /// What went wrong before a request could go out.
    private static let ownTroubles: Set<String> = ["not_allowed", "invalid_request", "cancelled", "transport"]

    package init(route: String, status: String, count: Int64, requests: Int64) {
        self.route = route
        self.status = status
        self.count = count
        self.requests = requests
    }

    /// Whose failure it is.
    package var family: FailureFamily {
        if status == Self.sessionEnd { return .simulation }
        return Self.ownTroubles.contains(status) ? .harness : .target
    }

    /// The share of the route's attempts; nil where those were not counted.
    package var rate: Double? {
        requests >= count && requests > 0 ? Double(count) / Double(requests) : nil
    }
}

/// Whose failure it was, by the first word of its reason.
package enum FailureFamily: String, Sendable, CaseIterable {
    case target
    case inference
    /// The model's: invalid calls, the step limit, giving up.
    case simulation
    /// APE's own.
    case harness

    package init(reason: String) {
        let word = reason.prefix { $0 != "_" }
        self = Self(rawValue: String(word)) ?? .simulation
    }
}

extension Measures {
    /// What failed by route and status, the most frequent first.
    package var routeFailures: [RouteFailure] {
        let requests = labels(ofFamily: CounterName.routeRequests.rawValue)
        let failures = labels(ofFamily: CounterName.routeErrors.rawValue).map { label, count in
            let space = label.lastIndex(of: " ")
            let route = space.map { String(label[..<$0]) } ?? label
            let status = space.map { String(label[label.index(after: $0)...]) } ?? WindowTally.otherLabel
            return RouteFailure(route: route, status: status, count: count, requests: requests[route] ?? 0)
        }
        return failures.sorted {
            $0.count == $1.count ? ($0.route, $0.status) < ($1.route, $1.status) : $0.count > $1.count
        }
    }

    /// Attempts at a target by route, retries and verifications included.
    package var routeRequests: [String: Int64] { labels(ofFamily: CounterName.routeRequests.rawValue) }
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
        for (goal, number) in labels(ofFamily: CounterName.goalSessionsSucceeded.rawValue) {
            found[goal, default: GoalSessions()].succeeded = number
        }
        for (goal, number) in labels(ofFamily: CounterName.goalSessionsFailed.rawValue) {
            found[goal, default: GoalSessions()].failed = number
        }
        for (goal, number) in labels(ofFamily: CounterName.goalSessionsSuccessfulStateful.rawValue) {
            found[goal, default: GoalSessions()].successfulStateful = number
        }
        return found
    }
}
