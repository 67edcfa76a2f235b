import ApeCore

/// A run's account: every window is added once and then forgotten; what verdicts and reports need stays.
///
/// Its memory grows with stages, workers and seconds, never with samples: about 2 KB for each worker and stage, and
/// 120 bytes for each second.
package struct RunLedger: Sendable, Equatable {
    /// Fleet events that are kept; further ones are counted.
    package static let maximumEvents = 2_000

    package let plan: Plan
    /// One for each stage of the plan.
    package private(set) var stages: [StageLedger]
    /// By identity.
    package private(set) var workers: [String: WorkerLedger] = [:]
    package private(set) var events: [FleetEvent] = []
    package private(set) var eventsDropped: Int64 = 0
    /// Windows of stages that the plan does not have.
    package private(set) var strayWindows: Int64 = 0

    package init(plan: Plan) {
        self.plan = plan
        stages = plan.stages.map { StageLedger(stage: $0) }
    }

    /// A stage has its timeline. Given again unchanged it does nothing; a new one starts the stage over, and what was
    /// held before is kept aside.
    package mutating func stageStarted(_ timeline: StageTimeline) {
        guard stages.indices.contains(timeline.stage), stages[timeline.stage].timeline != timeline else { return }
        stages[timeline.stage].started(timeline)
        for id in workers.keys { workers[id]?.stages[timeline.stage] = nil }
    }

    /// The run ended at this moment: no hold goes on after it, and no window of a later second is owed.
    package mutating func ended(atMicros: Int64) {
        for index in stages.indices where (stages[index].timeline?.holdEndMicros ?? .max) > atMicros {
            stages[index].cut(atMicros: atMicros)
        }
    }

    /// Adds a window. The caller sees to it that each (worker, seq) comes once.
    package mutating func add(worker: String, window: Window) {
        guard stages.indices.contains(window.stage) else {
            strayWindows += 1
            return
        }
        let timeline = stages[window.stage].timeline
        let judged = timeline?.judges(window) ?? false
        var fresh: [Int64] = []
        withWorker(worker) {
            $0.windows += 1
            fresh = $0.stages[window.stage, default: WorkerStage(timeline: timeline)].add(window, judged: judged)
        }
        stages[window.stage].add(window, fresh: fresh)
    }

    /// Takes note of what a worker says of itself; it owes nothing yet.
    package mutating func workerKnown(_ facts: WorkerFacts) {
        withWorker(facts.id) { $0.facts = facts }
    }

    /// A worker joined, or came back: it owes a window for every second from `fromMicros` on.
    package mutating func workerJoined(_ facts: WorkerFacts, fromMicros: Int64) {
        withWorker(facts.id) {
            $0.facts = facts
            guard $0.presences.last?.toMicros != nil || $0.presences.isEmpty else { return }
            $0.presences.append(WorkerPresence(fromMicros: fromMicros))
        }
    }

    /// A worker left or was lost: it owes nothing from `atMicros` on.
    package mutating func workerGone(_ id: String, ending: WorkerPresence.Ending, atMicros: Int64) {
        withWorker(id) {
            guard let last = $0.presences.indices.last, $0.presences[last].toMicros == nil else { return }
            $0.presences[last].toMicros = max(atMicros, $0.presences[last].fromMicros)
            $0.presences[last].ending = ending
        }
    }

    /// Windows of a worker came again; they did not count.
    package mutating func duplicates(worker: String, count: Int64 = 1) {
        withWorker(worker) { $0.duplicateWindows += count }
    }

    package mutating func add(event: FleetEvent) {
        if events.count < Self.maximumEvents { events.append(event) } else { eventsDropped += 1 }
    }

    private mutating func withWorker(_ id: String, _ body: (inout WorkerLedger) -> Void) {
        body(&workers[id, default: WorkerLedger(facts: WorkerFacts(id: id, name: id))])
    }
}

extension RunLedger {
    /// The workers by name, then identity.
    package var sortedWorkers: [WorkerLedger] {
        workers.values.sorted { ($0.facts.name, $0.facts.id) < ($1.facts.name, $1.facts.id) }
    }

    /// All holds together: what is judged.
    package var hold: Measures {
        stages.reduce(into: Measures()) { $0.merge($1.hold) }
    }

    /// All phases of all stages together.
    package var whole: Measures {
        stages.reduce(into: hold) { $0.merge($1.aside) }
    }

    /// The stage that "maximum load" means: the greatest number of agents, then the longest hold, then the last.
    package var largestStage: Int? {
        stages.indices.max {
            let (left, right) = (stages[$0].stage, stages[$1].stage)
            return (left.agents, left.holdMicros, $0) < (right.agents, right.holdMicros, $1)
        }
    }
}
