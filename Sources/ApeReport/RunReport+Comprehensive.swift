import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

/// What the comprehensive report adds to the validation report.
extension RunReport {
    /// Recommendations that `next_steps` repeats.
    private static let namedSteps = 3

    var comprehensiveParts: JSONObject {
        let optimization = OptimizationReport(self)
        return [
            "executive_summary": executivePart,
            "optimization": optimization.json,
            "consolidated_recommendations": .array(consolidated),
            "next_steps": .array(nextSteps.map { .string($0) }),
            "appendix": appendixPart(leftOut: optimization.leftOut),
        ]
    }

    private var executivePart: JSONValue {
        let readiness = Readiness(analysis)
        let achieved = tables.targets.filter { $0.status == .pass }.map(\.sentence)
        var concerns = tables.targets.filter(\.isConcern)
            .map { "\($0.sentence) \($0.status.rawValue)" + ($0.verdict.reason.map { ": \($0)" } ?? ".") }
        concerns += analysis.recommendations.filter { $0.priority == .high }.map(\.description)
        var metrics = JSONObject()
        for verdict in verdict.verdicts where verdict.target.isCritical {
            metrics[verdict.key.rawValue] = [
                "value": verdict.measured.map { .number($0) } ?? .null,
                "target_value": .number(verdict.target.value), "unit": .string(verdict.target.unit.rawValue),
                "status": .string(verdict.status.rawValue),
                "confidence_interval_95": verdict.interval?.json ?? .null,
            ]
        }
        return [
            "overall_status": .string(verdict.status.rawValue),
            "key_achievements": .array(achieved.map { .string($0) }),
            "key_concerns": .array(concerns.map { .string($0) }),
            "optimization_potential_percentage": .number(analysis.potentialPercent),
            "readiness_assessment": .string(readiness.rawValue), "readiness_reason": .string(readiness.reason),
            "critical_metrics": .object(metrics),
        ]
    }

    private var consolidated: [JSONValue] {
        let found = analysis.recommendations.map { recommendation -> JSONValue in
            [
                "priority": .string(recommendation.priority.rawValue),
                "category": .string(recommendation.category.rawValue),
                "recommendation": .string("\(recommendation.description) \(recommendation.action)"),
                "expected_improvement": .string(recommendation.expectedWords),
                "source": .string("optimization"), "id": .string(recommendation.id),
            ]
        }
        let notes = notes.map { note -> JSONValue in
            [
                "priority": "medium", "category": "Measurement", "recommendation": .string(note),
                "expected_improvement": .null, "source": "validation", "id": .null,
            ]
        }
        return found + notes
    }

    private var nextSteps: [String] {
        let named = analysis.recommendations.prefix(Self.namedSteps)
        let again = "Run scenario \(run.scenarioName) again with --seed \(run.seed) and compare."
        return named.map(\.action) + notes + (named.isEmpty ? [] : [again])
    }

    private func appendixPart(leftOut: [String]) -> JSONValue {
        [
            "definitions": "docs/kpis.md",
            "statistics": [
                "Means are exact sums over exact counts; their 95 % intervals are by batch means.",
                "Shares have Wilson's 95 % intervals; percentiles are of all samples, to within 0.1 %.",
                "Improvements replay the measured parts of the gaps with a part taken out, everything else as it was.",
            ],
            "readiness_rules": .object(
                Readiness.allCases.reduce(into: JSONObject()) { $0[$1.rawValue] = .string($1.reason) }
            ),
            "stages_left_out": .array(leftOut.map { .string($0) }),
            "run": .string(run.id), "ape_version": .string(run.apeVersion),
        ]
    }
}
