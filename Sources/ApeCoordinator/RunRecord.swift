import ApeCore
import ApeFleet
import ApeRun
import ApeStore

/// The account of a run as it grows: what is stored, added up. It is made from the store alone, so that a coordinator
/// that takes up a run has the same account as the one that died.
struct RunRecord: Sendable {
    private(set) var ledger: RunLedger
    /// The latest moment that anything stored speaks of.
    private(set) var latest = FleetTime(micros: 0)
    /// What the machine needs to take up the run; nil for a new one.
    let recovered: RecoveredRun?
    let createdMicros: Int64

    private init(plan: Plan, recovered: RecoveredRun?, createdMicros: Int64) {
        ledger = RunLedger(plan: plan)
        self.recovered = recovered
        self.createdMicros = createdMicros
    }

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
            return RunRecord(plan: configuration.plan, recovered: nil, createdMicros: now.micros)
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
        guard run.scenario == configuration.scenario.document, run.plan == configuration.plan else {
            throw ApeError(
                .usage,
                "--resume \(run.id): the run was started with another scenario or plan; give the same ones again"
            )
        }
        let recovered = try await store.recover(run: run.id)
        var record = RunRecord(plan: run.plan, recovered: recovered, createdMicros: run.createdMicros)
        for fact in recovered.facts { record.add(fact) }
        for try await stored in store.windows(ofRun: run.id) { record.add(stored) }
        return record
    }

    mutating func add(_ stored: StoredWindow) {
        ledger.add(stored)
        latest = max(latest, stored.received)
    }

    mutating func add(_ fact: FleetFact) {
        ledger.add(fact)
        latest = max(latest, fact.at)
    }

    /// The run has come to its end; the account is closed.
    mutating func close(atMicros: Int64) {
        ledger.ended(atMicros: atMicros)
    }
}
