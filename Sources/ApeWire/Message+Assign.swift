import ApeCore

/// `assign`: the agents that a worker is to run, and the stage's timeline. It replaces what was assigned before.
package struct Assign: Sendable, Equatable {
    package var run: String
    /// Rises with every change of the fleet's split.
    package var revision: Int
    /// In force from its start, or from the message's arrival if that is later.
    package var timeline: StageTimeline
    package var agents: AgentRanges
    /// All agents of the stage, on every worker: the worker's share of anything that the fleet shares is
    /// `agents.count` / `fleetAgents`.
    package var fleetAgents: Int
    /// How long what the hold began is waited for once it is over. Since 1.1.
    package var drain: Micros
    /// When sessions begin; nil where each agent begins one as soon as its last has ended. Since 1.3.
    package var arrivals: AssignedArrivals?

    /// What a coordinator that does not say it means.
    package static let defaultDrain = Micros.seconds(30)

    package init(
        run: String,
        revision: Int,
        timeline: StageTimeline,
        agents: AgentRanges,
        fleetAgents: Int,
        drain: Micros = Assign.defaultDrain,
        arrivals: AssignedArrivals? = nil
    ) {
        self.run = run
        self.revision = revision
        self.timeline = timeline
        self.agents = agents
        self.fleetAgents = fleetAgents
        self.drain = drain
        self.arrivals = arrivals
    }
}

/// `assigned`: the worker runs what the revision says; the agents that it took away have really stopped.
package struct Assigned: Sendable, Equatable {
    package var run: String
    package var revision: Int
    /// Of agents that this stage's revisions took away: up to when their arrivals were this worker's. Since 1.3.
    package var taken: [TakenArrivals]

    package init(run: String, revision: Int, taken: [TakenArrivals] = []) {
        self.run = run
        self.revision = revision
        self.taken = taken
    }
}
