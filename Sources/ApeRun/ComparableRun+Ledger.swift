import ApeCore
import ApeMetrics

extension ComparableRun {
    /// The series that are compared.
    package static let seriesNames: [SeriesName] = [.gap, .ttft, .attemptTTFT, .generation, .target, .session]

    /// What a run's ledger and verdicts offer for a comparison.
    package init(_ archive: RunArchive) {
        self.init(
            id: archive.run.id,
            scenarioName: archive.run.scenarioName,
            startMicros: archive.run.createdMicros,
            origin: RunOrigin(
                measuredBy: archive.run.measuredBy,
                scenarioHash: archive.run.scenarioHash,
                archive.ledger
            ),
            archive.ledger,
            archive.verdict
        )
    }

    package init(
        id: String,
        scenarioName: String,
        startMicros: Int64,
        origin: RunOrigin,
        _ ledger: RunLedger,
        _ verdict: RunVerdict
    ) {
        self.init(id: id, scenarioName: scenarioName, startMicros: startMicros, origin: origin)
        let hold = ledger.hold
        for verdict in verdict.verdicts {
            guard let value = verdict.measured else { continue }
            kpis[verdict.key] = KPI(
                target: verdict.target,
                value: value,
                isInconclusive: verdict.status == .inconclusive,
                estimate: verdict.precision?.estimate,
                share: verdict.precision?.share
            )
        }
        thresholds = verdict.thresholds.compactMap { verdict in
            verdict.measured.map { value in
                ThresholdFigures(
                    text: verdict.text,
                    unit: verdict.threshold.condition.limit.unit,
                    lowerIsBetter: verdict.threshold.condition.comparison.isUpper,
                    value: value,
                    interval: verdict.interval,
                    isInconclusive: verdict.status == .inconclusive
                )
            }
        }
        capacity = verdict.capacity.map(CapacityFigures.init)
        stages = zip(ledger.stages, verdict.stages).filter { !$0.0.heldSeconds.isEmpty }.map { stage, judged in
            StageFigures(
                name: stage.stage.name,
                agents: stage.stage.agents,
                gap: BatchMeans.estimate([judged.batches(.gap)]),
                ttft: BatchMeans.estimate([judged.batches(.ttft)])
            )
        }
        for name in Self.seriesNames where !hold[name].isEmpty {
            let judged = JudgedSeries.allCases.first { $0.name == name }
            let estimate = judged.flatMap { series in BatchMeans.estimate(verdict.stages.map { $0.batches(series) }) }
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
