import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension ValidationReport {
    func stagePart(_ index: Int) -> JSONValue {
        let stage = ledger.stages[index]
        let timeline = stage.timeline
        let end = timeline.map { min($0.end.micros, stage.cutMicros ?? .max) }
        return [
            "name": .string(stage.stage.name),
            "target_agents": .integer(Int64(stage.stage.agents)),
            "achieved_agents": stage.achievedAgents.map { .integer(Int64($0)) } ?? .null,
            "success": .bool(stage.isSuccess),
            "start_time": time(timeline?.start.micros),
            "hold_start_time": time(timeline?.holdStart.micros),
            "hold_end_time": time(end),
            "hold_seconds": .integer(Int64(stage.heldSeconds.count)),
            "planned_hold_seconds": .number(Double(stage.stage.holdMicros) / 1_000_000),
            "cut_short": .bool(stage.cutMicros != nil),
            "warmup_cut": warmupCutPart(stages[index]),
            "series": stage.hold.seriesPart(labelled: false),
            "gap_parts": stage.hold.gapBreakdown.json,
            "goals": .array(stage.hold.goalsPart),
            "routes": .array(stage.hold.routesPart),
            "counters": stage.hold.countersPart,
            "aside": ["series": stage.aside.seriesPart(labelled: false), "counters": stage.aside.countersPart],
            "completeness": completenessPart(ofStage: index),
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

    func workerPart(_ worker: WorkerLedger, _ presences: [WorkerPresence], actionsOfAll: Int64) -> JSONValue {
        [
            "id": .string(worker.facts.id), "name": .string(worker.facts.name), "host": .string(worker.facts.host),
            "version": .string(worker.facts.version), "labels": labels(worker.facts.labels),
            "cpus": .integer(Int64(worker.facts.cpus)), "memory_bytes": .integer(worker.facts.memoryBytes),
            "max_agents": .integer(Int64(worker.facts.maxAgents)), "peak_agents": .integer(Int64(worker.peakAssigned)),
            "actions": .integer(worker.actions),
            "actions_share": actionsOfAll == 0 ? nil : .number(Double(worker.actions) / Double(actionsOfAll)),
            "completed_sessions": .integer(worker.completedSessions),
            "presences": .array(
                presences.map {
                    [
                        "joined_time": time($0.fromMicros), "gone_time": time($0.toMicros),
                        "ending": $0.ending.map { .string($0.rawValue) } ?? .null,
                    ]
                }
            ),
            "host_in_holds": .array(worker.stages.keys.sorted().compactMap { hostPart(worker, stage: $0) }),
        ]
    }

    private func hostPart(_ worker: WorkerLedger, stage index: Int) -> JSONValue? {
        guard let stage = worker.stages[index], stage.holdWindows > 0 else { return nil }
        return [
            "stage": .string(ledger.stages[index].stage.name),
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
            "loop_lag_p99_seconds_peak": .seconds(saturation.peakLoopLagMicros),
            "process_cpu_percent_peak": .number(saturation.peakProcessCPUPercent),
        ]
    }

    func eventPart(_ event: FleetEvent) -> JSONValue {
        [
            "time": time(event.atMicros), "level": .string(event.level.rawValue), "code": .string(event.code),
            "message": .string(event.message),
            "worker": event.worker.map { .string(ledger.workers[$0]?.facts.name ?? $0) } ?? .null,
            "agent": event.agent.map { .integer(Int64($0)) } ?? .null,
            "trace_id": event.traceID.map { .string($0) } ?? .null,
        ]
    }

    func time(_ micros: Int64?) -> JSONValue {
        micros.map { .string(Timestamp.text(micros: $0)) } ?? .null
    }

    private func labels(_ labels: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, label) in labels.sorted(by: { $0.key < $1.key }) { object[name] = .string(label) }
        return .object(object)
    }
}
