import ApeCore
import ApeMetrics
import ApeRun

/// Sessions that failed by the simulation's fault or the harness's own.
extension Diagnosis {
    /// The model's mistakes: calls that cannot be made or are refused, claims that the target's answers do not bear out,
    /// giving up.
    var mistakes: Recommendation? {
        let calls = hold[CounterName.simulationErrors]
        let decisions = hold[CounterName.decisions]
        guard decisions > 0 else { return nil }
        let rate = Double(calls) / Double(decisions)
        let rows = failures.rows(of: .simulation).filter { !$0.isOfLimit && $0.reason != .loop }
        let failed = Double(rows.sessions)
        guard rate >= Self.materialRate || isMaterial(failed) else { return nil }
        // Each call that cannot be made costs its gap one more decision.
        let cut = GapCut([.firstToken: min(1, rate), .generation: min(1, rate)])
        let advice =
            "take a model that follows tool schemas more strictly, lower inference.temperature, spell the goal's steps "
            + "out in its prompt, or try inference.tool_mode: json"
        var proof = evidence(rows)
        if calls > 0 {
            proof.insert(
                .init(
                    source: "counters.hold.simulation_errors",
                    value: rate,
                    unit: "share",
                    words: "\(calls) of \(decisions) decisions were calls that could not be made"
                ),
                at: 0
            )
        }
        let improvements = [replay.sessions(without: failed)].compactMap { $0 } + replay.mtba(cut)
        return Recommendation(
            id: "simulation-mistakes",
            category: .sessionSuccess,
            cause: .simulation,
            description: "The model errs, or the goal's wording misleads it: "
                + [
                    calls > 0 ? "\(FigureText.percent(rate)) of its decisions are invalid" : nil,
                    failed > 0 ? "\(Self.number(failed)) sessions failed for its mistakes (\(reasons(rows)))" : nil,
                ].compactMap { $0 }.joined(separator: ", ") + ".",
            action: "Make the model err less: \(advice).",
            steps: [
                "Read simulation_invalid_call in fleet_events: it says what was wrong with the calls.",
                "Change one thing: \(advice).", "Run again and compare simulation_errors and failures.",
            ],
            evidence: proof,
            improvements: improvements,
            concerns: failed > 0 ? [.successfulStatefulSessions] : [],
            cut: cut,
            prevented: failed,
            explains: explained(failed),
            outcome: improvements.isEmpty ? unknownGain : nil
        )
    }

    /// A model that makes the same calls over and over: more steps would be more of them.
    var loops: Recommendation? {
        let rows = failures.rows(of: .simulation).filter { $0.reason == .loop }
        let failed = Double(rows.sessions)
        guard isMaterial(failed), let top = rows.first else { return nil }
        let improvement = replay.sessions(without: failed)
        return Recommendation(
            id: "simulation-loop",
            category: .sessionSuccess,
            cause: .simulation,
            description:
                "The model walks in circles: \(Self.number(failed)) sessions repeated the same calls until their steps "
                + "ran out, most often \(top.route ?? "one call").",
            action:
                "Take a model that learns from the answers that it is given, or say in the goal's prompt what follows on "
                + "\(top.route ?? "each call"). More steps would be more of the same calls.",
            steps: [
                "Watch one session with ape-test try.", "Change the model or the prompt.",
                "Run again and compare failures.",
            ],
            evidence: evidence(rows),
            improvements: [improvement].compactMap { $0 },
            concerns: [.successfulStatefulSessions],
            prevented: failed,
            explains: explained(failed),
            outcome: improvement == nil ? unknownGain : nil
        )
    }

    /// Sessions that ran out of steps, or of time that they spent thinking.
    var limits: Recommendation? {
        let rows = failures.rows(of: .simulation).filter(\.isOfLimit)
        let failed = Double(rows.sessions)
        guard isMaterial(failed) else { return nil }
        let improvement = replay.sessions(without: failed)
        return Recommendation(
            id: "simulation-limits",
            category: .sessionSuccess,
            cause: .scenario,
            description: "\(Self.number(failed)) sessions ran out of steps or time (\(reasons(rows))).",
            action: "Double goals.NAME.max_steps and timeout of the goals that fail so, or make their prompts say the "
                + "shortest way.",
            steps: ["See in goals which of them fail.", "Raise the limit that their sessions meet and run again."],
            evidence: evidence(rows),
            improvements: [improvement].compactMap { $0 },
            concerns: [.successfulStatefulSessions],
            prevented: failed,
            explains: explained(failed),
            outcome: improvement == nil ? unknownGain : nil
        )
    }

    /// Sessions that succeeded without carrying anything from one answer to the next request.
    var stateless: Recommendation? {
        let succeeded = hold[CounterName.sessionsSucceeded]
        let stateless = Double(max(0, succeeded - hold[CounterName.sessionsSuccessfulStateful]))
        guard isMaterial(stateless) else { return nil }
        let improvement = replay.sessions(without: stateless)
        return Recommendation(
            id: "scenario-stateless",
            category: .sessionSuccess,
            cause: .scenario,
            description: "\(Self.number(stateless)) of \(succeeded) successful sessions were not stateful.",
            action: "Give the goals at least two actions, of which a later one sends what an earlier answer gave: a "
                + "login's cookie, or a captured value as {{name}}.",
            steps: ["See in goals which of them are not stateful.", "Add such a step, and a check on its answer."],
            evidence: [
                .init(
                    source: "counters.hold.sessions_successful_stateful",
                    value: stateless,
                    unit: "sessions",
                    words: "\(succeeded) sessions succeeded, "
                        + "\(hold[CounterName.sessionsSuccessfulStateful]) of them statefully"
                )
            ],
            improvements: [improvement].compactMap { $0 },
            concerns: [.successfulStatefulSessions],
            prevented: stateless,
            explains: hold.completedSessions > 0 ? stateless / Double(hold.completedSessions) : 0,
            outcome: improvement == nil ? unknownGain : nil
        )
    }

    /// Sessions that the load generator itself failed.
    var ownFailures: Recommendation? {
        let table = FailureTable(replay.ledger)
        let rows = table.rows(of: .harness)
        let failed = Double(table.count(of: .harness))
        guard failed >= 1, failed >= Self.materialRate * Double(table.completedSessions) else { return nil }
        return Recommendation(
            id: "harness-failures",
            category: .resources,
            cause: .harness,
            description: "\(Self.number(failed)) sessions failed by the load generator's own fault: \(reasons(rows)).",
            action:
                "Mend what the workers say in fleet_events and in their logs: a goal's data, --allow-target, or limits "
                + "of the host (ulimit -n).",
            steps: ["Read fleet_events and the workers' logs.", "Mend it and run again."],
            evidence: evidence(rows),
            concerns: [.successfulStatefulSessions],
            explains: table.failedSessions > 0 ? failed / Double(table.failedSessions) : 0,
            outcome: "The measurements become evidence"
        )
    }

    func isMaterial(_ sessions: Double) -> Bool {
        sessions >= 1 && sessions >= Self.materialRate * Double(hold.completedSessions)
    }

    static func number(_ sessions: Double) -> String { Decimals.text(sessions, places: 0) }

    func reasons(_ rows: [FailureTable.Row]) -> String {
        var counts: [String: Int64] = [:]
        for row in rows { counts[row.reason.rawValue] = (counts[row.reason.rawValue] ?? 0).addingClamped(row.count) }
        return counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(3)
            .map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    }
}

extension FailureTable.Row {
    fileprivate var isOfLimit: Bool { reason == .stepLimit || reason.isTimeLimit }
}
