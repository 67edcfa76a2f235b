import ApeCore
import ApeMetrics
import ApeRun

/// What failed sessions at the target: each finding says what was seen, where, how often, and when.
extension Diagnosis {
    /// The most findings of failures that are given.
    private static let namedGroups = 4

    var targetFailures: [Recommendation] {
        failureGroups.filter { isMaterial(Double($0.count)) }.prefix(Self.namedGroups).map(finding)
    }

    /// What failed sessions at the target, whether or not it is worth a finding.
    var failureGroups: [FailureGroup] {
        FailureGroup.groups(of: failures, likely: hold.routeFailures.first { $0.party == .target }?.route)
    }

    private func finding(_ group: FailureGroup) -> Recommendation {
        let (description, action, steps) = words(on: group)
        let count = Double(group.count)
        // What lies behind a rate limit is not seen, and sessions that it lets through would load it further.
        let improvement = group.kind == .rateLimit ? nil : replay.sessions(without: count)
        let cut = retries(of: group)
        return Recommendation(
            id: group.name,
            category: .sessionSuccess,
            cause: .target,
            description: description,
            action: action,
            steps: steps,
            evidence: evidence(group.rows),
            improvements: [improvement].compactMap { $0 } + replay.mtba(cut),
            concerns: [.successfulStatefulSessions],
            cut: cut,
            prevented: improvement == nil ? 0 : count,
            explains: explained(count),
            explainsStalls: group.isWait,
            outcome: improvement == nil ? unknownGain : nil
        )
    }

    /// What stands in the place of a gain that cannot be computed.
    var unknownGain: String {
        "What it would give cannot be computed: the run does not show how these sessions would have gone on"
    }

    /// How much of what failed so many sessions are, 0 to 1.
    func explained(_ sessions: Double) -> Double {
        failures.failedSessions > 0 ? min(1, sessions / Double(failures.failedSessions)) : 0
    }

    /// The waits before retries that a route's failures cost.
    private func retries(of group: FailureGroup) -> GapCut {
        guard case .status(let route) = group.kind else { return GapCut([:]) }
        let outages = hold.routeFailures.filter(\.isOutage)
        let (all, own) = (outages.attempts, outages.filter { $0.route == route }.attempts)
        return GapCut([.retryWait: retryShare.target * Double(own) / Double(max(1, all))])
    }

    /// How often attempts at a route failed, as ` in 20 % of 400 attempts (95 %: 16.4 .. 24.2 %)`.
    private func rate(of route: String) -> String {
        let failed = hold.routeFailures.filter { $0.route == route && $0.party == .target }
        let count = failed.attempts
        guard let requests = failed.first?.requests, requests > 0 else { return "" }
        let interval = WilsonScore.interval(successes: min(count, requests), trials: requests)
        let share = FigureText.percent(min(1, Double(count) / Double(requests)))
        return " in \(share) of \(requests) attempts\(FigureText.rate(interval))"
    }

    /// Whether no attempt at a route was let in: then no session was there that could be lost.
    private func isRefusedThroughout(_ route: String) -> Bool {
        let refused = hold.routeFailures.filter { $0.route == route && ["401", "403"].contains($0.status) }
        guard let requests = refused.first?.requests, requests > 0 else { return false }
        return refused.attempts >= requests
    }

