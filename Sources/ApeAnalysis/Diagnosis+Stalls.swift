import ApeCore
import ApeMetrics
import ApeRun

/// Agents that waited for one answer for too long.
extension Diagnosis {
    /// What the agents of the worst failed stage waited for: the wait that took most of the time which no gap accounts for,
    /// since a wait that does not end is in no gap.
    var stalls: Recommendation? {
        let failed = zip(replay.ledger.stages, verdict.stages).filter { $0.1.status == .fail }
        guard let (stage, judged) = failed.max(by: { $0.0.stage.agents < $1.0.stage.agents }),
            let reason = judged.reason, let time = judged.accounting, time.expectedMicros > 0
        else { return nil }
        let parts = stage.hold.gapBreakdown
        let open = AgentActivity.allCases.filter(\.isWait).map { activity in
            (activity, time[activity].subtractingClamped(activity.part.map { parts[part: $0] } ?? 0))
        }
        guard let (activity, micros) = open.max(by: { $0.1 < $1.1 }), micros > 0 else { return nil }
        let isTarget = activity == .target
        let who = isTarget ? "the target" : "the model's endpoint"
        let share = min(1, Double(micros) / Double(time.expectedMicros))
        return Recommendation(
            id: isTarget ? "target-stalls" : "inference-stalls",
            category: isTarget ? .performance : .inference,
            cause: isTarget ? .target : .inference,
            description: "\(reason.withoutStop): they wait for \(who)\(routes(of: stage)).",
            action: "Find out why \(who) does not answer these requests, and mend that.",
            steps: [
                "Look for requests that never end in the log of \(who), and for what they share: an instance, a user, a lock.",
                "Mend it.", "Run the same scenario again.",
            ],
            evidence: [
                .init(
                    source: "stages[name=\(stage.stage.name)].accounting.\(activity.rawValue)_seconds",
                    value: share,
                    unit: "share of agents' time",
                    words: "waits for \(who) that did not end take \(FigureText.percent(share)) of all agents' time"
                )
            ],
            explains: share,
            explainsStalls: true,
            outcome: "The stage is held"
        )
    }

    /// The routes that were never answered, as ` (POST /order 3, GET /me 1)`; empty where none is known.
    private func routes(of stage: StageLedger) -> String {
        var counts: [String: Int64] = [:]
        for measures in [stage.hold, stage.aside] {
            for (text, count) in measures.labels(of: .sessionFailures) {
                guard let label = SessionFailureLabel(text), let route = label.route, label.reason.isUnanswered else {
                    continue
                }
                counts[route] = (counts[route] ?? 0).addingClamped(count)
            }
        }
        let most = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3).map { "\($0.key) \($0.value)" }
        return most.isEmpty ? "" : " (\(most.joined(separator: ", ")))"
    }
}

extension FailureReason {
    fileprivate var isUnanswered: Bool { self == .targetUnanswered || self == .inferenceUnanswered }
}
