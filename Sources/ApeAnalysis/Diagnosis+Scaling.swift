import ApeCore
import ApeMetrics
import ApeRun

extension Diagnosis {
    /// The law is a finding where throughput at the largest stage is below this share of proportional growth.
    private static let leastEfficiency = 0.8
    /// The outcome of twice the servers, or of half the contention or coherency, is what is shown.
    private static let moreServers = 2.0

    /// What the scaling law says of the largest stage, where it holds throughput back.
    var growth: Recommendation? {
        guard let law = scaling.law, let last = law.points.last else { return nil }
        let n = last.agents
        let efficiency = law.throughput(atAgents: n) / (law.lambda.value * n)
        guard efficiency < Self.leastEfficiency else { return nil }
        var found = law.queue.map { queueing(law, $0, n) } ?? contention(law, n, efficiency)
        found?.explains = 1 - efficiency
        found?.concerns = Set(KPIKey.means(of: .gap).filter { $0.concerns(agents: Int(saturating: n.rounded())) })
        return found
    }

    private func queueing(_ law: ScalingLaw, _ queue: ScalingLaw.Queue, _ n: Double) -> Recommendation {
        let agents = Decimals.text(n, places: 0)
        let servers = queue.service.map { " of about \($0.servers.words(places: 1)) servers" } ?? ""
        let rate = "\(queue.greatest.words(places: 1)) actions a second"
        let more = min(law.throughput(atAgents: n, servers: Self.moreServers), n / queue.cycle.value)
        var outcome =
            "Twice the servers do at most \(Decimals.text(Self.moreServers * queue.greatest.value, places: 1)) actions a "
            + "second, so that \(agents) agents reach \(Decimals.text(more, places: 1)) instead of "
            + "\(Decimals.text(law.throughput(atAgents: n), places: 1))"
        if let ratio = law.gapRatio, let mtba = law.mtba(atAgents: n) {
            outcome +=
                " with an MTBA of \(FigureText.seconds(ratio * n / more)) instead of "
                + FigureText.seconds(mtba)
        }
        return Recommendation(
            id: "throughput-scaling",
            category: .throughput,
            cause: party(of: law.grown),
            description: "A queue\(servers) does at most \(rate), which \(queue.knee.words(places: 1)) agents reach; "
                + "with \(agents) agents more only wait\(grownClause(law.grown)).",
            action: widening(law.grown),
            steps: [
                "Find what there are \(queue.service.map { "about \(Decimals.text($0.servers.value, places: 0))" } ?? "few") "
                    + "of: workers, slots, connections or cores.",
                "Double it.",
                "Run the same stages again: the knee moves from \(Decimals.text(queue.knee.value, places: 0)) to "
                    + "\(Decimals.text(Self.moreServers * queue.knee.value, places: 0)) agents.",
            ],
            evidence: [
                .init(
                    source: "scaling_law.queue.max_throughput_per_second.value",
                    value: queue.greatest.value,
                    unit: "actions per second",
                    words: "a queue of servers \(explained(law))"
                )
            ],
            outcome: outcome + ", if nothing else limits them first"
        )
    }

    private func contention(_ law: ScalingLaw, _ n: Double, _ efficiency: Double) -> Recommendation? {
        let (sigma, kappa) = (law.sigma?.value ?? 0, law.kappa?.value ?? 0)
        let isCoherency = law.isCoherent && kappa * n * (n - 1) > sigma * (n - 1)
        let agents = Decimals.text(n, places: 0)
        let (now, then) = (law.throughput(atAgents: n), law.throughput(atAgents: n, halving: isCoherency ? 2 : 1))
        guard then > 1.005 * now else { return nil }
        let culprit =
            isCoherency
            ? "agents cost each other time (coherency \(Decimals.text(kappa, places: 8)))"
            : "work waits its turn (contention \(Decimals.text(sigma, places: 5)))"
        return Recommendation(
            id: "throughput-scaling",
            category: .throughput,
            cause: party(of: law.grown),
            description: "At \(agents) agents throughput is \(FigureText.percent(efficiency)) of proportional growth: "
                + "\(culprit)\(grownClause(law.grown)).",
            action: isCoherency
                ? "Halve what grows with each pair of agents: locks, cache invalidation and shared rows of the service "
                    + "that grows slow."
                : widening(law.grown),
            steps: [
                "See in stages which part of the gap grows with the agents.", "Widen that resource.",
                law.peakAgents.map { "Stay below \(Decimals.text($0.value, places: 0)) agents, the peak, until then." }
                    ?? "Run the same stages again and compare the law.",
            ],
            evidence: [
                .init(
                    source: isCoherency ? "scaling_law.kappa.value" : "scaling_law.sigma.value",
                    value: isCoherency ? kappa : sigma,
                    unit: "",
                    words: "the Universal Scalability Law \(explained(law))"
                )
            ],
            outcome: "By the law half the \(isCoherency ? "coherency" : "contention") gives "
                + "\(Decimals.text(then, places: 1)) instead of \(Decimals.text(now, places: 1)) actions a second at "
                + "\(agents) agents (\(FigureText.percent(then / now - 1)) more)"
        )
    }

    private func explained(_ law: ScalingLaw) -> String {
        "explains \(FigureText.percent(law.rSquared)) of throughput over \(law.points.count) stages"
    }

    private func grownClause(_ grown: GrownPart?) -> String {
        grown.map {
            "; what grows most with the agents is \($0.part.words) (\(FigureText.seconds($0.smallest.value)) to "
                + "\(FigureText.seconds($0.largest.value)))"
        } ?? ""
    }

    /// Who is answerable for what agents wait for. Where no gap was measured, actions are the target's.
    private func party(of grown: GrownPart?) -> Recommendation.Cause {
        switch grown?.part {
        case .firstToken, .generation: .inference
        case .target, nil: .target
        case .overhead: .harness
        case .think: .scenario
        case .retryWait: retriedParty
        }
    }

    /// Where nothing was refused, agents wait for the budget of requests that the scenario sets.
    private var retriedParty: Recommendation.Cause {
        let retried = retryShare
        let most = max(retried.inference, retried.target, retried.harness)
        if most == 0 { return .scenario }
        return retried.harness == most ? .harness : retried.inference == most ? .inference : .target
    }

    private func widening(_ grown: GrownPart?) -> String {
        switch party(of: grown) {
        case .target:
            "Give the target more of what its requests queue for (server processes, slots, connections, replicas, "
                + "cores), or make an answer need it for a shorter time."
        case .inference:
            "Give the model's endpoint more of what its requests queue for (parallel sequences, replicas), or make an "
                + "answer need it for a shorter time."
        case .harness: "Add workers or hosts: agents wait for the load generator itself."
        case .scenario, .simulation:
            "Raise what the scenario allows (inference.requests_per_minute, pauses): agents wait for nothing else."
        }
    }
}

extension ScalingLaw.Estimate {
    /// Such as `8.0 (95 %: 7.9 .. 8.1)`.
    package func words(places: Int) -> String {
        "\(Decimals.text(value, places: places)) (95 %: \(Decimals.text(interval.low, places: places)) .. "
            + "\(Decimals.text(interval.high, places: places)))"
    }
}
