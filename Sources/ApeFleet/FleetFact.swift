import ApeCore
import ApeWire

/// Something that happened to the fleet in a run: stored in order, it is all that a coordinator needs to take the run
/// up again, and all that a report needs to tell its story.
package struct FleetFact: Sendable, Equatable {
    /// Fleet time.
    package var atMicros: Int64
    package var kind: Kind

    package init(atMicros: Int64, _ kind: Kind) {
        self.atMicros = atMicros
        self.kind = kind
    }

    package enum Kind: Sendable, Equatable {
        /// A worker was welcomed for the first time.
        case joined(worker: String, name: String, software: String, peer: String, capacity: Capacity)
        /// Somebody was turned away at the door.
        case turnedAway(peer: String, code: String, message: String)
        /// A worker's connection ended.
        case disconnected(worker: String, reason: String)
        /// A worker came back after an outage.
        case returned(worker: String, afterMicros: Int64)
        /// A worker was not heard for longer than its agents may run without that: they are free.
        case lost(worker: String, silentMicros: Int64)
        /// A worker said that it leaves.
        case leaving(worker: String, reason: String)
        /// A worker has stopped; its last window has this number.
        case stopped(worker: String, lastSeq: Int64)
        /// A worker could not prepare.
        case refused(worker: String, code: String, message: String)
        /// The plan of an open run goes on with a further stage.
        case appended(Stage)
        /// A stage was scheduled.
        case stage(StageSchedule)
        /// Workers were told, or are about to be told, to run agents.
        case granted(Grant)
        /// Agents went from one worker to others.
        case moved(AgentMove)
        /// Windows of a worker that will never come, since it could not keep them.
        case windowsDropped(worker: String, firstSeq: Int64, lastSeq: Int64)
        /// So many windows of a worker have come again so far; each counts once.
        case duplicates(worker: String, windows: Int64)
        /// A worker told something for people.
        case event(worker: String, WorkerEvent)
        /// A new coordinator took up the run; the last thing stored before was this old.
        case resumed(outageMicros: Int64)
        /// The run is to end with this outcome: workers are told to stop.
        case ending(outcome: String, message: String)
        /// The run is over.
        case ended(outcome: String, message: String)
    }
}

/// When a stage runs, in fleet time.
package struct StageSchedule: Sendable, Equatable {
    /// The stage's index in the plan.
    package var stage: Int
    /// A whole second.
    package var startMicros: Int64
    package var rampMicros: Int64
    package var warmupMicros: Int64
    package var holdMicros: Int64
    /// Agents that the plan asks for.
    package var plannedAgents: Int
    /// Agents that the fleet's capacity had room for when the stage was scheduled.
    package var fittingAgents: Int

    package init(
        stage: Int,
        startMicros: Int64,
        rampMicros: Int64,
        warmupMicros: Int64,
        holdMicros: Int64,
        plannedAgents: Int,
        fittingAgents: Int
    ) {
        self.stage = stage
        self.startMicros = startMicros
        self.rampMicros = rampMicros
        self.warmupMicros = warmupMicros
        self.holdMicros = holdMicros
        self.plannedAgents = plannedAgents
        self.fittingAgents = fittingAgents
    }

    package var holdStartMicros: Int64 { startMicros + rampMicros + warmupMicros }
    package var endMicros: Int64 { holdStartMicros + holdMicros }
}

/// One revision of the split: the agents of every worker whose agents or stage it changes.
package struct Grant: Sendable, Equatable {
    package var revision: Int
    package var stage: Int
    package var agents: [String: AgentRanges]

    package init(revision: Int, stage: Int, agents: [String: AgentRanges]) {
        self.revision = revision
        self.stage = stage
        self.agents = agents
    }
}
