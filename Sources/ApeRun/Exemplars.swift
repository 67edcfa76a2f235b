import ApeMetrics

/// A session that is kept step by step and stands for others in a report.
package struct ExemplarSession: Sendable, Equatable {
    /// The label of `sessions_failed`, such as `target_5xx`, or ``WorkerEvent/sessionSucceeded``.
    package var reason: String
    /// A sentence for people.
    package var message: String
    /// The worker's identity.
    package var worker: String
    package var agent: Int?
    package var traceID: String?
    package var session: SessionTrace

    package init(
        reason: String,
        message: String,
        worker: String,
        agent: Int? = nil,
        traceID: String? = nil,
        session: SessionTrace
    ) {
        self.reason = reason
        self.message = message
        self.worker = worker
        self.agent = agent
        self.traceID = traceID
        self.session = session
    }

    package var hasSucceeded: Bool { reason == WorkerEvent.sessionSucceeded }

    /// What tells it from others of its reason: its goal, and the last thing that it did.
    fileprivate var signature: [String] {
        [session.goal, session.steps.last?.what ?? "", session.failedCheck?.name ?? ""]
    }
}

/// Sessions that are kept: failed ones by reason in the order in which they came, and some that succeeded; bounded.
package struct Exemplars: Sendable, Equatable {
    /// Sessions in a report.
    static let maximumShown = 20
    /// Sessions that are kept of one reason, and reasons.
    static let maximumPerReason = 20
    static let maximumReasons = 50

    /// Sessions that are kept of those of one goal that succeeded, and goals.
    static let maximumPerGoal = 10
    static let maximumGoals = 50

    private var goals: [String] = []
    private var good: [String: [ExemplarSession]] = [:]
    private var reasons: [String] = []
    private var kept: [String: [ExemplarSession]] = [:]

    package mutating func add(_ exemplar: ExemplarSession) {
        if exemplar.hasSucceeded { return addGood(exemplar) }
        if kept[exemplar.reason] == nil {
            guard reasons.count < Self.maximumReasons else { return }
            reasons.append(exemplar.reason)
        }
        if kept[exemplar.reason, default: []].count < Self.maximumPerReason {
            kept[exemplar.reason, default: []].append(exemplar)
        }
    }

    /// Keeps the first of each goal, and the slowest of the others.
    private mutating func addGood(_ exemplar: ExemplarSession) {
        let goal = exemplar.session.goal
        if good[goal] == nil {
            guard goals.count < Self.maximumGoals else { return }
            goals.append(goal)
        }
        var sessions = good[goal, default: []]
        sessions.append(exemplar)
        if sessions.count > Self.maximumPerGoal {
            let others = sessions.indices.dropFirst()
            let fastest = others.min {
                sessions[$0].session.durationMicros < sessions[$1].session.durationMicros
            }
            if let fastest { sessions.remove(at: fastest) }
        }
        good[goal] = sessions
    }

    /// All that is kept: those that failed by reason, then those that succeeded by goal, each in the order of coming.
    package var all: [ExemplarSession] {
        reasons.flatMap { kept[$0] ?? [] } + goals.flatMap { good[$0] ?? [] }
    }

    /// Up to 20 that succeeded: each goal in turn gives its slowest.
    package var shownGood: [ExemplarSession] {
        inTurn(
            goals.map { goal in
                (good[goal] ?? []).enumerated()
                    .sorted {
                        ($1.element.session.durationMicros, $0.offset) < ($0.element.session.durationMicros, $1.offset)
                    }
                    .map(\.element)
            }
        )
    }

    /// The session that shows best what a label tells of: one of its reason that ended on its route and had its goal, or
    /// as much of that as there is.
    package func closest(to label: SessionFailureLabel) -> ExemplarSession? {
        func likeness(_ exemplar: ExemplarSession) -> Int {
            let last = exemplar.session.steps.last
            let isThere = label.route.map { last?.what.hasSuffix($0) ?? false } ?? true
            return (isThere ? 4 : 0) + (last?.status == label.status ? 2 : 0)
                + (exemplar.session.goal == label.goal ? 1 : 0)
        }
        // The first of the likest: a later one must be liker.
        return kept[label.reason.rawValue]?.reduce(nil) { best, next in
            guard let best else { return next }
            return likeness(next) > likeness(best) ? next : best
        }
    }

    /// Up to 20 that failed: each reason in turn gives one, first those that differ in their goal, their last step or their check.
    package var shown: [ExemplarSession] {
        inTurn(reasons.map { Self.varied(kept[$0] ?? []) })
    }

    private func inTurn(_ all: [[ExemplarSession]]) -> [ExemplarSession] {
        var rows = all.map { $0[...] }
        var shown: [ExemplarSession] = []
        while shown.count < Self.maximumShown, rows.contains(where: { !$0.isEmpty }) {
            for row in rows.indices where shown.count < Self.maximumShown {
                if let next = rows[row].popFirst() { shown.append(next) }
            }
        }
        return shown
    }

    private static func varied(_ sessions: [ExemplarSession]) -> [ExemplarSession] {
        var seen: [[String]: Int] = [:]
        let ranked = sessions.enumerated().map { place, session in
            defer { seen[session.signature, default: 0] += 1 }
            return (rank: seen[session.signature] ?? 0, place: place, session: session)
        }
        return ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.session)
    }
}
