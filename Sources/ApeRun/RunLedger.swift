import ApeCore
import ApeFleet
import ApeMetrics

/// A run's account: every window is added once and then forgotten; what verdicts and reports need stays.
///
/// Its memory grows with stages, workers and seconds, never with samples: about 2 KB for each worker and stage, and
/// 250 bytes for each second.
package struct RunLedger: Sendable, Equatable {
    /// Fleet events that are kept; further ones are counted.
    package static let maximumEvents = 2_000

    /// The stages of an open run are added as they come.
    package private(set) var plan: Plan
    /// The user's own conditions.
    package let thresholds: [Threshold]
    /// The condition that ended the run; nil where none did.
    package internal(set) var abortedBy: String?
    /// One for each stage of the plan.
    package private(set) var stages: [StageLedger]
    /// The tries of a search that can be judged, by stage.
    package internal(set) var tried: Set<Int> = []
    /// By identity.
    package private(set) var workers: [String: WorkerLedger] = [:]
    /// What every worker owes, what has come in, and what came between.
    package var books = FleetBooks()
    package private(set) var events: [FleetEvent] = []
    package private(set) var eventsDropped: Int64 = 0
    /// The servers' own figures.
    package internal(set) var servers = ServerBook()
    /// Failed sessions that stand for the others.
    package var exemplars = Exemplars()
    /// The latest moment that anything stored speaks of.
    package internal(set) var latest = FleetTime(micros: 0)
    /// Windows of stages that the plan does not have.
    private(set) var strayWindows: Int64 = 0

    package init(plan: Plan, thresholds: [Threshold] = []) {
        self.plan = plan
        self.thresholds = thresholds
        stages = plan.stages.map { StageLedger(stage: $0, thresholds: thresholds) }
    }

    /// The plan of an open run goes on with a further stage.
    package mutating func append(_ stage: Stage) {
        plan.stages.append(stage)
        stages.append(StageLedger(stage: stage, thresholds: thresholds))
    }

    /// The same run as if this stage were all of it: what is judged by it is judged on the stage alone.
    func alone(_ index: Int) -> RunLedger {
        var alone = self
        alone.plan = Plan(stages: [plan.stages[index]])
        alone.stages = [stages[index]]
        alone.tried = []
        alone.servers = servers.alone(index)
        for (id, worker) in workers {
            alone.workers[id]?.stages = worker.stages[index].map { [0: $0] } ?? [:]
        }
        return alone
    }

    /// A stage has its timeline. Given again unchanged it does nothing; a new one starts the stage over, and what was
    /// held before is kept aside.
    package mutating func stageStarted(_ timeline: StageTimeline) {
        guard stages.indices.contains(timeline.stage), stages[timeline.stage].timeline != timeline else { return }
        for index in stages.indices where index != timeline.stage && stages[index].isHeldOpen {
            stages[index].cut(atMicros: timeline.start.micros)
        }
        stages[timeline.stage].started(timeline)
        servers.forget(stage: timeline.stage)
        books.schedule(timeline)
        for id in workers.keys { workers[id]?.startOver(stage: timeline.stage) }
    }

    /// The run stands still from this moment on: the stage that runs goes no further.
    mutating func paused(atMicros: Int64) {
        guard let timeline = books.timelines.last, stages.indices.contains(timeline.stage),
            timeline.end.micros > atMicros
        else { return }
        stages[timeline.stage].cut(atMicros: atMicros)
    }

    /// The run is told to end at this moment: no hold goes on after it.
    package mutating func ending(atMicros: Int64) {
        for index in stages.indices where (stages[index].timeline?.end.micros ?? .max) > atMicros {
            stages[index].cut(atMicros: atMicros)
        }
    }

    /// No row of a set is left to anybody, from this moment on.
    mutating func rowsUsedUp(_ set: String, atMicros: Int64) {
        for index in stages.indices { stages[index].rowsUsedUp(set, atMicros: atMicros) }
    }

    /// The run is over: no window of a later second is owed.
    package mutating func ended(atMicros: Int64) {
        ending(atMicros: atMicros)
        books.end(atMicros: atMicros)
    }

    /// Adds a window that came in at `receivedMicros`, fleet time. The caller sees to it that each (worker, seq) comes
    /// once.
    package mutating func add(worker: String, window: Window, receivedMicros: Int64) {
        books.add(
            worker: worker,
            seq: window.seq,
            startMicros: window.startMicros,
            endMicros: window.endMicros,
            receivedMicros: receivedMicros,
            isLate: window.isLate
        )
        withWorker(worker) { $0.see(window) }
        guard stages.indices.contains(window.stage) else {
            strayWindows += 1
            return
        }
        let timeline = stages[window.stage].timeline
        guard !stages[window.stage].isEarlier(window) else {
            withWorker(worker) { $0.addEarlier(window) }
            return addEarlier(window)
        }
        let judged = timeline?.judges(window) ?? false
        var fresh: [Int64] = []
        withWorker(worker) {
            fresh = $0.stages[window.stage, default: WorkerStage(timeline: timeline)].add(window, judged: judged)
        }
        stages[window.stage].add(window, fresh: fresh)
        noteOpenSessions(of: window)
    }

    /// A window of an attempt at a stage that was started over tells of that attempt, which is kept aside, and of sessions
    /// that were open in stages before.
    private mutating func addEarlier(_ window: Window) {
        stages[window.stage].addEarlier(window)
        noteOpenSessions(of: window)
    }

    private mutating func noteOpenSessions(of window: Window) {
        for span in SessionSpan.spans(of: window, holdEnd: stages[window.stage].heldSeconds.upperBound) {
            for index in stages[...window.stage].indices.reversed() {
                guard stages[index].noteOpen(span) else { break }
            }
        }
    }

    /// Takes note of what a worker says of itself; it owes nothing yet.
    package mutating func workerKnown(_ facts: WorkerFacts) {
        withWorker(facts.id) { $0.facts = facts }
        books.join(facts.id, name: facts.name)
    }

    package mutating func add(event: FleetEvent) {
        if events.count < Self.maximumEvents { events.append(event) } else { eventsDropped += 1 }
    }

    /// Adds an event that may be older than the latest: read from the store, servers' figures come behind all facts.
    mutating func insert(_ event: FleetEvent) {
        guard events.count < Self.maximumEvents else { return add(event: event) }
        let place = events.lastIndex { $0.at <= event.at }.map { $0 + 1 } ?? 0
        events.insert(event, at: place)
    }

    mutating func add(_ sample: ServerSample, stage: Int, offset: Int64) {
        stages[stage].add(sample, offset: offset)
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
