import ApeCore
import ApeFleet
import ApeMetrics
import ApeReport
import ApeRun

extension RunSnapshot {
    /// The run, its stages and all that was measured so far; durations in seconds.
    var json: JSONValue {
        let ledger = ledgerSoFar
        let tables = RunTables(ledger, RunVerdict(judging: ledger, rules: rules), price: price)
        let (whole, gap) = (tables.whole, tables.whole.gapBreakdown)
        return [
            "run": .string(run), "scenario": .string(scenarioName), "is_demo": .bool(isDemo), "outcome": "running",
            "start_time": .string(Timestamp.text(micros: createdMicros)),
            "time": .string(Timestamp.text(micros: nowMicros)),
            "progress": progress.map { $0.json(lost: ledger.books.tallies.count { $0.standing == .lost }) } ?? .null,
            "stages": .array(zip(tables.stages, ledger.stages).map { $0.json($1.hold) }),
            "targets": .array(tables.targets.map(\.json)),
            "thresholds": .array(thresholdsSoFar.map { $0.json(stages: ledger.stages.map(\.stage.name)) }),
            "tokens": tables.tokens.tokensJSON, "cost": tables.tokens.costJSON,
            "connections": .array(tables.connections.map(\.json)),
            "series": whole.seriesPart(labelled: false), "gap_parts": gap.json,
            "counters": whole.countersPart, "routes": .array(RouteRow.rows(of: whole).map { $0.json(ofAll: gap) }),
        ]
    }

    /// The workers in the order of joining.
    var workersJSON: JSONValue {
        [
            "run": .string(run),
            "workers": .array(ledger.books.tallies.map { $0.json(ledger.workers[$0.worker]) }),
        ]
    }
}

extension Progress {
    fileprivate func json(lost lostWorkers: Int) -> JSONValue {
        [
            "phase": .string(phase.rawValue),
            "phase_end_time": phaseEnd.map { .string(Timestamp.text($0)) } ?? .null,
            "stage": stage.map { .integer(Int64($0)) } ?? .null,
            "paused_since": pausedSince.map { .string(Timestamp.text($0)) } ?? .null,
            "target_agents": .integer(Int64(targetAgents)), "assigned_agents": .integer(Int64(assignedAgents)),
            "active_agents": .integer(Int64(activeAgents)),
            "expected_workers": .integer(Int64(expectedWorkers)),
            "connected_workers": .integer(Int64(connectedWorkers)),
            "silent_workers": .integer(Int64(silentWorkers)), "lost_workers": .integer(Int64(lostWorkers)),
        ]
    }
}

extension StageRow {
    fileprivate func json(_ hold: Measures) -> JSONValue {
        [
            "name": .string(name), "target_agents": .integer(Int64(targetAgents)),
            "achieved_agents": achievedAgents.map { .integer(Int64($0)) } ?? .null,
            "start_time": startMicros.map { .string(Timestamp.text(micros: $0)) } ?? .null,
            "hold_seconds": .integer(Int64(heldSeconds)),
            "tokens": tokens.tokensJSON, "cost": tokens.costJSON, "series": hold.seriesPart(labelled: false),
        ]
    }
}

extension TargetRow {
    fileprivate var json: JSONValue {
        [
            "key": .string(target.key.rawValue), "status": .string(status.rawValue),
            "target_value": .number(target.value),
            "measured_value": verdict.measured.map { .number($0) } ?? .null, "unit": .string(target.unit.rawValue),
            "marginal": .bool(verdict.marginal), "details": .string(verdict.details),
        ]
    }
}

extension WorkerTally {
    fileprivate func json(_ ledger: WorkerLedger?) -> JSONValue {
        let facts = ledger?.facts
        var labels = JSONObject()
        for (name, label) in (facts?.labels ?? [:]).sorted(by: { $0.key < $1.key }) { labels[name] = .string(label) }
        return [
            "id": .string(worker), "name": .string(name), "standing": .string(standing.rawValue),
            "version": .string(facts?.version ?? ""), "labels": .object(labels),
            "cpus": .integer(Int64(facts?.cpus ?? 0)), "memory_bytes": .integer(facts?.memoryBytes ?? 0),
            "max_agents": .integer(Int64(facts?.maxAgents ?? 0)),
            "windows": [
                "received": .integer(windows), "late": .integer(late), "duplicate": .integer(duplicates),
                "dropped": .integer(dropped),
            ],
            "latest": ledger?.latest.map(\.json) ?? .null,
        ]
    }
}

extension WorkerMoment {
    fileprivate var json: JSONValue {
        [
            "end_time": .string(Timestamp.text(micros: endMicros)), "assigned_agents": .integer(Int64(assigned)),
            "active_agents": .integer(Int64(active)), "cpu_percent": .number(host.cpuPercent),
            "memory_percent": .number(host.memoryPercent), "process_cpu_percent": .number(host.processCPUPercent),
            "process_memory_bytes": .integer(host.processMemoryBytes),
            "loop_lag_p99_seconds": .number(Double(host.loopLagP99Micros) / 1_000_000),
        ]
    }
}
