import ApeCore
import ApeFleet
import ApeHTTP
import ApeMetrics
import ApeRun
import ApeSite

extension RunSnapshot {
    /// The page for Prometheus. Its counters are made of what is stored alone, so they never go down, whichever
    /// coordinator shows them.
    var metrics: String {
        var page = Exposition()
        add(to: &page)
        return page.text
    }

    /// All that is told of a run from outside.
    func add(to page: inout some MetricSink) {
        page.add(.runInfo, at: [run, scenarioName, ApeVersion.text], 1)
        page.add(.runStart, micros: createdMicros)
        for phase in Progress.Phase.allCases {
            page.add(.runPhase, at: [phase.rawValue], phase == progress?.phase ? 1 : 0)
        }
        page.add(.runStage, Int64(progress?.stage.map { $0 + 1 } ?? 0))
        page.add(.runStages, Int64(ledger.stages.count))
        page.add(.concurrentAgents, Int64(progress?.activeAgents ?? 0))
        page.add(.concurrentAgentsCount, Int64(progress?.activeAgents ?? 0))
        page.add(.targetAgents, Int64(progress?.targetAgents ?? 0))
        page.add(.assignedAgents, Int64(progress?.assignedAgents ?? 0))
        page.add(.workersExpected, Int64(progress?.expectedWorkers ?? 0))
        let standings = ledger.books.tallies.map(\.standing)
        for standing in WorkerStanding.allCases {
            page.add(.workers, at: [standing.rawValue], Int64(standings.count { $0 == standing }))
        }
        page.add(.waitingWindows, Int64(progress?.waitingWindows ?? 0))
        if let price, let tokens = ledger.tokens { page.add(.inferenceCost, number: tokens.cost(at: price)) }
        add(thresholdsTo: &page)
        if let lastRun { page.add(lastRun) }
        page.add(workersOf: ledger)
        let measures = ledger.stages.flatMap { [$0.hold, $0.aside] }
        page.add(measures)
        for metric in LoadMetric.ofGoals { page.add(metric, measures) }
    }

    /// How the user's own conditions stand, as they would be judged if the run ended now.
    private func add(thresholdsTo page: inout some MetricSink) {
        let verdicts = thresholdsSoFar
        for verdict in verdicts {
            for status in [Verdict.Status.pass, .fail, .inconclusive] {
                page.add(.thresholdStatus, at: [verdict.text, status.rawValue], verdict.status == status ? 1 : 0)
            }
        }
        for verdict in verdicts {
            if let measured = verdict.measured { page.add(.thresholdValue, at: [verdict.text], number: measured) }
        }
    }
}
