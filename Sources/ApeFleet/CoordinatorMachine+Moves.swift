import ApeCore
import ApeWire

/// Which agents changed hands, why, and how long they stood still.
extension CoordinatorMachine {
    /// Records what a revision does with agents that no worker runs.
    mutating func recordMoves(_ granted: [String: AgentRanges], in schedule: StageSchedule, at now: FleetTime) {
        let stage = AgentRanges(0..<schedule.plannedAgents)
        let all = AgentRanges(granted.values.flatMap(\.ranges))
        var left: [UnassignedAgents] = []
        for var entry in unassigned {
            var shares: [String: Int] = [:]
            for (worker, agents) in granted where !entry.agents.intersection(all).isEmpty {
                let taken = entry.agents.intersection(agents)
                guard !taken.isEmpty else { continue }
                shares[worker] = taken.count
                entry.agents = entry.agents.subtracting(taken)
            }
            if !shares.isEmpty {
                let agents = shares.values.reduce(0, +)
                record(move(of: agents, entry, to: shares, since: schedule.timeline.start, at: now), at: now)
            }
            entry.agents = entry.agents.intersection(stage)
            if !entry.agents.isEmpty { left.append(entry) }
        }
        unassigned = left
    }

    /// Records the agents that nobody had room for until the run's end. Those that the last stage does not ask for were
    /// let go, not stranded.
    mutating func recordStranded(at now: FleetTime) {
        let stage = AgentRanges(0..<(schedule?.plannedAgents ?? 0))
        for entry in unassigned {
            let agents = entry.agents.intersection(stage).count
            guard agents > 0 else { continue }
            record(move(of: agents, entry, to: [:], since: schedule?.timeline.start ?? now, at: now), at: now)
        }
        unassigned = []
    }

    /// A move of so many of an entry's agents. Those that were let go before the stage's start, `since`, have stood still
    /// from that on.
    private func move(
        of agents: Int,
        _ entry: UnassignedAgents,
        to shares: [String: Int],
        since: FleetTime,
        at now: FleetTime
    ) -> FleetFact.Kind {
        .moved(
            AgentMove(
                from: entry.from,
                reason: entry.reason,
                agents: agents,
                to: shares,
                stoodStill: max(.zero, now - max(entry.since, since))
            )
        )
    }
}
