import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension RunReport {
    func stagePart(_ index: Int) -> JSONValue {
        let (stage, row) = (ledger.stages[index], tables.stages[index])
        let (hold, target) = (stage.hold, verdict.sessionsTarget)
        return [
            "name": .string(row.name),
            "target_agents": .integer(Int64(row.targetAgents)),
            "achieved_agents": row.achievedAgents.map { .integer(Int64($0)) } ?? .null,
            "success": .bool(row.isSuccess),
            "status": .string(row.status.rawValue),
            "sentence": .string(row.sentence),
            "start_time": time(row.startMicros),
            "hold_start_time": time(row.holdStartMicros),
            "hold_end_time": time(row.holdEndMicros),
            "hold_seconds": .integer(Int64(row.heldSeconds)),
            "planned_hold_seconds": .seconds(row.plannedHoldMicros),
            "cut_short": .bool(row.isCut),
            "warmup_cut": warmupCutPart(row),
            "sessions": row.sessions.json,
            "accounting": row.accounting.json,
            "arrivals": row.arrivals?.json ?? .null,
            "tokens": row.tokens.tokensJSON, "cost": row.tokens.costJSON,
            "drain": [
                "late_gaps": .integer(stage.drain.lateGaps),
                "unanswered_sessions": .integer(stage.drain.unansweredSessions),
            ],
            "series": hold.seriesPart(labelled: false),
            "gap_parts": row.gapParts.json,
            "goals": .array(GoalRow.rows(of: hold, target: target).map { $0.json(ofAll: row.gapParts) }),
            "routes": .array(RouteRow.rows(of: hold).map { $0.json(ofAll: row.gapParts) }),
            "counters": hold.countersPart,
            "aside": ["series": stage.aside.seriesPart(labelled: false), "counters": stage.aside.countersPart],
            "completeness": stageCompletenessPart(row.completeness),
        ]
    }

    /// What means leave out of the hold, and what they are without it.
    private func warmupCutPart(_ stage: StageRow) -> JSONValue {
        guard let cut = stage.warmupCut else { return nil }
        return [
            "seconds": .integer(Int64(cut.seconds)), "series": .string(cut.series.rawValue),
            "rule": .string(WarmupCut.rule), "settled": .bool(cut.isSettled),
            "gap_mean_seconds": .seconds(stage.mtbaMicros),
            "ttft_mean_seconds": .seconds(stage.ttftMicros),
        ]
    }

    func workerPart(_ worker: WorkerRow) -> JSONValue {
        [
            "id": .string(worker.facts.id), "name": .string(worker.facts.name), "host": .string(worker.facts.host),
            "version": .string(worker.facts.version), "labels": labels(worker.facts.labels),
            "cpus": .integer(Int64(worker.facts.cpus)), "memory_bytes": .integer(worker.facts.memoryBytes),
            "max_agents": .integer(Int64(worker.facts.maxAgents)), "peak_agents": .integer(Int64(worker.peakAgents)),
            "actions": .integer(worker.actions),
            "actions_share": worker.actionsShare.map { .number($0) } ?? .null,
            "completed_sessions": .integer(worker.completedSessions),
            "presences": .array(
                worker.presences.map {
                    [
                        "joined_time": time($0.fromMicros), "gone_time": time($0.toMicros),
                        "ending": $0.ending.map { .string($0.rawValue) } ?? .null,
                    ]
                }
            ),
            "host_in_holds": .array(worker.holds.compactMap(hostPart)),
        ]
    }

    private func hostPart(_ hold: WorkerRow.Hold) -> JSONValue? {
        let stage = hold.figures
        guard stage.holdWindows > 0 else { return nil }
        return [
            "stage": .string(hold.stage),
            "cpu_percent_mean": stage.cpu.mean.map { .number($0) } ?? .null,
            "cpu_percent_peak": .number(stage.cpu.peak),
            "memory_percent_mean": stage.memory.mean.map { .number($0) } ?? .null,
            "memory_percent_peak": .number(stage.memory.peak),
            "process_cpu_percent_peak": .number(stage.peakProcessCPUPercent),
            "process_memory_bytes_peak": .integer(stage.peakProcessMemoryBytes),
            "loop_lag_p99_seconds_peak": .seconds(stage.peakLoopLagMicros),
        ]
    }

    func saturationPart(_ saturation: Saturation) -> JSONValue {
        [
            "worker": .string(saturation.workerName), "worker_id": .string(saturation.worker),
            "stage": .string(ledger.stages[saturation.stage].stage.name),
            "hold_windows": .integer(Int64(saturation.holdWindows)),
            "lagging_windows": .integer(Int64(saturation.laggingWindows)),
            "cpu_bound_windows": .integer(Int64(saturation.cpuBoundWindows)),
            "loop_lag_mean_seconds": .seconds(saturation.meanLoopLagMicros),
            "loop_lag_p99_seconds_peak": .seconds(saturation.peakLoopLagMicros),
            "process_cpu_percent_peak": .number(saturation.peakProcessCPUPercent),
            "generator_share_percent": saturation.generatorShare.map { .number(100 * $0) } ?? .null,
        ]
    }

    func eventPart(_ event: FleetEvent) -> JSONValue {
        [
            "time": time(event.at.micros), "level": .string(event.level.rawValue), "code": .string(event.code),
            "message": .string(event.message),
            "worker": event.worker.map { .string(workerName($0)) } ?? .null,
            "agent": event.agent.map { .integer(Int64($0)) } ?? .null,
            "trace_id": event.traceID.map { .string($0) } ?? .null,
        ]
    }

    /// A worker's name by its identity.
    func workerName(_ id: String) -> String { ledger.workers[id]?.facts.name ?? id }

    func time(_ micros: Int64?) -> JSONValue {
        micros.map { .string(Timestamp.text(micros: $0)) } ?? .null
    }

    private func labels(_ labels: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, label) in labels.sorted(by: { $0.key < $1.key }) { object[name] = .string(label) }
        return .object(object)
    }
}

extension SessionShare {
    /// In percent.
    fileprivate var json: JSONValue {
        [
            "share_percent": value.map { .number(100 * $0) } ?? .null,
            "plain_share_percent": plain.value.map { .number(100 * $0) } ?? .null,
            "confidence_interval_95": interval.map {
                ["low": .number(100 * $0.low), "high": .number(100 * $0.high)]
            } ?? .null,
            "completed": .integer(plain.trials), "successful_stateful": .integer(plain.count),
        ]
    }
}
