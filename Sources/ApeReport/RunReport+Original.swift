import ApeCore
import ApeMetrics
import ApeRun

/// The part that readers of the original's reports know.
extension RunReport {
    var originalTop: JSONObject {
        [
            "validation_summary": summaryPart,
            "performance_targets": [
                "mtba_validation": group([.mtbaThreshold, .mtbaHighLoad]),
                "cognitive_latency_validation": group([.cognitiveLatencyTTFT]),
            ],
            "scaling_validation": scalingPart,
            "kpi_validation": ["successful_stateful_sessions": group([.successfulStatefulSessions])],
            "efficiency_validation": ["resource_usage": group([.systemMemoryEfficiency, .systemCPUEfficiency])],
            "all_validation_results": .array(verdict.verdicts.map(resultPart)),
            "recommendations": .array(recommendations.map { .string($0) }),
        ]
    }

    private var summaryPart: JSONValue {
        [
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
            "end_time": .string(Timestamp.text(micros: run.endMicros)),
            "duration_minutes": .number(Double(durationMicros) / 60_000_000),
            "overall_success": .bool(exitCode == .passed),
            "total_targets": .integer(Int64(verdict.verdicts.count)),
            "passed_targets": .integer(Int64(verdict.count(.pass))),
            "failed_targets": .integer(Int64(verdict.count(.fail))),
            "inconclusive_targets": .integer(Int64(verdict.count(.inconclusive))),
            "not_exercised_targets": .integer(Int64(verdict.count(.notExercised))),
            "critical_failures": .integer(Int64(verdict.criticalFailures.count)),
            "total_thresholds": .integer(Int64(verdict.thresholds.count)),
            "passed_thresholds": .integer(Int64(verdict.thresholds.count { $0.status == .pass })),
            "failed_thresholds": .integer(Int64(verdict.failedThresholds.count)),
        ]
    }

    private var scalingPart: JSONValue {
        let verdicts = [KPIKey.maxConcurrentAgents, .agentStartupTime].compactMap { verdict[$0] }
        return [
            "target": .string(verdict[.maxConcurrentAgents]?.target.sentence ?? ""),
            "status": .string(verdict.scalingStatus.rawValue),
            "max_achieved_agents": .integer(Int64(tables.stages.compactMap(\.achievedAgents).max() ?? 0)),
            "scaling_test_results": .array(tables.stages.map(scalingResult)),
            "details": .array(verdicts.map(resultPart)),
        ]
    }

    /// Verdicts that the original reports under one status: the worst of those that the run exercised.
    private func group(_ keys: [KPIKey]) -> JSONValue {
        let verdicts = keys.compactMap { verdict[$0] }
        let statuses = verdicts.map(\.status)
        let order: [Verdict.Status] = [.fail, .inconclusive, .pass]
        let worst = order.first { statuses.contains($0) } ?? .notExercised
        return [
            "target": .string(verdicts.map(\.target.sentence).joined(separator: ", ")),
            "status": .string(worst.rawValue),
            "details": .array(verdicts.map(resultPart)),
        ]
    }

    func resultPart(_ verdict: Verdict) -> JSONValue {
        let target = verdict.target
        let passed: JSONValue =
            switch verdict.status {
            case .pass: true
            case .fail: false
            case .inconclusive, .notExercised: nil
            }
        return [
            "key": .string(verdict.key.rawValue),
            "status": .string(verdict.status.rawValue),
            "target": [
                "name": .string(verdict.key.rawValue), "description": .string(target.title),
                "target_value": .number(target.value), "default_value": .number(target.defaultValue),
                "unit": .string(target.unit.rawValue),
                "comparison": .string(target.direction == .below ? "less_than" : "greater_than"),
                "operator": .string(target.direction.rawValue),
                "critical": .bool(target.isCritical),
            ],
            "measured_value": verdict.measured.map { .number($0) } ?? .null,
            "confidence_interval_95": verdict.interval.map { ["low": .number($0.low), "high": .number($0.high)] }
                ?? .null,
            "batches": verdict.intervalBatches.map { .integer(Int64($0)) } ?? .null,
            "too_short": .bool(verdict.isIntervalTooShort),
            "marginal": .bool(verdict.marginal),
            "passed": passed,
            "timestamp": .string(Timestamp.text(micros: run.endMicros)),
            "generator_seconds": verdict.generator.map { .number($0) } ?? .null,
            "generator_share_percent": verdict.generatorShare.map { .number(100 * $0) } ?? .null,
            "plain_share_percent": verdict.sessions?.plain.value.map { .number(100 * $0) } ?? .null,
            "details": ["summary": .string(verdict.details), "samples": .integer(verdict.samples)],
        ]
    }

    private func scalingResult(_ stage: StageRow) -> JSONValue {
        var errors: [JSONValue] = []
        if !stage.isSuccess {
            let achieved = stage.achievedAgents.map { "at least \($0) agents were active" } ?? "it was not held"
            errors.append(.string("Stage \(stage.name) of \(stage.targetAgents) agents: \(achieved)."))
            stage.reason.map { errors.append(.string($0)) }
        }
        return [
            "name": .string(stage.name),
            "target_agents": .integer(Int64(stage.targetAgents)),
            "achieved_agents": .integer(Int64(stage.achievedAgents ?? 0)),
            "startup_time_seconds": .seconds(stage.startupMicros),
            "resource_usage": [
                "cpu_percent": stage.worstCPUPercent.map { .number($0) } ?? .null,
                "memory_percent": stage.worstMemoryPercent.map { .number($0) } ?? .null,
            ],
            "performance_metrics": [
                "mtba_avg": .seconds(stage.mtbaMicros),
                "mtba_p95": .seconds(stage.gap.p95Micros),
                "mtba_p99": .seconds(stage.gap.p99Micros),
                "ttft_avg": .seconds(stage.ttftMicros),
                "ttft_p95": .seconds(stage.ttft.p95Micros), "ttft_p99": .seconds(stage.ttft.p99Micros),
            ],
            "success": .bool(stage.isSuccess),
            "errors": .array(errors),
        ]
    }
}

extension JSONValue {
    /// Microseconds as a number of seconds; null for nil.
    static func seconds(_ micros: Double?) -> JSONValue {
        micros.map { .number($0 / 1_000_000) } ?? .null
    }

    /// Microseconds as a number of seconds; null for nil.
    static func seconds(_ micros: Int64?) -> JSONValue {
        seconds(micros.map(Double.init))
    }
}
