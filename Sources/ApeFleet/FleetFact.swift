import ApeCore
import ApeMetrics
import ApeWire

/// Something that happened to the fleet in a run: stored in order, it is all that a coordinator needs to take the run
/// up again, and all that a report needs to tell its story.
package struct FleetFact: Sendable, Equatable {
    package var at: FleetTime
    package var kind: Kind

    package init(at: FleetTime, _ kind: Kind) {
        self.at = at
        self.kind = kind
    }

    package enum Kind: Sendable, Equatable {
        /// A worker was welcomed for the first time.
        case joined(worker: String, name: String, software: String, peer: String, capacity: Capacity)
        /// A connection was turned away before it had proven itself.
        case turnedAway(peer: String, code: String, message: String)
        /// A worker's connection ended.
        case disconnected(worker: String, reason: String)
        /// A worker came back after an outage.
        case returned(worker: String, after: Micros)
        /// A worker was not heard for longer than its agents may run without that: they are free.
        case lost(worker: String, silent: Micros)
        /// A worker said that it leaves.
        case leaving(worker: String, reason: String)
        /// A worker has stopped; its last window has this number.
        /// Up to then the arrivals of its agents were its affair.
        case stopped(worker: String, lastSeq: Int64, taken: [TakenArrivals] = [])
        /// A worker could not prepare.
        case refused(worker: String, code: String, message: String)
        /// The plan of an open run, or of a search, goes on with a further stage.
        case appended(Stage)
        /// The answers to a try of a search are in: it can be judged.
        case tried(stage: Int)
        /// A stage was scheduled.
        case stage(StageSchedule)
        /// Workers were told, or are about to be told, to run agents.
        case granted(Grant)
        /// Agents went from one worker to others.
        case moved(AgentMove)
        /// Windows of a worker that will never come, since it could not keep them.
        case windowsDropped(worker: String, firstSeq: Int64, lastSeq: Int64)
        /// Windows of a worker that came and cannot be read: they are lost, and not asked for again.
        case windowsRefused(worker: String, firstSeq: Int64, lastSeq: Int64, reason: String)
        /// So many windows of a worker have come again so far; each counts once.
        case duplicates(worker: String, windows: Int64)
        /// So often a worker has sent more of something than is taken from one, so far.
        case overBudget(worker: String, Excess, count: Int64)
        /// The store took nothing for so long: until now.
        case storeStalled(Micros)
        /// A worker was given rows of data, which nobody gets again.
        case rowsLeased(RowLease)
        /// Every row of a set has been given to somebody.
        case rowsUsedUp(set: String, rows: Int)
        /// A worker told something for people.
        case event(worker: String, WorkerEvent)
        /// A new coordinator took up the run; the last thing stored before was this old.
        case resumed(outage: Micros)
        /// The coordinator's process did not run for so long: it was stopped, or its host was suspended.
        case slept(Micros)
        /// The user lets the run stand still: no agent runs until it goes on.
        case paused
        /// The run goes on after having stood still for so long.
        case continued(after: Micros)
        /// The coordinator was told to end, and the run is to go on with another.
        case suspended
        /// The run is to end with this outcome: workers are told to stop.
        case ending(outcome: String, message: String)
        /// The run is over.
        case ended(outcome: String, message: String)
    }
}

/// A stage as it was scheduled.
package struct StageSchedule: Sendable, Equatable {
    package var timeline: StageTimeline
    /// Agents that the plan asks for.
    package var plannedAgents: Int
    /// Agents that the fleet's capacity had room for when the stage was scheduled.
    package var fittingAgents: Int

    package init(timeline: StageTimeline, plannedAgents: Int, fittingAgents: Int) {
        self.timeline = timeline
        self.plannedAgents = plannedAgents
        self.fittingAgents = fittingAgents
    }
}

/// One revision of the split: the agents of every worker whose agents or stage it changes.
package struct Grant: Sendable, Equatable {
    package var revision: Int
    package var stage: Int
    package var agents: [String: AgentRanges]
    /// Of agents that come to a worker: up to when their arrivals were others' affair.
    package var taken: [String: [TakenArrivals]]

    package init(
        revision: Int,
        stage: Int,
        agents: [String: AgentRanges],
        taken: [String: [TakenArrivals]] = [:]
    ) {
        self.revision = revision
        self.stage = stage
        self.agents = agents
        self.taken = taken
    }
}
