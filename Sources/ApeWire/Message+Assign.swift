/// `assign`: the agents that a worker is to run, and the stage's timeline. It replaces what was assigned before.
package struct Assign: Sendable, Equatable {
    package var run: String
    /// Rises with every change of the fleet's split.
    package var revision: Int
    /// The stage's index in the plan.
    package var stage: Int
    package var agents: AgentRanges
    /// All agents of the stage, on every worker: the worker's share of anything that the fleet shares is
    /// `agents.count` / `fleetAgents`.
    package var fleetAgents: Int
    /// Fleet time; a whole second. The assignment is in force from here, or from its arrival if that is later.
    package var startMicros: Int64
    package var rampMicros: Int64
    /// The hold begins at start + ramp + warm-up.
    package var warmupMicros: Int64
    package var holdMicros: Int64

    package init(
        run: String,
        revision: Int,
        stage: Int,
        agents: AgentRanges,
        fleetAgents: Int,
        startMicros: Int64,
        rampMicros: Int64,
        warmupMicros: Int64,
        holdMicros: Int64
    ) {
        self.run = run
        self.revision = revision
        self.stage = stage
        self.agents = agents
        self.fleetAgents = fleetAgents
        self.startMicros = startMicros
        self.rampMicros = rampMicros
        self.warmupMicros = warmupMicros
        self.holdMicros = holdMicros
    }

    /// Fleet time at which the hold begins.
    package var holdStartMicros: Int64 { startMicros + rampMicros + warmupMicros }
    /// Fleet time at which the stage ends.
    package var endMicros: Int64 { holdStartMicros + holdMicros }
}

/// `assigned`: the worker runs what the revision says; the agents that it took away have really stopped.
package struct Assigned: Sendable, Equatable {
    package var run: String
    package var revision: Int

    package init(run: String, revision: Int) {
        self.run = run
        self.revision = revision
    }
}
