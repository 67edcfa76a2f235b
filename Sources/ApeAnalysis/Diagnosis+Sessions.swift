import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    private static let limitReasons: Set<FailureReason> = [.stepLimit, .loop, .timeLimit(.simulation)]

    /// The model's mistakes: calls that cannot be made, claims that the target's answers do not bear out, giving up.
    var mistakes: Recommendation? {
        let calls = hold[CounterName.simulationErrors]
        let decisions = hold[CounterName.decisions]
        let rate = Double(calls) / Double(max(1, decisions))
        let failed = failedSessions({ $0 == .simulation }, except: Self.limitReasons) + refusedSessions
        guard rate >= Self.materialRate || isMaterial(failed) else { return nil }
        // Each call that cannot be made costs its gap one more decision.
        let cut = GapCut([.firstToken: min(1, rate), .generation: min(1, rate)])
        let advice =
            "take a model that follows tool schemas more strictly, lower inference.temperature, spell the goal's steps "
            + "out in its prompt, or try inference.tool_mode: json"
        var proof = failureEvidence(failed, "simulation")
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
        return Recommendation(
            id: "simulation-mistakes",
            category: .sessionSuccess,
            cause: .simulation,
            description: "The model errs, not the target: "
                + [
                    calls > 0 ? "\(FigureText.percent(rate)) of its decisions are invalid" : nil,
                    failed > 0
                        ? "\(Decimals.text(failed, places: 0)) sessions failed for its mistakes "
                            + "(\(reasons(of: "simulation")))" : nil,
                ].compactMap { $0 }.joined(separator: ", ") + ".",
            action: "Make the model err less: \(advice).",
            steps: [
                "Read simulation_invalid_call in fleet_events: it says what was wrong with the calls.",
                "Change one thing: \(advice).", "Run again and compare simulation_errors and failures.",
            ],
            evidence: proof,
            improvements: [replay.sessions(without: failed)].compactMap { $0 } + replay.mtba(cut),
            concerns: failed > 0 ? [.successfulStatefulSessions] : [],
            cut: cut,
            prevented: failed
        )
    }

    /// Sessions that ran out of steps or time.
    var limits: Recommendation? {
        let failed = failedSessions({ $0 == .simulation }, only: Self.limitReasons)
        guard isMaterial(failed) else { return nil }
        return Recommendation(
            id: "simulation-limits",
            category: .sessionSuccess,
            cause: .scenario,
            description: "\(Decimals.text(failed, places: 0)) sessions ran out of steps or time.",
            action: "Double goals.NAME.max_steps and timeout of the goals that fail so, or make their prompts say the "
                + "shortest way.",
            steps: [
                "See in goals which of them fail.", "Raise the limit that their sessions meet and run again.",
                "Where more steps do not help, the model walks in circles: take another one.",
            ],
            evidence: failureEvidence(failed, "simulation"),
            improvements: [replay.sessions(without: failed)].compactMap { $0 },
            prevented: failed
        )
    }

    /// Sessions that succeeded without carrying anything from one answer to the next request.
    var stateless: Recommendation? {
        let succeeded = hold[CounterName.sessionsSucceeded]
        let stateless = Double(max(0, succeeded - hold[CounterName.sessionsSuccessfulStateful]))
        guard isMaterial(stateless) else { return nil }
        return Recommendation(
            id: "scenario-stateless",
            category: .sessionSuccess,
            cause: .scenario,
            description:
                "\(Decimals.text(stateless, places: 0)) of \(succeeded) successful sessions were not stateful.",
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
            improvements: [replay.sessions(without: stateless)].compactMap { $0 },
            prevented: stateless
        )
    }

    /// Completed sessions whose failure is the fault of some family; refusals (`target_4xx`) do not count as the
    /// target's.
    func failedSessions(
        _ isMeant: (Party) -> Bool,
        only: Set<FailureReason>? = nil,
        except: Set<FailureReason> = []
    ) -> Double {
        let reasons = hold.sortedReasons(of: .sessionsFailed).filter {
            let reason = FailureReason(rawValue: $0.reason)
            return isMeant(reason.party) && reason != .target4xx && !except.contains(reason)
                && only?.contains(reason) ?? true
        }
        return Double(reasons.reduce(Int64(0)) { $0.addingClamped($1.number) })
    }

    /// Sessions that ended on a 4xx: a request that the target rightly refuses is the model's mistake.
    private var refusedSessions: Double {
        Double(hold[CounterName.sessionsFailed(.target4xx)])
    }

    func isMaterial(_ sessions: Double) -> Bool {
        sessions >= 1 && sessions >= Self.materialRate * Double(hold.completedSessions)
    }

    /// The sessions that failed through a family's fault, with the most frequent reasons.
    func failureEvidence(_ failed: Double, _ family: String) -> [Recommendation.Evidence] {
        guard failed > 0 else { return [] }
        let reasons = reasons(of: family)
        let words =
            "\(Decimals.text(failed, places: 0)) of \(hold.completedSessions) completed sessions failed for it"
            + (reasons.isEmpty ? "" : "; reasons: \(reasons)")
        return [.init(source: "failures.sessions.\(family)", value: failed, unit: "sessions", words: words)]
    }

    private func reasons(of family: String) -> String {
        hold.sortedReasons(of: .sessionsFailed)
            .filter { Party(reason: $0.reason).rawValue == family }
            .prefix(3).map { "\($0.reason) (\($0.number))" }.joined(separator: ", ")
    }

    /// Sessions that the load generator itself failed.
    var ownFailures: Recommendation? {
        let failed = failedSessions { $0 == .harness }
        guard isMaterial(failed) else { return nil }
        return Recommendation(
            id: "harness-failures",
            category: .resources,
            cause: .harness,
            description: "\(Decimals.text(failed, places: 0)) sessions failed by the load generator's own fault: "
                + "\(reasons(of: "harness")).",
            action:
                "Mend what the workers say in fleet_events and in their logs: a goal's data, --allow-target, or limits "
                + "of the host (ulimit -n).",
            steps: ["Read fleet_events and the workers' logs.", "Mend it and run again."],
            evidence: failureEvidence(failed, "harness"),
            improvements: [replay.sessions(without: failed)].compactMap { $0 },
            prevented: failed
        )
    }
}
