import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension ScalingAnalysis {
    /// The law with its points and what it predicts, or why there is none. `targets` are those of MTBA.
    func json(mtbaTargets targets: [KPITarget], leftOut: [String]) -> JSONValue {
        var object: JSONObject = [
            "fitted": .bool(law != nil), "reason": reason.map { .string($0) } ?? .null,
            "law": law.map { .string($0.kind.rawValue) } ?? .null,
            "stages_left_out": .array(leftOut.map { .string($0) }),
            "compared": .array(candidates.map(\.json)),
        ]
        guard let law else { return .object(object) }
        object["lambda"] = law.lambda.json
        object["sigma"] = law.sigma.json
        object["kappa"] = law.kappa.json
        object["queue"] = law.queue.map(\.json) ?? .null
        object["grown_part"] = law.grown.map(\.json) ?? .null
        object["r_squared"] = .number(law.rSquared)
        object["gap_ratio"] = law.gapRatio.map { .number($0) } ?? .null
        object["reach_agents"] = .number(law.reach)
        object["peak_agents"] = law.peakAgents.map { .number($0.value) } ?? .null
        object["peak_agents_confidence_interval_95"] = law.peakAgents.map(\.interval.json) ?? .null
        object["peak_throughput_per_second"] = law.peakThroughput.map { .number($0.value) } ?? .null
        object["peak_throughput_confidence_interval_95"] = law.peakThroughput.map(\.interval.json) ?? .null
        object["mtba_limit"] = law.mtbaLimit(targets).map { $0.json(law) } ?? .null
        object["points"] = .array(law.points.map { Self.json($0, law) })
        return .object(object)
    }

    private static func json(_ point: ScalingPoint, _ law: ScalingLaw) -> JSONValue {
        [
            "stage": .string(point.stage), "agents": .number(point.agents),
            "throughput_per_second": .number(point.throughput),
            "fitted_throughput_per_second": .number(law.throughput(atAgents: point.agents)),
            "fitted_throughput_confidence_interval_95": law.throughputInterval(atAgents: point.agents).json,
            "mtba_seconds": point.mtba.map { .number($0) } ?? .null,
            "fitted_mtba_seconds": law.mtba(atAgents: point.agents).map { .number($0) } ?? .null,
        ]
    }
}

extension ScalingAnalysis.Candidate {
    fileprivate var json: JSONValue {
        [
            "law": .string(kind.rawValue), "fits": .bool(fits), "r_squared": .number(rSquared),
            "worst_stage": .string(worstStage), "worst_miss_percent": .number(100 * worstMiss),
            "criterion": criterion.isFinite ? .number(criterion) : .null,
        ]
    }
}

extension ScalingLaw.Queue {
    fileprivate var json: JSONValue {
        [
            "cycle_seconds": cycle.json, "max_throughput_per_second": greatest.json, "knee_agents": knee.json,
            "service": service.map { service in
                [
                    "parts": .array(service.parts.map { .string($0.rawValue) }), "seconds": service.time.json,
                    "servers": service.servers.json,
                ]
            } ?? .null,
        ]
    }
}

extension GrownPart {
    fileprivate var json: JSONValue {
        [
            "part": .string(part.rawValue), "smallest_stage_seconds": smallest.json,
            "largest_stage_seconds": largest.json,
        ]
    }
}

extension MTBALimit {
    fileprivate func json(_ law: ScalingLaw) -> JSONValue {
        [
            "key": .string(target.key.rawValue), "target_seconds": .number(target.value),
            "agents": agents.map { .number($0) } ?? .null,
            "agents_confidence_interval_95": [
                "low": low.map { .number($0) } ?? .null, "high": high.map { .number($0) } ?? .null,
            ],
            "sentence": .string(sentence(law)),
        ]
    }
}

extension ScalingLaw.Estimate {
    fileprivate var json: JSONValue {
        ["value": .number(value), "confidence_interval_95": interval.json]
    }
}

extension ScalingLaw.Estimate? {
    fileprivate var json: JSONValue { map(\.json) ?? .null }
}

extension Interval {
    var json: JSONValue { ["low": .number(low), "high": .number(high)] }
}
