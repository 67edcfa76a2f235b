import ApeCore
import ApeFleet
import ApeRun
import ApeStore

/// The account of a run as it grows: what is stored, added up. It is made from the store alone, so that a coordinator
/// that takes up a run has the same account as the one that died.
struct RunRecord: Sendable {
    var ledger: RunLedger
    /// The points of the run's pictures so far.
    private(set) var timeline = LiveTimeline()
    /// What the machine needs to take up the run; nil for a new one.
    private(set) var recovered: RecoveredRun?
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
        return try await RunRecord(takingUp: run, thresholds: configuration.scenario.thresholds, store)
    }

    /// All that is stored of a run that was cut off.
    private init(takingUp run: StoredRun, thresholds: [Threshold], _ store: RunStore) async throws {
        let facts = try await store.facts(ofRun: run.id)
        ledger = RunLedger(plan: run.plan, thresholds: thresholds)
        (createdMicros, seed, measuredBy, recovered) = (run.createdMicros, run.seed, run.measuredBy, nil)
        for fact in facts { add(fact) }
        for try await window in store.windows(ofRun: run.id) { add(window) }
        for try await sample in store.servers(ofRun: run.id) { ledger.add(sample) }
        recovered = RecoveredRun(facts: facts, ledger: ledger)
    }

    private init(ledger: RunLedger, createdMicros: Int64, seed: UInt64, measuredBy: MeasuringVersion?) {
        (self.ledger, self.createdMicros, self.seed, self.measuredBy) = (ledger, createdMicros, seed, measuredBy)
        recovered = nil
    }

    /// Counts a window that is stored; each comes once.
    mutating func add(_ stored: StoredWindow) {
        ledger.add(stored)
        timeline.add(worker: stored.worker, window: stored.window)
    }

    /// Takes note of something that happened to the fleet.
    ///
    /// - Returns: the event that it is for people; nil for what only the machines need.
    @discardableResult
    mutating func add(_ fact: FleetFact) -> FleetEvent? {
        defer { if case .stage = fact.kind { timeline.follow(ledger) } }
        return ledger.add(fact)
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
