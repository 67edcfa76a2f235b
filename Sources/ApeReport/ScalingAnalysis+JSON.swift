import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension ScalingAnalysis {
    /// The law with its points and what it predicts, or why there is none. `target` is what MTBA is to stay below.
    func json(mtbaTarget target: KPITarget, leftOut: [String]) -> JSONValue {
        var object: JSONObject = [
            "fitted": .bool(law != nil), "reason": reason.map { .string($0) } ?? .null,
            "stages_left_out": .array(leftOut.map { .string($0) }),
        ]
        guard let law else { return .object(object) }
        object["lambda"] = law.lambda.json
        object["sigma"] = law.sigma.json
        object["kappa"] = law.kappa.json
        object["r_squared"] = .number(law.rSquared)
        object["gap_ratio"] = law.gapRatio.map { .number($0) } ?? .null
        object["peak_agents"] = law.peakAgents.map { .number($0) } ?? .null
        object["peak_throughput_per_second"] = law.peakThroughput.map { .number($0) } ?? .null
        object["mtba_limit"] = [
            "target_seconds": .number(target.value),
            "agents": law.agents(whereMTBAIs: target.value).map { .number($0) } ?? .null,
            "sentence": .string(law.sentence(mtbaTarget: target)),
        ]
        object["points"] = .array(
            law.points.map {
                [
                    "stage": .string($0.stage), "agents": .number($0.agents),
                    "throughput_per_second": .number($0.throughput),
                    "fitted_throughput_per_second": .number(law.throughput(atAgents: $0.agents)),
                    "mtba_seconds": $0.mtba.map { .number($0) } ?? .null,
                    "fitted_mtba_seconds": law.mtba(atAgents: $0.agents).map { .number($0) } ?? .null,
                ]
            }
        )
        return .object(object)
    }

    var reason: String? {
        if case .notFitted(let reason) = self { reason } else { nil }
    }
}

extension ScalingLaw {
    /// Where MTBA would pass its target, such as `MTBA would pass 1.5 s at about 740 agents`.
    package func sentence(mtbaTarget target: KPITarget) -> String {
        let limit = target.amount(target.value)
        guard let agents = agents(whereMTBAIs: target.value) else { return "MTBA stays below \(limit) for any number." }
        let most = points.last?.agents ?? 0
        let beyond = agents > most ? ", beyond the \(Decimals.text(most, places: 0)) that were measured" : ""
        return "MTBA would pass \(limit) at about \(Decimals.text(agents, places: 0)) agents\(beyond)."
    }
}

extension ScalingLaw.Estimate {
    fileprivate var json: JSONValue {
        ["value": .number(value), "confidence_interval_95": interval.json]
    }
}

extension Interval {
    var json: JSONValue { ["low": .number(low), "high": .number(high)] }
}
