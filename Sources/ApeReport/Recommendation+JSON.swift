import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun

extension Recommendation {
    var json: JSONValue {
        [
            "id": .string(id), "category": .string(category.rawValue), "priority": .string(priority.rawValue),
            "caused_by": .string(cause.rawValue), "description": .string(description), "action": .string(action),
            "expected_improvement": .string(expectedWords),
            "implementation_steps": .array(steps.map { .string($0) }),
            "estimated_impact": .string(impact),
            "improvements": .array(improvements.map(\.json)),
            "evidence": .array(
                evidence.map {
                    [
                        "source": .string($0.source), "value": .number($0.value), "unit": .string($0.unit),
                        "words": .string($0.words),
                    ]
                }
            ),
        ]
    }
}

extension Improvement {
    var json: JSONValue {
        [
            "kpi": .string(key.optimizationName), "key": .string(key.rawValue), "unit": .string(target.unit.rawValue),
            "current_value": .number(current), "expected_value": .number(expected),
            "expected_interval_95": expectedInterval?.json ?? .null,
            "improvement": .number(gain), "improvement_interval_95": gainInterval?.json ?? .null,
            "improvement_percentage": .number(relativePercent),
            "target_value": .number(target.value), "meets_target": .bool(meetsTarget),
        ]
    }
}

extension OptimizationAnalysis.WhatIf {
    var json: JSONValue {
        [
            "name": .string(name), "assumption": .string(assumption),
            "improvements": .array(improvements.map(\.json)),
        ]
    }
}
