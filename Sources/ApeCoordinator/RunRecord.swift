import ApeCore
import ApeFleet
import ApeRun
import ApeStore

/// The account of a run as it grows: what is stored, added up. It is made from the store alone, so that a coordinator
/// that takes up a run has the same account as the one that died.
struct RunRecord: Sendable {
    var ledger: RunLedger
    /// What the machine needs to take up the run; nil for a new one.
    let recovered: RecoveredRun?
    let createdMicros: Int64
    /// The run's own: whoever takes it up goes on drawing from it.
    let seed: UInt64
    /// What began to measure it; nil for a run of before this was kept.
    let measuredBy: MeasuringVersion?

    /// Opens the account of a run: a new one, or all that is stored of one that was cut off.
    ///
    /// - Throws: ``ApeError`` for a run that does not exist, has ended, or was of another scenario or plan.
    static func open(
        _ configuration: CoordinatorConfiguration,
        store: RunStore,
        now: FleetTime
    ) async throws -> RunRecord {
        guard configuration.resumes else {
            let run = StoredRun(
                id: configuration.runID,
                scenarioName: configuration.scenario.name,
                scenario: configuration.scenario.document,
                plan: configuration.plan,
                seed: configuration.seed,
                createdMicros: now.micros,
                isDemo: configuration.describesDemo
            )
            try await store.createRun(run)
            return RunRecord(
                ledger: RunLedger(plan: configuration.plan, thresholds: configuration.scenario.thresholds),
                recovered: nil,
                createdMicros: now.micros,
                seed: configuration.seed,
                measuredBy: run.measuredBy
            )
        }
        guard let run = try await store.run(configuration.runID) else {
            throw ApeError(
                .usage,
                "--resume \(configuration.runID): \(store.path) has no such run; see those that it has with ape-test history"
            )
        }
        guard run.outcome == nil else {
            throw ApeError(.usage, "--resume \(run.id): that run has ended; start a new one without --resume")
        }
        if let file = changedFile(run.scenario, configuration.scenario) {
            throw ApeError(
                .usage,
                "--resume \(run.id): \(file) is not what it was when the run began; give the same rows again"
            )
        }
        guard run.scenario == configuration.scenario.document, run.plan == configuration.plan else {
            throw ApeError(
                .usage,
                "--resume \(run.id): the run was started with another scenario or plan; give the same ones again"
            )
        }
        let facts = try await store.facts(ofRun: run.id)
        let ledger = try await RunLedger(
            of: run,
            thresholds: configuration.scenario.thresholds,
            facts: facts,
            windows: store.windows(ofRun: run.id),
            servers: store.servers(ofRun: run.id)
        )
        return RunRecord(
            ledger: ledger,
            recovered: RecoveredRun(facts: facts, ledger: ledger),
            createdMicros: run.createdMicros,
            seed: run.seed,
            measuredBy: run.measuredBy
        )
    }

    /// The first file of rows that has changed since a run began; nil where none has.
    private static func changedFile(_ stored: JSONValue, _ scenario: Scenario) -> String? {
        guard let before = try? Scenario(document: stored) else { return nil }
        for goal in scenario.goals {
            let old = before.goals.first { $0.name == goal.name }?.dataFile
            if let old, let new = goal.dataFile, old.name == new.name, old != new { return new.name }
        }
        return nil
    }
}
