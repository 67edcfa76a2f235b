import ApeCore
import ApeFleet
import ApeMetrics

/// Everything that is stored of one run, judged again by the run's own scenario and strictness.
package struct RunArchive: Sendable {
    package let run: StoredRun
    package let scenario: Scenario
    package let ledger: RunLedger
    package let verdict: RunVerdict
    /// Fleet time: the end of the run, or of its last window where the run has not ended.
    package let endMicros: Int64

    /// Rebuilds a run from what is stored of it. A run that has not ended counts as interrupted at the end of its last
    /// window, or as suspended where its coordinator said so.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - facts: all of its facts, in order.
    ///   - windows: all of its windows, each once.
    ///   - servers: what servers showed, in order.
    /// - Throws: ``ApeError`` for a scenario that cannot be read, and what `windows` and `servers` throw.
    package init(
        _ run: StoredRun,
        facts: [FleetFact],
        windows: some AsyncSequence<StoredWindow, any Error> & Sendable,
        servers: some AsyncSequence<ServerSample, any Error> & Sendable
    ) async throws {
        self.run = run
        scenario = try Scenario(document: run.scenario)
        var ledger = try await RunLedger(
            of: run,
            thresholds: scenario.thresholds,
            facts: facts,
            windows: windows,
            servers: servers
        )
        if let ended = run.endedMicros {
            endMicros = ended
        } else {
            endMicros = ledger.workers.values.compactMap(\.latest?.endMicros).max() ?? run.createdMicros
            ledger.ended(atMicros: endMicros)
        }
        self.ledger = ledger
        verdict = RunVerdict(
            judging: ledger,
            rules: JudgingRules(scenario, strict: run.isStrict),
            outcome: run.outcome ?? (facts.last?.kind == .suspended ? .suspended : .interrupted)
        )
    }
}
