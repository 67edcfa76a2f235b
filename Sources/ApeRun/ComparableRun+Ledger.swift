import ApeCore
import ApeMetrics

extension ComparableRun {
    /// The series that are compared.
    package static let seriesNames: [SeriesName] = [.gap, .ttft, .attemptTTFT, .generation, .target, .session]

    /// What a run's ledger and verdicts offer for a comparison.
    package init(id: String, scenarioName: String, startMicros: Int64, _ ledger: RunLedger, _ verdict: RunVerdict) {
        self.init(id: id, scenarioName: scenarioName, startMicros: startMicros)
        let hold = ledger.hold
        for verdict in verdict.verdicts {
            guard let value = verdict.measured else { continue }
            kpis[verdict.key] = KPI(
                target: verdict.target,
                value: value,
                isInconclusive: verdict.status == .inconclusive,
                estimate: ledger.estimate(of: verdict.key),
                share: verdict.key == .successfulStatefulSessions
                    ? Share(count: hold[CounterName.sessionsSuccessfulStateful], trials: hold.completedSessions) : nil
            )
        }
        stages = ledger.stages.filter { !$0.heldSeconds.isEmpty }.map { stage in
            StageFigures(
                name: stage.stage.name,
                agents: stage.stage.agents,
                gap: BatchMeans.estimate([stage.holdBatches(\.gap)]),
                ttft: BatchMeans.estimate([stage.holdBatches(\.ttft)])
            )
        }
        for name in Self.seriesNames where !hold[name].isEmpty {
            let path: KeyPath<SecondTotals, SumAndCount>? = name == .gap ? \.gap : name == .ttft ? \.ttft : nil
            let estimate = path.flatMap { path in BatchMeans.estimate(ledger.stages.map { $0.holdBatches(path) }) }
            series[name.rawValue] = SeriesFigures(hold[name], estimate: estimate)
        }
        for (name, histogram) in hold.series {
            if let route = name.value(in: .targetRoute) { routes[route] = SeriesFigures(histogram) }
        }
        trials = hold.trials
        failures = hold.failuresByKind
    }
}

extension Measures {
    /// Completed sessions, attempts at decisions, actions, and attempts at each route.
    fileprivate var trials: [String: Int64] {
        var trials = routeRequests
        trials["sessions"] = completedSessions
        trials["decisions"] = self[CounterName.decisions].addingClamped(total(of: .decisionErrors))
        trials["actions"] = actions
        return trials
    }

    /// Those that failed, each by its reason.
    fileprivate var failuresByKind: [String: [String: Int64]] {
        var failures = ["sessions": labels(of: .sessionsFailed)]
        failures["decisions"] = labels(of: .decisionErrors)
        failures["actions"] = labels(of: .actions).filter { ActionStatus(rawValue: $0.key)?.isFailure ?? true }
        for failure in routeFailures where failure.rate != nil {
            failures[failure.route, default: [:]][failure.status] = failure.count
        }
        return failures
    }
}

extension RunLedger {
    /// The estimate behind a target's mean, in the target's unit.
    fileprivate func estimate(of key: KPIKey) -> BatchMeans.Estimate? {
        func held(_ path: KeyPath<SecondTotals, SumAndCount>) -> BatchMeans.Estimate? {
            BatchMeans.estimate(stages.filter { key.concerns(agents: $0.stage.agents) }.map { $0.holdBatches(path) })
        }
        switch key {
        case .mtbaThreshold, .mtbaHighLoad: return held(\.gap)
        case .cognitiveLatencyTTFT: return held(\.ttft)
        case .agentStartupTime: return BatchMeans.estimate(stages.map(\.startupBatches))
        case .successfulStatefulSessions, .maxConcurrentAgents: return nil
        case .systemMemoryEfficiency: return worst(\.memory)
        case .systemCPUEfficiency: return worst(\.cpu)
        }
    }

    private func worst(_ gauge: KeyPath<WorkerStage, HostGauge>) -> BatchMeans.Estimate? {
        guard let largest = largestStage else { return nil }
        let gauges = sortedWorkers.compactMap { $0.stages[largest]?[keyPath: gauge] }
        return gauges.max { ($0.mean ?? -1) < ($1.mean ?? -1) }.flatMap { BatchMeans.estimate([$0.batches]) }
    }
}
