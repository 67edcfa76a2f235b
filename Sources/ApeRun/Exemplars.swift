import ApeMetrics

/// A failed session that stands for others in a report.
package struct ExemplarSession: Sendable, Equatable {
    /// The label of `sessions_failed`, such as `target_5xx`.
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

    /// What tells it from others of its reason: its goal, and the last thing that it did.
    fileprivate var signature: [String] {
        [session.goal, session.steps.last?.what ?? "", session.failedCheck?.name ?? ""]
    }
}

/// Failed sessions by reason, in the order in which they came; bounded.
package struct Exemplars: Sendable, Equatable {
    /// Sessions in a report.
    static let maximumShown = 20
    /// Sessions that are kept of one reason, and reasons.
    static let maximumPerReason = 20
    static let maximumReasons = 50

    private var reasons: [String] = []
    private var kept: [String: [ExemplarSession]] = [:]

    package mutating func add(_ exemplar: ExemplarSession) {
        if kept[exemplar.reason] == nil {
            guard reasons.count < Self.maximumReasons else { return }
            reasons.append(exemplar.reason)
        }
        if kept[exemplar.reason, default: []].count < Self.maximumPerReason {
            kept[exemplar.reason, default: []].append(exemplar)
        }
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

    /// Up to 20: each reason in turn gives one, first those that differ in their goal, their last step or their check.
    package var shown: [ExemplarSession] {
        var rows = reasons.map { Self.varied(kept[$0] ?? [])[...] }
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