    private func words(on group: FailureGroup) -> (description: String, action: String, steps: [String]) {
        let share = FigureText.percent(explained(Double(group.count)))
        let sessions = "\(group.count) sessions, \(share) of those that failed"
        let when = Self.when(group.rows)
        let follow = "Follow one request in the target's own traces: fleet_events and failures.parties hold trace IDs."
        switch group.kind {
        case .noAnswer: return words(onNoAnswer: group, sessions, when, follow)
        case .rateLimit:
            let budget = answeredPerSecond.map { "; it answers \($0) requests a second" } ?? ""
            return (
                "The target's rate limit (429) fails \(sessions): \(group.places)\(budget)\(when).",
                "Raise the target's rate limit above what the plan's agents ask for, or plan fewer of them"
                    + (answeredPerSecond.map { ": \($0) requests a second are let through now" } ?? "") + ".",
                ["Find the limit in the target or its gateway.", "Change it or the plan.", "Run again."]
            )
        case .forgets(let route) where isRefusedThroughout(route):
            return (
                "The target refuses every request for \(route): \(sessions), with \(group.places)\(when).",
                "Find out what \(route) asks for: other credentials, a permission, a token in a header or a field.",
                ["Read the refusal's own words with ape-test try.", follow, "Run the same scenario again."]
            )
        case .forgets(let route):
            return (
                "The target refuses what it handed out itself: \(route) fails \(sessions), with \(group.places), though the "
                    + "requests carried what earlier answers gave\(when).",
                "Find out why the target loses sessions: a store that forgets, instances that do not share one, keys that differ.",
                ["Look for the refused session in the target's log.", follow, "Run the same scenario again."]
            )
        case .wrongAnswer(let route):
            let message = group.rows.lazy.compactMap(\.exemplar?.message).first.map { ": \($0)" } ?? ""
            return (
                "The target answers \(route) with success and a body that says otherwise: \(sessions)\(message)\(when).",
                "Mend what \(route) answers, or the goal's check or capture of it if that expects too much.",
                ["Read an answer of \(route) with ape-test try.", follow, "Run the same scenario again."]
            )
        case .status(let route):
            return (
                "The target fails \(route)\(rate(of: route)): \(sessions), with \(group.places)\(when).",
                "Mend what answers \(group.rows.first?.status.map { "\($0)" } ?? "so") on \(route).",
                ["Look for \(route) in the target's log at that time.", follow, "Run the same scenario again."]
            )
        }
    }

    private func words(
        onNoAnswer group: FailureGroup,
        _ sessions: String,
        _ when: String,
        _ follow: String
    ) -> (description: String, action: String, steps: [String]) {
        // A target that is gone fails nearly all that ask it; one that fails some is there, and drops them.
        let isGone = group.count > failures.completedSessions / 2
        let what = isGone ? "The target does not answer" : "The target leaves requests without an answer"
        let how = group.isWait ? "waited for it in vain" : isGone ? "could not reach it" : "lost their connection to it"
        let cause = isGone ? "stopped answering" : "drops these requests"
        return (
            "\(what): \(sessions), \(how): \(group.places)\(when).",
            "Find out why the target \(cause)\(when), and mend that.",
            ["Look at the target's process and log at that time.", follow, "Run the same scenario again."]
        )
    }

    /// How many requests a second the target answered as it should, in the largest sound stage.
    private var answeredPerSecond: String? {
        let stages = replay.soundStages.map { replay.ledger.stages[$0] }
        guard let stage = stages.max(by: { $0.stage.agents < $1.stage.agents }), !stage.holdTotals.isEmpty else {
            return nil
        }
        let failed = stage.hold.routeFailures.attempts
        let requests = stage.hold.routeRequests.values.reduce(Int64(0)) { $0.addingClamped($1) }
        return Decimals.text(Double(max(0, requests - failed)) / Double(stage.holdTotals.count), places: 1)
    }

    /// What rows show: how many, their share, and one that can be followed.
    func evidence(_ rows: [FailureTable.Row]) -> [Recommendation.Evidence] {
        rows.prefix(3).map { row in
            let trace = row.exemplar?.traceID.map { "; one is trace \($0)" } ?? ""
            return .init(
                source: "failures.parties[reason=\(row.reason.rawValue)]",
                value: Double(row.count),
                unit: "sessions",
                words: "\(row.count) of \(failures.completedSessions) sessions failed as \(row.reason.rawValue)"
                    + (row.place.map { " on \($0)" } ?? "") + Self.when([row]) + trace
            )
        }
    }

    /// When rows were seen, as ` (from 12:00:03 to 12:00:40)`; empty where that is not known.
    static func when(_ rows: [FailureTable.Row]) -> String {
        let spans = rows.compactMap(\.seconds)
        guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return "" }
        func clock(_ second: Int64) -> String {
            Timestamp.text(micros: second * 1_000_000).dropFirst(11).prefix(8).description
        }
        return first == last ? " (at \(clock(first)) UTC)" : " (from \(clock(first)) to \(clock(last)) UTC)"
    }
}
