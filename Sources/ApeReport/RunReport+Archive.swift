import ApeCore
import ApeRun

extension RunReport {
    /// The report of a stored run.
    ///
    /// - Parameters:
    ///   - archive: all that is stored of it.
    ///   - isRunning: whether it goes on; one that does not and has no outcome counts as interrupted or suspended.
    package init(_ archive: RunArchive, isRunning: Bool = false) {
        var verdict = archive.verdict
        if isRunning { verdict.outcome = .running }
        self.init(
            run: RunDescription(
                id: archive.run.id,
                scenarioName: archive.run.scenarioName,
                seed: archive.run.seed,
                startMicros: archive.run.createdMicros,
                endMicros: archive.endMicros,
                apeVersion: ApeVersion.text,
                measuredBy: archive.run.measuredBy,
                scenarioHash: archive.run.scenarioHash,
                subject: .init(archive.scenario, isDemo: archive.run.isDemo)
            ),
            ledger: archive.ledger,
            verdict: verdict,
            environment: ["source": "run database"]
        )
        isComprehensive = true
    }
}
