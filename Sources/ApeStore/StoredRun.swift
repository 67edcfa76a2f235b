import ApeCore
import ApeMetrics

/// A run as the store knows it.
package struct StoredRun: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    /// The scenario's document, as it went to the workers.
    package var scenario: JSONValue
    package var plan: Plan
    package var seed: UInt64
    /// Fleet time.
    package var createdMicros: Int64
    /// nil while the run goes on, and after its coordinator died.
    package var outcome: RunOutcome?
    /// Fleet time; nil while ``outcome`` is.
    package var endedMicros: Int64?
    /// What was judged, as the caller gave it.
    package var verdict: JSONValue?

    package init(
        id: String,
        scenarioName: String,
        scenario: JSONValue,
        plan: Plan,
        seed: UInt64,
        createdMicros: Int64,
        outcome: RunOutcome? = nil,
        endedMicros: Int64? = nil,
        verdict: JSONValue? = nil
    ) {
        self.id = id
        self.scenarioName = scenarioName
        self.scenario = scenario
        self.plan = plan
        self.seed = seed
        self.createdMicros = createdMicros
        self.outcome = outcome
        self.endedMicros = endedMicros
        self.verdict = verdict
    }
}

/// A window and the worker that measured it.
package struct WorkerWindow: Sendable, Equatable {
    /// The worker's identity.
    package var worker: String
    package var window: Window

    package init(worker: String, window: Window) {
        self.worker = worker
        self.window = window
    }
}

/// What one transaction writes: all of it or nothing.
package struct StoreBatch: Sendable, Equatable {
    package var windows: [WorkerWindow] = []
    package var events: [FleetEvent] = []
    package var timelines: [StageTimeline] = []
    /// Workers that joined or left, with all their presences; a later entry of a worker replaces an earlier one.
    package var workers: [StoredWorker] = []
    /// The revision of the last assignment; nil where it did not change.
    package var revision: Int?

    package init() {}

    package var isEmpty: Bool { self == StoreBatch() }
}

/// A worker with its stays in the fleet.
package struct StoredWorker: Sendable, Equatable {
    package var facts: WorkerFacts
    package var presences: [WorkerPresence]

    package init(facts: WorkerFacts, presences: [WorkerPresence]) {
        self.facts = facts
        self.presences = presences
    }
}

/// All that a coordinator needs to take up a run whose coordinator died.
package struct RecoveredRun: Sendable, Equatable {
    package var run: StoredRun
    /// The greatest window number stored of each worker, which is what it may be told is acknowledged.
    package var ackedSeq: [String: Int64]
    package var workers: [StoredWorker]
    /// By stage.
    package var timelines: [StageTimeline]
    /// The revision of the last assignment; 0 before the first.
    package var revision: Int
    package var events: [FleetEvent]
    /// The end of the latest window stored, in fleet time: an outage began no earlier. nil without windows.
    package var lastWindowEndMicros: Int64?
}
