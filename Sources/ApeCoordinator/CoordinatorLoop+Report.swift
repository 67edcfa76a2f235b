import ApeCore
import ApeReport
import ApeRun

extension CoordinatorLoop {
    /// The run's report as it would be if the run ended now, its outcome `running`: what the page shows.
    ///
    /// It is made beside the loop, which only hands out what it has.
    nonisolated func liveReport() async -> RunReport {
        let (snapshot, record) = await (snapshot, record)
        let ledger = snapshot.ledgerSoFar
        var verdict = RunVerdict(judging: ledger, rules: snapshot.rules, outcome: .running)
        verdict.thresholds = snapshot.thresholdsSoFar
        var report = report(record, ledger, verdict, endMicros: snapshot.nowMicros)
        report.picture = record.timeline.points
        return report
    }

    /// The run's page as it is now.
    nonisolated func livePage() async -> LivePage {
        let live = await snapshot
        return LivePage(await liveReport(), live.live)
    }

    /// The report of what a ledger holds, held against the base where there is one.
    nonisolated func report(
        _ record: RunRecord,
        _ ledger: RunLedger,
        _ verdict: RunVerdict,
        endMicros: Int64
    ) -> RunReport {
        var report = RunReport(
            run: RunDescription(
                id: configuration.runID,
                scenarioName: configuration.scenario.name,
                seed: configuration.seed,
                startMicros: record.createdMicros,
                endMicros: endMicros,
                apeVersion: ApeVersion.text,
                measuredBy: record.measuredBy,
                scenarioHash: RunOrigin.scenarioHash(
                    of: configuration.scenario.document,
                    isDemo: configuration.describesDemo
                ),
                subject: .init(configuration.scenario, isDemo: configuration.describesDemo)
            ),
            ledger: ledger,
            verdict: verdict,
            environment: HostEnvironment.current
        )
        report.places = configuration.places
        report.isComprehensive = configuration.isComprehensive
        if let baseline {
            let comparison = RunComparison(base: baseline, run: report.comparable)
            report.baseline = .init(comparison, regressionLimit: configuration.regressionLimit)
        }
        return report
    }
}
