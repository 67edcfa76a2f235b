import ApeCore
import ApeMetrics
import ApeRun

/// The validation report: the original's structure on top, and beside it everything else that was measured.
extension RunReport {
    /// Raised whenever a reader would have to change.
    static let schemaVersion = "1.0"

    /// The whole report.
    package var json: JSONValue {
        var root: JSONObject = ["schema_version": .string(Self.schemaVersion), "seal": seal.json]
        for (key, value) in originalTop { root[key] = value }
        let (hold, whole) = (tables.hold, tables.whole)
        root["run"] = runPart
        root["verdict"] = verdictPart
        root["thresholds"] = .array(
            verdict.thresholds.map { $0.json(stages: ledger.stages.map(\.stage.name)) }
        )
        root["subject"] = .string(run.subject.sentence)
        root["capacity"] = capacityPart
        root["stages"] = .array(tables.stages.indices.map(stagePart))
        root["workers"] = .array(tables.workers.map(workerPart))
        root["series"] = ["hold": hold.seriesPart(labelled: false), "whole_run": whole.seriesPart(labelled: false)]
        root["counters"] = ["hold": hold.countersPart, "whole_run": whole.countersPart]
        root["gap_parts"] = hold.gapBreakdown.json
        root["goals"] = .array(tables.goals.map { $0.json(ofAll: hold.gapBreakdown) })
        root["routes"] = .array(tables.routes.map { $0.json(ofAll: hold.gapBreakdown) })
        root["streams"] = .array(tables.streams.map(\.json))
        root["connections"] = .array(tables.connections.map(\.json))
        root["failures"] = failuresPart
        root["exemplar_sessions"] = .array(exemplarsPart)
        root["successful_sessions"] = .array(successesPart)
        root["completeness"] = completenessPart
        root["accounting"] = tables.accounting.json
        root["tokens"] = tables.tokens.tokensJSON
        root["cost"] = tables.tokens.costJSON
        root["servers"] = .array(tables.servers.map(\.json))
        root["saturation"] = .array(verdict.saturations.map(saturationPart))
        root["environment"] = .object(environment)
        root["comparison_basis"] = comparisonPart
        root["baseline_comparison"] = baseline?.comparison.json ?? .null
        root["fleet_events"] = .array(ledger.events.map(eventPart))
        root["fleet_events_dropped"] = .integer(ledger.eventsDropped)
        if isComprehensive { for (key, value) in comprehensiveParts { root[key] = value } }
        return .object(root)
    }

    private var runPart: JSONValue {
        [
            "id": .string(run.id), "scenario": .string(run.scenarioName),
            // A seed has 64 bits, which a JSON number does not carry everywhere.
            "seed": .string(String(run.seed)),
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
            "end_time": .string(Timestamp.text(micros: run.endMicros)),
            "ape_version": .string(run.apeVersion),
            "is_demo": .bool(run.subject.isDemo),
            "targets": .array(run.subject.targets.map { .string($0) }),
            "inference_url": run.subject.inferenceURL.map { .string($0) } ?? .null,
            "model": run.subject.model.map { .string($0) } ?? .null,
            "budget": run.subject.budget.map { .number($0) } ?? .null,
            "outcome": .string(verdict.outcome.name),
            "outcome_reason": outcomeReason.map { .string($0) } ?? .null,
        ]
    }

    private var verdictPart: JSONValue {
        [
            "exit_code": .integer(Int64(exitCode.rawValue)),
            "status": .string(verdict.status.rawValue),
            "strict": .bool(verdict.strict),
        ]
    }
}
