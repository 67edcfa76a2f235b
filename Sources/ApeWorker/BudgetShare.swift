import ApeAgent

/// A worker's share of an inference endpoint's budget: as large as its share of the fleet's agents, so that the
/// workers together ask for what the scenario allows, and no agent waits longer for being on one worker rather than
/// on another.
struct BudgetShare: Sendable {
    let fleetRequestsPerMinute: Int64
    /// What spaces this worker's requests; all its reactors share it.
    let governor: RateGovernor

    init(fleetRequestsPerMinute: Int64) {
        self.fleetRequestsPerMinute = fleetRequestsPerMinute
        governor = RateGovernor(requestsPerMinute: Double(fleetRequestsPerMinute))
    }

    /// Sets the share by the agents that this worker has of the fleet's.
    func take(agents: Int, of fleetAgents: Int) {
        governor.setBudget(requestsPerMinute: requestsPerMinute(agents: agents, of: fleetAgents))
    }

    func requestsPerMinute(agents: Int, of fleetAgents: Int) -> Double {
        Double(fleetRequestsPerMinute) * Double(agents) / Double(max(1, fleetAgents))
    }
}
