import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// The wait for the first token, where it is a large part of the gap or fails its target.
    var firstToken: Recommendation? {
        guard let mean = hold[.ttft].meanMicros.map({ $0 / 1_000_000 }), mean > 0 else { return nil }
        let target = verdict[.cognitiveLatencyTTFT]?.target.value ?? .infinity
        let fails = isFailed(.cognitiveLatencyTTFT)
        guard fails || share(.firstToken) >= leastShare && gaps.firstTokenMicros > 0 else { return nil }
        let fraction = max(fraction(of: .firstToken), fails ? 1 - Self.margin * target / mean : 0)
        let aim = FigureText.seconds(mean * (1 - fraction))
        let (reason, advice, proof) = whyTokensAreSlow
        let servers = modelServers
        let ttft = evidence(.ttft, "the mean time to first token is")
        return Recommendation(
            id: "inference-first-token",
            category: .inference,
            cause: .inference,
            description: "The model's first token takes \(FigureText.seconds(mean)), "
                + "\(FigureText.percent(share(.firstToken))) of the mean gap\(reason)\(clause(servers)).",
            action: "Bring the mean time to first token from \(FigureText.seconds(mean)) to \(aim): \(advice).",
            steps: [
                "Time one request to the endpoint without load, and compare it with \(FigureText.seconds(mean)).",
                "Change one thing: \(advice).", "Run the same scenario again and compare ttft and gap_parts.",
            ],
            evidence: [ttft, evidence(.firstToken)].compactMap { $0 } + proof + servers,
            improvements: [replay.ttft(fraction)].compactMap { $0 } + replay.mtba(GapCut([.firstToken: fraction])),
            cut: GapCut([.firstToken: fraction]),
            ttftCut: fraction,
            explains: max(share(.firstToken), fails && !failsMTBA ? 1 : 0),
            explainsStalls: true
        )
    }

    /// What the run tells about the cause of a slow first token: a clause, advice, and the figures for both.
    private var whyTokensAreSlow: (reason: String, advice: String, proof: [Recommendation.Evidence]) {
        let ttft = hold[.ttft].meanMicros ?? 0
        if let waited = hold[.serverQueue].meanMicros, waited >= 0.2 * ttft,
            let proof = evidence(.serverQueue, "of it the endpoint reports as its own queue")
        {
            return ("; the endpoint itself queues", "more slots or replicas at the endpoint", [proof])
        }
        let held = replay.soundStages.map { replay.ledger.stages[$0] }.filter { !$0.hold[.ttft].isEmpty }
            .sorted { $0.stage.agents < $1.stage.agents }
        if let (first, last) = held.first.flatMap({ first in held.last.map { (first, $0) } }),
            let low = first.hold[.ttft].meanMicros, let high = last.hold[.ttft].meanMicros, high > 1.5 * low
        {
            let words =
                "it rises from \(FigureText.seconds(low / 1_000_000)) at \(first.stage.agents) agents to "
                + "\(FigureText.seconds(high / 1_000_000)) at \(last.stage.agents)"
            let advice =
                "more concurrency at the endpoint (slots, batch size, replicas), since an idle one answers in "
                + FigureText.seconds(low / 1_000_000)
            let source = "stages[].series.ttft.mean_seconds"
            return (
                "; \(words)", advice, [.init(source: source, value: high / low, unit: "ratio", words: words)]
            )
        }
        return (
            "", "a faster model or endpoint, prompt caching, or shorter prompts (limits.context_tokens)", []
        )
    }

    /// The time from the first token to the answer's end.
    var generation: Recommendation? {
        guard share(.generation) >= leastShare, gaps.generationMicros > 0 else { return nil }
        let fraction = fraction(of: .generation)
        let tokens = Double(hold[CounterName.tokensOut]) / Double(max(1, hold[CounterName.decisions]))
        var proof = [evidence(.generation)]
        var advice = "let the model answer with the tool call alone, or take one that generates faster"
        if tokens > 0 {
            let kept = Decimals.text(tokens * (1 - fraction), places: 0)
            proof.append(
                .init(
                    source: "counters.hold.tokens_out",
                    value: tokens,
                    unit: "tokens a decision",
                    words: "an answer has \(Decimals.text(tokens, places: 0)) tokens on average"
                )
            )
            advice =
                "answers of \(kept) tokens instead of \(Decimals.text(tokens, places: 0)) (ask for the tool call alone; "
                + "inference.max_completion_tokens caps what runs away), or a model that generates "
                + "\(Decimals.text(1 / (1 - fraction), places: 1)) times as fast"
        }
        return Recommendation(
            id: "inference-generation",
            category: .inference,
            cause: .inference,
            description: "Generating the answers is \(FigureText.percent(share(.generation))) of the mean gap.",
            action: "Shorten the generation by \(FigureText.percent(fraction)): \(advice).",
            steps: ["Look at tokens_out for each decision.", "Change one thing: \(advice).", "Run again and compare."],
            evidence: proof,
            improvements: replay.mtba(GapCut([.generation: fraction])),
            cut: GapCut([.generation: fraction]),
            explains: share(.generation),
            explainsStalls: true
        )
    }

    /// Attempts at decisions that failed.
    var inferenceErrors: Recommendation? {
        let faults = hold.decisionFailures.filter { $0.fault != .sessionEnd }
        let reasons = faults.filter { $0.party == .inference }
        let errors = reasons.attempts
        let attempts = hold[CounterName.decisions].addingClamped(errors)
        let rows = failures.rows(of: .inference)
        let failed = Double(failures.count(of: .inference))
        guard let top = reasons.first, attempts > 0,
            Double(errors) >= Self.materialRate * Double(attempts) || isMaterial(failed)
        else { return nil }
        let rate = Double(errors) / Double(attempts)
        let interval = WilsonScore.interval(successes: min(errors, attempts), trials: attempts)
        let advice = advice(on: top.fault)
        let cut = GapCut([.retryWait: retryShare.inference])
        let ttft = hold[.ttft].meanMicros ?? 0
        let again = ttft > 0 ? max(0, 1 - (hold[.attemptTTFT].meanMicros ?? ttft) / ttft) : 0
        // Attempts that the workers could not make cost a first token time, too.
        let retried = again * Double(errors) / Double(max(1, faults.attempts))
        let improvements =
            [replay.sessions(without: failed), replay.ttft(retried)].compactMap { $0 } + replay.mtba(cut)
        return Recommendation(
            id: "inference-errors",
            category: .inference,
            cause: .inference,
            description:
                "\(FigureText.percent(rate)) of the attempts at a decision failed\(FigureText.rate(interval)), "
                + "most as \(top.fault.rawValue)\(Self.when(rows)).",
            action: advice + ".",
            steps: ["Read the endpoint's own log for the time of the run.", advice + ".", "Run again and compare."],
            evidence: [
                .init(
                    source: "failures.decisions",
                    value: rate,
                    unit: "share",
                    words: "\(errors) of \(attempts) attempts failed: "
                        + reasons.prefix(3).map { "\($0.fault.rawValue) \($0.count)" }.joined(separator: ", ")
                )
            ] + evidence(rows),
            improvements: improvements,
            concerns: failed > 0 ? [.successfulStatefulSessions] : [],
            cut: cut,
            ttftCut: retried,
            prevented: failed,
            explains: max(explained(failed), share(.retryWait) * retryShare.inference),
            explainsStalls: rows.contains { $0.reason == .inferenceUnanswered || $0.reason == .inference(.timeout) },
            outcome: improvements.isEmpty ? unknownGain : nil
        )
    }

    private func advice(on fault: AttemptFault) -> String {
        switch fault {
        case .http429:
            let held = replay.soundStages.reduce(0) { $0 + replay.ledger.stages[$1].holdTotals.count }
            let perMinute = 60 * Double(hold[CounterName.decisions]) / Double(max(1, held))
            return "Raise the endpoint's rate limit, or keep the fleet below it with inference.requests_per_minute: "
                + Decimals.text(max(1, perMinute.rounded(.down)), places: 0)
        case .httpAuth: return "Give the workers a key that the endpoint takes (inference.api_key_env)"
        case .http4xx: return "Make the request one that the endpoint takes: see inference.model, tool_mode and body"
        case .http5xx: return "Mend the endpoint, or add replicas: it answers 5xx under this load"
        case .timeout:
            return "Bring the answers under inference.first_byte_timeout and total_timeout, or raise these"
        case .unanswered: return "Find out why the endpoint does not answer these requests, and mend that"
        case .refused, .dns, .closed, .tls: return "Find out why the endpoint cannot be reached, and mend that"
        default:
            return "Find out why the endpoint breaks its streams off: \(fault.rawValue) is the most frequent trouble"
        }
    }

    /// Waits for the budget of requests, where nothing failed.
    var governor: Recommendation? {
        // Agents also wait after sessions that reached nothing: that is no budget's doing.
        guard retryShare.target == 0, hold.total(of: .decisionErrors) == 0, hold[CounterName.decisions] > 0,
            failures.failedSessions == 0, share(.retryWait) >= max(leastShare / 2, 0.001)
        else { return nil }
        return Recommendation(
            id: "inference-budget",
            category: .throughput,
            cause: .scenario,
            description:
                "Agents wait for the budget of requests for \(FigureText.percent(share(.retryWait))) of a gap; "
                + "nothing was refused.",
            action: "Raise inference.requests_per_minute (and the endpoint's limit behind it) by "
                + "\(FigureText.percent(share(.retryWait) / max(0.01, 1 - share(.retryWait)))).",
            steps: ["Ask the endpoint's owner for a greater budget.", "Set it in the scenario and run again."],
            evidence: [evidence(.retryWait)],
            explains: share(.retryWait),
            outcome: "What it would give cannot be computed: more requests would meet what lies behind the budget"
        )
    }
}
