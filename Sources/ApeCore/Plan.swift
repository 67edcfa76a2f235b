/// What a run does: stages one after the other.
package struct Plan: Sendable, Equatable {
    package var stages: [Stage]
    /// What the stages after the first are to find out; nil where they all stand in the plan.
    package var search: CapacitySearch?

    package init(stages: [Stage]) {
        self.stages = stages
    }

    /// The greatest number of agents that any stage asks for.
    package var peakAgents: Int { stages.map(\.agents).max() ?? 0 }
    /// The greatest number of agents that the plan may come to.
    package var mostAgents: Int {
        guard let search else { return peakAgents }
        return search.quantity == .agents ? Int(search.to) : search.agents
    }

    /// From the first stage's start to the last one's end.
    package var durationMicros: Int64 { stages.reduce(0) { $0 + $1.durationMicros } }
}

/// A plateau: a number of agents, ramped up, warmed up, then held. Times are whole seconds, as windows are.
package struct Stage: Sendable, Equatable {
    package var name: String
    /// How many are at work; with ``arrivals`` the most sessions at once.
    package var agents: Int
    /// From the stage's start, with the agents of the stage before at work, until the last further agent has started.
    package var rampMicros: Int64
    /// From the ramp's end until the hold: measured, shown, never judged.
    package var warmupMicros: Int64
    /// What is judged. The most that it may be where ``isOpen``.
    package var holdMicros: Int64
    /// Whether the hold lasts until somebody ends it; what was held by then is judged as any hold.
    package var isOpen: Bool
    /// When sessions begin; nil where each agent begins one as soon as its last has ended.
    package var arrivals: Arrivals?

    package init(
        name: String,
        agents: Int,
        rampMicros: Int64,
        warmupMicros: Int64,
        holdMicros: Int64,
        isOpen: Bool = false,
        arrivals: Arrivals? = nil
    ) {
        self.name = name
        self.agents = agents
        self.rampMicros = rampMicros
        self.warmupMicros = warmupMicros
        self.holdMicros = holdMicros
        self.isOpen = isOpen
        self.arrivals = arrivals
    }

    package var durationMicros: Int64 { rampMicros + warmupMicros + holdMicros }
}
