import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

/// The optimisation report: the original's structure, every number of it measured or replayed.
package struct OptimizationReport: Sendable {
    /// Raised whenever a reader would have to change.
    static let schemaVersion = "1.0"

    package let run: RunDescription
    package let analysis: OptimizationAnalysis

    /// The analysis of a validated run.
    package init(_ report: RunReport) {
        run = report.run
        analysis = report.analysis
    }

    package var json: JSONValue {
        [
            "schema_version": .string(Self.schemaVersion),
            "analysis_summary": summaryPart,
            "current_kpis": kpisPart,
            "performance_gaps": .array(gapsPart),
            "optimization_recommendations": .array(analysis.recommendations.map(\.json)),
            "optimization_impact": impactPart,
            "optimization_plan": planPart,
            "what_if": .array(analysis.whatIfs.map(\.json)),
            "scaling_law": analysis.scaling.json(
                mtbaTargets: analysis.verdict.mtbaTargets,
                leftOut: leftOut
            ),
            "gap_parts": analysis.replay.hold.gapBreakdown.json,
        ]
    }

    /// Stages in which a worker was saturated.
    var leftOut: [String] {
        let stages = analysis.ledger.stages
        return stages.indices.filter { !analysis.replay.soundStages.contains($0) && !stages[$0].holdTotals.isEmpty }
            .map { stages[$0].stage.name }
    }

    private var summaryPart: JSONValue {
        let found = analysis.recommendations
        let seconds = analysis.ledger.stages.reduce(0) { $0 + $1.holdTotals.count }
        func count(_ priority: Recommendation.Priority) -> JSONValue {
            .integer(Int64(found.count { $0.priority == priority }))
        }
        return [
            "run": .string(run.id), "scenario": .string(run.scenarioName), "is_demo": .bool(run.subject.isDemo),
            "subject": .string(run.subject.sentence),
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
            "end_time": .string(Timestamp.text(micros: run.endMicros)),
            "analysis_duration_minutes": .number(Double(seconds) / 60),
            "status": .string(analysis.verdict.status.rawValue),
            "exit_code": .integer(Int64(analysis.verdict.exitCode.rawValue)),
            "total_recommendations": .integer(Int64(found.count)),
            "high_priority_recommendations": count(.high), "medium_priority_recommendations": count(.medium),
            "low_priority_recommendations": count(.low),
            "main_bottleneck": found.first.map { .string($0.description) } ?? .null,
            "optimization_potential_percentage": .number(analysis.potentialPercent),
            "stages_left_out": .array(leftOut.map { .string($0) }),
        ]
    }

    private var kpisPart: JSONValue {
        var object = JSONObject()
        for verdict in analysis.verdict.verdicts {
            let optimized = analysis.optimized(verdict.key)
            let current = verdict.measured
            object[verdict.key.optimizationName] = [
                "key": .string(verdict.key.rawValue),
                "current_value": current.map { .number($0) } ?? .null,
                "target_value": .number(verdict.target.value),
                "improvement_potential": .number(optimized?.relativePercent ?? 0),
                "unit": .string(verdict.target.unit.rawValue),
                "optimized_value": (optimized?.expected ?? current).map { .number($0) } ?? .null,
                "status": .string(verdict.status.rawValue),
                "critical": .bool(verdict.target.isCritical),
                "confidence_interval_95": verdict.interval?.json ?? .null,
            ]
        }
        return .object(object)
    }

    /// The targets that were not met, or of which it is open.
    private var gapsPart: [JSONValue] {
        analysis.verdict.verdicts.filter { [.fail, .inconclusive].contains($0.status) || $0.marginal }.map { verdict in
            let target = verdict.target
            let gap = verdict.measured.map { target.direction == .below ? $0 - target.value : target.value - $0 }
            let concerned = analysis.recommendations.filter { recommendation in
                recommendation.concerns.contains(verdict.key)
                    || recommendation.improvements.contains { $0.key == verdict.key }
            }
            return [
                "kpi": .string(verdict.key.optimizationName), "key": .string(verdict.key.rawValue),
                "status": .string(verdict.status.rawValue), "marginal": .bool(verdict.marginal),
                "critical": .bool(target.isCritical),
                "current_value": verdict.measured.map { .number($0) } ?? .null,
                "target_value": .number(target.value),
                "gap": gap.map { .number(max(0, $0)) } ?? .null,
                "gap_percentage": gap.map { .number(target.value > 0 ? 100 * max(0, $0) / target.value : 0) } ?? .null,
                "unit": .string(target.unit.rawValue),
                "details": .string(verdict.details),
                "recommendations": .array(concerned.map { .string($0.id) }),
            ]
        }
    }

    /// What all recommendations together would give.
    private var impactPart: JSONValue {
        var kpis = JSONObject()
        var mended: [JSONValue] = []
        for verdict in analysis.verdict.verdicts {
            guard let optimized = analysis.optimized(verdict.key) else { continue }
            kpis[verdict.key.optimizationName] = optimized.json
            if verdict.status == .fail, optimized.meetsTarget { mended.append(.string(verdict.key.rawValue)) }
        }
        return [
            "kpis": .object(kpis), "targets_that_would_pass": .array(mended),
            "optimization_potential_percentage": .number(analysis.potentialPercent),
            "assumption": """
            Replayed from the run's own measurements with the named parts taken out and everything else as it was; \
            queues that would shrink too are not counted.
            """,
        ]
    }

    /// The recommendations in the order to follow them, by priority.
    private var planPart: JSONValue {
        var phases: [JSONValue] = []
        for priority in Recommendation.Priority.allCases {
            let found = analysis.recommendations.filter { $0.priority == priority }
            guard !found.isEmpty else { continue }
            phases.append([
                "phase": .integer(Int64(phases.count + 1)), "priority": .string(priority.rawValue),
                "recommendations": .array(found.map { .string($0.id) }),
                "actions": .array(found.map { .string($0.action) }),
                "done_when": "The same scenario is run again and each expected_improvement is seen in it.",
            ])
        }
        return ["phases": .array(phases)]
    }
}
